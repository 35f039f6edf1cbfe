// The dialog that ends this session and replays a journal in the next one.
import { clockTime, dateTime, number, trimmed } from "../core/format.js";
import { t } from "../core/i18n.js";
import { computed, html, signal, view } from "../core/view.js";
import { market, refreshInForce, refreshStatus } from "../state/admin.js";
import { clock, quote, session } from "../state/market.js";
import { canSend } from "../state/presence.js";
import { Dialog } from "../ui/dialog.js";
import { Field, parse } from "../ui/field.js";
import { tellGood } from "../ui/notice.js";
import { digits } from "../ui/price.js";
import { explain } from "../ui/failures.js";
import { answered, newKey, send } from "../wire/api.js";
import { sending } from "./commands.js";
import { readJournal } from "./replay/file.js";

/** A journal may be long, and so may its way. */
const PATIENCE_MS = 120_000;

const replayOpen = signal(false);
const speedText = signal("");
/** The file, what it says of itself (nothing if it is no journal), and the request's name: pressed twice, it is done once. */
const considered = signal(/** @type {{file: File, said: import("./replay/file.js").Said | undefined, key: string} | null} */ (null));
/** Why it wasn't done. */
const refused = signal("");
const speed = computed(() => parse(speedText.value, { least: 0.1, most: 1000, optional: true }));

/** Opens the dialog about a file. @param {File} file */
export async function consider(file) {
  considered.value = { file, said: await readJournal(file), key: newKey() };
  speedText.value = refused.value = "";
  replayOpen.value = true;
}

async function begin() {
  if (!considered.value?.said || speed.value.error || sending.value > 0) return;
  const { file, key } = considered.value;
  const query = speed.value.value === undefined ? "" : `?speed=${speed.value.value}`;
  const init = { method: "POST", headers: { "content-type": "application/jsonl", "idempotency-key": key }, body: file };
  sending.value += 1;
  refused.value = "";
  /** @type {import("../wire/api.js").Answer<import("../../../types/wire").SessionDetail>} */
  const answer = await answered(() => send(`${market}/sessions/replay${query}`, init, PATIENCE_MS), (response) => response.json());
  sending.value -= 1;
  if (!answer.ok) {
    refused.value = explain(answer.failure);
    return;
  }
  replayOpen.value = false;
  tellGood(t("replay.begun", { id: answer.value.session, file: file.name }));
  void refreshInForce();
  void refreshStatus();
}

/** What will be, in words. */
const Effects = view(() => {
  const { file, said } = /** @type {NonNullable<typeof considered.value>} */ (considered.value);
  if (!said) return html`<p class="error" role="alert">${t("replay.noJournal", { file: file.name })}</p>`;
  const values = {
    id: session.value?.session ?? "–", tick: number(quote.value.tick), file: file.name, model: said.model, spot: number(said.spot, digits.value),
    interval: trimmed(said.interval / 1000), start: dateTime(said.start), count: said.commands, last: number(said.last), end: clockTime(said.start + said.last * said.interval),
    speed: trimmed(speed.value.value ?? clock.value.speed),
  };
  return html`<ul class="effect"><li>${t("new.ends", values)}</li><li>${t("new.clears")}</li><li>${t("replay.begins", values)}</li>
    <li>${t("replay.goesOn", values)}</li></ul>`;
});

const Form = view(() => {
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void begin();
  };
  const canBegin = considered.value?.said && !speed.value.error && canSend.value && sending.value === 0;
  return html`<form onSubmit=${submit} novalidate>
    <${Effects} />
    <${Field} id="replay-speed" label=${t("session.speed")} unit="×" text=${speedText} error=${speed.value.error} placeholder=${t("new.asNow")} />
    ${refused.value && html`<p class="error" role="alert">${refused.value}</p>`}
    <div class="actions"><button type="button" onClick=${() => (replayOpen.value = false)}>${t("new.keep")}</button>
      <button class="danger solid" disabled=${!canBegin}>${t("replay.do")}</button></div>
  </form>`;
});

export const ReplayDialog = view(() => html`<${Dialog} open=${replayOpen} id="replay" heading=${t("replay.choose")}>
  ${replayOpen.value && html`<${Form} />`}
<//>`);
