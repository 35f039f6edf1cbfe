// Orders that stand, orders that have ended, and fills.
import { clockTime } from "../core/format.js";
import { html, signal, view } from "../core/view.js";
import { t } from "../core/i18n.js";
import { canTrade, fills, mayTrade, openOrders, orders } from "../state/desk.js";
import { cancel } from "./acts.js";
import { amount, because, Gain, money, priced } from "./money.js";

/** @typedef {import("../core/i18n.js").Key} Key */
/** @typedef {import("../state/desk.js").Order} Order */

const TABS = /** @type {const} */ (["open", "ended", "fills"]);
const tab = signal(/** @type {(typeof TABS)[number]} */ ("open"));

const Sided = view((/** @type {{side: "buy" | "sell"}} */ { side }) =>
  html`<span class=${side === "buy" ? "up" : "down"}><span aria-hidden="true">${side === "buy" ? "▲" : "▼"}</span> ${t(`side.${side}`)}</span>`);

/** Whose it is, if not the trader's own. @param {number | undefined} run */
const whose = (run) => run !== undefined && html` <span class="muted">${t("list.run", { run })}</span>`;

/** The prices that it waits for. @param {Order} order */
const waitsFor = ({ price, stop }) =>
  [stop && t("list.at", { price: priced(stop) }), price && priced(price)].filter(Boolean).join(" → ") || t("list.market");

const OpenOrders = view(() => {
  const rows = openOrders.value;
  if (rows.length === 0) return html`<p class="muted empty">${t("list.noOpen")}</p>`;
  return html`<table><thead><tr>
      <th scope="col" class="less">${t("when")}</th><th scope="col">${t("list.order")}</th><th scope="col" class="number">${t("list.amount")}</th>
      <th scope="col" class="number">${t("price")}</th><th scope="col" class="less">${t("list.state")}</th><td></td></tr></thead>
    <tbody>${rows.map((order) => html`<tr key=${order.id}>
      <td class="less muted figures">${clockTime(order.created_at)}</td>
      <td><${Sided} side=${order.side} /> ${t(`type.${order.type}`)}${whose(order.run)}</td>
      <td class="number figures">${Number(order.filled) > 0 && html`<span class="muted">${amount(order.filled)} / </span>`}${amount(order.quantity)}</td>
      <td class="number figures">${waitsFor(order)}</td><td class="less">${t(`status.${order.status}`)}</td>
      <td class="do">${order.run === undefined && html`<button type="button" class="quiet small" disabled=${!canTrade.value}
        aria-label=${t("list.cancelThis", { id: order.id })} onClick=${() => cancel(order.id)}>${t("list.cancel")}</button>`}</td></tr>`)}</tbody></table>`;
});

const Ended = view(() => {
  const rows = orders.value.filter((order) => !mayTrade(order));
  if (rows.length === 0) return html`<p class="muted empty">${t("list.noEnded")}</p>`;
  return html`<table><thead><tr>
      <th scope="col" class="less">${t("when")}</th><th scope="col">${t("list.order")}</th><th scope="col" class="number">${t("list.amount")}</th>
      <th scope="col" class="number">${t("list.average")}</th><th scope="col">${t("list.state")}</th></tr></thead>
    <tbody>${rows.map((order) => html`<tr key=${order.id}>
      <td class="less muted figures">${clockTime(order.updated_at)}</td>
      <td><${Sided} side=${order.side} /> ${t(`type.${order.type}`)}${whose(order.run)}</td>
      <td class="number figures">${order.filled !== order.quantity && html`<span class="muted">${amount(order.filled)} / </span>`}${amount(order.quantity)}</td>
      <td class="number figures">${order.average_price ? priced(order.average_price) : "–"}</td>
      <td>${t(`status.${order.status}`)}${order.reason && html` <span class="muted">${because(order.reason)}</span>`}</td></tr>`)}</tbody></table>`;
});

const Fills = view(() => {
  if (fills.value.length === 0) return html`<p class="muted empty">${t("list.noFills")}</p>`;
  return html`<table><thead><tr>
      <th scope="col" class="less">${t("when")}</th><th scope="col">${t("list.fill")}</th><th scope="col" class="number">${t("list.amount")}</th>
      <th scope="col" class="number">${t("price")}</th><th scope="col" class="number less">${t("cost.fee")}</th><th scope="col" class="number">${t("position.realised")}</th></tr></thead>
    <tbody>${fills.value.map((fill) => html`<tr key=${fill.id} data-fill=${fill.id}>
      <td class="less muted figures">${clockTime(fill.time)}</td>
      <td><${Sided} side=${fill.side} />${whose(fill.run)}</td><td class="number figures">${amount(fill.quantity)}</td>
      <td class="number figures">${priced(fill.price)}</td><td class="number figures less">${money(fill.fee)}</td>
      <td class="number figures">${Number(fill.realised) === 0 ? "–" : html`<${Gain} value=${fill.realised} />`}</td></tr>`)}</tbody></table>`;
});

const SHOWN = { open: OpenOrders, ended: Ended, fills: Fills };

export const Lists = view(() => {
  const Shown = SHOWN[tab.value];
  const own = openOrders.value.filter(({ run }) => run === undefined).length;
  return html`<section class="card lists" aria-labelledby="lists-title">
    <header class="card-head"><h2 id="lists-title">${t("lists")}</h2>
      <div role="group" aria-labelledby="lists-title">${TABS.map((one) => html`<button type="button" class="tab" aria-pressed=${one === tab.value}
        onClick=${() => (tab.value = one)}>${t(/** @type {Key} */ (`lists.${one}`))}${
        one === "open" && openOrders.value.length > 0 && html` <b class="count figures">${openOrders.value.length}</b>`}</button>`)}</div>
      <button type="button" class="danger small" disabled=${own === 0 || !canTrade.value} onClick=${() => cancel()}>${t("list.cancelAll")}</button></header>
    <div class="scroll" tabindex="0" role="region" aria-label=${t(/** @type {Key} */ (`lists.${tab.value}`))}><${Shown} /></div>
  </section>`;
});
