// Which strategy, and its numbers, each within its domain.
import { rough } from "../../core/format.js";
import { t, translated } from "../../core/i18n.js";
import { computed, html, signal, view } from "../../core/view.js";
import { canTrade } from "../../state/desk.js";
import { read } from "../../wire/desk.js";
import { Field, parse } from "../../ui/field.js";
import { explain } from "../../ui/failures.js";
import { refusal } from "../acts.js";
import { reasoned, title } from "./words.js";

/** @typedef {import("../../../../types/trading").Strategy} Strategy */
/** @typedef {import("../../ui/field.js").Text} Text */

export const strategies = signal(/** @type {Strategy[]} */ ([]));
const failure = signal("");
const picked = signal("");
export const chosenStrategy = computed(() => strategies.value.find(({ name }) => name === picked.value) ?? strategies.value[0]);
/** What was typed, by strategy and parameter: it is there again when one comes back. @type {Map<string, Text>} */
const typed = new Map();

export async function fetchStrategies() {
  /** @type {import("../../wire/api.js").Answer<Strategy[]>} */
  const answer = await read("strategies/available");
  failure.value = answer.ok ? "" : explain(answer.failure);
  if (!answer.ok) return;
  strategies.value = answer.value;
  picked.value ||= answer.value.find(({ parameters }) => parameters.length > 2)?.name ?? "";
}

/** @param {string} name @param {import("../../../../types/trading").Parameter} parameter */
function textOf(name, parameter) {
  const key = `${name} ${parameter.name}`;
  const text = typed.get(key) ?? signal(String(parameter.default));
  typed.set(key, text);
  return text;
}

const fields = computed(() => (chosenStrategy.value?.parameters ?? []).map((parameter) => {
  const text = textOf(chosenStrategy.value.name, parameter);
  const parsed = parse(text.value, { least: parameter.min, most: parameter.max });
  const error = parsed.error || (parameter.is_whole && !Number.isInteger(parsed.value) ? t("field.whole") : "");
  return { parameter, text, value: parsed.value, error };
}));

/** What is set of the strategy, or undefined while a number can't be. */
export const values = computed(() => (!chosenStrategy.value || fields.value.some(({ error }) => error) ? undefined
  : Object.fromEntries(fields.value.map(({ parameter, value }) => [parameter.name, /** @type {number} */ (value)]))));

/** Why it isn't taken as it is set, its numbers called as they are here. @param {import("../../wire/gateway.js").Failure} failure */
export function refusedAsSet(failure) {
  const [, said] = (failure.kind === "problem" && /^(.+); \/values: \1$/.exec(failure.detail)) || [];
  if (said === undefined) return refusal(failure);
  return reasoned(said, Object.fromEntries(chosenStrategy.value.parameters.map(({ name, description }) => [name, `“${translated(description)}”`])));
}

export const Form = view(() => {
  if (failure.value) return html`<p class="error" role="alert">${failure.value}</p>
    <button type="button" disabled=${!canTrade.value} onClick=${fetchStrategies}>${t("lab.again")}</button>`;
  const here = chosenStrategy.value;
  if (!here) return html`<p class="muted">${t("lab.loading")}</p>`;
  const picks = (/** @type {Event} */ event) => (picked.value = /** @type {HTMLSelectElement} */ (event.target).value);
  return html`<div class="field"><label for="strategy">${t("lab.strategy")}</label>
      <select id="strategy" value=${here.name} onChange=${picks}>${strategies.value.map(({ name }) =>
        html`<option key=${name} value=${name} selected=${name === here.name}>${title(name)}</option>`)}</select></div>
    <p class="muted">${translated(here.description)}</p>
    <div class="parameters">${fields.value.map(({ parameter, text, error }) => html`<${Field} key=${`${here.name}-${parameter.name}`}
      id=${`strategy-${parameter.name}`} label=${translated(parameter.description)} unit=${`${rough(parameter.min)}…${rough(parameter.max)}`}
      text=${text} error=${error} />`)}</div>`;
});
