// Inject: liquidity, a price, a shock and more; each says in words what it would do before it is done, and the chart shows it.
import { computed, effect, html, signal, view } from "../core/view.js";
import { t } from "../core/i18n.js";
import { ghost } from "./story.js";
import { canSend } from "../state/presence.js";
import { leaves } from "../ui/field.js";
import { later } from "../ui/later.js";
import { intervene, sending } from "./commands.js";
import { liquidity } from "./liquidity.js";
import { loadMore, more, tryMore } from "./more.js";

const TABS = /** @type {const} */ (["liquidity", "price", "shock", "more"]);
/** @typedef {(typeof TABS)[number]} Tab */
const tab = signal(/** @type {Tab} */ ("liquidity"));
/** While the form has focus, and until it has been sent. */
const foresees = signal(false);

/** What the form on the screen has in it. */
export const formShown = computed(() => (tab.value === "liquidity" ? liquidity : (more.value?.form() ?? liquidity)));

effect(() => {
  const price = foresees.value ? formShown.value.preview.value.price : undefined;
  const shown = ghost.peek()?.price;
  if (price !== shown) ghost.value = price === undefined ? null : { price, label: t("inject.ghost") };
});

let follows = false;
effect(() => {
  if (!more.value || follows) return;
  follows = true;
  more.value.followPath(() => {
    const { body, preview } = formShown.value;
    const { error, lasts } = preview.value;
    return foresees.value && body.value && !error ? { body: body.value, lasts } : undefined;
  });
});

/** @param {Tab} wanted */
async function show(wanted) {
  if (wanted !== "liquidity") {
    const loaded = await later(loadMore);
    if (!loaded) return;
    loaded.openTab(wanted);
  }
  tab.value = wanted;
}

function foresee() {
  foresees.value = true;
  void tryMore();
}

async function inject() {
  const { body, preview } = formShown.value;
  if (!body.value || preview.value.error || !canSend.value || sending.value > 0) return;
  const accepted = await intervene(body.value);
  // What would be is now what will be: the form foresees again when it is touched again.
  if (accepted) foresees.value = false;
}

/** @param {KeyboardEvent} event */
async function onTabKey(event) {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const next = TABS[(TABS.indexOf(tab.value) + step + TABS.length) % TABS.length];
  await show(next);
  document.getElementById(`tab-${next}`)?.focus();
}

export const Inject = view(() => {
  const shown = tab.value;
  const { preview, body, action, draw } = formShown.value;
  const { words, error = "" } = preview.value;
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
      onFocusIn=${foresee} onInput=${foresee} onFocusOut=${(/** @type {FocusEvent} */ event) => leaves(event) && (foresees.value = false)}>
      <div class="fields">${shown === "more" && html`<${more.value?.Kinds} />`}${draw()}</div>
      <p class=${error ? "error preview" : "preview"}>${error || words || t("inject.incomplete")}</p>
      <button class="primary wide" disabled=${!body.value || error !== "" || !canSend.value || sending.value > 0}>${t(action)}</button>
      ${more.value && html`<${more.value.PathWords} />`}
    </form></div>
  </section>`;
});
