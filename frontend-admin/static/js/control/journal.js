// Journal: every change, newest first: when, who, what, before and after, how it stands, and what can be done about it.
import { html, view } from "../core/view.js";
import { clockTime, countdown } from "../core/format.js";
import { t } from "../core/i18n.js";
import { marketTime } from "../state/admin.js";
import { session } from "../state/market.js";
import { hasActed, isOpen, overrides } from "../state/overrides.js";
import { canSend } from "../state/presence.js";
import { lazy } from "../ui/later.js";
import { changed, describe } from "./tellings.js";
import { intervene, release, sending } from "./commands.js";
import { seeWithout } from "./whatif.js";

/** @typedef {import("../../../types/wire").Override} Override */

const SHOWN = 100;

const file = lazy(() => import("./export.js"));
const exportIt = async () => (await file.ask())?.exportJournal(`${session.value?.session ?? "session"}.jsonl`);

const Left = view((/** @type {{ends: number}} */ { ends }) =>
  html` <span class="figures">${countdown((ends - marketTime.value) / 1000)}</span>`);

const Row = view((/** @type {{entry: Override}} */ { entry }) => {
  const { id, body, state, ends } = entry;
  const values = changed(entry);
  const isCancel = body.kind === "cancel";
  const disabled = !canSend.value || sending.value > 0;
  const canRelease = !isCancel && isOpen(state);
  const again = () => intervene(body, t("journal.againReason", { id }));
  return html`<tr class=${state}>
    <td class="figures time">${clockTime(entry.time)}</td>
    <td class="who">${entry.actor}</td>
    <td class="what"><span class="override" aria-hidden="true">${isCancel ? "×" : "◆"}</span> ${describe(body)}${" "}
      <span class="muted figures">#${id}</span>${entry.reason && html`<span class="muted reason">${entry.reason}</span>`}</td>
    <td class="figures delta">${values ? html`${values.before} → <strong>${values.after}</strong> <span class="muted">${values.unit}</span>` : ""}</td>
    <td class="how"><span class=${`stand ${state}`}>${t(`stand.${state}`)}</span>${state === "active" && ends !== undefined && html`<${Left} ends=${ends} />`}</td>
    <td class="do">
      ${canRelease && html`<button type="button" class="quiet" disabled=${disabled} onClick=${() => release(id)} aria-label=${`${t("journal.release")} #${id}`}>${t("journal.release")}</button>`}
      ${!isCancel && html`<button type="button" class="quiet" disabled=${disabled} onClick=${again} aria-label=${`${t("journal.again")} #${id}`}>${t("journal.again")}</button>`}
      ${hasActed(entry) && html`<button type="button" class="quiet" disabled=${!canSend.value} onClick=${() => seeWithout(id)} aria-label=${`${t("journal.without")} #${id}`}>${t("journal.without")}</button>`}
    </td></tr>`;
});

export const Journal = view(() => {
  const entries = overrides.value.slice(-SHOWN).reverse();
  return html`<section class="card journal" aria-labelledby="journal-title">
    <header class="card-head"><h2 id="journal-title">${t("journal")}</h2><p class="muted">${t("journal.words")}</p>
      <button type="button" class="quiet" disabled=${sending.value > 0} onClick=${exportIt}>${t("journal.export")}</button></header>
    ${entries.length === 0 ? html`<p class="empty muted">${t("journal.empty")}</p>` : html`<div class="scroll" tabindex="0" role="group" aria-labelledby="journal-title">
      <table><thead><tr><th scope="col">${t("journal.time")}</th><th scope="col">${t("journal.who")}</th><th scope="col">${t("journal.what")}</th>
        <th scope="col" class="delta">${t("journal.change")}</th><th scope="col">${t("journal.state")}</th><th scope="col"><span class="hidden">${t("journal.actions")}</span></th></tr></thead>
      <tbody>${entries.map((entry) => html`<${Row} key=${entry.id} entry=${entry} />`)}</tbody></table></div>`}
  </section>`;
});
