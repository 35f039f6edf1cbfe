// The dialog that `?` opens: keys, and what the words on the screen mean.
import { t } from "../core/i18n.js";
import { html, view } from "../core/view.js";
import { Dialog } from "./dialog.js";
import { helpOpen } from "./keys.js";

/** @type {[string, import("../core/i18n.js").Key][]} */
const COMMON = [["?", "keys.help"], ["← →", "keys.scroll"], ["+ −", "keys.zoom"], ["End", "keys.live"]];
/** @type {[string, import("../core/i18n.js").Key][]} */
const ADMIN = [["Ctrl + Enter", "keys.apply"], ["Ctrl + Z", "keys.undo"], ["Esc", "keys.discard"]];
/** @type {[import("../core/i18n.js").Key, import("../core/i18n.js").Key][]} */
const WORDS = [
  ["presence.live", "meaning.live"], ["presence.paused", "meaning.paused"], ["presence.halted", "meaning.halted"],
  ["presence.stale", "meaning.stale"], ["presence.reconnecting", "meaning.reconnecting"], ["presence.ended", "meaning.ended"],
];
/** @type {[import("../core/i18n.js").Key, import("../core/i18n.js").Key][]} */
const CONTROL = [["price.reference", "meaning.reference"], ["price.realised", "meaning.realised"], ["journal.release", "meaning.release"]];

/** With what the Control room has, or another page. */
export const Help = view((/** @type {{keys?: typeof ADMIN, meanings?: typeof CONTROL}} */ { keys = ADMIN, meanings = CONTROL }) => html`
  <${Dialog} open=${helpOpen} id="help" heading=${t("help")}>
    <h3>${t("keys")}</h3>
    <dl class="keys">${[...keys, ...COMMON].map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${t(what)}</dd></div>`)}</dl>
    <h3>${t("meanings")}</h3>
    <dl class="words">${[...WORDS, ...meanings].map(([word, what]) => html`<div><dt>${t(word)}</dt><dd>${t(what)}</dd></div>`)}</dl>
  <//>`);
