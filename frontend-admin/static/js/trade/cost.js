// What the order would cost, before it is sent; or why it would be refused.
import { html, view } from "../core/view.js";
import { number } from "../core/format.js";
import { t } from "../core/i18n.js";
import { isAbsent, standing, venue } from "../state/desk.js";
import { instrument } from "../state/market.js";
import { cost, wantedOrder } from "./draft.js";
import { because, money, priced } from "./money.js";

export const CostLines = view(() => {
  const order = wantedOrder.value;
  const said = order && cost.value?.said;
  const { average_price: average, worst_price: worst, slippage_bp: slip, fee, total, refused } = said ?? {};
  const isAway = cost.value?.of !== order;
  const gets = Number(total) < 0;
  const rows = [
    [t("cost.average"), average ? priced(average) : "–"],
    [t("cost.worst"), worst ? priced(worst) : "–"],
    [t("cost.slippage"), slip ? t("cost.bp", { value: number(Number(slip), 2) }) : "–"],
    [t("cost.fee"), fee ? money(fee) : "–"],
  ];
  return html`<div class=${isAway ? "cost old" : "cost"}>
    <dl class="pairs figures">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
      <div class="total"><dt>${t(gets ? "cost.gets" : "cost.pays")}</dt>
        <dd>${total ? `≈ ${money(Math.abs(Number(total)))} ${instrument.value?.quote ?? ""}` : "–"}</dd></div></dl>
    <p class="refusal error" role="status">${refused && html`<span aria-hidden="true">!</span> ${because(refused.code, refused.detail)}`}</p>
  </div>`;
});

/** Where trading is missing while the market goes on. */
export const TradingState = view(() => html`<div role="status">${isAbsent.value && html`<p class="alarm unavailable">${
  t(standing.value === "down" ? "desk.down" : "desk.behind")}${venue.value?.trouble && standing.value !== "down" ? ` (${venue.value.trouble})` : ""}</p>`}</div>`);
