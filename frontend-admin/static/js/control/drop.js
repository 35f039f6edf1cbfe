// Where a journal's file is dropped or chosen, to be replayed. What reads it comes with the first one.
import { t } from "../core/i18n.js";
import { html, view } from "../core/view.js";
import { lazy } from "../ui/later.js";

/** The dialog about it. */
export const replay = lazy(() => import("./replay.js"));

/** @param {FileList | null | undefined} files */
async function takeFile(files) {
  const file = files?.[0];
  if (file) (await replay.ask())?.consider(file);
}

/** @param {DragEvent} event */
function onDrag(event) {
  event.preventDefault();
  /** @type {HTMLElement} */ (event.currentTarget).classList.toggle("over", event.type === "dragover");
  void takeFile(event.dataTransfer?.files);
}

export const Drop = view(() => {
  const chosen = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.currentTarget);
    // Emptied, so that the same file can be chosen again; its list would be emptied with it.
    void takeFile(input.files).then(() => (input.value = ""));
  };
  return html`<div class="drop" onDragOver=${onDrag} onDragLeave=${onDrag} onDrop=${onDrag}>
    <button type="button" onClick=${() => document.getElementById("journal-file")?.click()}>${t("replay.choose")}</button>
    <span class="muted">${t("replay.drop")}</span><input id="journal-file" type="file" accept=".jsonl" hidden onChange=${chosen} /></div>`;
});
