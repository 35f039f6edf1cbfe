// The price, large, and how far it has moved; and figures to stand beside it.
import { computed, html, view } from "../core/view.js";
import { arrow, clockTime, decimals, direction, number, signedPercent } from "../core/format.js";
import { t } from "../core/i18n.js";
import { instrument, quote, range } from "../state/market.js";

export const digits = computed(() => decimals(instrument.value?.tick_size ?? 0.01));

/** @param {{label: string, children?: any, tone?: string, wide?: boolean}} props */
const drawFigure = ({ label, children, tone = "" }) =>
  html`<div class="figure"><dt>${label}</dt><dd class=${`figures ${tone}`}>${children}</dd></div>`;
export const Figure = view(drawFigure);

const Change = view(() => {
  const [price, window] = [quote.value.price, range.value];
  if (price === undefined || !window) return html`<p class="change figures">–</p>`;
  const change = price / window.open - 1;
  return html`<p class=${`change figures ${direction(change)}`}>
    <span aria-hidden="true">${arrow(change)}</span> ${signedPercent(change)}
    <span class="muted since figures">${t("price.since", { time: clockTime(window.from) })}</span></p>`;
});

export const Price = view(() => html`
  <p class="price figures" id="price">${number(quote.value.price, digits.value)}<span class="quote muted">${instrument.value?.quote ?? ""}</span></p>
  <${Change} />`);
