// What of Inject isn't on the page at first: the further forms, how they are told, and the path ahead on the chart.
import { html, signal, view } from "../core/view.js";
import { t } from "../core/i18n.js";
import { parameters } from "../state/admin.js";
import { quote } from "../state/market.js";
import { makeForm } from "./form.js";
import { BEND } from "./further/bend.js";
import { CONTROL } from "./further/take.js";
import { MOVE, setPrice, shock } from "./further/move.js";
import { Ahead, followAhead } from "./further/ahead.js";
import { tellings } from "./further/tellings.js";

/** @param {() => {body: import("../../../types/wire").Body, lasts?: number} | undefined} wanted */
export const followPath = (wanted) => followAhead(() => {
  const { body, lasts } = wanted() ?? {};
  return body && { path: "/preview", asked: { commands: [{ body }] }, lasts };
});
export const PathWords = Ahead;
export const told = tellings;

/** @typedef {import("./form.js").Form} Form */
/** @typedef {keyof typeof MORE} Kind */

const MORE = { ...MOVE, ...BEND, ...CONTROL };
const kindsOf = (/** @type {object} */ group) => /** @type {Kind[]} */ (Object.keys(group));
const GROUPS = /** @type {const} */ ([["group.move", kindsOf(MOVE)], ["group.bend", kindsOf(BEND)], ["group.control", kindsOf(CONTROL)]]);

const forms = new Map([["price", makeForm(setPrice)], ["shock", makeForm(shock)]]);
const kind = signal(/** @type {Kind} */ ("flash_crash"));

/** The form of a kind; a price in it starts from the one on the screen. @param {string} of @param {() => Form} [make] */
function opened(of, make) {
  const form = forms.get(of) ?? make?.();
  if (!form) throw new Error(`no form ${of}`);
  forms.set(of, form);
  const [price, now] = [form.texts.price, quote.peek().price];
  if (price?.peek() === "" && now !== undefined) price.value = String(Number(now.toPrecision(now >= 1e4 ? 5 : 4)));
  return form;
}

const shown = signal(opened("shock"));

/** What a tab shows. @param {"price" | "shock" | "more"} tab */
export function openTab(tab) {
  shown.value = tab === "more" ? opened(kind.value, () => makeForm(MORE[kind.value])) : opened(tab);
}

export const form = () => shown.value;

/** Why the model can't, if it can't. @param {Kind} wanted */
function lacks(wanted) {
  const model = parameters.value;
  if (wanted === "jump_rate" && !model?.jumps) return t("kind.noJumps");
  return wanted === "regime" && !model?.regimes ? t("kind.noRegimes") : "";
}

const KindOption = view((/** @type {{wanted: Kind}} */ { wanted }) => {
  const why = lacks(wanted);
  return html`<option value=${wanted} selected=${wanted === kind.value} disabled=${why !== ""}>${t(`kind.${wanted}`)}${why && ` (${why})`}</option>`;
});

/** What else can be done, by what it does it to. */
export const Kinds = view(() => {
  const choose = (/** @type {Event} */ event) => {
    kind.value = /** @type {Kind} */ (/** @type {HTMLSelectElement} */ (event.target).value);
    openTab("more");
  };
  return html`<div class="field wide"><label for="kind">${t("inject.kind")}</label>
    <select id="kind" value=${kind.value} onChange=${choose}>${GROUPS.map(([name, kinds]) =>
      html`<optgroup label=${t(name)}>${kinds.map((wanted) => html`<${KindOption} key=${wanted} wanted=${wanted} />`)}</optgroup>`)}</select></div>`;
});
