// The frame of both pages: where one is, whether it is live, who is signed in, language, theme; and the credits.
import { trimmed } from "../core/format.js";
import { language, switchLanguage, t } from "../core/i18n.js";
import { switchTheme, theme } from "../core/settings.js";
import { html, view } from "../core/view.js";
import { clock, session } from "../state/market.js";
import { presence } from "../state/presence.js";
import { credentials, isAdmin, signOut } from "../wire/auth.js";
import { showHelp } from "./keys.js";

const Presence = view(() => {
  const { speed } = clock.value;
  return html`<span class=${`badge presence ${presence.value}`}><span class="dot" aria-hidden="true"></span>${t(`presence.${presence.value}`)}${
    speed !== 1 && html`<span class="speed figures">×${trimmed(speed)}</span>`}</span>
    ${session.value?.practice && html`<span class="badge practice" title=${t("practice.why")}>${t("practice")}</span>`}`;
});

const Account = view((/** @type {{onSignIn?: () => void}} */ { onSignIn }) => {
  if (isAdmin.value) return html`<span class="account"><span class="muted signed">${t("auth.as", { who: credentials.value?.subject ?? "" })}</span>
    <button type="button" class="quiet" onClick=${signOut}>${t("auth.signOut")}</button></span>`;
  return onSignIn && html`<button type="button" class="quiet" onClick=${onSignIn}>${t("auth.signIn")}</button>`;
});

export const TopBar = view((/** @type {{page: "trade" | "admin", onSignIn?: () => void, children?: any, further?: any}} */ { page, onSignIn, children, further }) => {
  const here = (/** @type {string} */ name) => (name === page ? "page" : undefined);
  return html`<header class="topbar">
    <a class="skip" href="#main">${t("skip")}</a>
    <a class="brand" href="./"><span class="mark" aria-hidden="true">◆</span> Synth BTC</a>${children}
    <nav aria-label=${t("nav")}>
      <a class="tab" href="./" aria-current=${here("trade")}>${t("nav.trade")}</a>
      <a class="tab" href="./admin" aria-current=${here("admin")}>${t("nav.admin")}</a>
    </nav>
    <div class="state"><${Presence} /></div>
    <div class="switches">
      <${Account} onSignIn=${onSignIn} />
      <button type="button" class="quiet" onClick=${switchLanguage} lang=${language.value === "th" ? "en" : "th"}>${
        language.value === "th" ? "English" : "ไทย"}</button>
      <button type="button" class="quiet" onClick=${switchTheme}>${t(theme.value === "dark" ? "theme.light" : "theme.dark")}</button>
      ${further}
      <button type="button" class="quiet" onClick=${showHelp} aria-label=${t("help")} aria-keyshortcuts="?">?</button>
    </div>
  </header>`;
});

export const Footer = view(() => html`<footer class="page-foot">
  <p>${t("foot.synthetic")}</p>
  <p>${t("foot.charts")} <a href="https://www.tradingview.com/" rel="noopener noreferrer" target="_blank">TradingView Lightweight Charts™</a>${" "}
    <span lang="en">Copyright (с) 2026 TradingView, Inc.</span></p>
</footer>`);
