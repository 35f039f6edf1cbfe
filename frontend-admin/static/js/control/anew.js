// The dialog that ends this session and begins another.
import { number, roughPercent, trimmed } from "../core/format.js";
import { t } from "../core/i18n.js";
import { computed, html, signal, view } from "../core/view.js";
import { market, parameters, refreshInForce, refreshStatus } from "../state/admin.js";
import { clock, instrument, quote, session } from "../state/market.js";
import { canSend } from "../state/presence.js";
import { Dialog } from "../ui/dialog.js";
import { Field, parse } from "../ui/field.js";
import { tellGood } from "../ui/notice.js";
import { digits } from "../ui/price.js";
import { change, get } from "../wire/api.js";
import { sending, told } from "./commands.js";

const newSessionOpen = signal(false);
const seedText = signal("");
const numbers = { spot: signal(""), drift: signal(""), volatility: signal(""), speed: signal("") };

const presets = signal(/** @type {import("../../../types/wire").Preset[]} */ ([]));
/** The preset asked for; as now where it is empty. */
const preset = signal("");

async function findPresets() {
  /** @type {import("../../../types/wire").Preset[] | undefined} */
  const found = await told(() => get(`${market}/presets`));
  if (found) presets.value = found;
}

/** Opens the dialog with nothing filled in. */
export function beginAnew() {
  void findPresets();
  preset.value = "";
  for (const text of [seedText, ...Object.values(numbers)]) text.value = "";
  newSessionOpen.value = true;
}

const seedError = computed(() => {
  const text = seedText.value.trim();
  const isGood = text === "" || /^0x[0-9a-f]{1,64}$/i.test(text) || (/^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n);
  return isGood ? "" : t("new.seedError");
});

const parsed = computed(() => ({
  spot: parse(numbers.spot.value, { least: 1e-15, most: 1e15, optional: true }),
  drift: parse(numbers.drift.value, { least: -1e5, most: 1e5, optional: true }),
  volatility: parse(numbers.volatility.value, { least: 0, most: 1e4, optional: true }),
  speed: parse(numbers.speed.value, { least: 0.1, most: 1000, optional: true }),
}));

const isGood = computed(() => !seedError.value && Object.values(parsed.value).every((one) => !one.error));

/** @param {import("../../../types/wire").NewSession} wanted */
async function newSession(wanted) {
  /** @type {import("../../../types/wire").SessionDetail | undefined} */
  const begun = await told(() => change("POST", `${market}/sessions`, wanted));
  if (!begun) return false;
  tellGood(t("command.newSession", { id: begun.session }));
  void refreshInForce();
  void refreshStatus();
  return true;
}

async function begin() {
  if (!isGood.value || sending.value > 0) return;
  const { spot, drift, volatility, speed } = parsed.value;
  /** @type {import("../../../types/wire").NewSession} */
  const wanted = instrument.value ? { instrument: instrument.value.id } : {};
  if (preset.value) wanted.model = preset.value;
  if (seedText.value.trim()) wanted.seed = seedText.value.trim();
  if (spot.value !== undefined) wanted.spot = spot.value;
  if (drift.value !== undefined) wanted.drift = drift.value / 100;
  if (volatility.value !== undefined) wanted.volatility = volatility.value / 100;
  if (speed.value !== undefined) wanted.speed = speed.value;
  if (await newSession(wanted)) newSessionOpen.value = false;
}

/** What will be, in words. */
const Effect = view(() => {
  const chosen = presets.value.find(({ name }) => name === preset.value) ?? parameters.value;
  const { spot, drift, volatility, speed } = parsed.value;
  const values = {
    id: session.value?.session ?? "–", tick: number(quote.value.tick),
    spot: number(spot.value ?? quote.value.price, digits.value),
    drift: roughPercent(drift.value === undefined ? (chosen?.drift ?? 0) : drift.value / 100),
    volatility: roughPercent(volatility.value === undefined ? (chosen?.volatility ?? 0) : volatility.value / 100),
    speed: trimmed(speed.value ?? clock.value.speed),
    seed: seedText.value.trim() === "" ? t("new.randomSeed") : t("new.givenSeed", { seed: seedText.value.trim() }),
  };
  return html`<ul class="effect"><li>${t("new.ends", values)}</li><li>${t("new.clears")}</li><li>${t("new.begins", values)}</li></ul>`;
});

const Form = view(() => {
  const { spot, drift, volatility, speed } = parsed.value;
  const asNow = t("new.asNow");
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void begin();
  };
  return html`<form onSubmit=${submit} novalidate>
    <${Effect} />
    <label for="new-model">${t("about.model")}</label>
    <select id="new-model" value=${preset.value} onChange=${(/** @type {Event} */ event) =>
      (preset.value = /** @type {HTMLSelectElement} */ (event.target).value)}>
      <option value="">${asNow} (${instrument.value?.preset ?? instrument.value?.model})</option>
      ${presets.value.map(({ name, model }) => html`<option value=${name}>${name}${name === model ? "" : ` · ${model}`}</option>`)}</select>
    <div class="fields">
      <${Field} id="new-spot" label=${t("new.spot")} unit=${instrument.value?.quote ?? ""} text=${numbers.spot} error=${spot.error} placeholder=${t("new.lastPrice")} />
      <${Field} id="new-speed" label=${t("session.speed")} unit="×" text=${numbers.speed} error=${speed.error} placeholder=${asNow} />
      <${Field} id="new-drift" label=${t("steer.drift")} unit=${`%/${t("year")}`} text=${numbers.drift} error=${drift.error} placeholder=${asNow} />
      <${Field} id="new-volatility" label=${t("steer.volatility")} unit=${`%/${t("year")}`} text=${numbers.volatility} error=${volatility.error} placeholder=${asNow} />
    </div>
    <${Field} id="new-seed" type="text" label=${t("session.seed")} text=${seedText} error=${seedError.value} placeholder=${t("new.random")} />
    <p class="muted">${t("new.seedWords")}</p>
    <div class="actions"><button type="button" onClick=${() => (newSessionOpen.value = false)}>${t("new.keep")}</button>
      <button class="danger solid" disabled=${!isGood.value || !canSend.value || sending.value > 0}>${t("new.do")}</button></div>
  </form>`;
});

export const NewSessionDialog = view(() => html`<${Dialog} open=${newSessionOpen} id="new-session" heading=${t("session.new")}>
  ${newSessionOpen.value && html`<${Form} />`}
<//>`);
