// The form that Inject opens with: depth added to the book or taken from it.
import { percent, rough, roughPercent, signedPercent, trimmed } from "../core/format.js";
import { t } from "../core/i18n.js";
import { DURATION, JUMP, makeForm, priced } from "./form.js";
import { LIQUIDITY, injected } from "./impact.js";

/** @typedef {Extract<import("../../../types/wire").Body, {kind: "inject_liquidity"}>} Injection */

export const liquidity = makeForm({
  kind: "liquidity",
  action: "inject.do.liquidity",
  parts: {
    side: { label: "inject.side", start: "bid", choices: { both: "inject.both", bid: "inject.bid", ask: "inject.ask" } },
    size: { label: "inject.size", unit: "base", start: "400", domain: { least: -1e15, most: 1e15 } },
    within: { label: "inject.within", unit: "%", start: "0.5", domain: { least: 0, most: JUMP.most, open: true } },
    halfLife: { label: "inject.halfLife", unit: "s", start: "120", domain: DURATION },
  },
  body: ({ side, size, within, halfLife }) =>
    ({ kind: "inject_liquidity", side, quantity: size, within: Math.log1p(within / 100), half_life_s: halfLife }),
  foresee(/** @type {Injection} */ { side, quantity, within, half_life_s }, now, book) {
    const { deeper, move, price, volatility } = injected(book, now, { side, quantity, within });
    if (!(deeper >= LIQUIDITY.least && deeper <= LIQUIDITY.most)) {
      return { words: "", error: t(quantity < 0 ? "liquidity.tooThin" : "liquidity.tooDeep", { factor: rough(deeper) }) };
    }
    const edge = priced(now.price * Math.exp(side === "ask" ? within : -within));
    const values = {
      size: trimmed(Math.abs(quantity)), edge, within: percent(Math.expm1(within)), factor: rough(deeper),
      volatility: roughPercent(volatility), was: roughPercent(now.volatility * now.volatility_factor), seconds: trimmed(half_life_s),
    };
    const first = t(`liquidity.${quantity < 0 ? "withdraws" : "adds"}.${side}`, values);
    const lean = side === "both" || move === 0 ? t("liquidity.noLean") : t("liquidity.lean", { move: signedPercent(move), price: priced(price) });
    const words = `${first} ${t("liquidity.book", values)} ${lean} ${t("liquidity.fades", values)}`;
    return { words, price: side === "both" ? undefined : price, lasts: half_life_s };
  },
});
