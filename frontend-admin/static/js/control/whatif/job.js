// Work that the market may need a while for: answered at once, or a job that is looked at until it is done, and stopped when nobody
// waits for it any more.
import { market } from "../../state/admin.js";
import { change, get } from "../../wire/api.js";

const EVERY_MS = 400;

/** Ticks computed, of so many. @typedef {{done: number, of: number}} Progress */
/** @template T @typedef {import("../../wire/api.js").Answer<T>} Answer */
/** @typedef {import("../../../../types/wire").Started} Started */

/** @param {string} detail @returns {Answer<never>} */
const failed = (detail) => ({ ok: false, failure: { kind: "problem", title: "", detail, status: 422, request: "" } });

/** @param {any} value @returns {value is Started} */
const isStarted = (value) => "job" in value;

/**
 * @template T
 * @param {Answer<T | Started>} first what the request was answered: it isn't broken off itself, since a job that nobody knows can't be stopped
 * @param {AbortSignal} signal
 * @param {(progress: Progress) => void} tell
 * @returns {Promise<Answer<T>>}
 */
export async function worked(first, signal, tell) {
  if (!first.ok) return first;
  if (!isStarted(first.value)) return { ok: true, value: first.value };
  const path = `${market}/jobs/${first.value.job}`;
  for (;;) {
    /** @type {Answer<import("../../../../types/wire").Job<T>>} */
    const told = await get(path, signal);
    if (signal.aborted || !told.ok) {
      void change("DELETE", path);
      return told.ok ? failed("") : told;
    }
    const job = told.value;
    if (job.state === "done") return { ok: true, value: job.result };
    if (job.state === "failed") return failed(job.detail);
    tell(job);
    await new Promise((next) => setTimeout(next, EVERY_MS));
  }
}
