// Interventions as the stream tells of them, matched by id.
import { computed, signal } from "../core/view.js";

/** @typedef {import("../../../types/wire").Override} Override */

/** Whether it can be released. @param {Override["state"]} state */
export const isOpen = (state) => state === "scheduled" || state === "active" || state === "superseded";

/** Whether it has changed anything: kinds that change no figure have no before and after. @param {Override} override */
export const hasActed = ({ body, state, before }) =>
  body.kind !== "cancel" && (before !== undefined || state === "active" || state === "ended");

/** Oldest first. */
export const overrides = signal(/** @type {Override[]} */ ([]));

export const active = computed(() => overrides.value.filter((one) => one.state === "active" && one.body.kind !== "cancel"));
export const waiting = computed(() => overrides.value.filter((one) => one.state === "scheduled" && one.body.kind !== "cancel"));

const MOST_OVERRIDES = 500;

export function forgetOverrides() {
  if (overrides.value.length > 0) overrides.value = [];
}

/** @param {Override[]} changed */
export function takeOverrides(changed) {
  const known = new Map(overrides.value.map((one) => [one.id, one]));
  for (const one of changed) known.set(one.id, one);
  const all = [...known.values()].sort((one, other) => one.tick - other.tick || one.id - other.id);
  // The oldest go first, but what acts or waits stays, however old: it must be seen to be released.
  overrides.value = all.filter((one, place) => place >= all.length - MOST_OVERRIDES || ["active", "scheduled"].includes(one.state));
}
