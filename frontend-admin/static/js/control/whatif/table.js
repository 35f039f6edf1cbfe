// What moved the price, as a table: from the reference, by one intervention after the other, to the price.
import { html, view } from "../../core/view.js";
import { arrow, clockTime, direction, number, signedNumber, signedPercent } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { marketTime } from "../../state/admin.js";
import { canSend } from "../../state/presence.js";
import { digits } from "../../ui/price.js";
import { explain } from "../../ui/failures.js";
import { describe } from "../tellings.js";
import { acted } from "./acted.js";
import { explaining, forgetAttribution, parts, unexplained } from "./attribution.js";
import { leaveOut } from "./fork.js";
import { timeOf } from "./window.js";
import { Working } from "./working.js";

/** What rounds to 0.00 %. */
const UNSEEN = 5e-5;

const price = (/** @type {number} */ value) => number(value, digits.value);

const Moved = view((/** @type {{share: number, reference: number}} */ { share, reference }) => {
  const sign = Math.abs(share) < UNSEEN ? 0 : share;
  return html`<td class=${`figures ${direction(sign)}`}><span aria-hidden="true">${arrow(sign)}</span> ${signedPercent(share)}</td>
    <td class="figures">${signedNumber(share * reference, digits.value)}</td>`;
});

/** @param {number} from @param {number} to */
function acting(from, to) {
  if (to === from) return t("moved.at", { from: clockTime(from) });
  return to > marketTime.value ? t("moved.since", { from: clockTime(from) }) : t("moved.until", { from: clockTime(from), to: clockTime(to) });
}

const PartRow = view((/** @type {{part: import("./attribution.js").Part, reference: number}} */ { part, reference }) => {
  const { id, colour, time, body, share } = part;
  const to = acted.value.find((one) => one.id === id)?.to ?? time;
  return html`<tr><th scope="row"><span class=${`band band-${colour}`}>#${id}</span> ${describe(body)} <span class="muted figures">${acting(time, to)}</span></th>
    <${Moved} share=${share} reference=${reference} />
    <td><button type="button" class="quiet" disabled=${!canSend.value} onClick=${() => leaveOut(id)}
      aria-label=${`${t("journal.without")} #${id}`}>${t("journal.without")}</button></td></tr>`;
});

const Level = view((/** @type {{label: string, value: number}} */ { label, value }) =>
  html`<tr><th scope="row">${label}</th><td></td><td class="figures">${price(value)}</td><td></td></tr>`);

const Lump = view((/** @type {{label: string, share: number, reference: number}} */ { label, share, reference }) =>
  html`<tr><th scope="row">${label}</th><${Moved} share=${share} reference=${reference} /><td></td></tr>`);

/** @typedef {NonNullable<typeof parts.value>} Whole */

const hasMoved = (/** @type {Whole} */ { shown, before }) => shown.length > 0 || Math.abs(before) >= UNSEEN;
const timesOf = (/** @type {Whole} */ { ticks }) => ({ from: clockTime(timeOf(ticks.from)), to: clockTime(timeOf(ticks.to)) });

/** @param {Whole} all */
export const movedWords = (all) =>
  t(hasMoved(all) ? "moved.words" : "moved.nothing", { ...timesOf(all), price: price(all.ticks.price), whole: signedPercent(all.whole) });

const Parts = view(() => {
  const all = /** @type {Whole} */ (parts.value);
  const { ticks, reference, before, shown, others, whole } = all;
  return html`<p>${movedWords(all)}</p>
    ${hasMoved(all) && html`<table><thead><tr><th scope="col">${t("moved.part")}</th><th scope="col">${t("moved.share")}</th><th scope="col">${t("moved.price")}</th>
      <td></td></tr></thead>
      <tbody><${Level} label=${t("moved.reference")} value=${reference} />
      ${Math.abs(before) >= UNSEEN && html`<${Lump} label=${t("moved.before", timesOf(all))} share=${before} reference=${reference} />`}
      ${shown.map((part) => html`<${PartRow} key=${part.id} part=${part} reference=${reference} />`)}
      ${others.count > 0 && html`<${Lump} label=${t("moved.others", { count: others.count })} share=${others.share} reference=${reference} />`}</tbody>
      <tfoot><${Lump} label=${t("moved.whole")} share=${whole} reference=${reference} /><${Level} label=${t("price")} value=${ticks.price} /></tfoot></table>
    <p class="muted">${t("moved.bands")}</p>`}`;
});

export const Explained = view(() => {
  if (unexplained.value) return html`<p class="error" role="alert">${explain(unexplained.value)}</p>`;
  if (explaining.value) return html`<${Working} progress=${explaining.value} onStop=${forgetAttribution} />`;
  return parts.value && html`<div class="parts"><${Parts} />
    <div class="actions"><button type="button" onClick=${forgetAttribution}>${t("whatif.clear")}</button></div></div>`;
});
