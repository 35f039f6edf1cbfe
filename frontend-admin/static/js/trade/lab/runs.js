// Strategies at work: what each has gained, what it did last and why, and the button that stops it.
import { clockTime, number } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { html, view } from "../../core/view.js";
import { canTrade, runs, takeRun } from "../../state/desk.js";
import { demand } from "../../wire/desk.js";
import { tellBad, tellGood } from "../../ui/notice.js";
import { refusal } from "../acts.js";
import { because, Gain, money } from "../money.js";
import { acted, reasoned, setting, title } from "./words.js";

/** @typedef {import("../../state/desk.js").Run} Run */

/** @param {Run} [run] all, if absent */
export async function stopRun(run) {
  /** @type {import("../../wire/api.js").Answer<any>} */
  const answer = await demand("DELETE", run ? `strategies/${run.id}` : "strategies");
  if (!answer.ok) return tellBad(refusal(answer.failure));
  for (const one of [answer.value].flat()) takeRun(one);
  tellGood(run ? t("lab.stopping", { what: title(run.strategy), run: run.id }) : t("lab.stoppingAll"));
}

const Last = view((/** @type {{run: Run}} */ { run }) => {
  const [last] = run.decisions;
  if (!last) return html`<p class="last muted">${t("lab.noDecision")}</p>`;
  const refused = last.refused && ` (${t("lab.refused", { why: because(last.refused) })})`;
  return html`<p class="last muted"><span class="figures">${clockTime(last.time)}</span> ${reasoned(last.why)}${refused}</p>`;
});

const Decisions = view((/** @type {{run: Run}} */ { run }) => html`<details><summary>${t("lab.details")}</summary>
  <p class="muted">${t("lab.set", { values: setting(run.values) })}</p>
  <p class="muted figures">${t("lab.worth", { equity: money(run.account.equity), fees: money(run.account.fees) })}</p>
  <div class="decisions" tabindex="0" role="region" aria-label=${t("lab.decisions", { what: title(run.strategy), run: run.id })}>
    <ul>${run.decisions.map((one) => html`<li key=${`${one.tick} ${one.what}`}>
      <span class="muted figures">${clockTime(one.time)}</span> <b>${acted(one.what)}</b> ${reasoned(one.why)}</li>`)}</ul></div></details>`);

/** Why it ends. @param {Run} run */
const ended = ({ state, reason }) => (reason && state !== "running" ? `: ${t(/** @type {any} */ (`run.because.${reason}`)) ?? reason}` : "");

/** @param {{of: Run[]}} props */
const drawList = ({ of }) => html`<ul class="runs">${of.map((run) => html`<li key=${run.id} class=${`run ${run.state}`} data-run=${run.id}>
  <div class="run-head"><b>${title(run.strategy)}</b> <span class="muted">#${run.id}</span>
    <span class="muted state-word">${t(`run.${run.state}`)}${ended(run)}</span></div>
  <div class="run-figures figures"><${Gain} value=${run.profit} share=${Number(run.profit) / Number(run.account.terms.initial)} />
    <span class="muted">${t("lab.trades", { count: number(run.fills) })}${run.loss_limit && ` · ${t("lab.limitShort", { limit: money(run.loss_limit) })}`}</span>
    ${run.state === "running" && html`<button type="button" class="small" disabled=${!canTrade.value}
      aria-label=${t("lab.stopThis", { what: title(run.strategy), run: run.id })} onClick=${() => stopRun(run)}>${t("lab.stop")}</button>`}</div>
  <${Last} run=${run} /><${Decisions} run=${run} /></li>`)}</ul>`;
const List = view(drawList);

/** Those at work and the last that stopped; the others are folded away. */
export const Runs = view(() => {
  const [working, stopped] = [runs.value.filter(({ state }) => state !== "stopped"), runs.value.filter(({ state }) => state === "stopped")];
  const earlier = stopped.slice(1);
  return html`<${List} of=${[...working, ...stopped.slice(0, 1)]} />
    ${earlier.length > 0 && html`<details class="earlier"><summary>${t("lab.earlier", { count: earlier.length })}</summary><${List} of=${earlier} /></details>`}`;
});
