// Interventions in words: what one does, and what it has changed.
import { number, roughPercent, trimmed } from "../core/format.js";
import { t } from "../core/i18n.js";
import { btc, further, plainName } from "../ui/words.js";

/**
 * @typedef {import("../../../types/wire").Body} Body
 * @typedef {import("../../../types/wire").Override} Override
 */

/** What an intervention does, for the journal. @param {Body} body */
export function describe(body) {
  switch (body.kind) {
    case "set_drift": return t("what.drift", { value: roughPercent(body.mu) }) + rampWords(body.ramp_s);
    case "set_volatility": return t("what.volatility", { value: roughPercent(body.sigma) }) + rampWords(body.ramp_s);
    case "inject_liquidity": return t("what.liquidity", {
      value: btc(body.quantity), side: t(`side.${body.side}`), within: roughPercent(Math.expm1(body.within)), seconds: trimmed(body.half_life_s),
    });
    case "cancel": return t("what.cancel", { id: body.id });
    default: return further.value?.whole(body) ?? plainName(body);
  }
}

/** @param {number | undefined} seconds */
const rampWords = (seconds) => (seconds ? ` ${t("what.ramp", { seconds: trimmed(seconds) })}` : "");

/** What an intervention changed, before and after, in its own unit. @param {Override} override */
export function changed({ body, before, after }) {
  if (body.kind === "cancel" || before === undefined || after === undefined) return undefined;
  const isRate = body.kind === "set_drift" || body.kind === "set_volatility";
  const isDepth = body.kind === "inject_liquidity";
  const show = (/** @type {number} */ value) =>
    isRate ? roughPercent(value) : isDepth || "factor" in body ? `×${trimmed(value, 2)}` : number(value, 2);
  return { before: show(before), after: show(after), unit: isDepth ? t("journal.depth") : "" };
}


