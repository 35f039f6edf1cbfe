// The keys of the ticket; off while one types, but for the one that sends the form that has focus, else the ticket.
import { hasOpenDialog, isTyping } from "../ui/keys.js";
import { sendNow } from "./acts.js";
import { clearDraft, draft } from "./draft.js";

/** @type {Record<string, () => void>} */
const PLAIN = {
  "/": () => document.getElementById("ticket-amount")?.focus(),
  b: () => (draft.side.value = "buy"),
  s: () => (draft.side.value = "sell"),
};

/** Where those keys are, for layouts that have other letters there, such as Thai. @type {Record<string, string>} */
const PLACES = { Slash: "/", KeyB: "b", KeyS: "s" };

/** @param {KeyboardEvent} event */
function onTicketKey(event) {
  if (hasOpenDialog() || event.altKey) return;
  const isWith = event.ctrlKey || event.metaKey;
  if (event.key === "Enter" && isWith) {
    event.preventDefault();
    const form = document.activeElement?.closest("form");
    if (form) form.requestSubmit();
    else void sendNow();
  } else if (event.key === "Escape") {
    clearDraft();
  } else if (!isWith && !isTyping(event.target)) {
    const what = PLAIN[event.key > "~" ? PLACES[event.code] : event.key.toLowerCase()];
    if (!what) return;
    event.preventDefault();
    what();
  }
}

export const listenForKeys = () => addEventListener("keydown", onTicketKey);
