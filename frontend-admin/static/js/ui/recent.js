// The last ticks, newest first, as many a second as can be read.
import { effect, html, signal, view } from "../core/view.js";
import { arrow, clockTime, direction, number, signedNumber } from "../core/format.js";
import { t } from "../core/i18n.js";
import { quote, tape } from "../state/market.js";
import { digits } from "./price.js";

const ROWS = 14;
const EVERY_MS = 250;

/** @typedef {{seq: number, time: number, price: number, change: number}} Row */
const rows = signal(/** @type {Row[]} */ ([]));
let renewedAt = 0;

effect(() => {
  if (quote.value.seq !== 0 && Date.now() - renewedAt < EVERY_MS) return;
  renewedAt = Date.now();
  const { prices, seq } = tape;
  const last = prices.slice(-ROWS - 1).reverse();
  rows.value = last.slice(0, ROWS).map((price, back) => ({
    seq: seq - back, time: tape.timeOf(seq - back), price, change: price - (last[back + 1] ?? price),
  }));
});

export const RecentTicks = view(() => html`<section class="card live-data" aria-labelledby="recent-title">
  <h2 id="recent-title">${t("recent")}</h2>
  <table class="recent figures"><thead><tr><th scope="col">${t("price.time")}</th><th scope="col">${t("price")}</th><th scope="col">${t("recent.change")}</th></tr></thead>
    <tbody>${rows.value.map(({ seq, time, price, change }) => html`<tr key=${seq}><td class="muted">${clockTime(time)}</td>
      <td>${number(price, digits.value)}</td>
      <td class=${direction(change)}><span aria-hidden="true">${arrow(change)}</span> ${signedNumber(change, digits.value)}</td></tr>`)}</tbody></table>
</section>`);
