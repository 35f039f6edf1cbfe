// Auto-trading: what runs, and what could: start it, or test it first.
import { t } from "../../core/i18n.js";
import { computed, html, signal, view } from "../../core/view.js";
import { account, canTrade, hello, runs, takeRun } from "../../state/desk.js";
import { instrument } from "../../state/market.js";
import { demand } from "../../wire/desk.js";
import { Field, parse } from "../../ui/field.js";
import { tellBad, tellGood } from "../../ui/notice.js";
import { BacktestDialog, openBacktest } from "./backtest.js";
import { chosenStrategy, fetchStrategies, Form, refusedAsSet, values } from "./form.js";
import { Runs, stopRun } from "./runs.js";
import { title } from "./words.js";

const lossLimit = signal("500");
const parsedLimit = computed(() => parse(lossLimit.value, { least: 0, most: 1e9, open: true, optional: true }));
const isStarting = signal(false);
const canStart = computed(() => canTrade.value && !isStarting.value && values.value !== undefined && !parsedLimit.value.error);

async function start() {
  if (!canStart.value || !hello.value) return;
  isStarting.value = true;
  const limit = lossLimit.value.trim();
  const wanted = { instrument: hello.value.instrument, strategy: chosenStrategy.value.name, values: values.value, ...(limit ? { loss_limit: limit } : {}) };
  /** @type {import("../../wire/api.js").Answer<import("../../state/desk.js").Run>} */
  const answer = await demand("POST", "strategies", wanted);
  isStarting.value = false;
  if (!answer.ok) return tellBad(refusedAsSet(answer.failure));
  takeRun(answer.value);
  tellGood(t("lab.started", { what: title(answer.value.strategy), run: answer.value.id }));
}

void fetchStrategies();
/** Whoever has strategies already looks after them first. */
const isOpened = runs.peek().length === 0;

export const Lab = view(() => {
  const working = runs.value.filter(({ state }) => state === "running").length;
  const submitted = (/** @type {Event} */ event) => {
    event.preventDefault();
    void start();
  };
  return html`<header class="card-head"><h2 id="auto-title">${t("auto")}</h2>
      <button type="button" class="danger small" disabled=${working === 0 || !canTrade.value} onClick=${() => stopRun()}>${t("lab.stopAll")}</button></header>
    ${runs.value.length > 0 ? html`<${Runs} />` : html`<p class="muted">${t("auto.words")}</p>`}
    <details class="another" open=${isOpened}><summary>${t("lab.new")}</summary>
    <form class="new-run" onSubmit=${submitted} novalidate aria-label=${t("lab.new")}>
      <${Form} />
      <${Field} id="loss-limit" label=${t("lab.lossLimit")} unit=${instrument.value?.quote} text=${lossLimit} error=${parsedLimit.value.error}
        placeholder=${t("lab.noLimit")} />
      <div class="two"><button class="primary" disabled=${!canStart.value}>${t("lab.start")}</button>
        <button type="button" disabled=${values.value === undefined || !account.value} onClick=${openBacktest}>${t("lab.backtest")}</button></div>
    </form></details><${BacktestDialog} />`;
});
