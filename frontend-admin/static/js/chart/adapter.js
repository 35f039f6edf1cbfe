// The one place that knows the chart library: candles, the counterfactual line, markers, a ghost, a divider.
import {
  CandlestickSeries,
  ColorType,
  LineSeries,
  LineStyle,
  createChart,
  createSeriesMarkers,
} from "../../vendor/lightweight-charts.standalone.production.mjs";
import { colour } from "../core/settings.js";
import { axisTime, dateTime, number } from "../core/format.js";
import { t } from "../core/i18n.js";
import { Annotations } from "./annotations.js";

/**
 * @typedef {import("../../../types/wire").Candle} Candle
 * @typedef {{time: number, text: string}} Mark
 */

/** What the library calls year, month, day, minute and second. */
const UNITS = /** @type {const} */ (["year", "month", "day", "minute", "second"]);

/** @param {number} milliseconds @returns {any} the library's own time */
const seconds = (milliseconds) => Math.floor(milliseconds / 1000);

/** The most bars of nothing for a halt: a longer one is drawn shorter. */
const MOST_MISSING = 600;

/** @param {Candle} bar */
const drawn = ({ open_time, open, high, low, close }) => ({ time: seconds(open_time), open, high, low, close });

/**
 * Bars, and nothing where a halt left none, so that time doesn't shrink.
 * @param {Candle[]} bars @param {number} length ms @param {number} pace ms between bars at the least
 * @param {Candle | undefined} last the one before
 */
function spaced(bars, length, pace, last) {
  /** @type {[number, number][]} */
  const halts = [];
  const points = bars.flatMap((bar) => {
    const [from, to] = [last?.open_time ?? bar.open_time, bar.open_time];
    last = bar;
    const missing = to - from > 1.5 * pace ? Math.min(MOST_MISSING, Math.ceil((to - from) / length) - 1) : 0;
    if (missing > 0) halts.push([seconds(from + length), seconds(to)]);
    return [...Array.from({ length: missing }, (_, place) => ({ time: seconds(from + (place + 1) * length) })), drawn(bar)];
  });
  return { points, halts };
}

/** @param {HTMLElement} container */
export function priceChart(container) {
  const chart = createChart(container, {
    autoSize: true,
    layout: { attributionLogo: false, fontSize: 12 },
    timeScale: {
      timeVisible: true,
      secondsVisible: true,
      rightOffset: 4,
      barSpacing: 7,
      borderVisible: false,
      tickMarkFormatter: (/** @type {number} */ time, /** @type {number} */ kind) => axisTime(time * 1000, UNITS[kind] ?? "second"),
    },
    rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.12, bottom: 0.08 } },
    handleScale: { axisPressedMouseMove: { time: true, price: false } },
  });
  let decimals = 2;
  const priceFormat = { type: /** @type {const} */ ("custom"), minMove: 0.01, formatter: (/** @type {number} */ price) => number(price, decimals) };
  const line = chart.addSeries(LineSeries, {
    lineWidth: 2,
    lineStyle: LineStyle.Dashed,
    priceLineVisible: false,
    crosshairMarkerVisible: false,
    priceFormat,
  });
  const candles = chart.addSeries(CandlestickSeries, { borderVisible: false, priceFormat });
  const annotations = new Annotations(chart, candles);
  candles.attachPrimitive(annotations);
  const markers = createSeriesMarkers(candles, []);
  /** @type {ReturnType<typeof candles.createPriceLine> | undefined} */
  let ghost;
  let newestPoint = -Infinity;
  /** @type {Candle | undefined} */
  let newestBar;

  return {
    /** For what is drawn on it later. */
    plot: chart,
    /** Colours, font and words of the theme and language in force. */
    restyle() {
      const [up, down, grid] = [colour("--up"), colour("--down"), colour("--grid")];
      const fontFamily = getComputedStyle(container).fontFamily;
      chart.applyOptions({
        layout: { background: { type: ColorType.Solid, color: "transparent" }, textColor: colour("--muted"), fontFamily },
        grid: { vertLines: { color: grid }, horzLines: { color: grid } },
        crosshair: {
          vertLine: { labelBackgroundColor: colour("--label") },
          horzLine: { labelBackgroundColor: colour("--label") },
        },
        localization: { timeFormatter: (/** @type {number} */ time) => dateTime(time * 1000) },
      });
      candles.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down });
      line.applyOptions({ color: colour("--reference") });
      annotations.colours = { gap: colour("--gap"), divider: colour("--override"), halt: grid, words: colour("--muted") };
      annotations.halted = t("presence.halted");
      annotations.font = fontFamily;
    },
    /** @param {number} digits */
    setDecimals(digits) {
      decimals = digits;
      const minMove = 10 ** -digits;
      for (const series of [candles, line]) series.applyOptions({ priceFormat: { ...priceFormat, minMove } });
    },
    /** @param {{all: boolean, bars: Candle[]}} changed @param {number} length of a bar, ms @param {number} dt between ticks, ms */
    setBars({ all, bars }, length, dt) {
      if (all) [newestBar, annotations.halts] = [undefined, []];
      const { points, halts } = spaced(bars, length, Math.max(length, dt), newestBar);
      annotations.halts.push(...halts);
      newestBar = bars.at(-1) ?? newestBar;
      if (all) candles.setData(points);
      else for (const point of points) candles.update(point);
    },
    /** The whole line. @param {[number, number][]} points */
    setReference(points) {
      line.setData(points.map(([time, value]) => ({ time: seconds(time), value })));
      newestPoint = points.at(-1)?.[0] ?? -Infinity;
    },
    /** Its newest points; false if one is older than what is drawn. @param {[number, number][]} points */
    extendReference(points) {
      for (const [time, value] of points) {
        if (time < newestPoint) return false;
        line.update({ time: seconds(time), value });
        newestPoint = time;
      }
      return true;
    },
    /** @param {boolean} visible */
    showReference(visible) {
      line.applyOptions({ visible });
    },
    /** What the gap is shaded between. @param {Candle[]} bars @param {Map<number, number>} reference by the bar's start */
    setGap(bars, reference) {
      Object.assign(annotations, { bars, reference });
    },
    /** @param {Mark[]} marks */
    setMarks(marks) {
      const color = colour("--override");
      markers.setMarkers(
        marks.map(({ time, text }) => ({ time: seconds(time), position: "aboveBar", shape: "circle", size: 0, color, text })),
      );
    },
    /** @param {{time: number, label: string} | null} divider */
    setDivider(divider) {
      annotations.divider = divider && { ...divider, time: seconds(divider.time) };
    },
    /** Where the price would go. @param {{price: number, label: string} | null} wanted */
    setGhost(wanted) {
      if (ghost) candles.removePriceLine(ghost);
      ghost =
        wanted === null
          ? undefined
          : candles.createPriceLine({
              price: wanted.price,
              title: wanted.label,
              color: colour("--override"),
              lineWidth: 1,
              lineStyle: LineStyle.LargeDashed,
              axisLabelColor: colour("--override-solid"),
              axisLabelTextColor: colour("--on-override"),
            });
    },
    /** Tells the bar under the pointer, or undefined. @param {(openTime: number | undefined) => void} tell */
    onPoint(tell) {
      chart.subscribeCrosshairMove(({ time }) => tell(time === undefined ? undefined : Number(time) * 1000));
    },
    /** @param {"left" | "right" | "in" | "out" | "live"} how */
    move(how) {
      const scale = chart.timeScale();
      const range = scale.getVisibleLogicalRange();
      if (how === "live" || !range) return scale.scrollToRealTime();
      const width = range.to - range.from;
      const grow = how === "in" ? -width / 5 : how === "out" ? width / 4 : 0;
      const shift = how === "left" ? -width / 5 : how === "right" ? width / 5 : 0;
      scale.setVisibleLogicalRange({ from: range.from - grow + shift, to: range.to + shift });
    },
    remove: () => chart.remove(),
  };
}
