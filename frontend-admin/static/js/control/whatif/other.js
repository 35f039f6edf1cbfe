// What if: what is different, what the price would be, and a form for what else to change.
import { html, signal, view } from "../../core/view.js";
import { clockTime, signedPercent } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { hasActed, overrides } from "../../state/overrides.js";
import { canSend } from "../../state/presence.js";
import { Choice, Field, parse } from "../../ui/field.js";
import { explain } from "../../ui/failures.js";
import { describe } from "../tellings.js";
import { DURATION, priced } from "../form.js";
import { formShown } from "../inject.js";
import { alter, branch, branchAgain, branching, clearBranch, edits, ends, isSnapshot, leaveOut, takeBack, unbranched } from "./fork.js";
import { ticksAgo, timeOf } from "./window.js";
import { Working } from "./working.js";

/** @typedef {import("./fork.js").Edit} Edit */

/** The most interventions to choose from, the newest. */
const MOST_LISTED = 100;

/** @param {Edit} edit */
function told(edit) {
  if (edit.edit === "remove") return t("fork.without", { id: edit.id });
  if (edit.edit === "change") return t("fork.changed", { id: edit.id, what: describe(edit.body) });
  return t("fork.added", { what: describe(edit.body), time: clockTime(timeOf(edit.tick)) });
}

/** Several changes stand in a list of their own. @param {{would: number, did: number}} ends */
export const branchWords = ({ would, did }) =>
  t("fork.words", { change: edits.value.length > 1 ? t("fork.these") : edits.value.map(told).join(""), price: priced(would), was: priced(did), move: signedPercent(would / did - 1) });

const Result = view(() => {
  if (unbranched.value) return html`<p class="error" role="alert">${explain(unbranched.value)}</p>`;
  if (branching.value) return html`<${Working} progress=${branching.value} onStop=${clearBranch} />`;
  const [shown, both] = [branch.value, ends.value];
  if (!shown || !both) return null;
  return html`<p class="would"><span class="key-branch" aria-hidden="true"></span><span>${branchWords(both)}
    ${isSnapshot.value && html` <span class="muted figures">${t("fork.until", { time: clockTime(timeOf(shown.until)) })}</span>
      <button type="button" class="quiet" onClick=${branchAgain}>${t("fork.again")}</button>`}</span></p>`;
});

const Edits = view(() => html`<ul class="edits">${edits.value.map((one) => html`<li>${told(one)}
  <button type="button" class="quiet close" onClick=${() => takeBack(one)} aria-label=${`${t("fork.takeBack")}: ${told(one)}`}><span aria-hidden="true">✕</span></button></li>`)}</ul>`);

const how = signal("remove");
const which = signal("");
const secondsAgo = signal("60");
const AGO = { ...DURATION, most: 1e9 };

const Form = view(() => {
  const listed = overrides.value.filter((one) => hasActed(one)).slice(-MOST_LISTED).reverse();
  const chosen = listed.find((one) => String(one.id) === which.value) ?? listed[0];
  const kind = listed.length === 0 ? "add" : how.value;
  const body = formShown.value.body.value;
  const ago = parse(secondsAgo.value, AGO);
  const canBe = kind === "remove" ? chosen : body && (kind === "add" ? !ago.error : chosen);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!canBe || !canSend.value) return;
    if (kind === "remove" && chosen) leaveOut(chosen.id);
    else if (kind === "change" && chosen && body) alter({ edit: "change", id: chosen.id, body });
    else if (body) alter({ edit: "add", tick: Math.max(1, ticksAgo((ago.value ?? 0) * 1000)), body });
  };
  const pick = (/** @type {Event} */ event) => (which.value = /** @type {HTMLSelectElement} */ (event.target).value);
  return html`<form class="other" novalidate onSubmit=${submit}>
    <${Choice} id="other-how" label=${t("fork.how")} text=${how} choices=${listed.length === 0 ? { add: "fork.how.add" }
      : { remove: "fork.how.remove", change: "fork.how.change", add: "fork.how.add" }} />
    ${kind === "add" ? html`<${Field} id="other-ago" label=${t("fork.ago")} unit=${t("unit.s")} text=${secondsAgo} error=${ago.error} />`
      : html`<div class="field"><label for="other-which">${t("fork.which")}</label><select id="other-which" value=${String(chosen?.id)} onChange=${pick}>
        ${listed.map((one) => html`<option value=${String(one.id)} selected=${one === chosen}>#${one.id} ${describe(one.body)}</option>`)}</select></div>`}
    <button disabled=${!canBe || !canSend.value}>${t("fork.see")}</button>
    ${kind !== "remove" && html`<p class="muted">${body ? t("fork.asInject", { what: describe(body) }) : t("fork.noInject")}</p>`}
  </form>`;
});

export const Other = view(() => html`<div class="what-if"><${Result} />
  ${edits.value.length > 0 && html`<${Edits} />`}<${Form} />
  ${edits.value.length > 0 && html`<div class="actions"><button type="button" onClick=${clearBranch}>${t("whatif.clear")}</button></div>`}</div>`);
