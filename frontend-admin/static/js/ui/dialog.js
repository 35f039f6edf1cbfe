// Native modal dialogs, and the key that asks for help.
import { Component } from "../../vendor/preact.mjs";
import { t } from "../core/i18n.js";
import { effect, html, signal } from "../core/view.js";

/** @typedef {import("../../vendor/signals-core.mjs").Signal<boolean>} Open */

/** @typedef {{open: Open, id: string, heading: string, children?: any}} Props */

/** @extends {Component<Props>} */
export class Dialog extends Component {
  /** @type {HTMLDialogElement | null} */
  dialog = null;
  /** @type {(() => void) | undefined} */
  forget;

  componentDidMount() {
    this.forget = effect(() => {
      if (this.props.open.value) this.dialog?.showModal();
      else this.dialog?.close();
    });
  }

  componentWillUnmount() {
    this.forget?.();
  }

  /** @param {Props} props */
  render({ open, id, heading, children }) {
    const close = () => (open.value = false);
    return html`<dialog aria-labelledby=${`${id}-heading`} onClose=${close}
      ref=${(/** @type {HTMLDialogElement | null} */ dialog) => (this.dialog = dialog)}>
      <header class="dialog-head"><h2 id=${`${id}-heading`}>${heading}</h2>
        <button type="button" class="quiet close" onClick=${close} aria-label=${t("close")}><span aria-hidden="true">✕</span></button></header>
      ${children}
    </dialog>`;
  }
}

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
