// What the Control room tells on the chart: interventions as marks, the counterfactual as a line, a form's effect as a ghost.
import { load, save, settings, theme } from "../core/settings.js";
import { t } from "../core/i18n.js";
import { computed, html, signal, view } from "../core/view.js";
import { bars, interval } from "../state/market.js";
import { hasActed, overrides } from "../state/overrides.js";
import { allReference, freshReference, referenceHistory } from "../state/reference.js";
import { milliseconds } from "../state/series.js";
import { shortName } from "../ui/words.js";
import { isAdmin } from "../wire/auth.js";

/** Markers with words; older ones are a ◆ only. */
const NAMED = 5;

/** A price that an unsent form would lead to. */
export const ghost = signal(/** @type {{price: number, label: string} | null} */ (null));
const showsReference = signal(load(settings, "reference") !== "off");

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

/** @param {import("../chart/panel.js").Chart} chart */
function followSteering(chart) {
  /** Reference prices by the bar's start. @type {Map<number, number>} */
  let points = new Map();
  let isWhole = false;
  /** Which history the line is of. */
  let drawnHistory = 0;
  let hasParted = false;
  const wanted = () => isAdmin.value && showsReference.value;

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

  return {
    /** @param {{all: boolean}} changed */
    bars(changed) {
      firstActed.value;
      if (drawnHistory !== referenceHistory.value) isWhole = false;
      drawnHistory = referenceHistory.value;
      if (!wanted()) return;
      const fresh = isWhole && hasParted && !changed.all ? freshReference() : [];
      for (const [time, price] of fresh) points.set(time, price);
      if (fresh.length === 0 || !chart.extendReference(fresh)) drawReference();
      chart.setGap(bars.list, points);
    },
    effects: [
      () => {
        const visible = wanted();
        chart.showReference(visible);
        isWhole = false;
        if (!visible) chart.setGap([], new Map());
      },
      () => {
        theme.value;
        chart.setGhost(ghost.value);
      },
    ],
  };
}

const ReferenceSwitch = view(() => {
  const flip = () => {
    showsReference.value = !showsReference.value;
    save(settings, "reference", showsReference.value ? null : "off");
  };
  return html`<label class="switch"><input type="checkbox" checked=${showsReference.value} onChange=${flip} />
    <span class="key-reference" aria-hidden="true"></span>${t("chart.reference")}</label>`;
});

const Keys = view(() => html`<${ReferenceSwitch} /><span class="key-override"><span aria-hidden="true">◆</span> ${t("chart.override")}</span>`);

/** @type {import("../chart/panel.js").Story} */
export const story = { marks, follow: followSteering, Legend: Keys };
