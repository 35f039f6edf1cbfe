// Interventions, failures and states in words.
import { number, trimmed, roughPercent } from "../core/format.js";
import { t } from "../core/i18n.js";
import { signal } from "../core/view.js";

/**
 * @typedef {import("../../../types/wire").Body} Body
 * @typedef {import("../../../types/wire").Override} Override
 * @typedef {import("../wire/gateway.js").Failure} Failure
 */

/** Kinds that are told here. Of the others, `further` tells. */
export const KNOWN = new Set(["set_drift", "set_volatility", "inject_liquidity", "cancel"]);

/** Absent until the Control room has loaded it: then kinds go by their names on the wire. */
export const further = signal(/** @type {typeof import("../control/further/tellings.js").tellings | null} */ (null));

/** @param {Body} body */
const plainName = ({ kind }) => kind.replaceAll("_", " ");

/** @param {number} quantity */
const btc = (quantity) => `${quantity > 0 ? "+" : ""}${trimmed(quantity)} BTC`;

/** Short enough for a marker on the chart. @param {Body} body */
export function shortName(body) {
  switch (body.kind) {
    case "set_drift": return `μ ${roughPercent(body.mu)}`;
    case "set_volatility": return `σ ${roughPercent(body.sigma)}`;
    case "inject_liquidity": return btc(body.quantity);
    default: return further.value?.short(body) ?? plainName(body);
  }
}

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

/** @param {Failure} failure */
export function explain(failure) {
  switch (failure.kind) {
    case "unreachable": return t("failure.unreachable");
    case "expired": return t("failure.expired");
    case "unauthorized": return t("failure.unauthorized", { detail: failure.detail });
    case "problem": {
      const said = failure.detail || failure.title;
      return t(failure.status >= 500 ? "failure.busy" : "failure.refused", { said, request: failure.request || "–" });
    }
  }
}

/** @param {string} model */
export const modelName = (model) => (model === "gbm" ? t("model.gbm") : model);
