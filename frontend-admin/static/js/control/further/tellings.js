// How the further kinds are told: in the journal, in the bar of what acts, on the chart.
import { clockTime, number, percent, rough, roughPercent, signedRough, trimmed } from "../../core/format.js";
import { base, t } from "../../core/i18n.js";
import { left } from "../impact.js";

/** @typedef {import("../../../../types/wire").Body} Body */

const jump = (/** @type {number} */ logReturn) => signedRough(Math.expm1(logReturn));
const level = (/** @type {number} */ price) => number(price, 2);
const times = (/** @type {number} */ factor) => `×${rough(factor)}`;

/** For how long, or how it fades. @param {{duration_s?: number, half_life_s?: number}} body */
export function lasting({ duration_s, half_life_s }) {
  if (half_life_s !== undefined) return t("lasting.fades", { seconds: trimmed(half_life_s) });
  return duration_s === undefined ? t("lasting.open") : t("lasting.time", { seconds: trimmed(duration_s) });
}

/** What is done, without how long. @param {Body} body @returns {string} */
function main(body) {
  switch (body.kind) {
    case "set_price": return t("what.price", { value: level(body.price) });
    case "shock": return body.permanent_fraction < 1 && body.half_life_s
      ? t("what.shock", { value: jump(body.log_return), stays: roughPercent(body.permanent_fraction), seconds: trimmed(body.half_life_s) })
      : t("what.shockForGood", { value: jump(body.log_return) });
    case "flash_crash": return t("what.crash", {
      value: jump(-body.depth), fall: trimmed(body.fall_s), share: percent(body.recovered_fraction, 0), seconds: trimmed(body.half_life_s),
    });
    case "ramp": return t("what.way", { value: jump(body.log_return), seconds: trimmed(body.duration_s) });
    case "meta_order": return t(body.side === "buy" ? "what.buys" : "what.sells", { value: trimmed(body.quantity), seconds: trimmed(body.duration_s) });
    case "volatility_scale": return t("what.scale", { value: times(body.factor) });
    case "jump_rate": return t("what.jumps", { value: times(body.factor) });
    case "regime": return t("what.regime", { state: body.state });
    case "spread": return t("what.spread", { value: times(body.factor) });
    case "target": return body.duration_s === undefined
      ? t("what.targetAt", { price: level(body.price), time: clockTime(body.at_ms ?? 0) })
      : t("what.target", { price: level(body.price), seconds: trimmed(body.duration_s) });
    case "pin": return t("what.pin", { price: level(body.price) }) + (body.band ? ` ± ${roughPercent(Math.expm1(body.band))}` : "");
    case "halt": return t(body.reopen === "freeze" ? "what.haltFreeze" : "what.haltCatchUp");
    case "price_band": return t("what.limit", { percent: roughPercent(body.percent / 100), window: trimmed(body.window_s), pause: trimmed(body.pause_s) });
    default: return body.kind;
  }
}

/** Kinds whose time isn't told already. */
const TIMED = new Set(["volatility_scale", "jump_rate", "regime", "spread", "pin", "halt", "price_band"]);

export const tellings = {
  /** While it acts: its end is told besides. @param {Body} body @param {number} elapsed seconds */
  acting(body, elapsed) {
    const strength = (/** @type {number} */ halfLife) => percent(left(elapsed, halfLife), 0);
    if (body.kind === "shock" && body.half_life_s) return t("bar.shock", { size: jump(body.log_return), left: strength(body.half_life_s) });
    if (body.kind === "volatility_scale" && body.half_life_s) return t("bar.scale", { value: times(body.factor), left: strength(body.half_life_s) });
    return main(body);
  },
  /** For the journal. @param {Body} body */
  whole: (body) => (TIMED.has(body.kind) ? `${main(body)}, ${lasting(/** @type {{duration_s?: number}} */ (body))}` : main(body)),
  /** Short enough for a marker on the chart. @param {Body} body @returns {string} */
  short(body) {
    switch (body.kind) {
      case "set_price": return number(body.price, body.price >= 1000 ? 0 : 2);
      case "shock": return jump(body.log_return);
      case "flash_crash": return `${t("kind.flash_crash")} ${jump(-body.depth)}`;
      case "ramp": return `${t("kind.ramp")} ${jump(body.log_return)}`;
      case "meta_order": return `${body.side === "buy" ? "+" : "\u2212"}${trimmed(body.quantity)} ${base.value}`;
      case "volatility_scale": return `σ ${times(body.factor)}`;
      case "jump_rate": return `${t("kind.jump_rate")} ${times(body.factor)}`;
      case "regime": return main(body);
      case "spread": return `${t("kind.spread")} ${times(body.factor)}`;
      case "target": return `→ ${number(body.price)}`;
      case "pin": return `= ${number(body.price)}`;
      case "halt": return t("kind.halt");
      case "price_band": return `± ${roughPercent(body.percent / 100)}`;
      default: return body.kind;
    }
  },
};
