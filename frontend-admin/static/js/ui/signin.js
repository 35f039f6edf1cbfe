// Signing in: what an admin link is, and a place to paste one.
import { html, signal, view } from "../core/view.js";
import { t } from "../core/i18n.js";
import { signIn, signInFailure, signingIn } from "../wire/auth.js";
import { Dialog } from "./dialog.js";
import { explain } from "./failures.js";

export const signInOpen = signal(false);
const pasted = signal("");
const isMissing = signal(false);

/** The token in what a person pasted: a whole admin link, or the token by itself. @param {string} text */
function tokenOf(text) {
  const trimmed = text.trim();
  return /#token=([^&\s]+)/.exec(trimmed)?.[1] ?? trimmed;
}

/** @param {() => void} onDone */
async function submit(onDone) {
  const token = tokenOf(pasted.value);
  isMissing.value = token === "";
  if (isMissing.value || signingIn.value) return;
  const done = await signIn(token);
  pasted.value = "";
  if (done) onDone();
}

export const SignInForm = view((/** @type {{onDone: () => void}} */ { onDone }) => {
  const failure = signInFailure.value;
  const error = isMissing.value ? t("auth.missing") : failure ? explain(failure) : "";
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    void submit(onDone);
  };
  const typed = (/** @type {InputEvent} */ event) => (pasted.value = /** @type {HTMLInputElement} */ (event.target).value);
  return html`<form class="sign-in" onSubmit=${send} novalidate>
    <p>${t("auth.explain")}</p>
    <pre class="command" tabindex="0" aria-label=${t("auth.command")}><code>algo-trading admin-link</code></pre>
    <p class="muted">${t("auth.once")}</p>
    <div class="field"><label for="link">${t("auth.paste")}</label>
      <input id="link" type="password" autocomplete="off" spellcheck=${false} value=${pasted.value} onInput=${typed}
        placeholder="http://…#token=…" aria-invalid=${error ? "true" : undefined} aria-describedby=${error ? "link-error" : undefined} />
      <p class="error" id="link-error" role="alert">${error}</p></div>
    <button class="primary" disabled=${signingIn.value}>${t(signingIn.value ? "auth.signingIn" : "auth.signIn")}</button>
  </form>`;
});

/** On the live page; leads to the Control room. */
export const SignInDialog = view(() => html`<${Dialog} open=${signInOpen} id="sign-in" heading=${t("auth.signIn")}>
  ${signInOpen.value && html`<${SignInForm} onDone=${() => location.assign("./admin")} />`}
<//>`);
