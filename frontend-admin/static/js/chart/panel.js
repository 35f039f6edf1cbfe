// The chart's card: timeframes, legend, candles, and the same in words for those who can't see them.
import { Component } from "../../vendor/preact.mjs";
import { clockTime, dateTime, decimals, number } from "../core/format.js";
import { locale, t } from "../core/i18n.js";
import { load, save, settings, theme } from "../core/settings.js";
import { computed, effect, html, signal, untracked, view } from "../core/view.js";
import { INTERVALS, milliseconds } from "../state/series.js";
import {
  bars,
  barsVersion,
  instrument,
  interval,
  range,
  session,
  sessionBreak,
  showInterval,
  windowStart,
} from "../state/market.js";
import { hasActed, overrides } from "../state/overrides.js";
import { allReference, freshReference, referenceHistory } from "../state/reference.js";
import { shortName } from "../ui/words.js";
import { isAdmin } from "../wire/auth.js";
import { priceChart } from "./adapter.js";

/** Markers with words; older ones are a ◆ only. */
const NAMED = 5;

/** A price that an unsent form would lead to. */
export const ghost = signal(/** @type {{price: number, label: string} | null} */ (null));
/** The library's chart while the card is there, for what is drawn on it later. */
export const shownChart = signal(/** @type {ReturnType<typeof priceChart>["plot"] | null} */ (null));
const showsReference = signal(load(settings, "reference") !== "off");
const pointed = signal(/** @type {number | undefined} */ (undefined));

/** @type {Record<string, Parameters<ReturnType<typeof priceChart>["move"]>[0]>} */
const KEYS = { ArrowLeft: "left", ArrowRight: "right", "+": "in", "=": "in", "-": "out", End: "live" };

/** When the first intervention acted that is still known; price and reference are the same until then. */
const firstActed = computed(() => overrides.value.find(hasActed)?.time ?? Infinity);

function marks() {
  const length = milliseconds(interval.value);
  const first = bars.list[0]?.open_time ?? Infinity;
  const acted = overrides.value.filter(hasActed);
  return acted
    .map((one, place) => ({
      time: one.time - (one.time % length),
      text: acted.length - place <= NAMED ? `◆ ${shortName(one.body)}` : "◆",
    }))
    .filter((mark) => mark.time >= first);
}

/** Draws what the signals say, as long as the card is there. @param {HTMLElement} element @param {boolean} hasReference */
function follow(element, hasReference) {
  const chart = priceChart(element);
  chart.onPoint((time) => (pointed.value = time));
  /** Reference prices by the bar's start. @type {Map<number, number>} */
  let points = new Map();
  let isWhole = false;
  let hasParted = false;
  const wanted = () => hasReference && isAdmin.value && showsReference.value;

  /** The line begins where price and reference part: before, it would only hide the candles. */
  function drawReference() {
    points = new Map(allReference());
    const acted = firstActed.value - milliseconds(interval.value);
    const parts = bars.list.findIndex(({ open_time: time, close, closed }) =>
      time >= acted || (closed && (points.get(time) ?? close) !== close));
    hasParted = parts >= 0;
    const start = bars.list[Math.max(0, parts - 1)]?.open_time ?? Infinity;
    chart.setReference(hasParted ? [...points].filter(([time]) => time >= start) : []);
    isWhole = true;
  }

  const effects = [
    () => {
      chart.setDecimals(decimals(instrument.value?.tick_size ?? 0.01));
    },
    () => {
      [theme.value, locale.value];
      chart.restyle();
    },
    () => {
      referenceHistory.value;
      isWhole = false;
    },
    () => {
      barsVersion.value;
      [theme.value, referenceHistory.value, firstActed.value];
      const changed = bars.take();
      chart.setBars(changed, milliseconds(interval.value), session.value?.tick_interval_ms ?? 0);
      if (!wanted()) return;
      const fresh = isWhole && hasParted && !changed.all ? freshReference() : [];
      for (const [time, price] of fresh) points.set(time, price);
      if (fresh.length === 0 || !chart.extendReference(fresh)) drawReference();
      chart.setGap(bars.list, points);
    },
    () => {
      const visible = wanted();
      chart.showReference(visible);
      isWhole = false;
      if (!visible) chart.setGap([], new Map());
    },
    () => {
      theme.value;
      [interval.value, windowStart.value];
      chart.setMarks(marks());
    },
    () => {
      theme.value;
      chart.setGhost(ghost.value);
    },
    () => {
      const began = sessionBreak.value;
      const first = windowStart.value;
      const length = milliseconds(interval.value);
      const time = began && Math.max(first ?? 0, began.time - (began.time % length));
      chart.setDivider(began && time !== null ? { time, label: t("chart.newSession", { id: began.id }) } : null);
    },
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

/** @extends {Component<{hasReference: boolean}>} */
class Canvas extends Component {
  /** @type {ReturnType<typeof follow> | undefined} */
  chart;
  /** @type {HTMLElement | null} */
  element = null;

  componentDidMount() {
    if (this.element) this.chart = follow(this.element, this.props.hasReference);
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
const Words = view(() => {
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
  const marked = marks().map((mark) => mark.text).join(", ");
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

const ReferenceSwitch = view(() => {
  const flip = () => {
    showsReference.value = !showsReference.value;
    save(settings, "reference", showsReference.value ? null : "off");
  };
  return html`<label class="switch"><input type="checkbox" checked=${showsReference.value} onChange=${flip} />
    <span class="key-reference" aria-hidden="true"></span>${t("chart.reference")}</label>`;
});

export const ChartPanel = view((/** @type {{hasReference?: boolean}} */ { hasReference = false }) => html`
  <section class="card chart-card" aria-labelledby="chart-title">
    <header class="chart-head">
      <h2 id="chart-title">${instrument.value?.id ?? "–"}</h2>
      <div class="timeframes" role="group" aria-label=${t("chart.timeframes")}>
        ${INTERVALS.map((one) => html`<button type="button" class="tab" aria-pressed=${one === interval.value}
          onClick=${() => showInterval(one)}>${one}</button>`)}
      </div>
    </header>
    <div class="chart-frame"><${Legend} /><${Canvas} hasReference=${hasReference} /></div>
    <footer class="chart-foot">
      ${hasReference && html`<${ReferenceSwitch} /><span class="key-override"><span aria-hidden="true">◆</span> ${t("chart.override")}</span>`}
      <span class="muted">${t("chart.utc")}</span>
    </footer>
    <${Words} />
    <p id="chart-keys" class="hidden">${t("chart.keys")}</p>
  </section>`);
