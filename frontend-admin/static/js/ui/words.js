// Interventions, failures and states in words.
import { number, signedRough, trimmed, roughPercent } from "../core/format.js";
import { t } from "../core/i18n.js";

/**
 * @typedef {import("../../../types/wire").Body} Body
 * @typedef {import("../../../types/wire").Override} Override
 * @typedef {import("../wire/gateway.js").Failure} Failure
 */

/** @param {number} quantity */
const btc = (quantity) => `${quantity > 0 ? "+" : ""}${trimmed(quantity)} BTC`;

/** @param {number} logReturn */
const jump = (logReturn) => signedRough(Math.expm1(logReturn));

/** A price as short as can be. @param {number} price */
const shortPrice = (price) => (price >= 1000 ? number(price) : trimmed(price));

/** Short enough for a marker on the chart. @param {Body} body */
export function shortName(body) {
  switch (body.kind) {
    case "set_drift": return `μ ${roughPercent(body.mu)}`;
    case "set_volatility": return `σ ${roughPercent(body.sigma)}`;
    case "set_price": return shortPrice(body.price);
    case "shock": return jump(body.log_return);
    case "inject_liquidity": return btc(body.quantity);
    case "cancel": return `× #${body.id}`;
  }
}

/** What an intervention does, for the journal. @param {Body} body */
export function describe(body) {
  switch (body.kind) {
    case "set_drift": return t("what.drift", { value: roughPercent(body.mu) }) + rampWords(body.ramp_s);
    case "set_volatility": return t("what.volatility", { value: roughPercent(body.sigma) }) + rampWords(body.ramp_s);
    case "set_price": return t("what.price", { value: number(body.price, 2) });
    case "shock": return body.permanent_fraction < 1 && body.half_life_s
      ? t("what.shock", { value: jump(body.log_return), stays: roughPercent(body.permanent_fraction), seconds: trimmed(body.half_life_s) })
      : t("what.shockForGood", { value: jump(body.log_return) });
    case "inject_liquidity": return t("what.liquidity", {
      value: btc(body.quantity), side: t(`side.${body.side}`), within: roughPercent(Math.expm1(body.within)), seconds: trimmed(body.half_life_s),
    });
    case "cancel": return t("what.cancel", { id: body.id });
  }
}

/** @param {number | undefined} seconds */
const rampWords = (seconds) => (seconds ? ` ${t("what.ramp", { seconds: trimmed(seconds) })}` : "");

/** What an intervention changed, before and after, in its own unit. @param {Override} override */
export function changed({ body, before, after }) {
  if (body.kind === "cancel" || before === undefined || after === undefined) return undefined;
  const isRate = body.kind === "set_drift" || body.kind === "set_volatility";
  const show = (/** @type {number} */ value) =>
    isRate ? roughPercent(value) : body.kind === "inject_liquidity" ? `×${trimmed(value, 2)}` : number(value, 2);
  return { before: show(before), after: show(after), unit: body.kind === "inject_liquidity" ? t("journal.depth") : "" };
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
