// English and Thai. Every string that a person sees or hears comes from here. Only the language in use is loaded, of
// that only what the page says, and what it doesn't say at first only with what says it.
import { batch, computed, effect, signal } from "./view.js";
import { load, save, settings } from "./settings.js";

/**
 * @typedef {typeof import("../i18n/en.trade.js").words & typeof import("../i18n/en.lab.js").words
 *   & typeof import("../i18n/en.control.js").words & typeof import("../i18n/en.later.js").words} Texts
 */
/** @typedef {keyof Texts} Key */

/** What each page says at first, and later. */
const LANGUAGES = {
  en: {
    trade: [() => import("../i18n/en.trade.js"), () => import("../i18n/en.lab.js")],
    control: [() => import("../i18n/en.control.js"), () => import("../i18n/en.later.js")],
  },
  th: {
    trade: [() => import("../i18n/th.trade.js"), () => import("../i18n/th.lab.js")],
    control: [() => import("../i18n/th.control.js"), () => import("../i18n/th.later.js")],
  },
};
/** @typedef {keyof typeof LANGUAGES} Language */

/** Whose page it is. */
export const audience = "control" in document.documentElement.dataset ? "control" : "trade";

let wantsLater = false;

/** @param {Language} wanted @returns {Promise<Record<Key, string>>} */
async function loadTexts(wanted) {
  const [first, later] = LANGUAGES[wanted][audience];
  const [now, more] = await Promise.all([first(), wantsLater ? later() : undefined]);
  return /** @type {Texts} */ ({ ...now.words, ...more?.words });
}

const storedLanguage = load(settings, "language");
const preferred = navigator.language.startsWith("th") ? "th" : "en";
const first = storedLanguage === "en" || storedLanguage === "th" ? storedLanguage : preferred;

let wantedLanguage = /** @type {Language} */ (first);
export const language = signal(/** @type {Language} */ (first));
const texts = signal(await loadTexts(first));

/** Gregorian years and Latin digits in both. */
export const locale = computed(() => (language.value === "th" ? "th-TH-u-ca-gregory-nu-latn" : "en-GB"));

effect(() => {
  document.documentElement.lang = language.value;
});

/** Puts the strings that are wanted in force; what was wanted only while others came is not. */
async function renew() {
  const [wanted, later] = [wantedLanguage, wantsLater];
  const loaded = await loadTexts(wanted);
  if (wanted !== wantedLanguage || later !== wantsLater) return renew();
  batch(() => {
    language.value = wanted;
    texts.value = loaded;
  });
}

/** Whoever waits for it may use the strings of what is loaded later. */
export async function loadLaterTexts() {
  wantsLater = true;
  await renew();
}

export async function switchLanguage() {
  wantedLanguage = language.value === "th" ? "en" : "th";
  await renew();
  save(settings, "language", language.value);
}

/** What the service says in English, in the language in force where its words are known. @param {string} text */
export const translated = (text) => /** @type {Record<string, string>} */ (texts.value)[text] ?? text;

/** What is traded on the page: strings call it {base}. */
export const base = signal("BTC");

/**
 * The string of a key, its {names} filled in.
 * @param {Key} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values) {
  const text = texts.value[key];
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? (name === "base" ? base.value : whole))) : text;
}
