// The chart's card: timeframes, legend, candles, and the same in words for those who can't see them.
import { Component } from "../../vendor/preact.mjs";
import { clockTime, dateTime, decimals, number } from "../core/format.js";
import { audience, locale, t } from "../core/i18n.js";
import { theme } from "../core/settings.js";
import { computed, effect, html, signal, untracked, view } from "../core/view.js";
import { INTERVALS, milliseconds } from "../state/series.js";
import {
  bars,
  barsVersion,
  chooseInstrument,
  instrument,
  interval,
  range,
  session,
  sessionBreak,
  showInterval,
  windowStart,
} from "../state/market.js";
import { priceChart } from "./adapter.js";

/** @typedef {import("./adapter.js").Mark} Mark */
/** @typedef {ReturnType<typeof priceChart>} Chart */

/**
 * What a page tells on the chart beyond the price.
 * @typedef {object} Story
 * @property {() => Mark[]} marks
 * @property {(chart: Chart) => {bars: (changed: ReturnType<typeof bars.take>) => void, effects: (() => void)[]}} follow draws the rest, after each change of the bars and of what its effects read
 * @property {any} Legend
 */

/** The library's chart while the card is there, for what is drawn on it later. */
export const shownChart = signal(/** @type {ReturnType<typeof priceChart>["plot"] | null} */ (null));
const pointed = signal(/** @type {number | undefined} */ (undefined));

/** @type {Record<string, Parameters<ReturnType<typeof priceChart>["move"]>[0]>} */
const KEYS = { ArrowLeft: "left", ArrowRight: "right", "+": "in", "=": "in", "-": "out", End: "live" };

/** Draws what the signals say, as long as the card is there. @param {HTMLElement} element @param {Story} [story] */
function follow(element, story) {
  const chart = priceChart(element);
  chart.onPoint((time) => (pointed.value = time));
  const told = story?.follow(chart);

  const effects = [
    () => {
      chart.setDecimals(decimals(instrument.value?.tick_size ?? 0.01));
    },
    () => {
      [theme.value, locale.value];
      chart.restyle();
    },
    () => {
      barsVersion.value;
      theme.value;
      const changed = bars.take();
      chart.setBars(changed, milliseconds(interval.value), session.value?.tick_interval_ms ?? 0);
      told?.bars(changed);
    },
    () => {
      theme.value;
      [interval.value, windowStart.value];
      if (story) chart.setMarks(story.marks());
    },
    () => {
      const began = sessionBreak.value;
      const first = windowStart.value;
      const length = milliseconds(interval.value);
      const time = began && Math.max(first ?? 0, began.time - (began.time % length));
      chart.setDivider(began && time !== null ? { time, label: t("chart.newSession", { id: began.id }) } : null);
    },
    ...(told?.effects ?? []),
  ].map((work) => effect(work));
  shownChart.value = chart.plot;
  return {
    move: chart.move,
    stop() {
      shownChart.value = null;
      for (const end of effects) end();
      chart.remove();
    },
  };
}

/** @extends {Component<{story?: Story}>} */
class Canvas extends Component {
  /** @type {ReturnType<typeof follow> | undefined} */
  chart;
  /** @type {HTMLElement | null} */
  element = null;

  componentDidMount() {
    if (this.element) this.chart = follow(this.element, this.props.story);
  }

  shouldComponentUpdate() {
    return false;
  }

  componentWillUnmount() {
    this.chart?.stop();
  }

  /** @param {KeyboardEvent} event */
  onKey = (event) => {
    const how = KEYS[event.key];
    if (!how || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.chart?.move(how);
  };

  render() {
    return html`<div class="chart" tabindex="0" role="group" aria-labelledby="chart-title" aria-describedby="chart-words chart-keys"
      onKeyDown=${this.onKey} ref=${(/** @type {HTMLElement | null} */ element) => (this.element = element)}></div>`;
  }
}

const newestBar = computed(() => (barsVersion.value, bars.list.at(-1)?.open_time));

/** What the chart shows, as sentences; told anew with each bar, not with each tick. */
const Words = view((/** @type {{story?: Story}} */ { story }) => {
  newestBar.value;
  const { open, high, low, from } = untracked(() => range.value) ?? {};
  const digits = decimals(instrument.value?.tick_size ?? 0.01);
  const last = bars.list.at(-1);
  if (open === undefined || from === undefined || !last) return html`<p id="chart-words" class="hidden">${t("chart.empty")}</p>`;
  const values = {
    interval: interval.value, count: bars.list.length, from: dateTime(from), to: clockTime(last.open_time),
    open: number(open, digits), close: number(last.close, digits), high: number(high, digits), low: number(low, digits),
  };
  const began = sessionBreak.value;
  const marked = (story?.marks() ?? []).map((mark) => mark.text).join(", ");
  return html`<p id="chart-words" class="hidden">${t("chart.words", values)}
    ${began && ` ${t("chart.newSession", { id: began.id })}.`}
    ${marked && ` ${t("chart.marked", { marked })}`}</p>`;
});

/** Open, high, low and close of the bar under the pointer, else of the newest. */
const Legend = view(() => {
  barsVersion.value;
  const digits = decimals(instrument.value?.tick_size ?? 0.01);
  const time = pointed.value;
  const bar = (time !== undefined && bars.list.find((one) => one.open_time === time)) || bars.list.at(-1);
  const cells = bar ? [["O", bar.open], ["H", bar.high], ["L", bar.low], ["C", bar.close]] : [];
  const tone = bar && bar.close < bar.open ? "down" : "up";
  return html`<p class="ohlc figures" aria-hidden="true">
    ${bar && html`<span class="muted">${clockTime(bar.open_time)}</span>`}
    ${cells.map(([name, value]) => html`<span><span class="muted">${name}</span> <span class=${tone}>${number(Number(value), digits)}</span></span>`)}
  </p>`;
});

/** Which instrument it is, or in the Control room which of several, and what moves it. */
const ChartTitle = view(() => {
  const { id, preset, model } = instrument.value ?? {};
  const all = (audience === "control" && session.value?.instruments) || [];
  return html`<h2 id="chart-title" class=${all.length > 1 && "hidden"}>${id ?? "–"}</h2>
    ${all.length > 1 && html`<select aria-labelledby="chart-title" value=${id} onChange=${chooseInstrument}>
      ${all.map((one) => html`<option selected=${one.id === id}>${one.id}</option>`)}</select>`}
    ${model && html`<span class="badge" id="running" title=${model}>${preset ?? model}</span>`}`;
});

export const ChartPanel = view((/** @type {{story?: Story}} */ { story }) => html`
  <section class="card chart-card" aria-labelledby="chart-title">
    <header class="chart-head">
      <${ChartTitle} />
      <div class="timeframes" role="group" aria-label=${t("chart.timeframes")}>
        ${INTERVALS.map((one) => html`<button type="button" class="tab" aria-pressed=${one === interval.value}
          onClick=${() => showInterval(one)}>${one}</button>`)}
      </div>
    </header>
    <div class="chart-frame"><${Legend} /><${Canvas} story=${story} /></div>
    <footer class="chart-foot">
      ${story && html`<${story.Legend} />`}
      <span class="muted">${t("chart.utc")}</span>
    </footer>
    <${Words} story=${story} />
    <p id="chart-keys" class="hidden">${t("chart.keys")}</p>
  </section>`);
