// A labelled number: what was typed stays as it was typed, and what is wrong with it is said beside it.
import { html, view } from "../core/view.js";
import { rough } from "../core/format.js";
import { t } from "../core/i18n.js";

/**
 * Allowed values: `[least, most]`, or `(least, most]` if the least is open.
 * @typedef {{least: number, most: number, open?: boolean, optional?: boolean}} Domain
 * @typedef {{text: string, value: number | undefined, error: string}} Parsed `error` is empty for a good value
 */

/** @param {string} text @param {Domain} domain @returns {Parsed} */
export function parse(text, { least, most, open = false, optional = false }) {
  const trimmed = text.trim();
  if (trimmed === "" && optional) return { text, value: undefined, error: "" };
  const value = Number(trimmed);
  if (trimmed === "" || !Number.isFinite(value)) return { text, value: undefined, error: t("field.number") };
  const isInside = (open ? value > least : value >= least) && value <= most;
  const limits = { least: rough(least), most: rough(most) };
  return isInside ? { text, value, error: "" } : { text, value: undefined, error: t(open ? "field.above" : "field.between", limits) };
}

/** @typedef {import("../../vendor/signals-core.mjs").Signal<string>} Text */

/**
 * @param {{id: string, label: string, text: Text, error?: string, unit?: string, placeholder?: string, type?: string}} props
 */
function drawField({ id, label, text, error = "", unit = "", placeholder = "", type = "number" }) {
  const typed = (/** @type {InputEvent} */ event) => (text.value = /** @type {HTMLInputElement} */ (event.target).value);
  return html`<div class="field">
    <label for=${id}>${label}${unit && html`<span class="unit">, ${unit}</span>`}</label>
    <input id=${id} type=${type} step="any" value=${text.value} placeholder=${placeholder} onInput=${typed} autocomplete="off"
      spellcheck=${false} aria-invalid=${error ? "true" : undefined} aria-describedby=${error ? `${id}-error` : undefined} />
    ${error && html`<p class="error" id=${`${id}-error`}>${error}</p>`}
  </div>`;
}

export const Field = view(drawField);

/** Whether the focus goes elsewhere than to another part of a form. @param {FocusEvent} event */
export const leaves = ({ currentTarget, relatedTarget }) => !(/** @type {Node} */ (currentTarget).contains(/** @type {Node | null} */ (relatedTarget)));

/** @typedef {import("../core/i18n.js").Key} Key */

/** @param {{id: string, label: string, text: Text, choices: Record<string, Key>, wide?: boolean}} props */
function drawChoice({ id, label, text, choices, wide = false }) {
  const chosen = (/** @type {Event} */ event) => (text.value = /** @type {HTMLSelectElement} */ (event.target).value);
  return html`<div class=${wide ? "field wide" : "field"}><label for=${id}>${label}</label>
    <select id=${id} value=${text.value} onChange=${chosen}>${Object.entries(choices).map(([value, key]) =>
      html`<option value=${value} selected=${value === text.value}>${t(key)}</option>`)}</select></div>`;
}

/** One of a few values. */
export const Choice = view(drawChoice);
