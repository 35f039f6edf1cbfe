// What is told once: outcomes at the bottom of the page, and to those who listen how the connection stands.
import { t } from "../core/i18n.js";
import { computed, effect, html, signal, view } from "../core/view.js";
import { presence } from "../state/presence.js";

/**
 * What can still be done about it.
 * @typedef {{label: string, run: () => void, isPossible: () => boolean}} Action
 * @typedef {{text: string, tone: "good" | "bad", action?: Action}} Notice
 */

const SHOWN_MS = 6000;
/** Longer where there is something to decide. */
const OFFERED_MS = 12_000;
const notice = signal(/** @type {Notice | null} */ (null));
/** @type {ReturnType<typeof setTimeout> | undefined} */
let passing;

/** @param {Notice} told */
function tell(told) {
  clearTimeout(passing);
  notice.value = told;
  if (told.tone === "good") passing = setTimeout(dismiss, told.action ? OFFERED_MS : SHOWN_MS);
}

/** @param {string} text @param {Action} [action] */
export const tellGood = (text, action) => tell({ text, tone: "good", action });
export const tellBad = (/** @type {string} */ text) => tell({ text, tone: "bad" });

/** What the notice on the screen offers, if it still can. */
const offered = computed(() => (notice.value?.action?.isPossible() ? notice.value.action : undefined));

/** Takes the offer, once; false if there is none. */
export function act() {
  const wanted = offered.value;
  if (!wanted) return false;
  dismiss();
  wanted.run();
  return true;
}

export function dismiss() {
  notice.value = null;
}

export const Notices = view(() => {
  const { text, tone } = notice.value ?? { text: "", tone: "good" };
  return html`<div class="notices">
    <div role="status">${tone === "good" && text && html`<p class="notice good"><span aria-hidden="true">✓</span> ${text}
      ${offered.value && html`<button type="button" class="quiet" onClick=${act}>${offered.value.label}</button>`}</p>`}</div>
    <div role="alert">${tone === "bad" && text && html`<p class="notice bad"><span aria-hidden="true">!</span> ${text}
      <button type="button" class="quiet" onClick=${dismiss}>${t("dismiss")}</button></p>`}</div>
  </div>`;
});

/** A word that comes and goes within this time isn't worth saying. */
const SETTLED_MS = 400;
const said = signal(presence.peek());

/** @type {ReturnType<typeof setTimeout> | undefined} */
let settling;
effect(() => {
  const now = presence.value;
  clearTimeout(settling);
  settling = setTimeout(() => (said.value = now), SETTLED_MS);
});

/** Old data stays, greyed, while it isn't the present. */
effect(() => {
  document.documentElement.dataset.presence = presence.value;
});

export const Announcer = view(() => {
  const word = said.value;
  return html`<p class="hidden" role="status" id="announcer">${word === "connecting" ? "" : t(`announce.${word}`)}</p>`;
});
