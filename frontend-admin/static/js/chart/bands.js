// When each of a few interventions acted: a tint below the candles and a strip at the bottom, both in its colour, with its number.
import { colour } from "../core/settings.js";
import { bars } from "../state/market.js";

/** @typedef {{id: number, colour: number, from: number, to: number}} Band times in ms; `to` is Infinity while it acts */
/** @typedef {import("../../vendor/lightweight-charts.standalone.production.mjs").IChartApi} Chart */

const LANE = 18;
const LABEL_WIDTH = 8;
/** The share of the height that is tinted. */
const TINTED = 0.55;

/** A primitive of the candle series. */
class Bands {
  /** @type {(Band & {tone: string})[]} */
  bands = [];
  /** What numbers are written in, on a tone. */
  ink = "";
  font = "";
  /** Of a bar, ms. */
  length = 1000;
  /** @type {() => void} */
  redraw = () => undefined;

  /** @param {Chart} chart */
  constructor(chart) {
    this.chart = chart;
  }

  /** @param {{requestUpdate: () => void}} attached */
  attached({ requestUpdate }) {
    this.redraw = requestUpdate;
  }

  paneViews() {
    const draw = this.draw.bind(this);
    return [{ zOrder: () => /** @type {const} */ ("bottom"), renderer: () => ({ draw }) }];
  }

  /** From where to where on the canvas, or undefined if no bar is in its time. @param {Band} band */
  place({ from, to }) {
    const scale = this.chart.timeScale();
    const first = bars.list.find((bar) => bar.open_time + this.length > from);
    const last = bars.list.findLast((bar) => bar.open_time <= to);
    if (!first || !last) return undefined;
    const [left, right] = [first, last].map((bar) => scale.timeToCoordinate(/** @type {any} */ (bar.open_time / 1000)));
    if (left === null || right === null || right < left) return undefined;
    const half = scale.options().barSpacing / 2;
    return { left: left - half, right: Math.max(right + half, left + 2 - half) };
  }

  /** @param {any} target */
  draw(target) {
    if (this.bands.length === 0) return;
    target.useBitmapCoordinateSpace((/** @type {any} */ scope) => {
      const context = /** @type {CanvasRenderingContext2D} */ (scope.context);
      context.save();
      context.scale(scope.horizontalPixelRatio, scope.verticalPixelRatio);
      this.drawAll(context, scope.mediaSize);
      context.restore();
    });
  }

  /** @param {CanvasRenderingContext2D} context @param {{width: number, height: number}} size */
  drawAll(context, { width, height }) {
    context.font = this.font;
    /** Where the last strip of each lane ends. @type {number[]} */
    const lanes = [];
    for (const band of this.bands) {
      const place = this.place(band);
      if (!place || place.right < 0 || place.left > width) continue;
      const left = Math.max(0, place.left);
      const label = `#${band.id}`;
      const labelled = context.measureText(label).width + LABEL_WIDTH;
      const end = Math.max(place.right, left + labelled);
      const free = lanes.findIndex((until) => until < left);
      const lane = free < 0 ? lanes.length : free;
      lanes[lane] = end + 2;
      // Fading upwards: where several act at once the candles stay what one sees first.
      const tint = context.createLinearGradient(0, height, 0, height * (1 - TINTED));
      tint.addColorStop(0, band.tone);
      tint.addColorStop(1, band.tone.replace("rgb(", "rgba(").replace(")", ", 0)"));
      context.fillStyle = tint;
      context.globalAlpha = 0.2;
      context.fillRect(left, height * (1 - TINTED), place.right - left, height * TINTED);
      context.globalAlpha = 1;
      context.fillStyle = band.tone;
      const top = height - 26 - lane * LANE;
      context.fillRect(left, top + 11, place.right - left, 4);
      context.fillRect(left, top, labelled, 15);
      context.fillStyle = this.ink;
      context.fillText(label, left + LABEL_WIDTH / 2, top + 12);
    }
  }
}

/** Shows bands on a chart. @param {Chart} chart */
export function bandsOn(chart) {
  const candles = chart.panes()[0].getSeries().find((series) => series.seriesType() === "Candlestick");
  const bands = new Bands(chart);
  candles?.attachPrimitive(bands);
  /** In the colours of the theme in force. @param {Band[]} wanted @param {number} length of a bar, ms */
  return (wanted, length) => {
    const font = `600 12px ${getComputedStyle(document.body).fontFamily}`;
    const toned = wanted.map((band) => ({ ...band, tone: colour(`--band-${band.colour}`) }));
    Object.assign(bands, { bands: toned, length, font, ink: colour("--on-override") });
    bands.redraw();
  };
}
