// Session: which run of the market this is, how fast it goes, and the way to begin another.
import { dateTime, number, roughPercent, trimmed } from "../core/format.js";
import { t } from "../core/i18n.js";
import { html, signal, view } from "../core/view.js";
import { parameters, seed } from "../state/admin.js";
import { clock, instrument, session } from "../state/market.js";
import { canSend } from "../state/presence.js";
import { lazy } from "../ui/later.js";
import { digits } from "../ui/price.js";
import { changeClock, sending } from "./commands.js";
import { Drop, replay } from "./drop.js";

/** The dialog that begins another. */
const anew = lazy(() => import("./anew.js"));
const openNewSession = async () => (await anew.ask())?.beginAnew();

export const SessionDialogs = view(() => {
  const { NewSessionDialog } = anew.loaded.value ?? {};
  const { ReplayDialog } = replay.loaded.value ?? {};
  return html`${NewSessionDialog && html`<${NewSessionDialog} />`}${ReplayDialog && html`<${ReplayDialog} />`}`;
});

/** A model's preset and kind, which may be one word. @param {{preset?: string, model: string} | null} of */
const called = (of) => [...new Set([of?.preset, of?.model])].filter(Boolean).join(" · ");

const SPEEDS = [0.1, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const showsSeed = signal(false);

const Seed = view(() => {
  if (seed.value === null) return "–";
  return html`${showsSeed.value ? html`<code class="seed">${seed.value}</code>` : "••••••"}
    <button type="button" class="quiet small" aria-pressed=${showsSeed.value} onClick=${() => (showsSeed.value = !showsSeed.value)}>${
      t(showsSeed.value ? "session.hide" : "session.show")}<span class="hidden"> ${t("session.seed")}</span></button>`;
});

const Pace = view(() => {
  const { running, speed } = clock.value;
  const disabled = !canSend.value || sending.value > 0;
  const speeds = SPEEDS.includes(speed) ? SPEEDS : [...SPEEDS, speed].sort((one, other) => one - other);
  return html`<div class="pace">
    <label for="speed">${t("session.speed")}</label>
    <select id="speed" disabled=${disabled} value=${String(speed)} onChange=${(/** @type {Event} */ event) =>
      changeClock({ speed: Number(/** @type {HTMLSelectElement} */ (event.target).value) })}>
      ${speeds.map((one) => html`<option value=${String(one)} selected=${one === speed}>×${trimmed(one)}</option>`)}</select>
    <button type="button" disabled=${disabled} onClick=${() => changeClock({ running: !running })}>${t(running ? "session.pause" : "session.resume")}</button>
    <button type="button" class="danger" disabled=${disabled} onClick=${openNewSession}>${t("session.new")}</button>
  </div>`;
});

export const SessionCard = view(() => {
  const [here, header] = [session.value, parameters.value];
  /** @type {[string, any][]} */
  const rows = here ? [
    [t("session.id"), html`<code>${here.session}</code>`],
    [t("session.seed"), html`<${Seed} />`],
    [t("about.model"), header ? t("session.model", {
      model: called(instrument.value), drift: roughPercent(header.drift), volatility: roughPercent(header.volatility), spot: number(header.spot, digits.value),
    }) : "–"],
    [t("about.interval"), t("seconds", { value: trimmed(here.tick_interval_ms / 1000) })],
    [t("session.start"), html`<span class="figures">${dateTime(here.start_time)}</span>`],
  ] : [];
  return html`<section class="card" aria-labelledby="session-title">
    <header class="card-head"><h2 id="session-title">${t("session")}</h2>
      ${here?.practice && html`<span class="badge practice">${t("practice")}</span>`}</header>
    ${here?.practice && html`<p class="muted">${t("practice.why")}</p>`}
    <dl class="pairs">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    <${Pace} /><${Drop} />
  </section>`;
});
