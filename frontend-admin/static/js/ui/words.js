// Interventions in a word or two, as the chart shows them.
import { trimmed, roughPercent } from "../core/format.js";
import { base } from "../core/i18n.js";
import { signal } from "../core/view.js";

/** @typedef {import("../../../types/wire").Body} Body */

/** Kinds that are told here. Of the others, `further` tells. */
export const KNOWN = new Set(["set_drift", "set_volatility", "inject_liquidity", "cancel"]);

/** Absent until the Control room has loaded it: then kinds go by their names on the wire. */
export const further = signal(/** @type {typeof import("../control/further/tellings.js").tellings | null} */ (null));

/** @param {Body} body */
export const plainName = ({ kind }) => kind.replaceAll("_", " ");

/** @param {number} quantity */
export const btc = (quantity) => `${quantity > 0 ? "+" : ""}${trimmed(quantity)} ${base.value}`;

/** Short enough for a marker on the chart. @param {Body} body */
export function shortName(body) {
  switch (body.kind) {
    case "set_drift": return `μ ${roughPercent(body.mu)}`;
    case "set_volatility": return `σ ${roughPercent(body.sigma)}`;
    case "inject_liquidity": return btc(body.quantity);
    default: return further.value?.short(body) ?? plainName(body);
  }
}
