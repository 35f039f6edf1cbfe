// What is being done to the price now, and the way to end it.
import { html, view } from "../core/view.js";
import { countdown, percent, roughPercent, signedPercent, trimmed } from "../core/format.js";
import { t } from "../core/i18n.js";
import { marketTime } from "../state/admin.js";
import { active, waiting } from "../state/overrides.js";
import { canSend } from "../state/presence.js";
import { gap } from "./price.js";
import { further } from "../ui/words.js";
import { describe } from "./tellings.js";
import { release, releaseAll, sending } from "./commands.js";
import { left } from "./impact.js";

/** @typedef {import("../../../types/wire").Override} Override */

/** @param {Override} override @param {number} now simulated time, ms */
function inWords({ body, before, after, time }, now) {
  const elapsed = (now - time) / 1000;
  switch (body.kind) {
    case "set_drift":
    case "set_volatility": {
      const [value, instead] = [roughPercent(after ?? 0), roughPercent(before ?? 0)];
      return t(body.kind === "set_drift" ? "bar.drift" : "bar.volatility", { value, instead });
    }
    case "inject_liquidity": {
      const strength = percent(left(elapsed, body.half_life_s), 0);
      return t("bar.liquidity", { size: `${body.quantity > 0 ? "+" : ""}${trimmed(body.quantity)}`, side: t(`side.${body.side}`), left: strength });
    }
    default:
      return further.value?.acting(body, elapsed) ?? describe(body);
  }
}

const Acting = view((/** @type {{override: Override}} */ { override }) => {
  const now = marketTime.value;
  const seconds = override.ends === undefined ? undefined : (override.ends - now) / 1000;
  return html`<li class="acting"><span>${inWords(override, now)}</span>
    ${seconds !== undefined && html`<span class="muted">${t("bar.ends")} <span class="figures">${countdown(seconds)}</span></span>`}
    <button type="button" class="small" disabled=${!canSend.value || sending.value > 0} onClick=${() => release(override.id)}
      aria-label=${`${t("journal.release")} #${override.id}`}>${t("journal.release")}</button></li>`;
});

/** How far the price is from the reference, when nothing acts any more. */
const Quiet = view(() => {
  const share = Math.round((gap.value ?? 0) * 1e4) / 1e4;
  return html`<p class="muted">${share === 0 ? t("bar.none") : t("bar.left", { gap: signedPercent(share) })}</p>`;
});

export const StateBar = view(() => {
  const [acting, coming] = [active.value, waiting.value];
  return html`<section class=${`state-bar ${acting.length > 0 ? "on" : ""}`} aria-label=${t("bar")}>
    <p class="state-title"><span aria-hidden="true">◆</span> ${t(acting.length > 0 ? "bar.on" : "bar.off")}</p>
    ${acting.length === 0 ? html`<${Quiet} />` : html`<ul>${acting.map((one) => html`<${Acting} key=${one.id} override=${one} />`)}</ul>`}
    ${coming.length > 0 && html`<p class="muted">${t("bar.waiting", { count: coming.length })}</p>`}
    ${acting.length + coming.length > 1 && html`<button type="button" class="release-all" disabled=${!canSend.value || sending.value > 0}
      onClick=${releaseAll}>${t("bar.releaseAll")}</button>`}
  </section>`;
});
