// What only admins are told: what is in force, how the service does, the seed, the history of the reference.
import { computed, effect, signal, untracked } from "../core/view.js";
import { get, look } from "../wire/api.js";
import { isAdmin } from "../wire/auth.js";
import { connected, halted, instrument, interval, quote, session, windowStart } from "./market.js";
import { overrides } from "./overrides.js";
import { takeReferenceHistory } from "./reference.js";
import { now } from "./presence.js";

/**
 * @typedef {import("../../../types/wire").InForce} InForce
 * @typedef {import("../../../types/wire").Parameters} Parameters
 * @typedef {import("../../../types/wire").InstrumentDetail} InstrumentDetail
 * @typedef {import("../../../types/wire").Status} Status
 * @typedef {import("../../../types/wire").Health} Health
 * @typedef {import("../../../types/wire").SessionDetail} SessionDetail
 * @typedef {import("../../../types/wire").ReferencePoint} ReferencePoint
 */

const EVERY_MS = 2000;
const HISTORY = 2000;

export const inForce = signal(/** @type {InForce | null} */ (null));
export const parameters = signal(/** @type {Parameters | null} */ (null));
export const marketStatus = signal(/** @type {Status | null} */ (null));
/** Absent while the gateway doesn't answer. */
export const health = signal(/** @type {Health | null} */ (null));
export const seed = signal(/** @type {string | null} */ (null));
/** How far the server's clock is ahead of ours, ms. */
export const clockOffset = signal(0);

/** Simulated time, ms: that of the newest tick; while none is published, that of the status. */
export const marketTime = computed(() => {
  const [here, status] = [session.value, marketStatus.value];
  const told = halted.value && here && status ? here.start_time + status.tick * here.tick_interval_ms : 0;
  return Math.max(quote.value.time, told);
});

export const market = "/api/market/v1";
export const instrumentPath = () => `${market}/instruments/${encodeURIComponent(instrument.value?.id ?? "")}`;

export async function refreshInForce() {
  if (!instrument.value) return;
  /** @type {import("../wire/api.js").Answer<InstrumentDetail>} */
  const answer = await get(instrumentPath());
  if (!answer.ok) return;
  inForce.value = answer.value.state ?? null;
  parameters.value = answer.value.parameters ?? null;
}

export async function refreshStatus() {
  /** @type {import("../wire/api.js").Answer<Status>} */
  const answer = await get(`${market}/status`);
  marketStatus.value = answer.ok ? answer.value : null;
}

async function refreshHealth() {
  /** @type {import("../wire/api.js").Answer<Health>} */
  const answer = await look("/readyz");
  health.value = answer.ok && Array.isArray(answer.value.services) ? answer.value : null;
}

async function refreshClockOffset() {
  const asked = Date.now();
  /** @type {import("../wire/api.js").Answer<{server_time: number}>} */
  const answer = await look(`${market}/time`);
  if (answer.ok) clockOffset.value = answer.value.server_time - (asked + Date.now()) / 2;
}

async function refreshSession() {
  /** @type {import("../wire/api.js").Answer<SessionDetail>} */
  const answer = await get(`${market}/session`);
  seed.value = answer.ok ? (answer.value.seed ?? null) : null;
}

async function refreshReference() {
  const [wanted, of] = [interval.value, session.value?.session];
  /** @type {import("../wire/api.js").Answer<ReferencePoint[]>} */
  const answer = await get(`${instrumentPath()}/reference?interval=${wanted}&limit=${HISTORY}`);
  if (answer.ok && wanted === interval.value && of === session.value?.session) takeReferenceHistory(answer.value);
}

export function followAsAdmin() {
  let asked = 0;
  effect(() => {
    const isDue = isAdmin.value && now.value - asked >= EVERY_MS && !document.hidden;
    if (!isDue) return;
    asked = now.value;
    untracked(() => {
      void refreshHealth();
      void refreshStatus();
      void refreshInForce();
    });
  });
  effect(() => {
    if (isAdmin.value && connected.value) void refreshClockOffset();
  });
  effect(() => {
    if (!isAdmin.value || !session.value) return;
    untracked(() => void refreshSession());
  });
  effect(() => {
    // Each intervention that acts or ends changes what is in force.
    if (isAdmin.value && connected.value && overrides.value.length > 0) untracked(() => void refreshInForce());
  });
  effect(() => {
    // A history is wanted for each interval and session, and after each interruption.
    [interval.value, windowStart.value === undefined];
    if (isAdmin.value && connected.value && session.value) untracked(() => void refreshReference());
  });
}
