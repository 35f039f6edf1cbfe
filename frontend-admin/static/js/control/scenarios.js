// Scenarios: many interventions under one name. What is more than a heading comes when it is first asked for.
import { t } from "../core/i18n.js";
import { html, view } from "../core/view.js";
import { lazy } from "../ui/later.js";

const scenarioPanel = lazy(() => import("./scenarios/panel.js"));

export const Scenarios = view(() => {
  const { Panel } = scenarioPanel.loaded.value ?? {};
  return html`<section class="card scenarios" aria-labelledby="scenarios-title">
    <header class="card-head"><h2 id="scenarios-title">${t("scenarios")}</h2>
      ${!Panel && html`<button type="button" class="small" onClick=${scenarioPanel.ask}>${t("scenarios.choose")}</button>`}</header>
    ${Panel ? html`<${Panel} />` : html`<p class="muted">${t("scenarios.words")}</p>`}
  </section>`;
});
