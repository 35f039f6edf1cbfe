// What the Control room asks the market to do, and how it tells the outcome.
import { batch, signal } from "../core/view.js";
import { clockTime } from "../core/format.js";
import { t } from "../core/i18n.js";
import { instrumentPath, market, marketStatus } from "../state/admin.js";
import { clock } from "../state/market.js";
import { isOpen, overrides } from "../state/overrides.js";
import { tellBad, tellGood } from "../ui/notice.js";
import { explain } from "../ui/failures.js";
import { describe } from "./tellings.js";
import { change } from "../wire/api.js";

/**
 * @typedef {import("../../../types/wire").Body} Body
 * @typedef {import("../../../types/wire").Acknowledged} Acknowledged
 * @typedef {import("../../../types/wire").NewIntervention} NewIntervention
 * @typedef {import("../wire/gateway.js").Failure} Failure
 */

/** Requests under way: buttons that send wait for them. */
export const sending = signal(0);

/**
 * @template T
 * @param {() => Promise<import("../wire/api.js").Answer<T>>} ask
 * @returns {Promise<T | undefined>}
 */
export async function told(ask) {
  sending.value += 1;
  const answer = await ask();
  sending.value -= 1;
  if (answer.ok) return answer.value;
  tellBad(explain(answer.failure));
  return undefined;
}

/** @param {Body} body @param {string} [reason] */
export async function intervene(body, reason = "") {
  /** @type {NewIntervention} */
  const wanted = { body, ...(reason ? { reason } : {}) };
  /** @type {Acknowledged | undefined} */
  const accepted = await told(() => change("POST", `${instrumentPath()}/interventions`, wanted));
  if (accepted) {
    const { id, time } = accepted;
    const undo = { label: t("command.undo"), run: () => void release(id), isPossible: () => mayEnd(id) };
    tellGood(t("command.accepted", { what: describe(body), id, time: clockTime(time) }), undo);
  }
  return accepted;
}

/** Whether there is still something to end: what the stream hasn't told of is about to act. @param {number} id */
function mayEnd(id) {
  const state = overrides.value.find((one) => one.id === id)?.state;
  return state === undefined || isOpen(state);
}

/** @param {number} id */
export async function release(id) {
  const accepted = await told(() => change("DELETE", `${instrumentPath()}/interventions/${id}`));
  if (accepted) tellGood(t("command.released", { id }));
}

export async function releaseAll() {
  /** @type {Acknowledged[] | undefined} */
  const accepted = await told(() => change("DELETE", `${instrumentPath()}/interventions`));
  if (accepted) tellGood(t("command.releasedAll", { count: accepted.length }));
}

/** @param {import("../../../types/wire").ClockChange} wanted */
export async function changeClock(wanted) {
  /** @type {import("../../../types/wire").Status | undefined} */
  const now = await told(() => change("POST", `${market}/clock`, wanted));
  if (!now) return;
  batch(() => {
    marketStatus.value = now;
    clock.value = { running: now.running, speed: now.speed };
  });
}
