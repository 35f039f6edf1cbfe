// The live market: price, chart, connection; for everyone, and read-only.
import { number, percent, trimmed } from "./core/format.js";
import { t } from "./core/i18n.js";
import { effect, html, render, view } from "./core/view.js";
import { ChartPanel } from "./chart/panel.js";
import { bars, instrument, openMarket, session, stats, streamError, tape } from "./state/market.js";
import { Footer, TopBar } from "./ui/frame.js";
import { listenForHelp } from "./ui/dialog.js";
import { Help } from "./ui/help.js";
import { Announcer, Notices } from "./ui/notice.js";
import { PriceHeader } from "./ui/price.js";
import { RecentTicks } from "./ui/recent.js";
import { SignInDialog, signInOpen } from "./ui/signin.js";
import { modelName } from "./ui/words.js";
import { credentials } from "./wire/auth.js";

const openSignIn = () => (signInOpen.value = true);

const About = view(() => {
  const [here, figures, traded] = [session.value, stats.value, instrument.value];
  const rows = [
    [t("about.instrument"), traded ? `${traded.base} / ${traded.quote}` : "–"],
    [t("about.model"), traded ? modelName(traded.model) : "–"],
    [t("about.interval"), here ? t("seconds", { value: trimmed(here.tick_interval_ms / 1000) }) : "–"],
    [t("about.drawdown"), percent(figures?.drawdown)],
    [t("about.window"), figures ? t("about.ticks", { count: number(figures.window_ticks) }) : "–"],
    [t("session.id"), here?.session ?? "–"],
  ];
  return html`<section class="card" aria-labelledby="about-title"><h2 id="about-title">${t("about")}</h2>
    <p class="muted">${t("about.words")}</p>
    <dl class="pairs">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd class="figures">${value}</dd></div>`)}</dl>
    ${credentials.value ? html`<a class="button" href="./admin">${t("about.control")}</a>`
      : html`<button type="button" onClick=${openSignIn}>${t("about.signIn")}</button>`}
  </section>`;
});

const Page = view(() => html`
  <${TopBar} page="live" onSignIn=${openSignIn} />
  <main id="main" tabindex="-1">
    <h1 class="hidden">${t("title.live")}</h1>
    <${PriceHeader} />
    ${streamError.value && html`<p class="alarm" role="alert">${t("failure.stream", { said: streamError.value.message })}</p>`}
    <div class="grid live">
      <${ChartPanel} />
      <div class="side"><${RecentTicks} /><${About} /></div>
    </div>
  </main>
  <${Footer} />
  <${SignInDialog} /><${Help} /><${Notices} /><${Announcer} />`);

effect(() => {
  document.title = t("title.live");
});
// What the page holds, for tests and for the curious.
Object.assign(window, { market: { tape, bars } });
openMarket({ admin: false });
listenForHelp();
render(html`<${Page} />`, /** @type {HTMLElement} */ (document.getElementById("app")));
