// The answers: what moved the price, and what it would be otherwise.
import { effect, html, signal, view } from "../../core/view.js";
import { tryMore } from "../more.js";
import { explainPrice, span } from "./attribution.js";
import { drawAnswers } from "./drawing.js";
import { clearBranch, edits, leaveOut } from "./fork.js";
import { Other } from "./other.js";
import { Explained } from "./table.js";

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

export const Answers = view(() => html`<${Explained} />${isOtherOpen.value && html`<${Other} />`}`);
