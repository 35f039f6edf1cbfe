// The price, and how far it is from what it would have been.
import { computed, html, view } from "../core/view.js";
import { arrow, clockTime, number, percent, signedPercent } from "../core/format.js";
import { t } from "../core/i18n.js";
import { quote, stats } from "../state/market.js";
import { reference } from "../state/reference.js";
import { digits, Figure, Price } from "../ui/price.js";
import { isAdmin } from "../wire/auth.js";

/** How far the price is from what it would have been, as a share of that. */
export const gap = computed(() => {
  const [price, without] = [quote.value.price, reference.value];
  return price === undefined || without === undefined ? undefined : price / without - 1;
});

const Gap = view(() => {
  const share = gap.value;
  const shown = share === undefined ? 0 : Math.round(share * 1e4) / 1e4;
  return html`<${Figure} label=${t("price.gap")} tone=${shown === 0 ? "" : "override"}>${
    share === undefined ? "–" : html`<span aria-hidden="true">${arrow(shown)}</span> ${signedPercent(shown)}`}<//>`;
});

export const PriceHeader = view(() => {
  const { seq, tick, time } = quote.value;
  return html`<section class="price-header live-data" aria-label=${t("price")}>
    <${Price} />
    <dl class="figure-row">
      ${isAdmin.value && html`<${Figure} label=${t("price.reference")}><span class="key-reference" aria-hidden="true"></span>${number(reference.value, digits.value)}<//><${Gap} />`}
      <${Figure} label=${t("price.realised")}>${percent(stats.value?.realised_volatility, 1)}<//>
      <${Figure} label=${t("price.seq")}>${number(seq)}<//>
      <${Figure} label=${t("price.tick")}>${number(tick)}<//>
      <${Figure} label=${t("price.time")}>${time ? clockTime(time) : "–"}<//>
    </dl>
  </section>`;
});
