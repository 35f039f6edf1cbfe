// Strategies, their parameters and their reasons, in the language in force where their words are known.
import { rough, signedPercent, percent, number } from "../../core/format.js";
import { t, translated } from "../../core/i18n.js";

/** @typedef {import("../../core/i18n.js").Key} Key */

/** A name on the wire, for those whose words aren't known. @param {string} name */
const spoken = (name) => name.replaceAll("_", " ");

/** @param {string} name */
export const title = (name) => t(/** @type {Key} */ (`strategy.${name}`)) ?? spoken(name);

/** What was set of a strategy, short. @param {Record<string, number>} values */
export const setting = (values) => Object.entries(values).map(([name, value]) => `${t(/** @type {Key} */ (`set.${name}`)) ?? spoken(name)} ${rough(value)}`).join(", ");

/** A reason with numbers in it: its words are looked up without them. @param {string} why */
export function reasoned(why) {
  /** @type {string[]} */
  const numbers = [];
  const pattern = why.replaceAll(/-?\d[\d.]*\d|\d/g, (found) => {
    numbers.push(found);
    return "#";
  });
  const words = translated(pattern);
  return words.replaceAll("#", () => shown(numbers.shift() ?? ""));
}

/** @param {string} found */
const shown = (found) => number(Number(found), found.split(".")[1]?.length ?? 0);

const AS_SHARES = new Set(["total_return", "cagr", "volatility", "max_drawdown", "win_rate", "exposure", "best", "worst", "value_at_risk", "expected_shortfall"]);
const SIGNED = new Set(["total_return", "cagr"]);

/** One of a back-test's figures: its name and its value. @param {string} name @param {number} value */
export function figure(name, value) {
  const label = t(/** @type {Key} */ (`figure.${name}`)) ?? spoken(name);
  const text = SIGNED.has(name) ? signedPercent(value) : AS_SHARES.has(name) ? percent(value) : rough(value);
  return { label, text };
}
