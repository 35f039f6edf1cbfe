// The book around the price, and the last trades: those of the market's own flow and those of everyone's paper orders.
import { batch, computed, signal } from "../core/view.js";
import { halted } from "./market.js";

/** @typedef {import("../../../types/wire").BookProfile} BookProfile */
/** @typedef {import("../../../types/wire").TradeBatch} TradeBatch */
/** @typedef {import("../../../types/trading").Print} Print */
/** @typedef {{time: number, price: number, quantity: number, side: "buy" | "sell"}} Trade */

const MOST_TRADES = 40;
/** As often as can be read. */
const RENEWED_MS = 200;

export const depth = signal(/** @type {BookProfile | null} */ (null));
/** Newest first. */
export const trades = signal(/** @type {Trade[]} */ ([]));
export const spread = computed(() => (depth.value && !halted.value ? depth.value.ask - depth.value.bid : undefined));

/** What is shown next. @type {{depth: BookProfile | null, trades: Trade[], seq: number}} */
let newest = { depth: null, trades: [], seq: 0 };
/** @type {ReturnType<typeof setTimeout> | undefined} */
let renewing;

function renewSoon() {
  renewing ??= setTimeout(() => {
    renewing = undefined;
    batch(() => {
      depth.value = newest.depth;
      trades.value = newest.trades;
    });
  }, depth.value ? RENEWED_MS : 0);
}

/** @param {BookProfile} [profile] */
export function takeDepth(profile) {
  if (!profile) return;
  newest.depth = profile;
  renewSoon();
}

/** @param {Trade[]} more newest first */
function addTrades(more) {
  newest.trades = [...more, ...newest.trades].slice(0, MOST_TRADES);
  renewSoon();
}

/** The market's own, each once. @param {TradeBatch} [rows] */
export function takeTrades(rows) {
  if (!rows) return;
  const { seq0, t, price, quantity, side } = rows;
  const fresh = t.map((time, row) => ({ seq: seq0 + row, time, price: price[row], quantity: quantity[row], side: side[row] }));
  addTrades(fresh.filter(({ seq }) => seq > newest.seq).reverse());
  newest.seq = Math.max(newest.seq, seq0 + t.length - 1);
}

/** Those of paper orders. @param {Print[]} prints */
export const takePrints = (prints) => addTrades(prints.map(({ time, price, quantity, side }) =>
  ({ time, price: Number(price), quantity: Number(quantity), side })).reverse());

/** Another session has another book. */
export function forgetDepth() {
  newest = { depth: null, trades: [], seq: 0 };
  renewSoon();
}
