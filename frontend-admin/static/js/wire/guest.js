// Whoever comes has a paper account at once. It stays a guest's until the tab is closed, twelve hours at most, also while an admin is signed in.
import { load, save } from "../core/settings.js";
import { effect, signal, untracked } from "../core/view.js";
import { answered } from "./api.js";
import { credentials, hold, signingIn } from "./auth.js";
import { gateway } from "./gateway.js";

/** @typedef {import("../../../types/wire").Credentials} Credentials */

const KEPT_GUEST = "guest";
const AGAIN_AFTER_MS = 3000;
const drawer = () => sessionStorage;

/** Why there is no account yet. */
export const guestFailure = signal(/** @type {import("./gateway.js").Failure | null} */ (null));
let isAsking = false;

async function becomeGuest() {
  if (isAsking) return;
  isAsking = true;
  /** @type {Credentials | null} */
  const kept = JSON.parse(load(drawer, KEPT_GUEST) ?? "null");
  const answer = kept && kept.expires_at > Date.now() ? { ok: /** @type {const} */ (true), value: kept }
    : await answered(() => fetch(`${gateway}/api/auth/guest`, { method: "POST" }), (response) => response.json());
  isAsking = false;
  guestFailure.value = answer.ok ? null : answer.failure;
  if (credentials.value) return;
  if (answer.ok) hold(answer.value);
  else setTimeout(becomeGuest, AGAIN_AFTER_MS);
}

/** Sees to it that there is an account, now and whenever there is none. */
export function openAccount() {
  /** @type {Credentials | null} */
  let before = null;
  effect(() => {
    const now = credentials.value;
    if (now?.role === "trader") save(drawer, KEPT_GUEST, JSON.stringify(now));
    // A guest's token that isn't good any more is of no use; an admin's gives way to that of the guest before.
    if (!now && before?.role === "trader") save(drawer, KEPT_GUEST, null);
    before = now;
    if (!now && !signingIn.value) void untracked(becomeGuest);
  });
}
