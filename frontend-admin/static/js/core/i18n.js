// English and Thai. Every string that a person sees or hears comes from here. Only the language in use is loaded, and
// the Control room's strings only there.
import { batch, computed, effect, signal } from "./view.js";
import { load, save, settings } from "./settings.js";

/** @typedef {typeof import("../i18n/en.control.js").controlTexts} Texts */
/** @typedef {keyof Texts} Key */

/** For everyone, and with what only the Control room says. */
const LANGUAGES = {
  en: {
    all: async () => (await import("../i18n/en.js")).texts,
    control: async () => (await import("../i18n/en.control.js")).controlTexts,
  },
  th: {
    all: async () => (await import("../i18n/th.js")).texts,
    control: async () => (await import("../i18n/th.control.js")).controlTexts,
  },
};
/** @typedef {keyof typeof LANGUAGES} Language */

const audience = "control" in document.documentElement.dataset ? "control" : "all";

/** @param {Language} wanted */
const loadTexts = (wanted) => /** @type {Promise<Texts>} */ (LANGUAGES[wanted][audience]());

const storedLanguage = load(settings, "language");
const preferred = navigator.language.startsWith("th") ? "th" : "en";
const first = storedLanguage === "en" || storedLanguage === "th" ? storedLanguage : preferred;

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
