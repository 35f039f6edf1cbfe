// What is one's own on the chart: fills, an arrow up below the candle of a purchase and down above that of a sale; and as lines the
// price of what is held and those of what waits. It begins when it is loaded.
import { createSeriesMarkers, LineStyle } from "../../vendor/lightweight-charts.standalone.production.mjs";
import { colour, theme } from "../core/settings.js";
import { computed, effect } from "../core/view.js";
import { shownChart } from "../chart/panel.js";
import { account, fills, openOrders } from "../state/desk.js";
import { interval, windowStart } from "../state/market.js";
import { milliseconds } from "../state/series.js";
import { palette } from "../state/palette.js";
import { t } from "../core/i18n.js";
import { candles } from "./candles.js";
import { amount } from "./money.js";

/** Markers with words; older ones, and those of strategies, are an arrow only. */
const WORDED = 6;

/** @type {{setMarkers: (marks: any[]) => void} | undefined} */
let drawnMarks;

/** The prices that lines stand at: of the position, and of orders that wait. */
const levels = computed(() => {
  const entry = account.value?.position?.entry_price;
  const waiting = openOrders.value.filter(({ run, status }) => run === undefined && status !== "accepted");
  return [...(entry ? [{ price: entry, title: t("position.entry"), token: "--reference" }] : []),
    ...waiting.map(({ side, price, stop, quantity }) =>
      ({ price: stop ?? price, title: `${t(`side.${side}`)} ${amount(quantity)}`, token: side === "buy" ? "--up" : "--down" }))];
});
const levelsKey = computed(() => JSON.stringify(levels.value));

effect(() => {
  drawnMarks = candles.value && createSeriesMarkers(/** @type {any} */ (candles.value), []);
});
effect(() => {
  const drawnOn = candles.value;
  [theme.value, palette.value, levelsKey.value];
  const drawn = levels.peek().map(({ price, title, token }) => drawnOn?.createPriceLine(
    { price: Number(price), title, color: colour(token), lineWidth: 1, lineStyle: LineStyle.Dotted, axisLabelColor: colour("--label") }));
  return () => drawn.forEach((line) => line && shownChart.peek() && drawnOn?.removePriceLine(line));
});
effect(() => {
  [shownChart.value, theme.value, palette.value];
  const length = milliseconds(interval.value);
  const first = windowStart.value ?? Infinity;
  /** One arrow for what was traded the same way in one candle. @type {Map<string, {time: number, side: string, own: boolean, sum: number}>} */
  const marks = new Map();
  for (const { side, time, quantity, run } of fills.value) {
    const [start, own] = [time - (time % length), run === undefined];
    const mark = marks.get(`${start} ${side} ${own}`) ?? { time: start, side, own, sum: 0 };
    marks.set(`${start} ${side} ${own}`, { ...mark, sum: mark.sum + Number(quantity) });
  }
  const shown = [...marks.values()].filter(({ time }) => time >= first).map(({ time, side, own, sum }, place) => ({
    time: time / 1000,
    position: side === "buy" ? "belowBar" : "aboveBar",
    shape: side === "buy" ? "arrowUp" : "arrowDown",
    color: colour(side === "buy" ? "--up" : "--down"),
    size: own ? 1 : 0.5,
    text: place < WORDED && own ? amount(sum) : "",
  }));
  drawnMarks?.setMarkers(shown.reverse());
});
