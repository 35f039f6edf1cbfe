// The dialogs of the page: help, signing in, and a new beginning. They come when one of them is asked for.
import { html, signal, view } from "../core/view.js";
import { t } from "../core/i18n.js";
import { account, canTrade, fetchEquity, fills, hello, marked, openOrders, takeAccount } from "../state/desk.js";
import { instrument } from "../state/market.js";
import { Dialog } from "../ui/dialog.js";
import { Field, parse } from "../ui/field.js";
import { Help } from "../ui/help.js";
import { tellBad, tellGood } from "../ui/notice.js";
import { SignInDialog, signInOpen } from "../ui/signin.js";
import { demand } from "../wire/desk.js";
import { refusal } from "./acts.js";
import { coins, money } from "./money.js";

const resetOpen = signal(false);
const cash = signal("");
const leverage = signal("");

export const askToSignIn = () => (signInOpen.value = true);

export function askToReset() {
  cash.value = account.value?.terms.initial ?? hello.value?.terms.initial ?? "";
  leverage.value = account.value?.terms.leverage ?? "1";
  resetOpen.value = true;
}

/** @param {object} chosen */
async function resetAccount(chosen) {
  /** @type {import("../wire/api.js").Answer<import("../state/desk.js").Account>} */
  const answer = await demand("POST", "account/reset", chosen);
  if (!answer.ok) return tellBad(refusal(answer.failure));
  takeAccount(answer.value);
  void fetchEquity();
  tellGood(t("said.reset"));
}

/** @type {[string, import("../core/i18n.js").Key][]} */
const KEYS_OF_TICKET = [["/", "keys.amount"], ["B", "keys.buy"], ["S", "keys.sell"], ["Ctrl + Enter", "keys.send"], ["Esc", "keys.clear"]];
/** @type {[import("../core/i18n.js").Key, import("../core/i18n.js").Key][]} */
const TERMS_OF_TRADE = [
  ["type.limit", "meaning.limit"], ["type.stop", "meaning.stop"], ["type.stop_limit", "meaning.stopLimit"], ["type.take_profit", "meaning.takeProfit"],
  ["ticket.postOnly", "meaning.postOnly"], ["ticket.reduceOnly", "meaning.reduceOnly"], ["cost.slippage", "meaning.slippage"],
];

const ResetForm = view(() => {
  const fields = { initial: parse(cash.value, { least: 0, most: 1e9, open: true }), leverage: parse(leverage.value, { least: 1, most: 100 }) };
  const isGood = !fields.initial.error && !fields.leverage.error;
  const begin = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!isGood || !canTrade.value) return;
    resetOpen.value = false;
    void resetAccount({ initial: cash.value.trim(), leverage: leverage.value.trim() });
  };
  const { position, equity } = marked.value ?? {};
  const own = openOrders.value.filter(({ run }) => run === undefined).length;
  return html`<form onSubmit=${begin} novalidate>
    <ul class="effect">
      <li>${t("reset.orders", { count: own })}</li>
      <li>${position ? t("reset.position", { amount: coins(position.quantity) }) : t("reset.noPosition")}</li>
      <li>${t("reset.money", { from: money(equity), to: isGood ? money(cash.value) : "–", quote: instrument.value?.quote ?? "" })}</li>
      ${fills.value.some(({ run }) => run === undefined) && html`<li>${t("reset.fills")}</li>`}
      <li>${t("reset.strategies")}</li>
    </ul>
    <div class="two"><${Field} id="reset-cash" label=${t("reset.cash")} unit=${instrument.value?.quote} text=${cash} error=${fields.initial.error} />
      <${Field} id="reset-leverage" label=${t("reset.leverage")} text=${leverage} error=${fields.leverage.error} /></div>
    <div class="actions"><button type="button" class="quiet" onClick=${() => (resetOpen.value = false)}>${t("reset.keep")}</button>
      <button class="danger" disabled=${!isGood || !canTrade.value}>${t("reset.do")}</button></div>
  </form>`;
});

export const All = view(() => html`
  <${Help} keys=${KEYS_OF_TICKET} meanings=${TERMS_OF_TRADE} />
  <${SignInDialog} />
  <${Dialog} open=${resetOpen} id="reset" heading=${t("reset")}>${resetOpen.value && html`<${ResetForm} />`}<//>`);
