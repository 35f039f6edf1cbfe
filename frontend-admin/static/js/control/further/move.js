// Forms that move the price: at once, for a while, gradually, by an order.
import { percent, signedPercent, trimmed } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { reference } from "../../state/reference.js";
import { DURATION, JUMP, priced } from "../form.js";
import { displacement } from "../impact.js";

/** @typedef {import("../form.js").Definition} Definition */
/** @typedef {import("../../../../types/wire").Body} Body */
/** @template {Body["kind"]} K @typedef {Extract<Body, {kind: K}>} Of */

export const PRICE = { least: 1e-15, most: 1e15 };
const SHARE = { least: 0, most: 100 };
const OPTIONAL = { ...DURATION, optional: true };
const moved = (/** @type {number} */ logReturn) => signedPercent(Math.expm1(logReturn));

/** @type {Definition} */
export const setPrice = {
  kind: "set-price",
  action: "inject.do.price",
  parts: { price: { label: "inject.newPrice", unit: "USD", domain: PRICE } },
  body: ({ price }) => ({ kind: "set_price", price }),
  foresee(/** @type {Of<"set_price">} */ { price }, now) {
    const without = reference.value ?? now.reference;
    const words = t("set.words", {
      price: priced(price), move: signedPercent(price / now.price - 1), reference: priced(without), gap: signedPercent(price / without - 1),
    });
    return { words, price };
  },
};

/** @type {Definition} */
export const shock = {
  kind: "shock",
  action: "inject.do.shock",
  parts: {
    size: { label: "inject.jump", unit: "%", start: "-5", domain: JUMP },
    stays: { label: "inject.stays", unit: "%", start: "40", domain: SHARE },
    halfLife: { label: "inject.halfLife", unit: "s", start: "120", domain: ({ stays }) => ({ ...DURATION, optional: Number(stays) === 100 }) },
  },
  body: ({ size, stays, halfLife }) => ({
    kind: "shock", log_return: Math.log1p(size / 100), permanent_fraction: stays / 100, half_life_s: stays < 100 ? halfLife : undefined,
  }),
  foresee(/** @type {Of<"shock">} */ { log_return, permanent_fraction, half_life_s = 0 }, now) {
    const price = now.price * Math.exp(log_return);
    const settles = now.price * Math.exp(log_return * permanent_fraction);
    const first = t("shock.jumps", { move: moved(log_return), price: priced(price) });
    const rest = permanent_fraction === 1 ? t("shock.allStays") : t("shock.recovers", {
      stays: percent(permanent_fraction, 0), settles: priced(settles), seconds: trimmed(half_life_s),
    });
    return { words: `${first} ${rest}`, price, lasts: 2 * half_life_s };
  },
};

/** @type {Definition} */
const flashCrash = {
  kind: "crash",
  action: "inject.do.flash_crash",
  parts: {
    depth: { label: "crash.depth", unit: "%", start: "8", domain: { least: 0, most: -Math.expm1(-20) * 100, open: true } },
    fall: { label: "crash.fall", unit: "s", start: "10" },
    hold: { label: "crash.hold", unit: "s", start: "5", domain: OPTIONAL, placeholder: "crash.noHold" },
    back: { label: "crash.back", unit: "%", start: "80", domain: SHARE },
    halfLife: { label: "inject.halfLife", unit: "s", start: "30" },
  },
  body: ({ depth, fall, hold, back, halfLife }) => ({
    kind: "flash_crash", depth: -Math.log1p(-depth / 100), fall_s: fall, hold_s: hold, half_life_s: halfLife, recovered_fraction: back / 100,
  }),
  foresee(/** @type {Of<"flash_crash">} */ { depth, fall_s, hold_s = 0, half_life_s, recovered_fraction }, now) {
    const low = now.price * Math.exp(-depth);
    const values = {
      move: moved(-depth), low: priced(low), fall: trimmed(fall_s), hold: trimmed(hold_s), share: percent(recovered_fraction, 0),
      seconds: trimmed(half_life_s), settles: priced(now.price * Math.exp(-depth * (1 - recovered_fraction))),
    };
    const words = [t("crash.falls", values), hold_s > 0 && t("crash.holds", values), t(recovered_fraction > 0 ? "crash.recovers" : "crash.stays", values)];
    return { words: words.filter(Boolean).join(" "), price: low, lasts: fall_s + hold_s + 2 * half_life_s };
  },
};

/** @type {Definition} */
const ramp = {
  kind: "ramp",
  action: "inject.do.ramp",
  parts: {
    move: { label: "ramp.move", unit: "%", start: "2", domain: JUMP },
    duration: { label: "inject.over", unit: "s", start: "60" },
    shape: { label: "ramp.shape", start: "smooth", choices: { smooth: "ramp.smooth", linear: "ramp.linear" } },
  },
  body: ({ move, duration, shape }) => ({ kind: "ramp", log_return: Math.log1p(move / 100), duration_s: duration, shape }),
  foresee(/** @type {Of<"ramp">} */ { log_return, duration_s, shape }, now) {
    const price = now.price * Math.exp(log_return);
    const values = { move: moved(log_return), price: priced(price), seconds: trimmed(duration_s) };
    return { words: `${t("ramp.words", values)} ${t(shape === "smooth" ? "ramp.isSmooth" : "ramp.isLinear")}`, price, lasts: duration_s };
  },
};

/** @type {Definition} */
const metaOrder = {
  kind: "order",
  action: "inject.do.meta_order",
  parts: {
    side: { label: "inject.side", start: "buy", choices: { buy: "order.buy", sell: "order.sell" } },
    quantity: { label: "inject.size", unit: "base", start: "300", domain: { least: 0, most: 1e15, open: true } },
    duration: { label: "inject.over", unit: "s", start: "60" },
  },
  body: ({ side, quantity, duration }) => ({ kind: "meta_order", side, quantity, duration_s: duration }),
  foresee(/** @type {Of<"meta_order">} */ { side, quantity, duration_s }, now, book) {
    // Worked at a constant rate q, the excess volume goes from e to e·2^(−T/h) + (q/L)·(1 − 2^(−T/h))·h/ln 2.
    const { resilience_half_life_s: halfLife } = book;
    const left = 2 ** (-duration_s / halfLife);
    const rate = ((side === "buy" ? 1 : -1) * quantity) / duration_s / now.liquidity;
    const excess = now.excess_volume * left + (rate * (1 - left) * halfLife) / Math.LN2;
    const move = displacement(book, excess) - displacement(book, now.excess_volume);
    const price = now.price * Math.exp(move);
    const values = { size: trimmed(quantity), seconds: trimmed(duration_s), move: moved(move), price: priced(price), halfLife: trimmed(halfLife) };
    return { words: `${t(`order.${side}s`, values)} ${t("order.relaxes", values)}`, price, lasts: duration_s + halfLife };
  },
};

/** Kinds that move the price, besides the two with a tab of their own. */
export const MOVE = { flash_crash: flashCrash, ramp, meta_order: metaOrder };
