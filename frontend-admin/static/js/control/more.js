// Loads the rest of Inject: when a form of it is opened, a form has focus, or something in the journal is to be told by it.
import { batch, effect, signal, untracked } from "../core/view.js";
import { loadLaterTexts } from "../core/i18n.js";
import { overrides } from "../state/overrides.js";
import { further, KNOWN } from "../ui/words.js";

/** What was loaded. */
export const more = signal(/** @type {typeof import("./further.js") | null} */ (null));

export async function loadMore() {
  const [module] = await Promise.all([import("./further.js"), loadLaterTexts()]);
  batch(() => {
    more.value = module;
    further.value = module.told;
  });
  return module;
}

/** For whoever can do without it. */
export const tryMore = () => loadMore().catch(() => undefined);

effect(() => {
  if (!more.value && overrides.value.some((one) => !KNOWN.has(one.body.kind))) untracked(tryMore);
});
