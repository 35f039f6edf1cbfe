// Who is signed in. The token lives in sessionStorage and in memory; never in an address, a cookie or localStorage.
import { load, save } from "../core/settings.js";
import { computed, signal } from "../core/view.js";
import { failureOf, gateway, unreachable } from "./gateway.js";

/** @typedef {import("../../../types/wire").Credentials} Credentials */
/** @typedef {import("./gateway.js").Failure} Failure */

const KEY = "credentials";
const store = () => sessionStorage;

/** @type {import("../../vendor/signals-core.mjs").Signal<Credentials | null>} */
export const credentials = signal(remembered());
export const isAdmin = computed(() => credentials.value?.role === "admin");
/** Why the last sign-in ended or failed. */
export const signInFailure = signal(/** @type {Failure | null} */ (null));
export const signingIn = signal(false);

/** @returns {Credentials | null} */
function remembered() {
  try {
    const held = JSON.parse(load(store, KEY) ?? "null");
    return held && held.expires_at > Date.now() ? held : null;
  } catch {
    return null;
  }
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let expiry;

/** @param {Credentials | null} held */
export function hold(held) {
  clearTimeout(expiry);
  save(store, KEY, held && JSON.stringify(held));
  credentials.value = held;
  if (!held) return;
  // A timer can't be longer than 2^31 ms.
  const left = Math.min(held.expires_at - Date.now(), 2 ** 31 - 1);
  expiry = setTimeout(() => dropToken({ kind: "expired" }), left);
}

export function signOut() {
  signInFailure.value = null;
  hold(null);
}

/** The token isn't good any more. @param {Failure} why */
export function dropToken(why) {
  signInFailure.value = why;
  hold(null);
}

/** Exchanges the token of a one-time link. @param {string} token */
export async function signIn(token) {
  signingIn.value = true;
  signInFailure.value = null;
  try {
    const answer = await fetch(`${gateway}/api/auth/link`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
    });
    if (answer.ok) hold(await answer.json());
    else signInFailure.value = await failureOf(answer);
  } catch {
    signInFailure.value = unreachable;
  }
  signingIn.value = false;
  return signInFailure.value === null;
}

/** Takes the token out of the address, before anything else may see it, and exchanges it. */
export function signInByAddress() {
  const token = /^#token=(.+)$/.exec(location.hash)?.[1];
  if (token === undefined) return;
  history.replaceState(null, "", location.pathname);
  hold(null);
  void signIn(token);
}

hold(credentials.value);
