// What the page knows of the trader: account, orders, fills, strategies, and whether orders are taken.
import { batch, computed, effect, signal, untracked } from "../core/view.js";
import { credentials, dropToken } from "../wire/auth.js";
import { openDesk, read } from "../wire/desk.js";
import { connected, quote } from "./market.js";
import { canSend } from "./presence.js";

/**
 * @typedef {import("../../../types/trading").Account} Account
 * @typedef {import("../../../types/trading").Order} Order
 * @typedef {import("../../../types/trading").Position} Position
 * @typedef {import("../../../types/trading").Fill} Fill
 * @typedef {import("../../../types/trading").Run} Run
 * @typedef {import("../../../types/trading").Hello} Hello
 * @typedef {import("../../../types/trading").Venue} Venue
 * @typedef {import("../../../types/trading").Snapshot} Snapshot
 * @typedef {import("../../../types/trading").EquityCurve} EquityCurve
 */

const MOST_ROWS = 200;
const MOST_POINTS = 1200;
/** What has been away for less than this isn't said to be missing. */
const PATIENCE_MS = 1500;

/** What is traded, by which rules; told once a connection. */
export const hello = signal(/** @type {Hello | null} */ (null));
/** Whether orders are taken; told each second. */
export const venue = signal(/** @type {Venue | null} */ (null));
export const account = signal(/** @type {Account | null} */ (null));
/** Newest first, as all of these. */
export const orders = signal(/** @type {Order[]} */ ([]));
export const fills = signal(/** @type {Fill[]} */ ([]));
export const runs = signal(/** @type {Run[]} */ ([]));
/** Time and equity, oldest first. */
export const equity = signal(/** @type {[number, number][]} */ ([]));
/**
 * The account at the price that the page shows: the exchange tells what it is worth once a second only.
 * @typedef {Omit<Account, "equity" | "position"> & {equity: string | number, position?: Omit<Position, "mark_price" | "unrealised">
 *   & {mark_price: string | number, unrealised: string | number}}} Marked
 */
export const marked = computed(/** @returns {Marked | null} */ () => {
  const held = account.value;
  const { price } = quote.value;
  if (!held?.position || !price) return held;
  const worth = Number(held.position.quantity) * price;
  return {
    ...held, equity: Number(held.cash) + worth,
    position: { ...held.position, mark_price: price, unrealised: worth - Number(held.position.cost) },
  };
});
/** Whether all that a trader has is here, and kept up to date. */
const isServed = signal(false);
const isPatient = signal(true);
effect(() => {
  if (isServed.value || !connected.value) return undefined;
  isPatient.value = true;
  const over = setTimeout(() => (isPatient.value = false), PATIENCE_MS);
  return () => clearTimeout(over);
});

export const mayTrade = (/** @type {Order} */ { status }) => !["filled", "cancelled", "expired"].includes(status);
/** Own orders, and those of strategies, by whether they may still trade. */
export const openOrders = computed(() => orders.value.filter(mayTrade));

/** @typedef {"opening" | "down" | "behind" | "open"} Standing */
export const standing = computed(/** @returns {Standing} */ () => {
  if (!isServed.value) return isPatient.value ? "opening" : "down";
  return venue.value?.is_live && !venue.value.trouble ? "open" : "behind";
});
/** Whether an order sent now is taken. */
export const canTrade = computed(() => canSend.value && standing.value === "open");
/** Trading is missing while the market is there: without a market that is what there is to be said. */
export const isAbsent = computed(() => connected.value && ["down", "behind"].includes(standing.value));

/** @template {{id: number}} T @param {import("../../vendor/signals-core.mjs").Signal<T[]>} list @param {T} one */
function put(list, one) {
  const place = list.value.findIndex(({ id }) => id <= one.id);
  const known = place >= 0 && list.value[place].id === one.id;
  const next = [...list.value];
  next.splice(place < 0 ? next.length : place, known ? 1 : 0, one);
  // What may still trade stays, however old.
  list.value = next.filter((row, nth) => nth < MOST_ROWS || ("status" in row && mayTrade(/** @type {any} */ (row))));
  return !known;
}

/** An order as it stands now, unless something newer is known of it. @param {Order} order */
export function takeOrder(order) {
  const known = orders.value.find(({ id }) => id === order.id);
  if (!known || known.updated_at <= order.updated_at) put(orders, order);
}

/** A strategy as it stands now; an answer can come after what has happened since. @param {Run} run */
export function takeRun(run) {
  const known = runs.value.find(({ id }) => id === run.id);
  if (!known || (known.state !== "stopped" && known.account.tick <= run.account.tick)) put(runs, run);
}

/** @param {Account} next */
export function takeAccount(next) {
  const known = account.value;
  if (known && known.id === next.id && next.tick < known.tick) return;
  account.value = next;
  const last = equity.value.at(-1);
  if (last && next.time <= last[0]) return;
  const points = [...equity.value, /** @type {[number, number]} */ ([next.time, Number(next.equity)])];
  // Every other point of the older half, so that all of it stays.
  equity.value = points.length < MOST_POINTS ? points : points.filter((_, place) => place % 2 === 0 || place > MOST_POINTS / 2);
}

/** Who wants to know of what comes anew. @type {((event: string, payload: any) => void) | undefined} */
let heard;

/** @param {string} event @param {any} payload */
function take(event, payload) {
  batch(() => {
    if (event === "hello") hello.value = venue.value = payload;
    else if (event === "venue") venue.value = payload;
    else if (event === "snapshot") replace(payload);
    else if (event === "order") takeOrder(payload);
    else if (event === "account") takeAccount(payload);
    else if (event === "strategy") takeRun(payload);
    else if (event === "fill" && !put(fills, payload)) return;
    heard?.(event, payload);
  });
}

/** @param {Snapshot} all */
function replace(all) {
  account.value = all.account;
  orders.value = all.orders;
  fills.value = all.fills;
  runs.value = all.strategies;
  isServed.value = true;
  void fetchEquity();
}

export async function fetchEquity() {
  /** @type {import("../wire/api.js").Answer<EquityCurve>} */
  const answer = await read("equity");
  if (!answer.ok) return;
  const { time, equity: worth } = answer.value;
  const kept = time.map((when, place) => /** @type {[number, number]} */ ([when, Number(worth[place])]));
  const end = kept.at(-1)?.[0] ?? 0;
  // An account that has begun anew has no past.
  equity.value = kept.length > 0 ? [...kept, ...equity.value.filter(([when]) => when > end)] : [];
}

/** Follows the exchange as whoever has credentials. @param {(event: string, payload: any) => void} listener */
export function followDesk(listener) {
  heard = listener;
  const again = openDesk({
    take,
    connection: (up) => up || (isServed.value = false),
    unauthorized: (detail) => dropToken({ kind: "unauthorized", detail }),
    token: () => credentials.value?.token,
  });
  effect(() => {
    credentials.value;
    untracked(() => {
      isServed.value = false;
      equity.value = [];
      again();
    });
  });
}
