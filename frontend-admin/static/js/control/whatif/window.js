// From which tick to which: what the chart shows, the last minutes, or the whole session. And the price at its end.
import { shownChart } from "../../chart/panel.js";
import { bars, interval, quote, session } from "../../state/market.js";
import { milliseconds } from "../../state/series.js";

/** @typedef {"chart" | "minutes" | "whole"} Span */
/** @typedef {{from: number, to: number, price: number}} Ticks */

const MINUTES = 5;

/** The time of a tick. @param {number} tick */
export const timeOf = (tick) => (session.peek()?.start_time ?? 0) + tick * (session.peek()?.tick_interval_ms ?? 0);

/** The last tick before so many milliseconds ago. @param {number} ms */
export const ticksAgo = (ms) => Math.max(0, quote.peek().tick - Math.round(ms / (session.peek()?.tick_interval_ms ?? 1)));

/** @param {Span} span @returns {Ticks | undefined} */
export function ticksOf(span) {
  const [here, { tick, price }] = [session.peek(), quote.peek()];
  if (!here || price === undefined) return undefined;
  if (span === "whole") return { from: 0, to: tick, price };
  if (span === "minutes") return { from: ticksAgo(MINUTES * 60_000), to: tick, price };
  const visible = shownChart.peek()?.timeScale().getVisibleRange();
  const [left, right] = visible ? [Number(visible.from) * 1000, Number(visible.to) * 1000] : [0, Infinity];
  const shown = bars.list.filter(({ open_time: time }) => time >= left && time <= right);
  const [first, last] = [shown[0], shown.at(-1)];
  if (!first || !last) return { from: 0, to: tick, price };
  const before = (/** @type {number} */ time) => Math.max(0, Math.ceil((time - here.start_time) / here.tick_interval_ms) - 1);
  const from = before(first.open_time);
  if (last === bars.list.at(-1)) return { from, to: tick, price };
  return { from, to: before(last.open_time + milliseconds(interval.peek())), price: last.close };
}
