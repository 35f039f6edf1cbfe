// Another course: the market as it would have gone on with other interventions. While it is shown it keeps up with the market, unless
// that is too much work.
import { computed, effect, signal, untracked } from "../../core/view.js";
import { instrumentPath } from "../../state/admin.js";
import { quote, session } from "../../state/market.js";
import { overrides } from "../../state/overrides.js";
import { canSend } from "../../state/presence.js";
import { ask } from "../../wire/api.js";
import { isAdmin } from "../../wire/auth.js";
import { worked } from "./job.js";

/**
 * @typedef {import("../../../../types/wire").Edit} Edit
 * @typedef {import("../../../../types/wire").Fork} Fork
 * @typedef {import("../../wire/gateway.js").Failure} Failure
 */

const AGAIN_MS = 2000;

/** What is different. */
export const edits = signal(/** @type {Edit[]} */ ([]));
/** How it would have gone, up to which tick. */
export const branch = signal(/** @type {{fork: Fork, until: number} | null} */ (null));
/** While it is a job. */
export const branching = signal(/** @type {import("./job.js").Progress | null} */ (null));
export const unbranched = signal(/** @type {Failure | null} */ (null));
/** How both ended: the last prices that were published. */
export const ends = computed(() => {
  const { price, was } = branch.value?.fork ?? {};
  const [would, did] = [price?.findLast((one) => one !== null), was?.findLast((one) => one !== null)];
  return would == null || did == null ? undefined : { would, did };
});
/** How it ended when it was first known, to be announced once. */
export const firstEnds = signal(/** @type {{would: number, did: number} | undefined} */ (undefined));
/** Whether it was too much work to be done again and again. */
export const isSnapshot = signal(false);
let search = new AbortController();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let again;

/** The tick of what an edit is about. @param {Edit} edit */
const tickOf = (edit) => (edit.edit === "add" ? edit.tick : (overrides.peek().find(({ id }) => id === edit.id)?.tick ?? 1));

async function branchOff() {
  const all = edits.peek();
  const at = Math.max(0, Math.min(...all.map(tickOf)) - 1);
  const until = Math.max(at, quote.peek().tick);
  const { signal: ended } = (search = new AbortController());
  /** @type {import("../../wire/api.js").Answer<Fork | import("../../../../types/wire").Started>} */
  const first = await ask(`${instrumentPath()}/forks`, { at, until, edits: all });
  const isJob = first.ok && "job" in first.value;
  /** @type {import("../../wire/api.js").Answer<Fork>} */
  const answer = await worked(first, ended, (progress) => ended.aborted || (branching.value = progress));
  if (ended.aborted) return;
  branching.value = null;
  isSnapshot.value = isJob;
  branch.value = answer.ok ? { fork: answer.value, until } : null;
  unbranched.value = answer.ok ? null : answer.failure;
  firstEnds.value ??= ends.value;
  if (answer.ok && !isJob) again = setTimeout(keepUp, AGAIN_MS);
}

/** Once more, if the market has moved on and can be asked. */
function keepUp() {
  if (canSend.peek() && !document.hidden && quote.peek().tick !== branch.peek()?.until) void branchOff();
  else again = setTimeout(keepUp, AGAIN_MS);
}

/** @param {Edit[]} wanted */
function take(wanted) {
  search.abort();
  clearTimeout(again);
  branch.value = branching.value = unbranched.value = null;
  firstEnds.value = undefined;
  edits.value = wanted;
  if (wanted.length > 0) void branchOff();
}

/** An intervention is edited in one way at a time. @param {Edit} wanted */
export const alter = (wanted) => take([...edits.peek().filter((one) => one.edit === "add" || wanted.edit === "add" || one.id !== wanted.id), wanted]);
/** @param {number} id */
export const leaveOut = (id) => alter({ edit: "remove", id });
/** @param {Edit} unwanted */
export const takeBack = (unwanted) => take(edits.peek().filter((one) => one !== unwanted));
export const clearBranch = () => take([]);
export const branchAgain = () => take(edits.peek());

effect(() => {
  [session.value?.session, isAdmin.value];
  untracked(clearBranch);
});
