// Trading with paper money: where the price is, what one holds, and what one can do about it.
import { t } from "./core/i18n.js";
import { effect, html, render, view } from "./core/view.js";
import { ChartPanel } from "./chart/panel.js";
import { canTrade, fills, followDesk } from "./state/desk.js";
import { forgetDepth, takeDepth, takePrints, takeTrades } from "./state/depth.js";
import { bars, openMarket, streamError, tape } from "./state/market.js";
import { nextPalette, palette } from "./state/palette.js";
import { AccountCard, Headline } from "./trade/account.js";
import { tellOf } from "./trade/acts.js";
import { Auto, showRuns } from "./trade/auto.js";
import { dressCandles } from "./trade/candles.js";
import { TradingState } from "./trade/cost.js";
import { Depth, Trades } from "./trade/depth.js";
import { listenForKeys } from "./trade/keys.js";
import { Lists } from "./trade/lists.js";
import { Ticket } from "./trade/ticket.js";
import { Footer, TopBar } from "./ui/frame.js";
import { lazy } from "./ui/later.js";
import { Announcer, Notices } from "./ui/notice.js";
import { helpOpen, listenForHelp } from "./ui/keys.js";
import { explain } from "./ui/failures.js";
import { guestFailure, openAccount } from "./wire/guest.js";

const dialogs = lazy(() => import("./trade/dialogs.js"));

const openSignIn = async () => (await dialogs.ask())?.askToSignIn();
const openReset = async () => (await dialogs.ask())?.askToReset();

const Colours = view(() => {
  const words = t(`palette.${palette.value}`);
  return html`<button type="button" class="quiet palette" onClick=${nextPalette} aria-label=${words} title=${words}>
    <span class="up" aria-hidden="true">▲</span><span class="down" aria-hidden="true">▼</span></button>`;
});

const NoAccount = view(() =>
  guestFailure.value && html`<p class="alarm" role="alert">${t("account.failed", { why: explain(guestFailure.value) })}</p>`);

const Dialogs = view(() => {
  const { All } = dialogs.loaded.value ?? {};
  return All && html`<${All} />`;
});

const Page = view(() => html`
  <${TopBar} page="trade" onSignIn=${openSignIn} further=${html`<${Colours} />`}>
    <strong class="badge paper" title=${t("paper.why")}>${t("paper")}</strong>
  <//>
  <main id="main" tabindex="-1">
    <h1 class="hidden">${t("title.trade")}</h1>
    <${Headline} />
    ${streamError.value && html`<p class="alarm" role="alert">${t("failure.stream", { said: streamError.value.message })}</p>`}
    <${NoAccount} /><${TradingState} />
    <div class="grid trade">
      <${ChartPanel} />
      <div class="side"><${Ticket} /><${Auto} /></div>
      <div class="desk"><${AccountCard} onReset=${openReset} /><${Lists} /></div>
      <div class="book"><${Depth} /><${Trades} /></div>
    </div>
  </main>
  <${Footer} />
  <${Dialogs} /><${Notices} /><${Announcer} />`);

effect(() => {
  if (helpOpen.value) void dialogs.ask().then((loaded) => loaded || (helpOpen.value = false));
});
effect(() => {
  document.title = t("title.trade");
});
effect(() => {
  document.documentElement.dataset.trading = canTrade.value ? "on" : "off";
});
// What the page holds, for tests and for the curious.
Object.assign(window, { market: { tape, bars }, desk: { fills } });
openMarket({
  channels: () => ["book", "trades"],
  take(event, payload) {
    if (event === "book") takeDepth(payload);
    else if (event === "trades") takeTrades(payload);
  },
  joined({ book, trades }) {
    takeDepth(book);
    takeTrades(trades);
  },
  forget: (why) => why === "session" && forgetDepth(),
  token: () => undefined,
});
openAccount();
followDesk((event, payload) => {
  if (event === "trades") takePrints(payload);
  else tellOf(event, payload);
});
showRuns();
dressCandles();
listenForHelp();
listenForKeys();
render(html`<${Page} />`, /** @type {HTMLElement} */ (document.getElementById("app")));
