// Native modal dialogs, and the one that `?` opens: keys, and what the words on the screen mean.
import { Component } from "../../vendor/preact.mjs";
import { t } from "../core/i18n.js";
import { effect, html, signal, view } from "../core/view.js";

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

const helpOpen = signal(false);

export const showHelp = () => (helpOpen.value = true);

/** @type {[string, import("../core/i18n.js").Key][]} */
const COMMON = [["?", "keys.help"], ["← →", "keys.scroll"], ["+ −", "keys.zoom"], ["End", "keys.live"]];
/** @type {[string, import("../core/i18n.js").Key][]} */
const ADMIN = [["Ctrl + Enter", "keys.apply"], ["Esc", "keys.discard"]];
/** @type {[import("../core/i18n.js").Key, import("../core/i18n.js").Key][]} */
const WORDS = [
  ["presence.live", "meaning.live"], ["presence.paused", "meaning.paused"], ["presence.stale", "meaning.stale"],
  ["presence.reconnecting", "meaning.reconnecting"], ["presence.ended", "meaning.ended"],
];
/** @type {[import("../core/i18n.js").Key, import("../core/i18n.js").Key][]} */
const CONTROL = [["price.reference", "meaning.reference"], ["price.realised", "meaning.realised"], ["journal.release", "meaning.release"]];

export const Help = view((/** @type {{admin?: boolean}} */ { admin = false }) => html`
  <${Dialog} open=${helpOpen} id="help" heading=${t("help")}>
    <h3>${t("keys")}</h3>
    <dl class="keys">${[...(admin ? ADMIN : []), ...COMMON].map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${t(what)}</dd></div>`)}</dl>
    <h3>${t("meanings")}</h3>
    <dl class="words">${[...WORDS, ...(admin ? CONTROL : [])].map(([word, what]) => html`<div><dt>${t(word)}</dt><dd>${t(what)}</dd></div>`)}</dl>
  <//>`);

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
