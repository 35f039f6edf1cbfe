// The price, large, and beside it what one wants to know with it.
import { computed, html, view } from "../core/view.js";
import { arrow, clockTime, decimals, direction, number, percent, signedPercent } from "../core/format.js";
import { t } from "../core/i18n.js";
import { instrument, quote, range, stats } from "../state/market.js";
import { reference } from "../state/reference.js";
import { isAdmin } from "../wire/auth.js";

export const digits = computed(() => decimals(instrument.value?.tick_size ?? 0.01));

/** How far the price is from what it would have been, as a share of that. */
export const gap = computed(() => {
  const [price, without] = [quote.value.price, reference.value];
  return price === undefined || without === undefined ? undefined : price / without - 1;
});

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

const Gap = view(() => {
  const share = gap.value;
  const shown = share === undefined ? 0 : Math.round(share * 1e4) / 1e4;
  return html`<${Figure} label=${t("price.gap")} tone=${shown === 0 ? "" : "override"}>${
    share === undefined ? "–" : html`<span aria-hidden="true">${arrow(shown)}</span> ${signedPercent(shown)}`}<//>`;
});

export const PriceHeader = view((/** @type {{admin?: boolean}} */ { admin = false }) => {
  const { price, seq, tick, time } = quote.value;
  const { high, low } = range.value ?? {};
  return html`<section class="price-header live-data" aria-label=${t("price")}>
    <p class="price figures" id="price">${number(price, digits.value)}<span class="quote muted">${instrument.value?.quote ?? ""}</span></p>
    <${Change} />
    <dl class="figure-row">
      ${admin && isAdmin.value && html`<${Figure} label=${t("price.reference")}><span class="key-reference" aria-hidden="true"></span>${number(reference.value, digits.value)}<//><${Gap} />`}
      <${Figure} label=${t("price.realised")}>${percent(stats.value?.realised_volatility, 1)}<//>
      ${!admin && html`<${Figure} label=${t("price.high")}>${number(high, digits.value)}<//>
        <${Figure} label=${t("price.low")}>${number(low, digits.value)}<//>`}
      <${Figure} label=${t("price.seq")}>${number(seq)}<//>
      ${admin && html`<${Figure} label=${t("price.tick")}>${number(tick)}<//>`}
      <${Figure} label=${t("price.time")}>${time ? clockTime(time) : "–"}<//>
    </dl>
  </section>`;
});
