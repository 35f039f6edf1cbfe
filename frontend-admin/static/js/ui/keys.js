// Whom a key is for, and the one that asks for help.
import { signal } from "../core/view.js";

/** Whether help is asked for; it is drawn by `help.js`. */
export const helpOpen = signal(false);

export const showHelp = () => (helpOpen.value = true);

/** Whether keys belong to what is being typed. @param {EventTarget | null} target */
export const isTyping = (target) =>
  target instanceof HTMLElement && (target.matches("input, textarea, select") || target.isContentEditable);

export const hasOpenDialog = () => document.querySelector("dialog[open]") !== null;

export function listenForHelp() {
  addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || hasOpenDialog()) return;
    event.preventDefault();
    showHelp();
  });
}
