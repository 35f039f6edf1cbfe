// The three forms of Inject: what was typed, whether it can be, what it would do, and the body that asks for it.
import { computed, signal } from "../core/view.js";
import { number, percent, rough, roughPercent, signedPercent, trimmed } from "../core/format.js";
import { t } from "../core/i18n.js";
import { inForce, parameters } from "../state/admin.js";
import { reference } from "../state/reference.js";
import { digits } from "../ui/price.js";
import { parse } from "../ui/field.js";
import { LIQUIDITY, injected } from "./impact.js";

/**
 * @typedef {import("../../../types/wire").Body} Body
 * @typedef {import("../../../types/wire").Side} Side
 * @typedef {{words: string, price: number | undefined, error: string}} Preview `error`: why it can't be, as a whole
 */

const DURATION = { least: 0, most: 1e12, open: true };
/** As per cent: log-returns within ±20. */
const JUMP = { least: Math.expm1(-20) * 100, most: Math.expm1(20) * 100 };
/** @type {Preview} */
const NOTHING = { words: "", price: undefined, error: "" };

/** @param {number} price */
const priced = (price) => number(price, digits.value);

function liquidityForm() {
  const side = signal(/** @type {Side} */ ("bid"));
  const [size, within, halfLife] = [signal("400"), signal("0.5"), signal("120")];
  const parsed = computed(() => ({
    size: parse(size.value, { least: -1e15, most: 1e15 }),
    within: parse(within.value, { least: 0, most: JUMP.most, open: true }),
    halfLife: parse(halfLife.value, DURATION),
  }));
  const body = computed(() => {
    const { size: quantity, within: reach, halfLife: seconds } = parsed.value;
    if (quantity.value === undefined || reach.value === undefined || seconds.value === undefined) return undefined;
    return /** @type {const} */ ({
      kind: "inject_liquidity", side: side.value, quantity: quantity.value, within: Math.log1p(reach.value / 100), half_life_s: seconds.value,
    });
  });
  const preview = computed(() => {
    const [wanted, now, book] = [body.value, inForce.value, parameters.value?.book];
    if (!wanted || !now || !book) return NOTHING;
    const { deeper, move, price, volatility } = injected(book, now, wanted);
    if (!(deeper >= LIQUIDITY.least && deeper <= LIQUIDITY.most)) {
      const key = wanted.quantity < 0 ? "liquidity.tooThin" : "liquidity.tooDeep";
      return { ...NOTHING, error: t(key, { factor: rough(deeper) }) };
    }
    const edge = priced(now.price * Math.exp(wanted.side === "ask" ? wanted.within : -wanted.within));
    const values = {
      size: trimmed(Math.abs(wanted.quantity)), edge, within: percent(Math.expm1(wanted.within)), factor: rough(deeper),
      volatility: roughPercent(volatility), was: roughPercent(now.volatility * now.volatility_factor), seconds: trimmed(wanted.half_life_s),
    };
    const first = t(`liquidity.${wanted.quantity < 0 ? "withdraws" : "adds"}.${wanted.side}`, values);
    const lean = wanted.side === "both" || move === 0 ? t("liquidity.noLean") : t("liquidity.lean", { move: signedPercent(move), price: priced(price) });
    return { words: `${first} ${t("liquidity.book", values)} ${lean} ${t("liquidity.fades", values)}`, price: wanted.side === "both" ? undefined : price, error: "" };
  });
  return { side, size, within, halfLife, parsed, body, preview };
}

function priceForm() {
  const price = signal("");
  const parsed = computed(() => ({ price: parse(price.value, { least: 1e-15, most: 1e15 }) }));
  const body = computed(() => {
    const wanted = parsed.value.price.value;
    return wanted === undefined ? undefined : { kind: /** @type {const} */ ("set_price"), price: wanted };
  });
  const preview = computed(() => {
    const [wanted, now] = [body.value, inForce.value];
    if (!wanted || !now) return NOTHING;
    const without = reference.value ?? now.reference;
    const words = t("set.words", {
      price: priced(wanted.price), move: signedPercent(wanted.price / now.price - 1), reference: priced(without), gap: signedPercent(wanted.price / without - 1),
    });
    return { words, price: wanted.price, error: "" };
  });
  return { price, parsed, body, preview };
}

function shockForm() {
  const [size, stays, halfLife] = [signal("-5"), signal("40"), signal("120")];
  const parsed = computed(() => ({
    size: parse(size.value, JUMP),
    stays: parse(stays.value, { least: 0, most: 100 }),
    halfLife: parse(halfLife.value, { ...DURATION, optional: Number(stays.value) === 100 }),
  }));
  const body = computed(() => {
    const { size: jump, stays: share, halfLife: seconds } = parsed.value;
    if (jump.value === undefined || share.value === undefined || seconds.error) return undefined;
    return {
      kind: /** @type {const} */ ("shock"), log_return: Math.log1p(jump.value / 100), permanent_fraction: share.value / 100,
      ...(share.value < 100 ? { half_life_s: seconds.value } : {}),
    };
  });
  const preview = computed(() => {
    const [wanted, now] = [body.value, inForce.value];
    if (!wanted || !now) return NOTHING;
    const price = now.price * Math.exp(wanted.log_return);
    const settles = now.price * Math.exp(wanted.log_return * wanted.permanent_fraction);
    const first = t("shock.jumps", { move: signedPercent(Math.expm1(wanted.log_return)), price: priced(price) });
    const rest = wanted.permanent_fraction === 1 ? t("shock.allStays") : t("shock.recovers", {
      stays: percent(wanted.permanent_fraction, 0), settles: priced(settles), seconds: trimmed(wanted.half_life_s ?? 0),
    });
    return { words: `${first} ${rest}`, price, error: "" };
  });
  return { size, stays, halfLife, parsed, body, preview };
}

export const liquidity = liquidityForm();
export const setPrice = priceForm();
export const shock = shockForm();
