// One's own fills on the chart: an arrow up below the candle of a purchase, down above that of a sale.
import { createSeriesMarkers } from "../../vendor/lightweight-charts.standalone.production.mjs";
import { colour, theme } from "../core/settings.js";
import { effect } from "../core/view.js";
import { shownChart } from "../chart/panel.js";
import { fills } from "../state/desk.js";
import { interval, windowStart } from "../state/market.js";
import { milliseconds } from "../state/series.js";
import { palette } from "../state/palette.js";
import { amount } from "./money.js";

/** Markers with words; older ones are an arrow only. */
const WORDED = 6;

/** @type {{setMarkers: (marks: any[]) => void} | undefined} */
let drawnMarks;

export function markFills() {
  effect(() => {
    const candles = shownChart.value?.panes()[0].getSeries().find((series) => series.seriesType() === "Candlestick");
    drawnMarks = candles && createSeriesMarkers(/** @type {any} */ (candles), []);
    [theme.value, palette.value];
    const [up, down] = [colour("--up"), colour("--down")];
    candles?.applyOptions(/** @type {any} */ ({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down }));
  });
  effect(() => {
    [shownChart.value, theme.value, palette.value];
    const length = milliseconds(interval.value);
    const first = windowStart.value ?? Infinity;
    const shown = fills.value.map(({ side, time, quantity }, place) => ({
      time: (time - (time % length)) / 1000,
      position: side === "buy" ? "belowBar" : "aboveBar",
      shape: side === "buy" ? "arrowUp" : "arrowDown",
      color: colour(side === "buy" ? "--up" : "--down"),
      text: place < WORDED ? amount(quantity) : "",
    })).filter((mark) => mark.time * 1000 >= first);
    drawnMarks?.setMarkers(shown.reverse());
  });
}
