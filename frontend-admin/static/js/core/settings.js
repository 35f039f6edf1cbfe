// What a person has chosen: it outlives the page where the browser lets it. And of that, dark or light.
import { computed, effect, signal } from "./view.js";

/** @param {() => Storage} area @param {string} key */
export function load(area, key) {
  try {
    return area().getItem(key);
  } catch {
    return null;
  }
}

/** @param {() => Storage} area @param {string} key @param {string | null} value */
export function save(area, key, value) {
  try {
    if (value === null) area().removeItem(key);
    else area().setItem(key, value);
  } catch {
    // Nothing to do: the setting holds until the page is left.
  }
}

export const settings = () => localStorage;

/** @typedef {"dark" | "light"} Theme */

const system = matchMedia("(prefers-color-scheme: dark)");
const systemTheme = signal(/** @type {Theme} */ (system.matches ? "dark" : "light"));
system.addEventListener("change", () => (systemTheme.value = system.matches ? "dark" : "light"));

const storedTheme = load(settings, "theme");
const chosen = signal(/** @type {Theme | null} */ (storedTheme === "dark" || storedTheme === "light" ? storedTheme : null));

export const theme = computed(() => chosen.value ?? systemTheme.value);

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});

export function switchTheme() {
  chosen.value = theme.value === "dark" ? "light" : "dark";
  save(settings, "theme", chosen.value);
}

/** A colour token as the canvas needs it. @param {string} token */
export function colour(token) {
  return getComputedStyle(document.documentElement).getPropertyValue(token).trim();
}
