// How the connection stands, in a word.
import { computed, effect, signal } from "../core/view.js";
import { clock, connected, halted, heartbeat, lastTickAt, session } from "./market.js";

/** @typedef {"connecting" | "live" | "paused" | "halted" | "stale" | "reconnecting" | "ended"} Presence */

const STALE_MS = 2000;
/** Three heartbeats. */
const SILENT_MS = 3000;

/** Our clock, moved twice a second. */
export const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 500);

/** Slow markets tick rarely: a few missing ticks make them stale, not two seconds. */
const patience = computed(() => Math.max(STALE_MS, (2.5 * (session.value?.tick_interval_ms ?? 0)) / clock.value.speed));

const hasSeenTicks = signal(false);
const hasTicks = computed(() => lastTickAt.value > 0);
effect(() => {
  if (hasTicks.value) hasSeenTicks.value = true;
});

export const presence = computed(
  /** @returns {Presence} */ () => {
    if (!connected.value) return hasSeenTicks.value ? "reconnecting" : "connecting";
    // A halted market has no ticks by which to know that it lives.
    if (halted.value) return now.value - (heartbeat.value?.came ?? Infinity) > SILENT_MS ? "stale" : "halted";
    if (!clock.value.running) return "paused";
    if (!hasTicks.value) return hasSeenTicks.value ? "ended" : "connecting";
    return now.value - lastTickAt.value > patience.value ? "stale" : "live";
  },
);

/** Whether what is sent now reaches the market. */
export const canSend = computed(() => ["live", "paused", "halted"].includes(presence.value));
