// English. The keys are the contract: every other language has the same ones.

export const texts = {
  "skip": "Skip to content",
  "nav": "Pages",
  "nav.trade": "Trading",
  "nav.admin": "Control room",
  "theme.light": "Light",
  "theme.dark": "Dark",
  "dismiss": "Dismiss",
  "practice": "Practice",
  "practice.why": "The seed is short enough to be guessed: whoever guesses it knows the future of this market.",

  "presence.connecting": "Connecting",
  "presence.live": "Live",
  "presence.paused": "Paused",
  "presence.halted": "Halted",
  "presence.stale": "Stale",
  "presence.reconnecting": "Reconnecting",
  "presence.ended": "Session ended",
  "announce.live": "The market is live.",
  "announce.paused": "The market is paused.",
  "announce.halted": "Trading is halted. Prices go on when the halt is over.",
  "announce.stale": "No ticks are coming. What is shown is not the present.",
  "announce.ended": "The session has ended. A new one begins.",

  "price": "Price",
  "price.since": "since {time}",

  "chart.timeframes": "Candle length",
  "chart.utc": "Simulated time, UTC",
  "chart.newSession": "New session {id}",
  "chart.empty": "No candles yet.",
  "chart.words": "{count} candles of {interval}, from {from} to {to}: opened at {open}, now {close}, highest {high}, lowest {low}.",
  "chart.marked": "Interventions marked: {marked}.",
  "chart.keys": "Arrow keys scroll, plus and minus zoom, End goes back to the newest candle.",

  "auth.signIn": "Sign in",
  "auth.signOut": "Sign out",
  "auth.as": "Signed in as {who}",

  "failure.expired": "The sign-in has expired. Ask for a new link.",
  "failure.unauthorized": "You were signed out: {detail}",
  "failure.refused": "Refused: {said} (request {request})",
  "failure.busy": "Not now: {said} (request {request})",
  "failure.stream": "The stream was refused: {said}",

  "help": "Help",

  "foot.charts": "Charts by",
};
