// English, for the live market.
import { texts } from "./en.js";
import { helpTexts } from "./en.help.js";

export const liveTexts = {
  ...texts,
  ...helpTexts,
  "title.live": "Synth BTC: the live market",
  "price.high": "High",
  "price.low": "Low",
  "recent": "Latest ticks",
  "recent.change": "Change",
  "about": "This market",
  "about.words": "A simulated price, streamed live. It is computed, not quoted: no real money, no real market.",
  "about.instrument": "Instrument",
  "about.drawdown": "Largest fall from a peak",
  "about.window": "Figures over the last",
  "about.signIn": "Sign in to steer it",
  "about.control": "Go to the Control room",
};
