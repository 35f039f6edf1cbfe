// What is held and what it is worth: the position, and all of it over time.
import { clockTime } from "../core/format.js";
import { html, view } from "../core/view.js";
import { t } from "../core/i18n.js";
import { account, canTrade, equity, marked } from "../state/desk.js";
import { spread } from "../state/depth.js";
import { instrument } from "../state/market.js";
import { Figure, Price } from "../ui/price.js";
import { closePosition } from "./acts.js";
import { Line } from "./lines.js";
import { coins, Gain, money, priced } from "./money.js";

/** What all of it has gained since it began. @param {import("../state/desk.js").Marked} of */
const gained = ({ equity: worth, terms }) => Number(worth) - Number(terms.initial);

export const Headline = view(() => {
  const held = marked.value;
  return html`<section class="price-header live-data" aria-label=${t("price")}>
    <${Price} />
    <dl class="figure-row">
      <${Figure} label=${t("account.equity")}>${money(held?.equity)}<//>
      <${Figure} label=${t("account.gained")}><${Gain} value=${held && gained(held)} share=${held && gained(held) / Number(held.terms.initial)} /><//>
      <${Figure} label=${t("account.cash")}>${money(held?.cash)}<//>
      <${Figure} label=${t("depth.spread")}>${spread.value === undefined ? "–" : priced(spread.value)}<//>
    </dl>
  </section>`;
});

const Held = view(() => {
  const { position, realised, fees, written_off: borne } = marked.value ?? {};
  const isShort = position?.quantity.startsWith("-");
  const size = position && coins(position.quantity.replace("-", ""));
  return html`<div class="held-head">
      ${size ? html`<p class=${`size ${isShort ? "down" : "up"}`}><span aria-hidden="true">${isShort ? "▼" : "▲"}</span>
          ${" "}${t(isShort ? "position.short" : "position.long", { amount: size })}</p>
        <button type="button" class="close-position" disabled=${!canTrade.value} onClick=${closePosition}>
          ${t(isShort ? "position.buyBack" : "position.close", { amount: size })}</button>`
      : html`<p class="muted">${t("position.none")}</p>`}</div>
    <dl class="held">
      ${position && html`<${Figure} label=${t("position.entry")}>${priced(position.entry_price)}<//>
        <${Figure} label=${t("position.mark")}>${priced(position.mark_price)}<//>
        <${Figure} label=${t("position.unrealised")}><${Gain} value=${position.unrealised} share=${Number(position.unrealised) / Math.abs(Number(position.cost))} /><//>`}
      <${Figure} label=${t("position.realised")}><${Gain} value=${realised} /><//>
      <${Figure} label=${t("account.fees")}>${money(fees)}<//>
      ${position?.liquidation_price && html`<${Figure} label=${t("position.liquidation")}>${priced(position.liquidation_price)}<//>`}
      ${Number(borne) > 0 && html`<${Figure} label=${t("account.writtenOff")}>${money(borne)}<//>`}
    </dl>`;
});

const Curve = view(() => {
  const points = equity.value;
  const from = Number(account.value?.terms.initial ?? 0);
  const values = points.map(([, value]) => value);
  if (points.length < 2) return html`<p class="curve muted">${t("equity.none")}</p>`;
  const words = {
    from: clockTime(points[0][0]), to: clockTime(points[points.length - 1][0]),
    low: money(Math.min(...values)), high: money(Math.max(...values)), now: money(values.at(-1)),
  };
  return html`<figure class="curve"><${Line} points=${points} from=${from} label=${t("equity.words", words)} />
    <figcaption class="muted figures">${t("equity.caption", words)}</figcaption></figure>`;
});

export const AccountCard = view((/** @type {{onReset: () => void}} */ { onReset }) => html`<section class="card account-card live-data" aria-labelledby="account-title">
  <header class="card-head"><h2 id="account-title">${t("account")}</h2><span class="muted">${t("account.paper", { quote: instrument.value?.quote ?? "" })}</span>
    <button type="button" class="quiet small" disabled=${!account.value} onClick=${onReset}>${t("account.reset")}</button></header>
  <${Held} /><${Curve} />
</section>`);
