// The Control room: what is being done to the price, and what an admin can do.
import { t } from "./core/i18n.js";
import { effect, html, render, view } from "./core/view.js";
import { ChartPanel } from "./chart/panel.js";
import { HealthCard, Stalled } from "./control/health.js";
import { Inject } from "./control/inject.js";
import { Journal } from "./control/journal.js";
import { Scenarios } from "./control/scenarios.js";
import { SessionCard, SessionDialogs } from "./control/session.js";
import { StateBar } from "./control/statebar.js";
import { apply, discard, Steer } from "./control/steer.js";
import { story } from "./control/story.js";
import { WhatIf } from "./control/whatif.js";
import { followAsAdmin } from "./state/admin.js";
import { bars, streamError, tape } from "./state/market.js";
import { openSteered } from "./state/steered.js";
import { Footer, TopBar } from "./ui/frame.js";
import { lazy } from "./ui/later.js";
import { act, Announcer, Notices } from "./ui/notice.js";
import { hasOpenDialog, helpOpen, isTyping, listenForHelp } from "./ui/keys.js";
import { PriceHeader } from "./control/price.js";
import { isAdmin, signInByAddress, signingIn } from "./wire/auth.js";

const help = lazy(() => import("./ui/help.js"));
const signInForm = lazy(() => import("./ui/signin.js"));

/** Ctrl+Enter sends what one is working on: the form that has focus, else the draft of Steer. @param {KeyboardEvent} event */
function onKey(event) {
  if (hasOpenDialog() || !isAdmin.value) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    const form = document.activeElement?.closest("form");
    if (form) form.requestSubmit();
    else void apply();
  } else if (event.key === "z" && (event.ctrlKey || event.metaKey) && !isTyping(event.target)) {
    if (act()) event.preventDefault();
  } else if (event.key === "Escape") {
    discard();
  }
}

const SignedOut = view(() => {
  const { SignInForm } = signInForm.loaded.value ?? {};
  return html`<section class="card signed-out" aria-labelledby="signed-out-title">
    <h2 id="signed-out-title">${t("auth.needed")}</h2>${SignInForm && html`<${SignInForm} onDone=${() => undefined} />`}</section>`;
});

const Controls = view(() => html`<div class="grid admin">
  <${ChartPanel} story=${story} />
  <${WhatIf} />
  <div class="side"><${Steer} /><${Inject} /><${Scenarios} /><${SessionCard} /></div>
  <${Journal} />
  <${HealthCard} />
</div>`);

const Visitor = view(() => html`<div class="grid live"><${ChartPanel} /><div class="side"><${SignedOut} /></div></div>`);

const HelpDialog = view(() => {
  const { Help } = help.loaded.value ?? {};
  return Help && html`<${Help} />`;
});

const Page = view(() => html`
  <${TopBar} page="admin" />
  <main id="main" tabindex="-1">
    <h1 class="hidden">${t("title.admin")}</h1>
    <${PriceHeader} />
    ${isAdmin.value && html`<${Stalled} /><${StateBar} />`}
    ${streamError.value && html`<p class="alarm" role="alert">${t("failure.stream", { said: streamError.value.message })}</p>`}
    ${isAdmin.value ? html`<${Controls} />` : html`<${Visitor} />`}
  </main>
  <${Footer} />
  ${isAdmin.value && html`<${SessionDialogs} />`}<${HelpDialog} /><${Notices} /><${Announcer} />`);

signInByAddress();
effect(() => {
  if (helpOpen.value) void help.ask().then((loaded) => loaded || (helpOpen.value = false));
});
effect(() => {
  if (!isAdmin.value && !signingIn.value) void signInForm.ask();
});
effect(() => {
  document.title = t("title.admin");
});
// What the page holds, for tests and for the curious.
Object.assign(window, { market: { tape, bars } });
openSteered();
followAsAdmin();
listenForHelp();
addEventListener("keydown", onKey);
render(html`<${Page} />`, /** @type {HTMLElement} */ (document.getElementById("app")));
