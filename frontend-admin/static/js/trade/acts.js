// What a trader does, and what is said about it: at once, and once.
import { t } from "../core/i18n.js";
import { account, fills, mayTrade, orders, takeOrder } from "../state/desk.js";
import { demand, submitOrder } from "../wire/desk.js";
import { tellBad, tellGood } from "../ui/notice.js";
import { explain } from "../ui/failures.js";
import { sendDraft } from "./draft.js";
import { because, coins, priced, told } from "./money.js";

/** @typedef {import("../../../types/trading").NewOrder} NewOrder */
/** @typedef {import("../../../types/trading").Order} Order */

/** Why not; a fault of one field is all that there is to be said, and said twice by the service. @param {import("../wire/gateway.js").Failure} failure */
export function refusal(failure) {
  if (failure.kind !== "problem") return explain(failure);
  const said = explain({ ...failure, detail: failure.detail.replace(/^(.+); \S+: \1$/, "$1") });
  return because((failure.code ?? "").replaceAll("-", "_"), said);
}

/** @param {{order: NewOrder, answer: import("../wire/api.js").Answer<Order>} | undefined} sent */
function tellSent(sent) {
  if (!sent) return;
  const { order, answer } = sent;
  if (!answer.ok) return tellBad(t("said.refused", { order: told(order), why: refusal(answer.failure) }));
  const { id } = answer.value;
  // What became of it may be told already: the answer can come after that.
  const hasActed = fills.value.some((fill) => fill.order === id) || orders.value.some((one) => one.id === id && !mayTrade(one));
  if (!hasActed) tellGood(t("said.sent", { order: told(order) }));
}

export const sendNow = async () => tellSent(await sendDraft());

/** Sells what is held, or buys what is owed, at the market. */
export async function closePosition() {
  const { instrument, quantity } = account.value?.position ?? {};
  if (!instrument || !quantity) return;
  const side = quantity.startsWith("-") ? "buy" : "sell";
  /** @type {NewOrder} */
  const order = { instrument, side, type: "market", quantity: quantity.replace("-", ""), time_in_force: "gtc", reduce_only: true };
  const answer = await submitOrder(order);
  if (answer.ok) takeOrder(answer.value);
  tellSent({ order, answer });
}

/** @param {number} [id] all, if absent */
export async function cancel(id) {
  /** @type {import("../wire/api.js").Answer<any>} */
  const answer = await demand("DELETE", id === undefined ? "orders" : `orders/${id}`);
  if (!answer.ok) return tellBad(refusal(answer.failure));
  for (const one of [answer.value].flat()) takeOrder(one);
  tellGood(t(id === undefined ? "said.cancellingAll" : "said.cancelling"));
}

/** Endings that nobody needs to be told: it is what was asked for. */
const EXPECTED = new Set(["asked", "ioc", "reset"]);

/** Says what became of the trader's own orders; of a strategy's its own list tells. @param {string} event @param {any} payload */
export function tellOf(event, payload) {
  if (payload.run !== undefined) return;
  if (event === "fill") {
    tellGood(t(`said.${/** @type {"buy" | "sell"} */ (payload.side)}`, { amount: coins(payload.quantity), price: priced(payload.price) }));
  } else if (event === "order" && !mayTrade(payload) && payload.reason && !EXPECTED.has(payload.reason)) {
    tellBad(t("said.ended", { order: told(payload), why: because(payload.reason) }));
  }
}
