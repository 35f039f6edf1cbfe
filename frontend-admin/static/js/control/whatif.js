// What moved the price, and what would it be otherwise? The questions are here; what answers them comes when one is asked.
import { t } from "../core/i18n.js";
import { html, view } from "../core/view.js";
import { canSend } from "../state/presence.js";
import { lazy } from "../ui/later.js";

const answers = lazy(() => import("./whatif/panel.js"));

/** What the price would be without an intervention. @param {number} id */
export const seeWithout = async (id) => (await answers.ask())?.answerWithout(id);

/** About what the chart shows, the last minutes, the whole session; and about another course. */
const QUESTIONS = /** @type {const} */ (["chart", "minutes", "whole", "other"]);

export const WhatIf = view(() => {
  const { isAsked, Answers } = answers.loaded.value ?? {};
  return html`<section class="card" aria-labelledby="whatif-title">
    <header class="card-head"><h2 id="whatif-title">${t("whatif")}</h2><div role="group" aria-labelledby="whatif-title">
      ${QUESTIONS.map((one) => html`<button type="button" class="tab" aria-pressed=${isAsked?.(one) ?? false} disabled=${!canSend.value}
        onClick=${async () => (await answers.ask())?.answer(one)}>${t(`whatif.${one}`)}</button>`)}</div></header>
    ${Answers && html`<${Answers} />`}
  </section>`;
});
