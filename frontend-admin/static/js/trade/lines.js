// A line over time, drawn by us; its numbers stand beside it.
import { html, view } from "../core/view.js";

const WIDTH = 300;
const HEIGHT = 64;
const MOST_POINTS_DRAWN = 300;

/**
 * @param {{points: [number, number][], from: number, label: string}} props `from` is where it began: above is a gain
 */
function drawLine({ points, from, label }) {
  const every = Math.ceil(points.length / MOST_POINTS_DRAWN);
  const drawn = points.filter((_, place) => place % every === 0 || place === points.length - 1);
  const values = [...drawn.map(([, value]) => value), from];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [start, end] = [drawn[0]?.[0] ?? 0, drawn.at(-1)?.[0] ?? 1];
  const x = (/** @type {number} */ time) => (end > start ? ((time - start) / (end - start)) * WIDTH : 0).toFixed(1);
  const y = (/** @type {number} */ value) => (high > low ? 3 + ((high - value) / (high - low)) * (HEIGHT - 6) : HEIGHT / 2).toFixed(1);
  const path = drawn.map(([time, value]) => `${x(time)},${y(value)}`).join(" ");
  const tone = (drawn.at(-1)?.[1] ?? from) < from ? "down" : "up";
  return html`<svg class=${`line ${tone}`} viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label=${label}>
    <polygon points=${`0,${y(from)} ${path} ${WIDTH},${y(from)}`} /><line x1="0" x2=${WIDTH} y1=${y(from)} y2=${y(from)} /><polyline points=${path} /></svg>`;
}
export const Line = view(drawLine);
