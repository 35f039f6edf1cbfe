// What a back-test has shown: figures, equity against the price, and what came out over all paths.
import { clockTime, number, percent } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { html, view } from "../../core/view.js";
import { money, amount } from "../money.js";
import { figures, finely, share } from "./words.js";

/** @typedef {import("../../../../types/trading").BacktestResult} Result */
/** @typedef {import("../../../../types/trading").Distribution} Distribution */

const WIDE = 640;
const PATH_HEIGHT = 180;
const BARS_HEIGHT = 150;
const Figures = view((/** @type {{of: Record<string, number>}} */ { of }) => html`<dl class="figure-grid">${figures(of).map(({ label, text }) =>
  html`<div class="figure"><dt>${label}</dt><dd class="figures">${text}</dd></div>`)}</dl>`);

/** Both as what has become of 1, so that they can be compared. */
const Paths = view((/** @type {{result: Result}} */ { result: { path, fills } }) => {
  const { time, price, equity } = path;
  const lines = [price, equity].map((values) => values.map((value) => value / values[0] - 1));
  const [low, high] = [Math.min(0, ...lines.flat()), Math.max(0, ...lines.flat())];
  const [start, end] = [time[0], time[time.length - 1]];
  const x = (/** @type {number} */ when) => ((when - start) / (end - start || 1)) * WIDE;
  const y = (/** @type {number} */ level) => 8 + ((high - level) / (high - low || 1)) * (PATH_HEIGHT - 16);
  const points = (/** @type {number[]} */ levels) => levels.map((level, place) => `${x(time[place]).toFixed(1)},${y(level).toFixed(1)}`).join(" ");
  const shares = { price: share(lines[0].at(-1) ?? 0), equity: share(lines[1].at(-1) ?? 0) };
  const marks = fills.slice(-120).map((fill) => {
    const [at, level, way] = [x(fill.time), y(Number(fill.price) / price[0] - 1), fill.side === "buy" ? 1 : -1];
    return html`<path class=${way > 0 ? "up" : "down"} d=${`M${at} ${level + 3 * way}l4 ${7 * way}h-8z`} />`;
  });
  return html`<figure class="paths"><figcaption><span class="key-price" aria-hidden="true"></span>${t("test.price", { share: shares.price })}
      <span class="key-equity" aria-hidden="true"></span>${t("test.equity", { share: shares.equity })} <span class="muted">${t("test.marks")}</span></figcaption>
    <svg viewBox=${`0 0 ${WIDE} ${PATH_HEIGHT}`} role="img" aria-label=${t("test.pathWords", { ...shares, from: clockTime(start), to: clockTime(end) })}>
      <line class="zero" x1="0" x2=${WIDE} y1=${y(0)} y2=${y(0)} /><polyline class="price-line" points=${points(lines[0])} />
      <polyline class="equity-line" points=${points(lines[1])} />${marks}</svg>
    <p class="muted figures span"><span>${clockTime(start)}</span><span>${clockTime(end)}</span></p></figure>`;
});

/** @param {Distribution} of @param {number} probability */
const quantileOf = ({ probability: all, quantile }, probability) => quantile[all.findIndex((one) => Math.abs(one - probability) < 1e-9)];

const Histogram = view((/** @type {{of: Distribution}} */ { of }) => {
  const { edge, count } = of;
  const [low, high, tallest] = [edge[0], edge[edge.length - 1], Math.max(...count, 1)];
  const x = (/** @type {number} */ at) => ((at - low) / (high - low || 1)) * WIDE;
  const bars = count.map((paths, bin) => html`<rect class=${edge[bin + 1] <= 0 ? "down" : edge[bin] >= 0 ? "up" : "even"}
    x=${x(edge[bin]) + 0.5} width=${Math.max(0.5, x(edge[bin + 1]) - x(edge[bin]) - 1)}
    y=${BARS_HEIGHT - (paths / tallest) * (BARS_HEIGHT - 4)} height=${(paths / tallest) * (BARS_HEIGHT - 4)} />`);
  const median = quantileOf(of, 0.5);
  const line = (/** @type {string} */ name, /** @type {number | undefined} */ at) => at !== undefined && at >= low && at <= high
    && html`<line class=${name} x1=${x(at)} x2=${x(at)} y1="0" y2=${BARS_HEIGHT} />`;
  const words = {
    paths: number(of.paths), low: share(low), high: share(high), median: median === undefined ? "–" : share(median), loss: percent(of.probability_of_loss, 0),
  };
  // The content policy lets a script place it, but no attribute.
  const placed = (/** @type {HTMLElement | null} */ name) => name?.style.setProperty("--at", `${(100 * x(median ?? 0)) / WIDE}%`);
  const isDrawn = median !== undefined && median >= low && median <= high;
  return html`<figure class="histogram">
    ${isDrawn && html`<p class="figures median-name" ref=${placed}>${t("test.median", words)}</p>`}
    <svg viewBox=${`0 0 ${WIDE} ${BARS_HEIGHT}`} preserveAspectRatio="none" role="img" aria-label=${t("test.histogramWords", words)}>
    ${bars}${line("zero", 0)}${line("median", median)}</svg>
    <p class="figures muted span"><span>${share(low)}</span><span>${share(high)}</span></p></figure>`;
});

/** A probability; those that aren't whole per cents are told to a tenth. @param {number} one */
const chance = (one) => percent(one, one * 100 === Math.round(one * 100) ? 0 : 1);

const Spread = view((/** @type {{of: Distribution}} */ { of }) => html`<section aria-labelledby="distribution-title">
  <h3 id="distribution-title">${t("test.distribution", { paths: number(of.paths) })}</h3>
  <dl class="figure-grid"><div class="figure"><dt>${t("test.mean")}</dt>
      <dd class="figures">${share(of.mean)} <small class="muted">±${percent(of.standard_error, finely(of.standard_error))}</small></dd></div>
    <div class="figure"><dt>${t("test.loss")}</dt><dd class="figures">${percent(of.probability_of_loss, 1)}</dd></div>
    <div class="figure"><dt>${t("test.ruin")}</dt><dd class="figures">${percent(of.probability_of_ruin, 1)}</dd></div></dl>
  <${Histogram} of=${of} />
  <div class="scroll" tabindex="0" role="region" aria-label=${t("test.quantiles")}><table class="quantiles figures">
    <thead><tr><th scope="row">${t("test.probability")}</th>${of.probability.map((one) => html`<th scope="col">${chance(one)}</th>`)}</tr></thead>
    <tbody><tr><th scope="row">${t("test.below")}</th>${of.quantile.map((one) => html`<td>${share(one)}</td>`)}</tr></tbody></table></div>
</section>`);

export const Results = view((/** @type {{result: Result}} */ { result }) => {
  const { distribution, drift, volatility, preset, fills } = result;
  const last = fills.at(-1);
  return html`<div class="results">
    ${distribution && html`<${Spread} of=${distribution} />`}
    <section aria-labelledby="figures-title"><h3 id="figures-title">${t(distribution ? "test.first" : "test.path")}</h3>
      ${volatility !== undefined && html`<p class="muted">${t("test.law", { preset: preset ?? "", volatility: percent(volatility, 1), drift: percent(drift ?? 0, 1) })}</p>`}
      <${Figures} of=${result.figures} />
      ${result.path.time.length > 1 && html`<${Paths} result=${result} />`}
      <p class="muted">${last ? t("test.fills", {
        count: number(fills.length), side: t(`side.${last.side}`), amount: amount(last.quantity), price: money(last.price),
      }) : t("test.noFills")}</p></section>
  </div>`;
});
