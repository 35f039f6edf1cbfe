// What is told once: outcomes at the bottom of the page, and to those who listen how the connection stands.
import { t } from "../core/i18n.js";
import { effect, html, signal, view } from "../core/view.js";
import { presence } from "../state/presence.js";

/** @typedef {{text: string, tone: "good" | "bad"}} Notice */

const SHOWN_MS = 6000;
const notice = signal(/** @type {Notice | null} */ (null));
/** @type {ReturnType<typeof setTimeout> | undefined} */
let passing;

/** @param {string} text @param {Notice["tone"]} tone */
function tell(text, tone) {
  clearTimeout(passing);
  notice.value = { text, tone };
  if (tone === "good") passing = setTimeout(dismiss, SHOWN_MS);
}

export const tellGood = (/** @type {string} */ text) => tell(text, "good");
export const tellBad = (/** @type {string} */ text) => tell(text, "bad");

export function dismiss() {
  notice.value = null;
}

export const Notices = view(() => {
  const { text, tone } = notice.value ?? { text: "", tone: "good" };
  return html`<div class="notices">
    <div role="status">${tone === "good" && text && html`<p class="notice good"><span aria-hidden="true">✓</span> ${text}</p>`}</div>
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
