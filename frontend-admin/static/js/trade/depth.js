// Asks above, bids below, and how much there is up to each price, as bars; and the last trades.
import { arrow, clockTime, number } from "../core/format.js";
import { html, view } from "../core/view.js";
import { base, t } from "../core/i18n.js";
import { fills } from "../state/desk.js";
import { depth, spread, trades } from "../state/depth.js";
import { instrument } from "../state/market.js";
import { draft, needsPrice } from "./draft.js";
import { amount, coins, priced } from "./money.js";

const ROWS = 9;
const LAST_TRADES = 14;
const MOST_OWN = 7;
const OWN_STAYS_MS = 60_000;
const SIZE_DIGITS = 3;

/** Each level with all that there is up to it. @param {[number, number][]} levels */
function summed(levels) {
  let sum = 0;
  return levels.slice(0, ROWS).map(([price, quantity]) => ({ price, quantity, sum: (sum += quantity) }));
}

/** Depth grows fast with distance: by its root the nearest levels can be seen too. @param {number} sum @param {number} all */
const barWidth = (sum, all) => 100 * Math.sqrt(sum / all);

/** A click on a price is a shortcut to typing it. @param {number} price */
const takePrice = (price) => needsPrice.value && (draft.price.value = String(price));

/** @param {{rows: ReturnType<typeof summed>, side: "buy" | "sell", all: number}} props */
const drawLevels = ({ rows, side, all }) => html`<tbody class=${side === "buy" ? "bids" : "asks"}>${rows.map(({ price, quantity, sum }) =>
  html`<tr onClick=${() => takePrice(price)}>
  <td class=${side === "buy" ? "up" : "down"}><svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
    <rect x=${100 - barWidth(sum, all)} width=${barWidth(sum, all)} height="1" /></svg>${priced(price)}</td>
  <td>${number(quantity, SIZE_DIGITS)}</td><td class="muted">${number(sum, SIZE_DIGITS)}</td></tr>`)}</tbody>`;
const Levels = view(drawLevels);

const Ladder = view(() => {
  const book = depth.value;
  if (!book) return html`<p class="muted empty">${t("depth.none")}</p>`;
  const [bids, asks] = [summed(book.bids), summed(book.asks)];
  const all = Math.max(bids.at(-1)?.sum ?? 0, asks.at(-1)?.sum ?? 0) || 1;
  return html`<table class="ladder figures">
    <thead><tr><th scope="col">${t("price")}</th><th scope="col">${base.value}</th><th scope="col">${t("depth.sum")}</th></tr></thead>
    <${Levels} rows=${asks.reverse()} side="sell" all=${all} />
    <tbody class="middle"><tr><th scope="row">${t("depth.spread")}</th><td colspan="2">${spread.value === undefined ? "–" : priced(spread.value)}</td></tr></tbody>
    <${Levels} rows=${bids} side="buy" all=${all} />
  </table>`;
});

export const Depth = view(() => html`<section class="card depth live-data" aria-labelledby="depth-title">
  <header class="card-head"><h2 id="depth-title">${t("depth")}</h2><span class="muted">${instrument.value?.id ?? ""}</span></header><${Ladder} /></section>`);

/** @typedef {Omit<import("../state/depth.js").Trade, "price" | "quantity"> & {price: string | number, quantity: string | number, own?: boolean}} Shown */

/** The last ones, with the trader's own of a minute: a second's others would push them out. @returns {Shown[]} */
function lastTrades() {
  const since = trades.value[0]?.time - OWN_STAYS_MS;
  const own = fills.value.filter(({ run, time }) => run === undefined && time > since).slice(0, MOST_OWN).map((fill) => ({ ...fill, own: true }));
  const others = trades.value.filter((one) => !own.some(({ time, price }) => time === one.time && Number(price) === one.price));
  return [...others.slice(0, LAST_TRADES - own.length), ...own].sort((one, other) => other.time - one.time);
}

export const Trades = view(() => html`<section class="card trades live-data" aria-labelledby="trades-title">
  <h2 id="trades-title">${t("trades")}</h2>
  ${trades.value.length === 0 ? html`<p class="muted empty">${t("trades.none")}</p>` : html`<table class="ladder figures">
    <thead><tr><th scope="col">${t("price")}</th><th scope="col">${base.value}</th><th scope="col">${t("when")}</th></tr></thead>
    <tbody>${lastTrades().map(({ time, price, quantity, side, own }) => html`<tr class=${own ? "own" : ""}>
      <td class=${side === "buy" ? "up" : "down"}><span role="img" aria-label=${
        own ? t(`said.${side}`, { amount: coins(quantity), price: priced(price) }) : t(`side.${side}`)}>${arrow(side === "buy" ? 1 : -1)}</span> ${priced(price)}</td>
      <td>${amount(quantity)}</td><td class="muted">${clockTime(time)}</td></tr>`)}</tbody></table>`}
</section>`);
