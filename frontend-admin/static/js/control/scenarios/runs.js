// Runs: what of a scenario is still to come or acts, known by the reason that its interventions carry; and the way to end it.
import { t, translated } from "../../core/i18n.js";
import { computed, html, view } from "../../core/view.js";
import { clockTime } from "../../core/format.js";
import { instrumentPath } from "../../state/admin.js";
import { isOpen, overrides } from "../../state/overrides.js";
import { canSend } from "../../state/presence.js";
import { tellGood } from "../../ui/notice.js";
import { change } from "../../wire/api.js";
import { sending, told } from "../commands.js";
import { scenarios } from "./list.js";

const REASON = /^run (\d+): (.+)$/;

/** Each run that isn't over: how many of its interventions wait, and how many act. */
export const runs = computed(() => {
  /** @type {Map<number, {run: number, name: string, time: number, acting: number, waiting: number}>} */
  const all = new Map();
  for (const { reason, body, state, time } of overrides.value) {
    const [, number, name] = REASON.exec(reason) ?? [];
    if (name === undefined || body.kind === "cancel" || !isOpen(state)) continue;
    const run = all.get(Number(number)) ?? { run: Number(number), name, time, acting: 0, waiting: 0 };
    if (state === "scheduled") run.waiting += 1;
    else run.acting += 1;
    all.set(run.run, run);
  }
  return [...all.values()];
});

/** @param {string} name */
export const titleOf = (name) => translated(scenarios.value.find((one) => one.name === name)?.title ?? name);

/** @param {number} run @param {string} name */
async function stopRun(run, name) {
  const ended = await told(() => change("DELETE", `${instrumentPath()}/runs/${run}`));
  if (ended) tellGood(t("runs.stopped", { run, title: titleOf(name) }));
}

/** @param {{scenario: string, parameters: Record<string, number>}} wanted */
export async function startRun(wanted) {
  /** @type {import("../../../../types/wire").Run | undefined} */
  const begun = await told(() => change("POST", `${instrumentPath()}/runs`, wanted));
  if (!begun) return false;
  const { run, scenario, interventions } = begun;
  // What the stream hasn't told of is about to act.
  const isPossible = () => runs.value.some((one) => one.run === run) || !overrides.value.some((one) => one.id === run);
  tellGood(t("runs.begun", { run, title: titleOf(scenario), count: interventions.length }),
    { label: t("command.undo"), run: () => void stopRun(run, scenario), isPossible });
  return true;
}

export const Runs = view(() => runs.value.length === 0 ? null : html`<div class="runs"><h3 id="runs-title">${t("runs")}</h3>
  <ul aria-labelledby="runs-title">${runs.value.map(({ run, name, time, acting, waiting }) => html`<li key=${run}>
    <span><strong>${titleOf(name)}</strong> <span class="muted figures">${t("runs.words", { run, time: clockTime(time), acting, waiting })}</span></span>
    <button type="button" class="small" disabled=${!canSend.value || sending.value > 0} onClick=${() => stopRun(run, name)}
      aria-label=${t("runs.stopThis", { run })}>${t("runs.stop")}</button></li>`)}</ul></div>`);
