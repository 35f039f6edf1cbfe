// Forms that bend the model and the quotes: by a factor or a state, for a time.
import { rough, roughPercent, trimmed } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { DURATION } from "../form.js";
import { typicalMove } from "../impact.js";
import { lasting } from "./tellings.js";

/** @typedef {import("../form.js").Definition} Definition */
/** @template {import("../../../../types/wire").Body["kind"]} K @typedef {import("./move.js").Of<K>} Of */

const FACTOR = { least: 1e-9, most: 1e6 };

/** Everything ends by itself unless one empties this field. @type {import("../form.js").Part} */
export const TIME = { label: "inject.for", unit: "s", start: "120", domain: { ...DURATION, optional: true }, placeholder: "inject.untilReleased" };

/** @param {string} words @param {{duration_s?: number, half_life_s?: number}} body */
const forATime = (words, body) => `${words} ${t("bend.time", { lasting: lasting(body) })}`;

/** @type {Definition} */
const volatilityScale = {
  kind: "scale",
  action: "inject.do.volatility_scale",
  parts: {
    factor: { label: "inject.factor", unit: "×", start: "3", domain: FACTOR },
    end: { label: "scale.end", start: "fade", choices: { fade: "scale.fade", hold: "scale.hold", stay: "inject.untilReleased" } },
    time: { label: "scale.time", unit: "s", start: "60", when: ({ end }) => end !== "stay" },
  },
  body: ({ factor, end, time }) => ({
    kind: "volatility_scale", factor, half_life_s: end === "fade" ? time : undefined, duration_s: end === "hold" ? time : undefined,
  }),
  foresee(/** @type {Of<"volatility_scale">} */ { factor, half_life_s, duration_s }, now) {
    const was = now.volatility * now.volatility_factor;
    const values = { factor: rough(factor), was: roughPercent(was), volatility: roughPercent(was * factor), move: roughPercent(typicalMove(was * factor, 60)) };
    const words = forATime(t("scale.words", values), { half_life_s, duration_s });
    return { words, lasts: duration_s ?? 2 * (half_life_s ?? 60) };
  },
};

/** @type {Definition} */
const jumpRate = {
  kind: "jumps",
  action: "inject.do.jump_rate",
  parts: { factor: { label: "inject.factor", unit: "×", start: "10", domain: FACTOR }, time: TIME },
  body: ({ factor, time }) => ({ kind: "jump_rate", factor, duration_s: time }),
  foresee: (/** @type {Of<"jump_rate">} */ body) =>
    ({ words: forATime(t("jumps.words", { factor: rough(body.factor) }), body), lasts: body.duration_s }),
};

/** @type {Definition} */
const regime = {
  kind: "regime",
  action: "inject.do.regime",
  parts: { state: { label: "regime.state", start: "0", domain: { least: 0, most: 2 ** 32 - 1 } }, time: TIME },
  body: ({ state, time }) => ({ kind: "regime", state: Math.round(state), duration_s: time }),
  foresee: (/** @type {Of<"regime">} */ body) =>
    ({ words: forATime(t("regime.words", { state: body.state }), body), lasts: body.duration_s }),
};

/** @type {Definition} */
const spread = {
  kind: "spread",
  action: "inject.do.spread",
  parts: { factor: { label: "inject.factor", unit: "×", start: "4", domain: FACTOR }, time: TIME },
  body: ({ factor, time }) => ({ kind: "spread", factor, duration_s: time }),
  foresee(/** @type {Of<"spread">} */ body, now) {
    const factor = body.factor * now.spread_factor;
    const words = t("spread.words", { factor: trimmed(body.factor) }) + (factor === body.factor ? "" : ` ${t("spread.all", { factor: rough(factor) })}`);
    return { words: forATime(words, body), lasts: body.duration_s };
  },
};

/** Kinds that bend the model. */
export const BEND = { volatility_scale: volatilityScale, jump_rate: jumpRate, regime, spread };
