// Strategies, their parameters and their reasons, in the language in force where their words are known.
import { rough, signedPercent, percent, number } from "../../core/format.js";
import { t, translated } from "../../core/i18n.js";
import { told } from "../money.js";

/** @typedef {import("../../core/i18n.js").Key} Key */

/** A name on the wire, for those whose words aren't known. @param {string} name */
const spoken = (name) => name.replaceAll("_", " ");

/** @param {string} name */
export const title = (name) => t(/** @type {Key} */ (`strategy.${name}`)) ?? spoken(name);

/** What was set of a strategy, short. @param {Record<string, number>} values */
export const setting = (values) => Object.entries(values)
  .map(([name, value]) => `${t(/** @type {Key} */ (`set.${name}`)) ?? spoken(name)} ${rough(value)}`).join(", ");

/**
 * A reason with numbers and names in it: its words are looked up without them.
 * @param {string} why @param {Record<string, string>} [names] how what has a name on the wire is called
 */
export function reasoned(why, names = {}) {
  /** @type {string[]} */
  const found = [];
  const sought = [...Object.keys(names).map((name) => `\\b${name}\\b`), "-?\\d[\\d.]*\\d", "\\d"].join("|");
  const pattern = why.replaceAll(new RegExp(sought, "g"), (one) => {
    found.push(names[one] ?? shown(one));
    return "#";
  });
  return translated(pattern).replaceAll("#", () => found.shift() ?? "");
}

/** What a strategy did, of which the wire says: buy 0.5 market, sell 0.1 at 100200, cancel 12. @param {string} what */
export function acted(what) {
  const [, id] = /^cancel (\d+)$/.exec(what) ?? [];
  if (id) return t("list.cancelThis", { id });
  const [, side, quantity, price] = /^(buy|sell) (\S+) (?:market|at (\S+))$/.exec(what) ?? [];
  return side ? told({ side: /** @type {"buy" | "sell"} */ (side), type: price ? "limit" : "market", quantity, price }) : what;
}

/** @param {string} found */
const shown = (found) => number(Number(found), found.split(".")[1]?.length ?? 0);

/** What a person wants to know of a back-test, and how it is written. @type {[string, (value: number) => string][]} */
const FIGURES = [
  ["total_return", (value) => share(value)], ["max_drawdown", (value) => percent(value, finely(value))],
  ["volatility", (value) => percent(value, 1)], ["sharpe", rough], ["sortino", rough], ["cagr", (value) => signedPercent(value, 1)], ["calmar", rough],
  ["exposure", (value) => percent(value, 0)], ["fills", (value) => number(value)], ["trips_closed", (value) => number(value)],
  ["trips_won", (value) => number(value)], ["turnover", rough], ["fees", (value) => number(value, 2)], ["refused", (value) => number(value)],
];
/** What a year would bring means nothing after less than this. */
const ENOUGH_MS = 30 * 86_400_000;
const OF_A_YEAR = new Set(["cagr", "calmar"]);

/** Small shares have more digits. @param {number} value */
export const finely = (value) => (Math.abs(value) < 0.01 ? 3 : 2);

/** A gain or loss as a share. @param {number} value */
export const share = (value) => signedPercent(value, finely(value));

/** A back-test's figures that are there: their names and values. @param {Record<string, number>} all */
export function figures(all) {
  const isLong = all.end_ms - all.start_ms >= ENOUGH_MS;
  return FIGURES.filter(([name]) => all[name] !== undefined && (isLong || !OF_A_YEAR.has(name)))
    .map(([name, write]) => ({ label: t(/** @type {Key} */ (`figure.${name}`)), text: write(all[name]) }));
}
