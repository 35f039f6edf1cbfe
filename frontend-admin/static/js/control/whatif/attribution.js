// Which interventions moved the price over a time: asked of the market, made into parts that sum to the whole.
import { computed, effect, signal, untracked } from "../../core/view.js";
import { instrumentPath } from "../../state/admin.js";
import { session } from "../../state/market.js";
import { get } from "../../wire/api.js";
import { isAdmin } from "../../wire/auth.js";
import { worked } from "./job.js";
import { ticksOf } from "./window.js";

/**
 * @typedef {import("../../../../types/wire").Attribution} Attribution
 * @typedef {import("../../../../types/wire").Contribution} Contribution
 * @typedef {import("../../wire/gateway.js").Failure} Failure
 * @typedef {import("./window.js").Ticks} Ticks
 * @typedef {import("./window.js").Span} Span
 */

/** As many as there are colours; the smaller ones go together. */
const MOST_PARTS = 8;
/** What rounds to nothing. */
const LEAST_SHARE = 5e-5;

/** The time that was asked for. */
export const span = signal(/** @type {Span | null} */ (null));
const found = signal(/** @type {{attribution: Attribution, ticks: Ticks} | null} */ (null));
/** While it is a job. */
export const explaining = signal(/** @type {import("./job.js").Progress | null} */ (null));
export const unexplained = signal(/** @type {Failure | null} */ (null));
let explanation = new AbortController();

export function forgetAttribution() {
  explanation.abort();
  span.value = found.value = explaining.value = unexplained.value = null;
}

/** @param {Span} wanted */
export async function explainPrice(wanted) {
  forgetAttribution();
  const ticks = ticksOf(wanted);
  if (!ticks) return;
  const { signal: ended } = (explanation = new AbortController());
  span.value = wanted;
  /** @type {import("../../wire/api.js").Answer<Attribution | import("../../../../types/wire").Started>} */
  const first = await get(`${instrumentPath()}/attribution?from=${ticks.from}&to=${ticks.to}`);
  /** @type {import("../../wire/api.js").Answer<Attribution>} */
  const answer = await worked(first, ended, (progress) => ended.aborted || (explaining.value = progress));
  if (ended.aborted) return;
  explaining.value = null;
  if (answer.ok) found.value = { attribution: answer.value, ticks };
  else unexplained.value = answer.failure;
}

effect(() => {
  [session.value?.session, isAdmin.value];
  untracked(forgetAttribution);
});

/**
 * Shares of the reference: of one part after the other, so that they add up, whatever works on what.
 * @typedef {Contribution & {share: number, colour: number}} Part
 */
export const parts = computed(() => {
  if (!found.value) return null;
  const { attribution: { at_from, at_to, contributions }, ticks } = found.value;
  let sum = at_from;
  const all = contributions.map((one) => {
    const before = sum;
    sum += one.at_to - one.at_from;
    return { ...one, share: Math.exp(sum) - Math.exp(before) };
  });
  const bySize = [...all].sort((one, other) => Math.abs(other.share) - Math.abs(one.share));
  const large = new Set(bySize.slice(0, MOST_PARTS).filter(({ share }) => Math.abs(share) >= LEAST_SHARE));
  const others = all.filter((one) => !large.has(one));
  return {
    ticks,
    reference: ticks.price * Math.exp(-at_to),
    /** What was there when the time began. */
    before: Math.expm1(at_from),
    /** @type {Part[]} */
    shown: all.filter((one) => large.has(one)).map((one, place) => ({ ...one, colour: place + 1 })),
    others: { count: others.length, share: others.reduce((total, { share }) => total + share, 0) },
    whole: Math.expm1(at_to),
  };
});
