// Which colours mean up and down: it is not the same everywhere.
import { load, save, settings } from "../core/settings.js";
import { effect, signal } from "../core/view.js";

export const PALETTES = /** @type {const} */ (["green", "red", "blue"]);
/** @typedef {(typeof PALETTES)[number]} Palette */

const kept = load(settings, "palette");
export const palette = signal(PALETTES.find((one) => one === kept) ?? /** @type {Palette} */ ("green"));

effect(() => {
  document.documentElement.dataset.palette = palette.value;
});

export function nextPalette() {
  palette.value = PALETTES[(PALETTES.indexOf(palette.value) + 1) % PALETTES.length];
  save(settings, "palette", palette.value);
}
