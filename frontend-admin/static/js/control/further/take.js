// Forms that take the price over: led to a level, held there, halted, fenced in. One of a kind acts at a time.
import { clockTime, percent, roughPercent, signedPercent, trimmed } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { marketTime } from "../../state/admin.js";
import { isOpen, overrides } from "../../state/overrides.js";
import { priced } from "../form.js";
import { TIME } from "./bend.js";
import { PRICE } from "./move.js";
import { lasting } from "./tellings.js";

/** @typedef {import("../form.js").Definition} Definition */
/** @typedef {import("../form.js").Part} Part */
/** @template {import("../../../../types/wire").Body["kind"]} K @typedef {import("./move.js").Of<K>} Of */

/** The one of a kind that acts or waits. @param {string} kind */
const other = (kind) => overrides.value.find((one) => one.body.kind === kind && isOpen(one.state));

/** What becomes of the one there is: asked only where there is one. @param {string} kind @returns {Part} */
const conflict = (kind) => ({
  label: "conflict", wide: true, start: "replace", choices: { replace: "conflict.replace", queue: "conflict.queue" }, when: () => other(kind) !== undefined,
});

/** @param {string} words @param {{kind: string, on_conflict?: string}} body */
function besides(words, { kind, on_conflict }) {
  if (on_conflict !== "replace" && on_conflict !== "queue") return words;
  return `${words} ${t(on_conflict === "queue" ? "conflict.queues" : "conflict.replaces", { id: other(kind)?.id ?? "–" })}`;
}

/** @type {Definition} */
const target = {
  kind: "target",
  action: "inject.do.target",
  parts: { price: { label: "inject.level", unit: "USD", domain: PRICE }, duration: { label: "inject.reachedIn", unit: "s", start: "60" }, conflict: conflict("target") },
  body: ({ price, duration, conflict: on_conflict }) => ({ kind: "target", price, duration_s: duration, on_conflict }),
  foresee(/** @type {Of<"target">} */ body, now) {
    const { price, duration_s = 0 } = body;
    const values = {
      now: priced(now.price), price: priced(price), move: signedPercent(price / now.price - 1), seconds: trimmed(duration_s),
      time: clockTime(marketTime.value + duration_s * 1000),
    };
    return { words: besides(t("target.words", values), body), price, lasts: duration_s };
  },
};

/** @type {Definition} */
const pin = {
  kind: "pin",
  action: "inject.do.pin",
  parts: {
    price: { label: "inject.level", unit: "USD", domain: PRICE },
    band: { label: "pin.band", unit: "%", start: "0.05", domain: { least: 0, most: Math.expm1(20) * 100, optional: true }, placeholder: "pin.exact" },
    time: { ...TIME, start: "60" },
    conflict: conflict("pin"),
  },
  body: ({ price, band = 0, time, conflict: on_conflict }) => ({ kind: "pin", price, band: Math.log1p(band / 100), duration_s: time, on_conflict }),
  foresee(/** @type {Of<"pin">} */ body, now) {
    const { price, band = 0 } = body;
    const values = {
      price: priced(price), move: signedPercent(price / now.price - 1), low: priced(price * Math.exp(-2 * band)), high: priced(price * Math.exp(2 * band)),
      band: roughPercent(Math.expm1(band)), lasting: lasting(body),
    };
    return { words: besides(t(band > 0 ? "pin.near" : "pin.exactly", values), body), price, lasts: body.duration_s };
  },
};

/** @type {Definition} */
const halt = {
  kind: "halt",
  action: "inject.do.halt",
  parts: {
    time: { ...TIME, start: "30" },
    reopen: { label: "halt.reopen", wide: true, start: "catch_up", choices: { catch_up: "halt.catchUp", freeze: "halt.freeze" } },
    conflict: conflict("halt"),
  },
  body: ({ time, reopen, conflict: on_conflict }) => ({ kind: "halt", reopen, duration_s: time, on_conflict }),
  foresee(/** @type {Of<"halt">} */ body, now) {
    const first = t("halt.words", { lasting: lasting(body) });
    const then = t(body.reopen === "freeze" ? "halt.freezes" : "halt.catchesUp", { price: priced(now.price) });
    return { words: besides(`${first} ${then}`, body), lasts: 2 * (body.duration_s ?? 30) };
  },
};

/** @type {Definition} */
const priceBand = {
  kind: "limit",
  action: "inject.do.price_band",
  parts: {
    percent: { label: "limit.percent", unit: "%", start: "1", domain: { least: 0, most: 1000, open: true } },
    window: { label: "limit.window", unit: "s", start: "60" },
    pause: { label: "limit.pause", unit: "s", start: "30" },
    time: { ...TIME, start: "600" },
    conflict: conflict("price_band"),
  },
  body: ({ percent: most, window, pause, time, conflict: on_conflict }) =>
    ({ kind: "price_band", percent: most, window_s: window, pause_s: pause, duration_s: time, on_conflict }),
  foresee(/** @type {Of<"price_band">} */ body, now) {
    const share = body.percent / 100;
    const values = {
      percent: percent(share), window: trimmed(body.window_s), pause: trimmed(body.pause_s), lasting: lasting(body),
      low: priced(now.price * Math.max(0, 1 - share)), high: priced(now.price * (1 + share)),
    };
    return { words: besides(t("limit.words", values), body) };
  },
};

/** Kinds that take control. */
export const CONTROL = { target, pin, halt, price_band: priceBand };
