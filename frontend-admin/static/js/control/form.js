// A form of Inject, made of its definition: what was typed, whether it can be, the body that asks for it, what that would do.
import { computed, html, signal } from "../core/view.js";
import { number } from "../core/format.js";
import { base, t } from "../core/i18n.js";
import { inForce, parameters } from "../state/admin.js";
import { Choice, Field, parse } from "../ui/field.js";
import { digits } from "../ui/price.js";

/**
 * @typedef {import("../core/i18n.js").Key} Key
 * @typedef {import("../../../types/wire").Body} Body
 * @typedef {import("../../../types/wire").InForce} InForce
 * @typedef {import("../../../types/wire").Book} Book
 * @typedef {import("../ui/field.js").Domain} Domain
 */

/**
 * A number with a domain, or one of a few choices. Its `unit` is shown as it is, but for `s` and `base`; % and USD are so in every language.
 * @typedef {object} Part
 * @property {Key} label
 * @property {string} [unit] `s` is the language's own word
 * @property {string} [start] what stands there at first
 * @property {Domain | ((typed: any) => Domain)} [domain]
 * @property {Record<string, Key>} [choices]
 * @property {Key} [placeholder] what an empty field means
 * @property {(typed: any) => boolean} [when] whether it is there
 * @property {boolean} [wide] for long choices
 */

/**
 * What a form would do. `error`: why it can't be, as a whole. `lasts`: seconds until it has done most of it.
 * @typedef {{words: string, price?: number, error?: string, lasts?: number}} Preview
 */

/**
 * What tells one form from another. `body` is given the numbers and choices by the names of the parts, none of them
 * bad; `foresee` that body. They are each other's, which a type can't say of a list of all forms.
 * @typedef {object} Definition
 * @property {string} kind
 * @property {Key} action on the button
 * @property {Record<string, Part>} parts
 * @property {(values: any) => Body} body
 * @property {(body: any, now: InForce, book: Book) => Preview} foresee
 */

export const DURATION = { least: 0, most: 1e12, open: true };
/** As per cent: log-returns within ±20. */
export const JUMP = { least: Math.expm1(-20) * 100, most: Math.expm1(20) * 100 };

/** @type {Preview} */
const NOTHING = { words: "" };

/** @param {number} price */
export const priced = (price) => number(price, digits.value);

/** @param {Definition} definition */
export function makeForm({ kind, action, parts, body: build, foresee }) {
  const texts = Object.fromEntries(Object.entries(parts).map(([name, { start = "" }]) => [name, signal(start)]));
  const typed = computed(() => Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text.value])));
  /** The parts that are there, with what each comes to. */
  const shown = computed(() => Object.entries(parts).filter(([, { when }]) => !when || when(typed.value)).map(([name, part]) => {
    const { domain, choices } = part;
    const text = texts[name].value;
    const parsed = choices ? { value: text, error: "" } : parse(text, typeof domain === "function" ? domain(typed.value) : (domain ?? DURATION));
    return { name, part, parsed };
  }));
  const body = computed(() => shown.value.some(({ parsed }) => parsed.error) ? undefined
    : build(Object.fromEntries(shown.value.map(({ name, parsed }) => [name, parsed.value]))));
  const preview = computed(() => {
    const [wanted, now, book] = [body.value, inForce.value, parameters.value?.book];
    return wanted && now && book ? foresee(wanted, now, book) : NOTHING;
  });
  const draw = () => shown.value.map(({ name, part: { label, unit = "", choices, placeholder, wide }, parsed }) => {
    const common = { id: `${kind}-${name}`, key: `${kind}-${name}`, label: t(label), text: texts[name] };
    return choices ? html`<${Choice} ...${common} choices=${choices} wide=${wide} />`
      : html`<${Field} ...${common} unit=${unit === "s" ? t("unit.s") : unit === "base" ? base.value : unit} error=${parsed.error} placeholder=${placeholder && t(placeholder)} />`;
  });
  return { action, texts, body, preview, draw };
}

/** @typedef {ReturnType<typeof makeForm>} Form */
