// The ticket: what to trade, what it would cost, and the button that does it.
import { html, view } from "../core/view.js";
import { base, t } from "../core/i18n.js";
import { account, canTrade } from "../state/desk.js";
import { instrument } from "../state/market.js";
import { Choice, Field } from "../ui/field.js";
import { CostLines } from "./cost.js";
import { actsAtOnce, draft, isSending, mayRest, needsPrice, needsStop, parsedAmount, parsedPrice, parsedStop, takeShare, wantedOrder } from "./draft.js";
import { amount, money, told } from "./money.js";
import { sendNow } from "./acts.js";

/** @typedef {import("../core/i18n.js").Key} Key */

const SHARES = [0.25, 0.5, 0.75, 1];

/**
 * One of a few, as buttons side by side.
 * @param {{label: string, chosen: import("../../vendor/signals-core.mjs").Signal<any>, choices: readonly string[], words: string, tone?: boolean}} props
 */
const drawSegments = ({ label, chosen, choices, words, tone = false }) => html`<div class="segments" role="group" aria-label=${label}>
  ${choices.map((one) => html`<button type="button" class=${tone ? `side-${one}` : ""} aria-pressed=${chosen.value === one}
    aria-keyshortcuts=${tone ? one[0].toUpperCase() : undefined} onClick=${() => (chosen.value = one)}>${t(/** @type {Key} */ (`${words}.${one}`))}</button>`)}</div>`;
const Segments = view(drawSegments);

const Switch = view((/** @type {{on: import("../../vendor/signals-core.mjs").Signal<boolean>, label: string, disabled?: boolean}} */ { on, label, disabled = false }) =>
  html`<label class="switch"><input type="checkbox" checked=${on.value && !disabled} disabled=${disabled} onChange=${() => (on.value = !on.value)} />${label}</label>`);

/** What few need; what of it is in force is said while it is folded away. */
const More = view(() => {
  const [postOnly, reduceOnly, stands] = [draft.postOnly.value && mayRest.value, draft.reduceOnly.value, draft.stands.value !== "gtc" && actsAtOnce.value];
  const set = [stands && t(/** @type {Key} */ (`stands.${draft.stands.value}`)), postOnly && t("ticket.postOnly"), reduceOnly && t("ticket.reduceOnly")].filter(Boolean);
  return html`<details class="more"><summary>${t("ticket.more")}${set.length > 0 && html` <span class="set">${set.join(", ")}</span>`}</summary>
    <${Segments} label=${t("ticket.moreTypes")} chosen=${draft.type} choices=${["stop_limit", "take_profit"]} words="type" />
    ${actsAtOnce.value && html`<${Choice} id="ticket-stands" label=${t("ticket.stands")} text=${draft.stands}
      choices=${{ gtc: "stands.gtc", ioc: "stands.ioc", fok: "stands.fok" }} />`}
    <${Switch} on=${draft.postOnly} label=${t("ticket.postOnly")} disabled=${!mayRest.value} />
    <${Switch} on=${draft.reduceOnly} label=${t("ticket.reduceOnly")} />
  </details>`;
});

const Submit = view(() => {
  const order = wantedOrder.value;
  const side = draft.side.value;
  return html`<button class=${`submit side-${side}`} aria-keyshortcuts="Control+Enter" disabled=${!order || !canTrade.value || isSending.value}>${
    order ? told(order) : t(draft.amount.value ? "ticket.missingPrice" : "ticket.missing", { side: t(`side.${side}`) })}</button>`;
});

/** What there is to buy with, or to sell. */
const Free = view(() => {
  const { free, free_base: sellable } = account.value ?? {};
  const isSale = draft.side.value === "sell";
  return html`<span class="muted figures">${t("ticket.free")} <b>${isSale ? amount(sellable ?? 0) : money(free)}</b> ${isSale ? base.value : instrument.value?.quote}</span>`;
});

export const Ticket = view(() => {
  const submitted = (/** @type {Event} */ event) => {
    event.preventDefault();
    void sendNow();
  };
  return html`<form class="card ticket" aria-labelledby="ticket-title" onSubmit=${submitted} novalidate>
    <header class="card-head"><h2 id="ticket-title">${t("ticket")}</h2><${Free} /></header>
    <${Segments} label=${t("ticket.side")} chosen=${draft.side} choices=${["buy", "sell"]} words="side" tone=${true} />
    <${Segments} label=${t("ticket.type")} chosen=${draft.type} choices=${["market", "limit", "stop"]} words="type" />
    ${needsStop.value && html`<${Field} id="ticket-stop" label=${t("ticket.stop")} unit=${instrument.value?.quote}
      text=${draft.stop} error=${parsedStop.value.error} />`}
    ${needsPrice.value && html`<${Field} id="ticket-price" label=${t("ticket.price")} unit=${instrument.value?.quote}
      text=${draft.price} error=${parsedPrice.value.error} />`}
    <${Field} id="ticket-amount" label=${t("ticket.amount")} unit=${base.value} text=${draft.amount} error=${parsedAmount.value.error} />
    <div class="shares" role="group" aria-label=${t("ticket.shares")}>${SHARES.map((share) => html`<button type="button" class="small"
      disabled=${!account.value} onClick=${() => takeShare(share)}>${share * 100}${"\u202f"}%</button>`)}</div>
    <${CostLines} />
    <${Submit} />
    <${More} />
  </form>`;
});
