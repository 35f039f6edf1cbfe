// A back-test: of the strategy as it is set, on what this market has done or on many paths of its law.
import { number, percent, roughPercent } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { computed, html, signal, view } from "../../core/view.js";
import { hello } from "../../state/desk.js";
import { session } from "../../state/market.js";
import { Dialog } from "../../ui/dialog.js";
import { Field, parse } from "../../ui/field.js";
import { demand, read } from "../../wire/desk.js";
import { chosenStrategy, refusedAsSet, values } from "./form.js";
import { Results } from "./results.js";
import { setting, title } from "./words.js";

/** @typedef {import("../../../../types/trading").Backtest} Backtest */
/** @typedef {import("../../wire/api.js").Answer<Backtest>} Answered */

const LOOK_MS = 300;
const MOST_TICKS_OF_ALL = 1e8;

const isShown = signal(false);
const source = signal(/** @type {"session" | "seeds"} */ ("seeds"));
const count = signal("1000");
const ticks = signal("36000");
const volatility = signal("");
const drift = signal("");
const job = signal(/** @type {Backtest | null} */ (null));
const testFailure = signal("");

/** The volatility that paths have if none is given, as the market has shown it so far. */
const seen = signal(/** @type {number | undefined} */ (undefined));

export async function openBacktest() {
  isShown.value = true;
  // What was told when the connection began is of a market that was younger.
  /** @type {import("../../wire/api.js").Answer<import("../../state/desk.js").Hello>} */
  const answer = await read("venue");
  if (answer.ok) seen.value = answer.value.volatility;
}

const whole = (/** @type {import("../../ui/field.js").Text} */ text, /** @type {number} */ least, /** @type {number} */ most) => {
  const parsed = parse(text.value, { least, most });
  return parsed.error || Number.isInteger(parsed.value) ? parsed : { ...parsed, error: t("field.whole") };
};
const parsed = computed(() => {
  const seeds = source.value === "seeds";
  const [paths, length] = [whole(count, 1, 1000), whole(ticks, 100, 1e6)];
  const isTooLong = seeds && !paths.error && !length.error && Number(paths.value) * Number(length.value) > MOST_TICKS_OF_ALL;
  return {
    count: paths, ticks: isTooLong ? { ...length, error: t("test.tooLong", { most: number(MOST_TICKS_OF_ALL) }) } : length,
    volatility: parse(volatility.value, { least: 0, most: 1000, open: true, optional: true }),
    drift: parse(drift.value, { least: -1000, most: 1000, optional: true }),
  };
});
const wanted = computed(() => {
  const { count: paths, ticks: length, volatility: sigma, drift: mu } = parsed.value;
  const isGood = !length.error && (source.value === "session" || !(paths.error || sigma.error || mu.error));
  if (!isGood || !hello.value || !values.value) return undefined;
  const share = (/** @type {string} */ name, /** @type {number | undefined} */ value) => (value === undefined ? {} : { [name]: value / 100 });
  return {
    instrument: hello.value.instrument, strategy: chosenStrategy.value.name, values: values.value, on: source.value, ticks: length.value,
    ...(source.value === "seeds" ? { first: 1, count: paths.value, ...share("volatility", sigma.value), ...share("drift", mu.value) } : {}),
  };
});
const isWorking = computed(() => job.value?.state === "waiting" || job.value?.state === "running");

async function begin() {
  if (!wanted.value || isWorking.value) return;
  testFailure.value = "";
  show(await demand("POST", "backtests", wanted.value));
}

/** @param {Answered} answer */
function show(answer) {
  if (!answer.ok) {
    testFailure.value = refusedAsSet(answer.failure);
    // What can't be reached may be reached later; what isn't there never is.
    if (answer.failure.kind === "unreachable" && isWorking.value) setTimeout(lookAgain, LOOK_MS);
    else job.value = null;
    return;
  }
  testFailure.value = answer.value.error ?? "";
  job.value = answer.value;
  if (isWorking.value) setTimeout(lookAgain, LOOK_MS);
}

async function lookAgain() {
  const { id } = job.value ?? {};
  if (id === undefined) return;
  /** @type {Answered} */
  const answer = await read(`backtests/${id}`);
  // It may have been stopped meanwhile.
  if (job.value?.id === id) show(answer);
}

async function stopTest() {
  const id = job.value?.id;
  job.value = null;
  if (id !== undefined) await demand("DELETE", `backtests/${id}`);
}

const Source = view(() => html`<fieldset class="segments"><legend class="hidden">${t("test.on")}</legend>
  ${/** @type {const} */ (["seeds", "session"]).map((one) => html`<label class=${source.value === one ? "on" : ""}>
    <input type="radio" name="source" value=${one} checked=${source.value === one} onChange=${() => (source.value = one)} />${t(`test.${one}`)}</label>`)}</fieldset>`);

/** How long so many ticks are, in words. */
const Span = view(() => {
  const seconds = (Number(ticks.value) * (session.value?.tick_interval_ms ?? 1000)) / 1000;
  const span = seconds < 5400 ? t("test.minutes", { count: number(seconds / 60) }) : t("test.hours", { count: number(seconds / 3600, seconds < 36_000 ? 1 : 0) });
  return html`<p class="muted">${t(source.value === "seeds" ? "test.seedsWords" : "test.sessionWords", { span })}</p>`;
});

const Progress = view(() => isWorking.value && html`<div class="progress">
  <progress value=${job.value?.progress ?? 0} max="1" aria-label=${t("test.progress")}></progress>
  <span class="figures">${job.value?.state === "waiting" ? t("test.waiting") : percent(job.value?.progress, 0)}</span>
  <button type="button" class="small" onClick=${stopTest}>${t("test.stop")}</button></div>`);

export const BacktestDialog = view(() => {
  const submitted = (/** @type {Event} */ event) => {
    event.preventDefault();
    void begin();
  };
  const { count: paths, ticks: length, volatility: sigma, drift: mu } = parsed.value;
  const result = job.value?.result;
  return html`<${Dialog} open=${isShown} id="backtest" heading=${t("test")}>${isShown.value && html`<div class="backtest">
    <p><b>${title(chosenStrategy.value?.name ?? "")}</b> <span class="muted">${setting(values.value ?? {})}</span></p>
    <form onSubmit=${submitted} novalidate><${Source} />
      <div class="fields-row">${source.value === "seeds" && html`<${Field} id="test-count" label=${t("test.count")} text=${count} error=${paths.error} />`}
        <${Field} id="test-ticks" label=${t("test.ticks")} text=${ticks} error=${length.error} />
        ${source.value === "seeds" && html`<${Field} id="test-volatility" label=${t("test.volatility")} unit="%" text=${volatility}
            error=${sigma.error} placeholder=${seen.value === undefined ? t("test.asSeen") : t("test.asSeenNow", { volatility: roughPercent(seen.value) })} />
          <${Field} id="test-drift" label=${t("test.drift")} unit="%" text=${drift} error=${mu.error} placeholder="0" />`}</div>
      <${Span} /><button class="primary" disabled=${!wanted.value || isWorking.value}>${t("test.run")}</button></form>
    <${Progress} /><p class="error" role="alert">${testFailure.value}</p>
    <div role="status" class="hidden">${result && t("test.done")}</div>
    ${result && html`<${Results} result=${result} />`}</div>`}<//>`;
});
