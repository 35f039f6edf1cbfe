// Auto-trading. What is more than a heading comes when it is first asked for, or as soon as a strategy of the trader's is there.
import { effect, html, view } from "../core/view.js";
import { t } from "../core/i18n.js";
import { canTrade, runs } from "../state/desk.js";
import { lazy } from "../ui/later.js";

const lab = lazy(() => import("./lab/panel.js"));

export const Auto = view(() => {
  const { Lab } = lab.loaded.value ?? {};
  return html`<section class="card auto" aria-labelledby="auto-title">
    ${Lab ? html`<${Lab} />` : html`<h2 id="auto-title">${t("auto")}</h2><p class="muted">${t("auto.words")}</p>
      <button type="button" class="wide" disabled=${!canTrade.value} onClick=${lab.ask}>${t("auto.choose")}</button>`}
  </section>`;
});

export const showRuns = () => effect(() => {
  if (runs.value.length > 0) void lab.ask();
});
