// When each part of what moved the price acted.
import { computed } from "../../core/view.js";
import { overrides } from "../../state/overrides.js";
import { parts } from "./attribution.js";

/** @typedef {import("../../../../types/wire").Body} Body */

/** After so many half-lives what fades is over. */
const HALF_LIVES = 64;
/** Of these one at a time acts: the next ends the one before. */
const ALONE = new Set(["set_drift", "set_volatility", "target", "pin", "halt", "price_band"]);

/** Seconds until it is over by itself. @param {Body} body */
function secondsOf(body) {
  switch (body.kind) {
    case "set_price": case "cancel": return 0;
    case "shock": return body.permanent_fraction < 1 ? HALF_LIVES * (body.half_life_s ?? 0) : 0;
    case "flash_crash": return body.fall_s + (body.hold_s ?? 0) + HALF_LIVES * body.half_life_s;
    default: {
      const { duration_s, half_life_s } = /** @type {{duration_s?: number, half_life_s?: number}} */ (body);
      return duration_s ?? (half_life_s === undefined ? Infinity : HALF_LIVES * half_life_s);
    }
  }
}

/** @param {{id: number, time: number, body: Body}} part */
function endOf({ id, time, body }) {
  const begun = overrides.value.filter(({ state }) => state !== "scheduled");
  const own = begun.find((one) => one.id === id)?.ends ?? (body.kind === "target" && body.at_ms ? body.at_ms : time + 1000 * secondsOf(body));
  const others = begun.filter((one) => (one.body.kind === "cancel" && one.body.id === id)
    || (ALONE.has(body.kind) && one.body.kind === body.kind && one.time > time));
  return Math.min(own, ...others.map((one) => one.time));
}

/** Times in ms; `to` is Infinity for what acts until it is released. */
export const acted = computed(() => (parts.value?.shown ?? []).map((part) => ({ id: part.id, colour: part.colour, from: part.time, to: endOf(part) })));
