// Loads what isn't needed at first, with the strings and styles of it.
import { loadLaterTexts, t } from "../core/i18n.js";
import { signal } from "../core/view.js";
import { tellBad } from "./notice.js";

/** @type {Promise<unknown> | undefined} */
let styled;

/** The page's link names the sheet. */
function loadLaterStyles() {
  styled ??= new Promise((done, fail) => {
    const { head } = document;
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = /** @type {HTMLElement} */ (head.querySelector("[data-later]")).dataset.later ?? "";
    link.onload = done;
    link.onerror = (error) => {
      // The next one to ask tries again.
      styled = undefined;
      fail(error);
    };
    head.append(link);
  });
  return styled;
}

/** A module; nothing, and a word about it, if it can't be had. @template T @param {() => Promise<T>} load */
export async function later(load) {
  try {
    const [module] = await Promise.all([load(), loadLaterTexts(), loadLaterStyles()]);
    return module;
  } catch {
    tellBad(t("failure.unreachable"));
    return undefined;
  }
}

/** What is loaded when it is first asked for, and whether it is there. @template T @param {() => Promise<T>} load */
export function lazy(load) {
  const loaded = signal(/** @type {T | undefined} */ (undefined));
  return { loaded, ask: async () => (loaded.value ??= await later(load)) };
}
