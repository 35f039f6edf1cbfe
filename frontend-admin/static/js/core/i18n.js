// English and Thai. Every string that a person sees or hears comes from here. Only the language in use is loaded, and
// the Control room's strings only there.
import { batch, computed, effect, signal } from "./view.js";
import { load, save, settings } from "./settings.js";

/** @typedef {typeof import("../i18n/en.js").texts & typeof import("../i18n/en.control.js").texts} Texts */
/** @typedef {keyof Texts} Key */

const LANGUAGES = {
  en: [() => import("../i18n/en.js"), () => import("../i18n/en.control.js")],
  th: [() => import("../i18n/th.js"), () => import("../i18n/th.control.js")],
};
/** @typedef {keyof typeof LANGUAGES} Language */

const isControlRoom = "control" in document.documentElement.dataset;

/** @param {Language} wanted @returns {Promise<Texts>} */
async function loadTexts(wanted) {
  const parts = await Promise.all(LANGUAGES[wanted].slice(0, isControlRoom ? 2 : 1).map((part) => part()));
  return Object.assign({}, ...parts.map((part) => part.texts));
}

const stored = load(settings, "language");
const preferred = navigator.language.startsWith("th") ? "th" : "en";
const first = stored === "en" || stored === "th" ? stored : preferred;

export const language = signal(/** @type {Language} */ (first));
const texts = signal(/** @type {Record<Key, string>} */ (await loadTexts(first)));

/** Gregorian years and Latin digits in both. */
export const locale = computed(() => (language.value === "th" ? "th-TH-u-ca-gregory-nu-latn" : "en-GB"));

effect(() => {
  document.documentElement.lang = language.value;
});

export async function switchLanguage() {
  const wanted = language.value === "th" ? "en" : "th";
  const loaded = await loadTexts(wanted);
  batch(() => {
    language.value = wanted;
    texts.value = loaded;
  });
  save(settings, "language", wanted);
}

/**
 * The string of a key, its {names} filled in.
 * @param {Key} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values) {
  const text = texts.value[key];
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole)) : text;
}
