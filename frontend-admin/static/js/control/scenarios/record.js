// Recording: what was done in the last minutes becomes a scenario, to be run again, changed as text, or deleted.
import { t } from "../../core/i18n.js";
import { computed, effect, html, signal, view } from "../../core/view.js";
import { market } from "../../state/admin.js";
import { instrument, quote, session } from "../../state/market.js";
import { canSend } from "../../state/presence.js";
import { Field, parse } from "../../ui/field.js";
import { tellGood } from "../../ui/notice.js";
import { change } from "../../wire/api.js";
import { sending, told } from "../commands.js";
import { choose, chosen, isRecorded, refreshScenarios, scenarios } from "./list.js";

/** @typedef {import("../../../../types/wire").Scenario} Scenario */

/** The service's bounds. */
const MOST_NAME = 32;
const MOST_TITLE = 100;

const minutes = signal("5");
const title = signal("");
const parsedMinutes = computed(() => parse(minutes.value, { least: 0, most: 1e6, open: true }));
const titleError = computed(() => ([...title.value.trim()].length > MOST_TITLE ? t("record.long", { most: MOST_TITLE }) : ""));

/** A name for a title: its letters if they are Latin, and a number if the name is taken. @param {string} wanted */
export function nameFor(wanted) {
  const letters = wanted.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[_\d]+|_+$/g, "").slice(0, MOST_NAME - 4) || "recorded";
  const taken = new Set(scenarios.peek().map((one) => one.name));
  for (let place = 2, found = letters; ; place += 1) {
    if (!taken.has(found)) return found;
    found = `${letters}_${place}`;
  }
}

async function record() {
  const [here, length] = [session.value, parsedMinutes.value.value];
  if (!here || length === undefined || titleError.value || !canSend.value || sending.value > 0) return;
  const to = quote.value.tick;
  const from = Math.max(0, to - Math.ceil((length * 60_000) / here.tick_interval_ms));
  const wantedTitle = title.value.trim();
  /** @type {import("../../../../types/wire").NewRecording} */
  const asked = { instrument: instrument.value?.id ?? "", from, to, name: nameFor(wantedTitle), ...(wantedTitle ? { title: wantedTitle } : {}) };
  /** @type {Scenario | undefined} */
  const made = await told(() => change("POST", `${market}/scenarios`, asked));
  if (!made) return;
  title.value = "";
  await refreshScenarios();
  choose(made.name);
  tellGood(t("record.done", { title: made.title }));
}

const pathOf = (/** @type {Scenario} */ { name }) => `${market}/scenarios/${encodeURIComponent(name)}`;

/** @param {Scenario} scenario @param {string} toml */
async function write(scenario, toml) {
  if (!(await told(() => change("PUT", pathOf(scenario), { toml })))) return;
  await refreshScenarios();
  tellGood(t("record.written", { title: scenario.title }));
}

/** @param {Scenario} scenario */
async function remove(scenario) {
  if (!(await told(() => change("DELETE", pathOf(scenario))))) return;
  await refreshScenarios();
  const undo = { label: t("command.undo"), run: () => void write(scenario, scenario.toml), isPossible: () => true };
  tellGood(t("record.deleted", { title: scenario.title }), undo);
}

export const Record = view(() => {
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void record();
  };
  const { error } = parsedMinutes.value;
  return html`<details class="record"><summary>${t("record")}</summary>
    <form novalidate onSubmit=${submit}>
      <p class="muted">${t("record.words")}</p>
      <div class="fields">
        <${Field} id="record-minutes" label=${t("record.minutes")} unit=${t("unit.min")} text=${minutes} error=${error} />
        <${Field} id="record-title" type="text" label=${t("record.title")} text=${title} error=${titleError.value} placeholder=${t("record.untitled")} />
      </div>
      <button class="wide" disabled=${error !== "" || titleError.value !== "" || !canSend.value || sending.value > 0}>${t("record.do")}</button>
    </form></details>`;
});

/** The text of the recorded one in the form, as it is being changed. */
const draft = signal("");
effect(() => {
  draft.value = chosen.value?.toml ?? "";
});

/** What can be done with a recorded one besides running it. */
export const Recorded = view(() => {
  const scenario = chosen.value;
  if (!scenario || !isRecorded(scenario)) return null;
  const typed = (/** @type {Event} */ event) => (draft.value = /** @type {HTMLTextAreaElement} */ (event.target).value);
  const isSame = draft.value === scenario.toml;
  return html`<details class="record" key=${scenario.name}><summary>${t("record.edit")}</summary>
    <div class="field"><label for="record-toml">${t("record.text")}</label>
      <textarea id="record-toml" rows="12" spellcheck=${false} value=${draft.value} onInput=${typed}></textarea></div>
    <div class="actions">
      <button type="button" class="danger" disabled=${sending.value > 0} onClick=${() => remove(scenario)}>${t("record.delete")}</button>
      <button type="button" disabled=${isSame || sending.value > 0} onClick=${() => (draft.value = scenario.toml)}>${t("steer.discard")}</button>
      <button type="button" class="primary" disabled=${isSame || sending.value > 0} onClick=${() => write(scenario, draft.value)}>${t("record.write")}</button>
    </div></details>`;
});
