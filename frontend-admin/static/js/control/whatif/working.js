// How far a job is, and the way to stop it.
import { html, view } from "../../core/view.js";
import { percent } from "../../core/format.js";
import { t } from "../../core/i18n.js";

/** @typedef {import("./job.js").Progress} Progress */

export const Working = view((/** @type {{progress: Progress, onStop: () => void}} */ { progress: { done, of }, onStop }) => html`<p class="working">
  <label>${t("whatif.working")} <progress max=${Math.max(1, of)} value=${done}></progress></label>
  <span class="figures">${percent(of > 0 ? done / of : 0, 0)}</span>
  <button type="button" class="small" onClick=${onStop}>${t("whatif.stop")}</button></p>`);
