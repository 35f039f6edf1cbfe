// Loads what isn't needed at first, with the strings of it.
import { loadLaterTexts, t } from "../core/i18n.js";
import { tellBad } from "./notice.js";

/** A module; nothing, and a word about it, if it can't be had. @template T @param {() => Promise<T>} load */
export async function later(load) {
  try {
    const [module] = await Promise.all([load(), loadLaterTexts()]);
    return module;
  } catch {
    tellBad(t("failure.unreachable"));
    return undefined;
  }
}
