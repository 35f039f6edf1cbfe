// The path ahead: where an unsent form would lead the price, and where it would go without. The noise is fixed, so the one that
// comes true is exactly what was drawn, if it is sent at once.
import { LineSeries, LineStyle } from "../../vendor/lightweight-charts.standalone.production.mjs";
import { t } from "../core/i18n.js";
import { colour } from "../core/settings.js";
import { milliseconds } from "../state/series.js";

/**
 * @typedef {import("../../../types/wire").Preview} Preview
 * @typedef {import("../../../types/wire").Interval} Interval
 * @typedef {import("../../vendor/lightweight-charts.standalone.production.mjs").IChartApi} Chart
 */

/** The most bars ahead, and the share of the chart that they may take. */
export const MOST_AHEAD = 180;
const ROOM = 0.45;

/** The last price of each bar's time; a bar that is halted throughout has none, and breaks the line.
 * @param {{t0: number, dt: number, end?: number}} path no row is later than its end @param {(number | null)[]} prices
 * @param {number} length of a bar, ms */
export function byBar({ t0, dt, end = Infinity }, prices, length) {
  /** @type {Map<number, number | null>} */
  const points = new Map();
  prices.forEach((price, row) => {
    const time = Math.min(t0 + row * dt, end);
    const start = time - (time % length);
    points.set(start, price ?? points.get(start) ?? null);
  });
  return [...points].map(([start, value], place, all) => {
    const time = /** @type {any} */ (start / 1000);
    if (value === null) return { time };
    return { time, value, ...(all[place + 1]?.[1] === null ? { color: "transparent" } : {}) };
  });
}

/** The lines on a chart, which makes room for them and has its old view again when they go. @param {Chart} chart */
export function pathAhead(chart) {
  const options = { priceLineVisible: false, crosshairMarkerVisible: false, lastValueVisible: true };
  const without = chart.addSeries(LineSeries, { ...options, lineWidth: 2, lineStyle: LineStyle.Dotted });
  const line = chart.addSeries(LineSeries, { ...options, lineWidth: 2, lineStyle: LineStyle.Dashed });
  const scale = chart.timeScale();
  /**
   * How the newest candle was looked at before, and the bars of the path that there is room for now.
   * @type {{spacing: number, position: number, fitted: number} | undefined}
   */
  let before;

  /** Whoever looks at the past goes on looking at it. @param {() => void} change of the time at the right */
  function standingStill(change) {
    const range = scale.getVisibleLogicalRange();
    change();
    if (range) scale.setVisibleLogicalRange(range);
  }

  /** @param {ReturnType<typeof byBar>} withIt @param {ReturnType<typeof byBar>} withoutIt */
  function show(withIt, withoutIt) {
    line.setData(withIt);
    without.setData(withoutIt);
  }

  return {
    /** @param {Preview} path @param {Interval} interval @param {(price: number) => string} formatter */
    draw(path, interval, formatter) {
      const [withIt, withoutIt] = [path.price, path.without].map((prices) => byBar(path, prices, milliseconds(interval)));
      const priceFormat = { type: /** @type {const} */ ("custom"), minMove: 1e-12, formatter };
      line.applyOptions({ color: colour("--override"), priceFormat, title: t("ahead.with") });
      without.applyOptions({ color: colour("--reference"), priceFormat, title: t("ahead.without") });
      if (!before && scale.scrollPosition() >= 0) before = { spacing: scale.options().barSpacing, position: scale.scrollPosition(), fitted: 0 };
      if (!before) return standingStill(() => show(withIt, withoutIt));
      show(withIt, withoutIt);
      // Once for a path of this length: then it moves on by itself, and whoever looks closer isn't disturbed.
      if (Math.abs(before.fitted - withIt.length) < 3) return;
      const room = (scale.width() * ROOM) / withIt.length;
      scale.applyOptions({ barSpacing: Math.min(before.spacing, Math.max(0.5, room)) });
      scale.scrollToPosition(1, false);
      before.fitted = withIt.length;
    },
    clear() {
      if (line.data().length === 0) return;
      if (!before) return standingStill(() => show([], []));
      show([], []);
      scale.applyOptions({ barSpacing: before.spacing });
      scale.scrollToPosition(before.position, false);
      before = undefined;
    },
  };
}
