// The answers: what moved the price, and what it would be otherwise.
import { effect, html, signal, view } from "../../core/view.js";
import { tryMore } from "../more.js";
import { explainPrice, parts, span } from "./attribution.js";
import { drawAnswers } from "./drawing.js";
import { clearBranch, edits, firstEnds, leaveOut } from "./fork.js";
import { branchWords, Other } from "./other.js";
import { Explained, movedWords } from "./table.js";

/** @typedef {import("./window.js").Span | "other"} Question */

void tryMore();
drawAnswers();

const isOtherOpen = signal(false);
effect(() => {
  if (edits.value.length > 0) isOtherOpen.value = true;
});

/** @param {Question} question */
export const isAsked = (question) => (question === "other" ? isOtherOpen.value : span.value === question);

/** @param {Question} question */
export function answer(question) {
  if (question !== "other") void explainPrice(question);
  else if (isOtherOpen.value) {
    clearBranch();
    isOtherOpen.value = false;
  } else isOtherOpen.value = true;
}

/** Whoever asks from elsewhere on the page sees the answer. @param {number} id */
export function answerWithout(id) {
  leaveOut(id);
  requestAnimationFrame(() => document.querySelector(".what-if")?.scrollIntoView({ block: "nearest" }));
}

/** An answer is announced once, however often it is brought up to now. */
const announced = signal("");
effect(() => {
  if (parts.value) announced.value = movedWords(parts.value);
});
effect(() => {
  if (firstEnds.value) announced.value = branchWords(firstEnds.value);
});

export const Answers = view(() => html`<p class="hidden" role="status">${announced.value}</p>
  <${Explained} />${isOtherOpen.value && html`<${Other} />`}`);
