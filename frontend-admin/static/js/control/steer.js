// Steer: drift and volatility. A draft is the admin's own until it is applied or discarded; nobody's echo moves it.
import { roughPercent, signedRough, trimmed } from "../core/format.js";
import { t } from "../core/i18n.js";
import { batch, computed, effect, html, signal, untracked, view } from "../core/view.js";
import { inForce, refreshInForce } from "../state/admin.js";
import { session } from "../state/market.js";
import { overrides } from "../state/overrides.js";
import { canSend } from "../state/presence.js";
import { Field, parse } from "../ui/field.js";
import { intervene, sending } from "./commands.js";
import { expectedMove, typicalMove } from "./impact.js";

/** @param {number} from @param {number} to @param {number} step */
const run = (from, to, step) => Array.from({ length: Math.round((to - from) / step) }, (_, place) => from + place * step);

const UPWARD = [
  ...run(0, 100, 5), ...run(100, 300, 20), ...run(300, 1000, 100), ...run(1000, 10_000, 1000), ...run(10_000, 100_000, 10_000), 100_000,
];

/** Per cent a year. */
export const VOLATILITY_STOPS = UPWARD.filter((stop) => stop <= 10_000);
export const DRIFT_STOPS = [...UPWARD.slice(1).reverse().map((stop) => -stop), ...UPWARD];

/** The place of the stop nearest to a value. @param {number[]} stops @param {number} value */
export function nearest(stops, value) {
  let best = 0;
  stops.forEach((stop, place) => {
    if (Math.abs(stop - value) < Math.abs(stops[best] - value)) best = place;
  });
  return best;
}

const HOUR_S = 3600;
const RAMP = { least: 0, most: 1e12, open: true, optional: true };

/** @param {number} share */
const asText = (share) => String(Number((share * 100).toPrecision(12)));

/**
 * One of the two rates.
 * @param {"drift" | "volatility"} name
 * @param {import("../ui/field.js").Domain} domain per cent
 * @param {number[]} stops
 * @param {(share: number) => string} foresee
 */
function rate(name, domain, stops, foresee) {
  /** What was typed or slid to and not applied yet. */
  const draft = signal(/** @type {string | null} */ (null));
  /** The command that was sent and whose effect hasn't been seen yet. */
  const sent = signal(/** @type {{id: number, text: string} | null} */ (null));
  const current = computed(() => inForce.value?.[name]);
  const text = computed(() => draft.value ?? sent.value?.text ?? (current.value === undefined ? "" : asText(current.value)));
  const parsed = computed(() => parse(text.value, domain));
  const isPending = computed(() => draft.value !== null && draft.value !== (current.value === undefined ? "" : asText(current.value)));
  // The echo of one's own command: only now does what is in force speak again.
  effect(() => {
    const id = sent.value?.id;
    const echo = overrides.value.find((one) => one.id === id);
    if (echo && echo.state !== "scheduled") untracked(() => void refreshInForce().then(() => sent.value?.id === id && (sent.value = null)));
  });
  return { name, draft, sent, current, text, parsed, isPending, stops, foresee };
}

const drift = rate("drift", { least: -1e5, most: 1e5 }, DRIFT_STOPS, (mu) =>
  t("steer.driftWords", { move: signedRough(expectedMove(mu, HOUR_S)) }));
const volatility = rate("volatility", { least: 0, most: 1e4 }, VOLATILITY_STOPS, (sigma) =>
  t("steer.volatilityWords", { move: roughPercent(typicalMove(sigma, HOUR_S)) }));
const rates = [drift, volatility];
const ramp = signal("");
const parsedRamp = computed(() => parse(ramp.value, RAMP));

export const hasDraft = computed(() => rates.some((one) => one.isPending.value));
const canApply = computed(
  () => hasDraft.value && canSend.value && sending.value === 0 && !parsedRamp.value.error && rates.every((one) => !one.parsed.value.error),
);

export function discard() {
  batch(() => {
    for (const one of rates) one.draft.value = null;
    ramp.value = "";
  });
}

/** @param {typeof drift} one */
async function sendRate(one) {
  const value = one.parsed.value.value;
  if (!one.isPending.value || value === undefined) return;
  const text = one.text.value;
  const ramped = parsedRamp.value.value === undefined ? {} : { ramp_s: parsedRamp.value.value };
  const share = value / 100;
  const accepted = await intervene(
    one.name === "drift" ? { kind: "set_drift", mu: share, ...ramped } : { kind: "set_volatility", sigma: share, ...ramped },
  );
  if (!accepted) return;
  batch(() => {
    one.sent.value = { id: accepted.id, text };
    // What was typed meanwhile is a new draft.
    if (one.draft.value === text) one.draft.value = null;
  });
}

export async function apply() {
  if (!canApply.value) return;
  for (const one of rates) await sendRate(one);
  if (!hasDraft.value) ramp.value = "";
}

effect(() => {
  // A draft for a session that is over means nothing in the next.
  session.value?.session;
  untracked(() => {
    for (const one of rates) one.sent.value = null;
    discard();
  });
});

const Rate = view((/** @type {{one: typeof drift}} */ { one }) => {
  const { name, draft, text, parsed, current, stops, isPending, foresee } = one;
  const value = parsed.value.value;
  const slid = (/** @type {InputEvent} */ event) =>
    (draft.value = String(stops[Number(/** @type {HTMLInputElement} */ (event.target).value)]));
  const typed = (/** @type {InputEvent} */ event) => (draft.value = /** @type {HTMLInputElement} */ (event.target).value);
  const error = text.value === "" && draft.value === null ? "" : parsed.value.error;
  const id = `steer-${name}`;
  const place = nearest(stops, value ?? (current.value ?? 0) * 100);
  return html`<div class=${`rate ${isPending.value ? "pending" : ""}`}>
    <label for=${id}>${t(`steer.${name}`)}</label>
    <span class="with-unit"><input id=${id} type="number" step="any" class="figures" value=${text.value} onInput=${typed}
      aria-invalid=${error ? "true" : undefined} aria-describedby=${`${id}-words`} /> <span class="muted">%/${t("year")}</span></span>
    <input type="range" min="0" max=${stops.length - 1} step="1" value=${place} onInput=${slid}
      aria-label=${t(`steer.${name}`)} aria-valuetext=${`${trimmed(stops[place])} %`} />
    <p class=${error ? "error" : "hint"} id=${`${id}-words`}>${
      error || (isPending.value ? html`<span class="figures">${t("steer.inForce", { value: roughPercent(current.value ?? 0) })}</span> · ` : "")}${
      !error && value !== undefined ? foresee(value / 100) : ""}</p>
  </div>`;
});

const Pending = view(() => {
  const parts = rates.filter((one) => one.isPending.value).map((one) =>
    `${t(`steer.${one.name}`)} ${roughPercent(one.current.value ?? 0)} → ${one.parsed.value.value === undefined ? "?" : roughPercent(one.parsed.value.value / 100)}`);
  return html`<p class=${parts.length > 0 ? "pending-words" : "muted"} role="status">${parts.length > 0 ? parts.join(" · ") : t("steer.none")}</p>`;
});

export const Steer = view(() => html`<section class="card" aria-labelledby="steer-title">
  <h2 id="steer-title">${t("steer")}</h2>
  <form class="steer" novalidate onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); void apply(); }}>
    <${Rate} one=${drift} /><${Rate} one=${volatility} />
    <${Field} id="steer-ramp" label=${t("steer.ramp")} unit=${t("unit.s")} text=${ramp} error=${parsedRamp.value.error} placeholder=${t("steer.atOnce")} />
    <div class="actions"><${Pending} />
      <button type="button" disabled=${!hasDraft.value} onClick=${discard} aria-keyshortcuts="Escape">${t("steer.discard")}</button>
      <button class="primary" disabled=${!canApply.value} aria-keyshortcuts="Control+Enter">${t("steer.apply")}</button></div>
  </form></section>`);
