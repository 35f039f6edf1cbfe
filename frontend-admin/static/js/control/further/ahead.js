// Asks for the path ahead while a form has focus: a moment after it was changed, and again as time goes on.
import { interval } from "../../state/market.js";
import { instrumentPath } from "../../state/admin.js";
import { canSend } from "../../state/presence.js";
import { trimmed } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { computed, effect, html, signal, view } from "../../core/view.js";
import { milliseconds } from "../../state/series.js";
import { MOST_AHEAD, pathAhead } from "../../chart/ahead.js";
import { shownChart } from "../../chart/panel.js";
import { ask } from "../../wire/api.js";
import { priced } from "../form.js";

/** What to ask where, and how many seconds it takes. @typedef {{path: "/preview" | "/runs/preview", asked: object, lasts?: number}} Wanted */

const SETTLED_MS = 300;
const AGAIN_MS = 2000;
/** Seconds of simulated time. */
const HORIZON = { least: 20, usual: 60, most: 600 };

/** What is drawn. */
const path = signal(/** @type {import("../../../../types/wire").Preview | null} */ (null));
/** Why the market wouldn't do what is wanted. */
export const refusal = signal(/** @type {import("../../wire/gateway.js").Failure | null} */ (null));

/** Where the drawn path ends, for those who can't see it. */
export const Ahead = view(() => {
  if (!path.value) return null;
  const { dt, price, without } = path.value;
  const last = Math.max(price.findLastIndex((one) => one !== null), 0);
  const values = { seconds: trimmed((last * dt) / 1000, 0), price: priced(price[last] ?? NaN), without: priced(without[last] ?? NaN) };
  return html`<p class="preview ahead">${t("ahead.words", values)}</p>`;
});

/** How far to look: until it has done most of it, as far as the chart can show it. @param {number} lasts */
const horizon = (lasts) =>
  Math.ceil(Math.min(Math.max(1.25 * lasts, HORIZON.least), HORIZON.most, (MOST_AHEAD * milliseconds(interval.peek())) / 1000));

/** Draws the path that what is wanted leads to, as long as something is. @param {() => Wanted | undefined} wanted */
export function followAhead(wanted) {
  /** @type {{chart: NonNullable<typeof shownChart.value>, lines: ReturnType<typeof pathAhead>} | undefined} */
  let drawn;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  let asking = new AbortController();

  function lines() {
    const chart = shownChart.peek();
    if (chart && drawn?.chart !== chart) drawn = { chart, lines: pathAhead(chart) };
    return chart ? drawn?.lines : undefined;
  }

  /** @param {Wanted} what */
  async function look({ path: at, asked, lasts = HORIZON.usual }) {
    const mine = (asking = new AbortController());
    /** @type {import("../../wire/api.js").Answer<import("../../../../types/wire").Preview>} */
    const answer = await ask(instrumentPath() + at, { ...asked, horizon_s: horizon(lasts) }, mine.signal);
    if (mine.signal.aborted) return;
    // Where there is none the words are there without it. What is wanted next may have a path.
    path.value = answer.ok ? answer.value : null;
    refusal.value = answer.ok ? null : answer.failure;
    if (answer.ok) waiting = setTimeout(() => void look({ path: at, asked, lasts }), AGAIN_MS);
  }

  effect(() => {
    const shown = path.value;
    if (shown) lines()?.draw(shown, interval.peek(), priced);
    else drawn?.lines.clear();
  });

  // As text: the same request is no change, however often the words about it are renewed.
  const text = computed(() => {
    const what = canSend.value ? wanted() : undefined;
    return what && JSON.stringify(what);
  });
  effect(() => {
    const what = text.value;
    // Another candle length is another line.
    interval.value;
    clearTimeout(waiting);
    asking.abort();
    if (what) waiting = setTimeout(() => void look(JSON.parse(what)), SETTLED_MS);
    else path.value = refusal.value = null;
  });
}
