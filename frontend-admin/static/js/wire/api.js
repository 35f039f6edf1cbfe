// REST through the gateway, with the token as bearer. Failures are values.
import { credentials, dropToken } from "./auth.js";
import { failureOf, gateway, unreachable } from "./gateway.js";

/** @typedef {import("./gateway.js").Failure} Failure */
/** @template T @typedef {{ok: true, value: T} | {ok: false, failure: Failure}} Answer */

const TRIES = 3;
const TIMEOUT_MS = 10_000;

/** @param {number} ms */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * @param {string} path
 * @param {RequestInit & {headers?: Record<string, string>}} [init]
 * @param {number} [patience] ms
 */
export async function send(path, init = {}, patience = TIMEOUT_MS) {
  const held = credentials.value;
  const headers = { ...init.headers, ...(held ? { authorization: `Bearer ${held.token}` } : {}) };
  const signals = [AbortSignal.timeout(patience), init.signal ?? []].flat();
  const answer = await fetch(gateway + path, { ...init, headers, signal: AbortSignal.any(signals) });
  if (answer.status === 401 && held && held === credentials.value) dropToken(await failureOf(answer.clone()));
  return answer;
}

/**
 * @template T
 * @param {() => Promise<Response>} request
 * @param {(answer: Response) => Promise<T>} read
 * @returns {Promise<Answer<T>>}
 */
export async function answered(request, read) {
  try {
    const answer = await request();
    return answer.ok ? { ok: true, value: await read(answer) } : { ok: false, failure: await failureOf(answer) };
  } catch {
    return { ok: false, failure: unreachable };
  }
}

/** @template T @param {string} path @param {AbortSignal} [signal] @returns {Promise<Answer<T>>} */
export const get = (path, signal) => answered(() => send(path, { signal }), (answer) => answer.json());

/** Reads a body that is meaningful whatever the status. @template T @param {string} path @returns {Promise<Answer<T>>} */
export async function look(path) {
  try {
    const answer = await fetch(gateway + path, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { ok: true, value: await answer.json() };
  } catch {
    return { ok: false, failure: unreachable };
  }
}

/** Asks once, with a body that changes nothing. @template T @param {string} path @param {object} body @param {AbortSignal} [signal] @returns {Promise<Answer<T>>} */
export const ask = (path, body, signal) => answered(
  () => send(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal }), (answer) => answer.json());

/** A name for a request, by which its repetition is known. */
export const newKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;

/** What an answer without content comes to. */
const done = /** @type {Promise<any>} */ (Promise.resolve(true));

/**
 * Asks for a change. An attempt has one key, so that a retry after an answer that never came has no second effect.
 * @template T
 * @param {"POST" | "PUT" | "DELETE"} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<Answer<T>>}
 */
export async function change(method, path, body) {
  /** @type {Record<string, string>} */
  const headers = { "idempotency-key": newKey() };
  if (body) headers["content-type"] = "application/json";
  const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
  for (let tries = 1; ; tries += 1) {
    /** @type {Answer<T>} */
    const answer = await answered(() => send(path, init), (response) => (response.status === 204 ? done : response.json()));
    if (answer.ok || tries === TRIES || !mayPass(answer.failure)) return answer;
    await pause(300 * tries);
  }
}

/** Whether the same request may succeed a moment later. @param {Failure} failure */
const mayPass = (failure) =>
  failure.kind === "unreachable" || (failure.kind === "problem" && [502, 503, 504].includes(failure.status));
