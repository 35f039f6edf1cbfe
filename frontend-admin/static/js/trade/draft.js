// The order that is being written: what was typed, what is wrong with it, and what it would cost.
import { batch, computed, effect, signal, untracked } from "../core/view.js";
import { t } from "../core/i18n.js";
import { account, canTrade, hello, openOrders, standing, takeOrder } from "../state/desk.js";
import { depth } from "../state/depth.js";
import { quote } from "../state/market.js";
import { question, submitOrder } from "../wire/desk.js";
import { parse } from "../ui/field.js";
import { decimals } from "../core/format.js";
import { lotDigits } from "./money.js";

/**
 * @typedef {import("../../../types/trading").NewOrder} NewOrder
 * @typedef {import("../../../types/trading").OrderType} OrderType
 * @typedef {import("../../../types/trading").TimeInForce} TimeInForce
 * @typedef {import("../../../types/trading").Preview} Cost
 */

export const draft = {
  side: signal(/** @type {"buy" | "sell"} */ ("buy")),
  type: signal(/** @type {OrderType} */ ("market")),
  amount: signal(""),
  price: signal(""),
  stop: signal(""),
  stands: signal("gtc"),
  postOnly: signal(false),
  reduceOnly: signal(false),
};

/** Of what is free when all of it is to be spent at the market: the price moves until the order arrives. */
const ALL = 0.998;
const DEBOUNCE_MS = 120;
const RENEW_MS = 1000;

export const needsPrice = computed(() => ["limit", "stop_limit"].includes(draft.type.value));
export const needsStop = computed(() => !["market", "limit"].includes(draft.type.value));
/** Whether it acts on arrival: only then may it be of the moment. */
export const actsAtOnce = computed(() => ["market", "limit"].includes(draft.type.value));
export const mayRest = computed(() => draft.type.value === "limit" && draft.stands.value === "gtc");

/** @param {import("../ui/field.js").Text} text @param {number} most @param {number} digits */
function field(text, most, digits) {
  const typed = text.value.trim();
  // Nothing typed is nothing wrong: the button says what is missing.
  if (typed === "") return { value: undefined, error: "" };
  const { error } = parse(typed, { least: 0, most, open: true });
  if (error) return { value: undefined, error };
  if (!/^\d*\.?\d*$/.test(typed) || (typed.split(".")[1] ?? "").length > digits) return { value: undefined, error: t("field.digits", { digits }) };
  return { value: typed.startsWith(".") ? `0${typed}` : typed, error: "" };
}

const MOST_PRICE = 1e9;
const priceDigits = computed(() => decimals(Number(hello.value?.rules.tick_size ?? 0.01)));
export const parsedAmount = computed(() => field(draft.amount, Number(hello.value?.rules.max_quantity ?? 1000), lotDigits.value));
export const parsedPrice = computed(() => field(draft.price, MOST_PRICE, priceDigits.value));
export const parsedStop = computed(() => field(draft.stop, MOST_PRICE, priceDigits.value));

/** What would be sent, or undefined while something is missing. */
export const wantedOrder = computed(/** @returns {NewOrder | undefined} */ () => {
  const [quantity, price, stop] = [parsedAmount.value.value, parsedPrice.value.value, parsedStop.value.value];
  const instrument = hello.value?.instrument;
  if (!instrument || !quantity || (needsPrice.value && !price) || (needsStop.value && !stop)) return undefined;
  return {
    instrument, side: draft.side.value, type: draft.type.value, quantity,
    ...(needsPrice.value ? { price } : {}), ...(needsStop.value ? { stop } : {}),
    time_in_force: actsAtOnce.value ? /** @type {TimeInForce} */ (draft.stands.value) : "gtc",
    ...(draft.postOnly.value && mayRest.value ? { post_only: true } : {}), ...(draft.reduceOnly.value ? { reduce_only: true } : {}),
  };
});

/** The price that the amount is reckoned with. */
function reckoned() {
  const own = needsPrice.value ? parsedPrice.value.value : needsStop.value ? parsedStop.value.value : undefined;
  return Number(own ?? depth.value?.[draft.side.value === "buy" ? "ask" : "bid"] ?? quote.value.price);
}

/** What could be traded of, base units. */
export const most = computed(() => {
  const { free, free_base: sellable, most_buy: buy, most_sell: sell, position, terms } = account.value ?? {};
  if (free === undefined || !terms) return 0;
  const [buys, held, reserve] = [draft.side.value === "buy", Number(position?.quantity ?? 0), draft.type.value === "limit" ? 1 : ALL];
  if (draft.reduceOnly.value) return Math.max(0, buys ? -held : held);
  // Coins that are held are there whatever the price does; what is bought or sold on margin may cost more by then.
  if (!buys && Number(terms.leverage) === 1) return Number(sellable);
  if (draft.type.value === "market") return reserve * Number(buys ? buy : sell);
  return reserve * (buys ? Number(free) / (reckoned() * (1 + Number(terms.taker_bp) / 1e4)) : Number(sellable));
});

/** @param {number} share */
export function takeShare(share) {
  const size = 10 ** lotDigits.value;
  draft.amount.value = (Math.floor(most.value * share * size + 1e-6) / size).toFixed(lotDigits.value).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

export function clearDraft() {
  batch(() => {
    for (const text of [draft.amount, draft.price, draft.stop]) text.value = "";
    draft.postOnly.value = draft.reduceOnly.value = false;
    draft.stands.value = "gtc";
  });
}

/** What it would cost, and of which order that was said. */
export const cost = signal(/** @type {{of: NewOrder, said: Cost} | null} */ (null));
export const isSending = signal(false);

/** @type {ReturnType<typeof setTimeout> | undefined} */
let renewal;
let estimates = 0;

/** @param {NewOrder} of */
async function estimate(of) {
  const mine = (estimates += 1);
  /** @type {import("../wire/api.js").Answer<Cost>} */
  const answer = await question("orders/preview", of);
  if (mine !== estimates) return;
  cost.value = answer.ok ? { of, said: answer.value } : null;
  // Prices move on.
  renewal = setTimeout(() => void estimate(of), RENEW_MS);
}

effect(() => {
  const of = canTrade.value ? wantedOrder.value : undefined;
  openOrders.value;
  clearTimeout(renewal);
  estimates += 1;
  if (!of) return untracked(() => void (standing.value === "open" && (cost.value = null)));
  renewal = setTimeout(() => void estimate(of), DEBOUNCE_MS);
});

/** Sends it; its answer. */
export async function sendDraft() {
  const order = wantedOrder.value;
  if (!order || !canTrade.value || isSending.value) return undefined;
  isSending.value = true;
  const answer = await submitOrder(order);
  isSending.value = false;
  if (answer.ok) takeOrder(answer.value);
  return { order, answer };
}
