// Native modal dialogs.
import { Component } from "../../vendor/preact.mjs";
import { t } from "../core/i18n.js";
import { effect, html } from "../core/view.js";

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
