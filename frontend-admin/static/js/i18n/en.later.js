// English, for what the Control room loads later: a new session, help.
import { helpTexts } from "./en.help.js";

export const laterTexts = {
  ...helpTexts,
  "new.ends": "Session {id} ends at tick {tick}. Its journal is kept.",
  "new.clears": "Every viewer's chart is cleared, and no override goes on.",
  "new.begins": "A new one begins now at {spot}, drift {drift}, volatility {volatility} a year, speed ×{speed}, with {seed}.",
  "new.randomSeed": "a seed that nobody knows",
  "new.givenSeed": "seed {seed}",
  "new.spot": "First price",
  "new.lastPrice": "the last price",
  "new.asNow": "as now",
  "new.random": "random, 256 bits",
  "new.seedWords": "The same seed and the same changes give the same market again. A short one can be guessed.",
  "new.seedError": "A number below 2⁶⁴, or 0x and up to 64 hexadecimal digits.",
  "new.keep": "Keep this session",
  "new.do": "End it and begin anew",
  "keys.apply": "Apply the draft, or send the form one is in",
  "keys.undo": "Undo what was just injected, while the notice offers it",
  "keys.discard": "Discard the draft",
  "meaning.reference": "The price this market would have had without any intervention: the same randomness, nobody's hand.",
  "meaning.realised": "How much the price has really moved in the last minutes, as a yearly rate.",
  "meaning.release": "Ends an override now, as its own end would.",
};
