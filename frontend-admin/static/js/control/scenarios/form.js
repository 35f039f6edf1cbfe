// The form of a scenario: which one, and its parameters, each within its bounds.
import { rough } from "../../core/format.js";
import { t, translated } from "../../core/i18n.js";
import { computed, html, signal, view } from "../../core/view.js";
import { Field, parse } from "../../ui/field.js";
import { choose, chosen, isRecorded, scenarios } from "./list.js";

/** @typedef {import("./list.js").Scenario} Scenario */
/** @typedef {import("../../ui/field.js").Text} Text */

/** What was typed, by the scenario's name: it is there again when one comes back. @type {Map<string, {toml: string, texts: Record<string, Text>}>} */
const typed = new Map();

/** @param {Scenario} scenario */
function textsOf({ name, toml, parameters }) {
  const known = typed.get(name);
  if (known?.toml === toml) return known.texts;
  const texts = Object.fromEntries(Object.entries(parameters).map(([parameter, { value }]) => [parameter, signal(String(value))]));
  typed.set(name, { toml, texts });
  return texts;
}

const fields = computed(() => {
  const scenario = chosen.value;
  const texts = scenario && textsOf(scenario);
  return Object.entries(scenario?.parameters ?? {}).map(([name, parameter]) => {
    const text = texts[name];
    return { name, parameter, text, parsed: parse(text.value, { least: parameter.min, most: parameter.max }) };
  });
});

/** What to ask for: absent while a parameter can't be. */
export const wanted = computed(() => {
  if (!chosen.value || fields.value.some(({ parsed }) => parsed.error)) return undefined;
  const parameters = Object.fromEntries(fields.value.map(({ name, parsed }) => [name, /** @type {number} */ (parsed.value)]));
  return { scenario: chosen.value.name, parameters };
});

/** Seconds that it takes, as far as its parameters say. */
export const lasts = computed(() => {
  const times = fields.value.filter(({ name }) => name.endsWith("_s")).map(({ parsed }) => parsed.value ?? 0);
  return times.length === 0 ? undefined : times.reduce((sum, time) => sum + time, 0);
});

const Choices = view(() => {
  const groups = /** @type {const} */ ([["scenarios.builtIn", scenarios.value.filter((one) => !isRecorded(one))],
    ["scenarios.recorded", scenarios.value.filter(isRecorded)]]);
  const here = chosen.value?.name;
  return html`<div class="field"><label for="scenario">${t("scenarios.which")}</label>
    <select id="scenario" value=${here} onChange=${(/** @type {Event} */ event) => choose(/** @type {HTMLSelectElement} */ (event.target).value)}>
      ${groups.filter(([, all]) => all.length > 0).map(([key, all]) => html`<optgroup label=${t(key)}>
        ${all.map(({ name, title }) => html`<option key=${name} value=${name} selected=${name === here}>${translated(title)}</option>`)}</optgroup>`)}
    </select></div>`;
});

export const Fields = view(() => html`
  <${Choices} />
  <p>${translated(chosen.value?.description ?? "")}</p>
  ${fields.value.length > 0 && html`<div class="parameters">${fields.value.map(({ name, parameter, text, parsed }) =>
    html`<${Field} key=${`${chosen.value?.name}-${name}`} id=${`scenario-${name}`} label=${translated(parameter.description)}
      unit=${`${rough(parameter.min)}…${rough(parameter.max)}`} text=${text} error=${parsed.error} />`)}</div>`}`);
