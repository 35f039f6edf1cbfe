// The chart's candles, in the colours that mean up and down here; and what is one's own on them, which comes with the first of it.
import { colour, theme } from "../core/settings.js";
import { computed, effect } from "../core/view.js";
import { shownChart } from "../chart/panel.js";
import { fills, openOrders } from "../state/desk.js";
import { palette } from "../state/palette.js";

export const candles = computed(() => shownChart.value?.panes()[0].getSeries().find((series) => series.seriesType() === "Candlestick"));

export function dressCandles() {
  effect(() => {
    [theme.value, palette.value];
    const [up, down] = [colour("--up"), colour("--down")];
    candles.value?.applyOptions(/** @type {any} */ ({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down }));
  });
  effect(() => {
    // What can't be had now is asked for again with the next one.
    if (fills.value.length + openOrders.value.length > 0) import("./marks.js").catch(() => {});
  });
}
