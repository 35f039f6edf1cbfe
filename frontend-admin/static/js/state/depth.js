// The book around the price, and the last trades: those of the market's own flow and those of everyone's paper orders.
import { computed, signal } from "../core/view.js";
import { halted } from "./market.js";

/** @typedef {import("../../../types/trading").BookProfile} BookProfile */
/** @typedef {{id: string, time: number, price: number, quantity: number, side: "buy" | "sell"}} Trade */

const MOST_TRADES = 60;
/** As often as can be read. */
const RENEWED_MS = 200;

export const depth = signal(/** @type {BookProfile | null} */ (null));
export const trades = signal(/** @type {Trade[]} */ ([]));
export const spread = computed(() => (depth.value && !halted.value ? depth.value.ask - depth.value.bid : undefined));

/** @type {BookProfile | null} */
let newest = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let renewing;

/** @param {BookProfile} profile */
export function takeDepth(profile) {
  newest = profile;
  renewing ??= setTimeout(() => {
    renewing = undefined;
    depth.value = newest;
  }, depth.value ? RENEWED_MS : 0);
}

/** @param {Trade[]} more newest last */
export function takeTrades(more) {
  trades.value = [...[...more].reverse(), ...trades.value].slice(0, MOST_TRADES);
}
