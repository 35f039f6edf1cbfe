// Inject: liquidity, a price, a shock; each says in words what it would do before it is done.
import { effect, html, signal, view } from "../core/view.js";
import { t } from "../core/i18n.js";
import { ghost } from "../chart/panel.js";
import { quote } from "../state/market.js";
import { canSend } from "../state/presence.js";
import { Field } from "../ui/field.js";
import { intervene, sending } from "./commands.js";
import { liquidity, setPrice, shock } from "./forms.js";

/** @typedef {import("../../../types/wire").Side} Side */

const FORMS = { liquidity, price: setPrice, shock };
/** @typedef {keyof typeof FORMS} Tab */
const TABS = /** @type {Tab[]} */ (Object.keys(FORMS));
/** @type {Side[]} */
const SIDES = ["both", "bid", "ask"];
const tab = signal(/** @type {Tab} */ ("liquidity"));
const hasFocus = signal(false);

/** While the form has focus, the chart shows where the price would go. */
effect(() => {
  const { preview } = FORMS[tab.value];
  const price = hasFocus.value ? preview.value.price : undefined;
  const shown = ghost.peek()?.price;
  if (price !== shown) ghost.value = price === undefined ? null : { price, label: t("inject.ghost") };
});

/** The price in the form starts from the one on the screen. */
function prefill() {
  if (setPrice.price.value === "" && quote.value.price !== undefined) setPrice.price.value = String(Math.round(quote.value.price));
}

/** @param {Tab} wanted */
function show(wanted) {
  tab.value = wanted;
  if (wanted === "price") prefill();
}

export async function inject() {
  const { body, preview } = FORMS[tab.value];
  if (!body.value || preview.value.error || !canSend.value || sending.value > 0) return;
  await intervene(body.value);
}

const SideField = view(() => html`<div class="field"><label for="side">${t("inject.side")}</label>
  <select id="side" value=${liquidity.side.value} onChange=${(/** @type {Event} */ event) => {
    liquidity.side.value = /** @type {Side} */ (/** @type {HTMLSelectElement} */ (event.target).value);
  }}>${SIDES.map((side) => html`<option value=${side} selected=${side === liquidity.side.value}>${t(`inject.${side}`)}</option>`)}</select></div>`);

/** @type {Record<Tab, () => any>} */
const FIELDS = {
  liquidity() {
    const { size, within, halfLife } = liquidity.parsed.value;
    return html`<${SideField} />
      <${Field} id="size" label=${t("inject.size")} unit="BTC" text=${liquidity.size} error=${size.error} />
      <${Field} id="within" label=${t("inject.within")} unit="%" text=${liquidity.within} error=${within.error} />
      <${Field} id="liquidity-half-life" label=${t("inject.halfLife")} unit=${t("unit.s")} text=${liquidity.halfLife} error=${halfLife.error} />`;
  },
  price: () => html`<${Field} id="set-price" label=${t("inject.newPrice")} unit="USD" text=${setPrice.price} error=${setPrice.parsed.value.price.error} />`,
  shock() {
    const { size, stays, halfLife } = shock.parsed.value;
    return html`<${Field} id="shock-size" label=${t("inject.jump")} unit="%" text=${shock.size} error=${size.error} />
      <${Field} id="shock-stays" label=${t("inject.stays")} unit="%" text=${shock.stays} error=${stays.error} />
      <${Field} id="shock-half-life" label=${t("inject.halfLife")} unit=${t("unit.s")} text=${shock.halfLife} error=${halfLife.error} />`;
  },
};

/** @param {KeyboardEvent} event */
function onTabKey(event) {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const next = TABS[(TABS.indexOf(tab.value) + step + TABS.length) % TABS.length];
  show(next);
  document.getElementById(`tab-${next}`)?.focus();
}

export const Inject = view(() => {
  const shown = tab.value;
  const { preview, body } = FORMS[shown];
  const { words, error } = preview.value;
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void inject();
  };
  return html`<section class="card" aria-labelledby="inject-title">
    <h2 id="inject-title">${t("inject")}</h2>
    <div class="tabs" role="tablist" aria-label=${t("inject")} onKeyDown=${onTabKey}>
      ${TABS.map((one) => html`<button type="button" role="tab" id=${`tab-${one}`} aria-selected=${one === shown} aria-controls="inject-panel"
        tabindex=${one === shown ? 0 : -1} onClick=${() => show(one)}>${t(`inject.${one}`)}</button>`)}
    </div>
    <div id="inject-panel" role="tabpanel" aria-labelledby=${`tab-${shown}`}><form class="inject" novalidate onSubmit=${submit}
      onFocusIn=${() => (hasFocus.value = true)} onFocusOut=${() => (hasFocus.value = false)}>
      <div class="fields">${FIELDS[shown]()}</div>
      <p class=${error ? "error preview" : "preview"}>${error || words || t("inject.incomplete")}</p>
      <button class="primary wide" disabled=${!body.value || error !== "" || !canSend.value || sending.value > 0}>${t(`inject.do.${shown}`)}</button>
    </form></div>
  </section>`;
});
