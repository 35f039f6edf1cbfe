// Decimals as they are shown: money, quantities, gains. They are computed with nowhere.
import { arrow, decimals, direction, number, signedNumber, signedPercent, trimmed } from "../core/format.js";
import { computed, html, view } from "../core/view.js";
import { base, t } from "../core/i18n.js";
import { hello } from "../state/desk.js";
import { instrument } from "../state/market.js";

const CENTS = 2;

/** @param {string | number | undefined} value */
export const money = (value) => number(value === undefined ? undefined : Number(value), CENTS);

/** @param {string | number | undefined} value in prices' own decimals */
export const priced = (value) => number(value === undefined ? undefined : Number(value), decimals(instrument.value?.tick_size ?? 0.01));

export const lotDigits = computed(() => decimals(Number(hello.value?.rules.lot_size ?? 0.00001)));

/** @param {string | number} value */
export const amount = (value) => trimmed(Number(value), lotDigits.value);

/** @param {string | number} value */
export const coins = (value) => `${amount(value)} ${base.value}`;

/** What was won or lost, never by its colour alone. */
export const Gain = view((/** @type {{value: string | number | undefined, share?: number}} */ { value, share }) => {
  if (value === undefined) return "–";
  // What is shown as nothing is nothing, and has no sign.
  const rounded = (/** @type {number} */ exact, /** @type {number} */ parts) => Math.round(exact * parts) / parts || 0;
  const gain = rounded(Number(value), 100);
  return html`<span class=${`gain ${direction(gain)}`}><span aria-hidden="true">${arrow(gain)}</span> ${signedNumber(gain, CENTS)}${
    share !== undefined && Number.isFinite(share) && html`<small> ${signedPercent(rounded(share, 1e4))}</small>`}</span>`;
});

/** @typedef {import("../../../types/trading").NewOrder} NewOrder */

/** An order in words: Buy 0.1 BTC at 63,000.00. @param {Pick<NewOrder, "side" | "type" | "quantity" | "price" | "stop">} order */
export const told = ({ side, type, quantity, price, stop }) =>
  t(`told.${type}`, { side: t(`side.${side}`), amount: coins(quantity), price: priced(price), stop: priced(stop) });

/** Why something was refused or ended: by its code where its words are known. @param {string} code @param {string} [detail] */
export function because(code, detail = code.replaceAll("_", " ")) {
  const key = `why.${code}`;
  const known = t(/** @type {any} */ (key));
  return known ?? detail;
}
