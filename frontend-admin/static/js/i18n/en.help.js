// English, for dialogs, help and signing in, on both pages.

export const helpTexts = {
  "close": "Close",
  "keys": "Keys",
  "keys.help": "This help",
  "keys.scroll": "Scroll the chart, when it has focus",
  "keys.zoom": "Zoom the chart",
  "keys.live": "Back to the newest candle",
  "meanings": "What the words mean",
  "meaning.live": "Ticks are coming.",
  "meaning.paused": "An admin has stopped the clock.",
  "meaning.halted": "Trading is halted by an admin or a price limit: no ticks are published.",
  "meaning.stale": "Connected, but no tick has come for more than two seconds.",
  "meaning.reconnecting": "The connection is lost; the page tries again by itself and misses nothing.",
  "meaning.ended": "This session is over, and the next one is about to begin.",
  "auth.signingIn": "Signing in…",
  "auth.explain": "An admin steers this market. On the machine that runs it, ask for a link:",
  "auth.command": "The command that prints a link",
  "auth.once": "Open the link, or paste it here. It works once, for ten minutes.",
  "auth.paste": "Admin link or token",
  "auth.missing": "Paste the link first.",
};
