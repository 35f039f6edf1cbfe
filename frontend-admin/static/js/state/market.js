// What the page knows of the market. Events change plain state at once; signals follow on the next frame.
import { onFrame } from "../core/frame.js";
import { audience, base } from "../core/i18n.js";
import { load, save, settings } from "../core/settings.js";
import { batch, computed, effect, signal, untracked } from "../core/view.js";
import { dropToken } from "../wire/auth.js";
import { openStream } from "../wire/stream.js";
import { Bars, INTERVALS, Tape } from "./series.js";

/**
 * @typedef {import("../../../types/wire").Session} Session
 * @typedef {import("../../../types/wire").Stats} Stats
 * @typedef {import("../../../types/wire").Clock} Clock
 * @typedef {import("../../../types/wire").Interval} Interval
 * @typedef {import("../../../types/wire").StreamError} StreamError
 */

export const tape = new Tape();
export const bars = new Bars();

export const session = signal(/** @type {Session | null} */ (null));
export const clock = signal(/** @type {Clock} */ ({ running: true, speed: 1 }));
/** Whether trading is halted: ticks go on, and none is published. */
export const halted = signal(false);
export const stats = signal(/** @type {Stats | null} */ (null));
export const quote = signal({ price: /** @type {number | undefined} */ (undefined), seq: 0, tick: 0, time: 0, dt: 0 });
export const range = signal(/** @type {ReturnType<Bars["range"]>} */ (undefined));
export const windowStart = computed(() => range.value?.from);
export const connected = signal(false);
export const streamError = signal(/** @type {StreamError | null} */ (null));
/** Server's clock minus ours, as the last heartbeat arrived. */
export const heartbeat = signal(/** @type {{sent: number, came: number} | null} */ (null));
/** When the last tick came, by our clock; 0 before the first. */
export const lastTickAt = signal(0);
/** Counts changes of candles: the chart draws when it moves. */
export const barsVersion = signal(0);
/** Where a session that the page saw end gave way to this one. */
export const sessionBreak = signal(/** @type {{id: string, time: number} | null} */ (null));

const storedInterval = load(settings, "interval");
export const interval = signal(INTERVALS.find((one) => one === storedInterval) ?? /** @type {Interval} */ ("1s"));
/** The instrument that the Control room's address names, else the first, which is the one that is traded. */
const namedInstrument = audience === "control" ? new URLSearchParams(location.search).get("instrument") : null;
/** @param {Session | null} of */
const shownOf = (of) => of?.instruments.find(({ id }) => id === namedInstrument) ?? of?.instruments[0];
export const instrument = computed(() => shownOf(session.value) ?? null);

effect(() => {
  base.value = instrument.value?.base ?? "BTC";
});

/** Shows another. @param {Event} event */
export function chooseInstrument({ target }) {
  location.search = String(new URLSearchParams({ instrument: /** @type {HTMLSelectElement} */ (target).value }));
}

/**
 * What a page wants beyond the price.
 * @typedef {object} Wishes
 * @property {() => string[]} channels
 * @property {(event: string, payload: any) => boolean | void} take what comes by them; true if the chart shows it
 * @property {(subscribed: import("../../../types/wire").Subscribed) => void} joined
 * @property {(why: "session" | "interval" | "token") => unknown} forget what there was belongs to another
 * @property {() => string | undefined} token prices are for anyone: it is for what isn't
 */

/** @type {Wishes} */
let wishes;
/** @type {ReturnType<typeof openStream> | undefined} */
let stream;

const channels = () => ["ticks", "stats", `candles:${interval.value}`, ...wishes.channels()];

/** @param {Session} next */
function beginSession(next) {
  const before = session.value;
  batch(() => {
    session.value = next;
    clock.value = next.clock;
    halted.value = shownOf(next)?.halted ?? false;
    if (next.session === tape.session) return;
    tape.begin(next.session);
    bars.begin([]);
    wishes.forget("session");
    stats.value = null;
    lastTickAt.value = 0;
    sessionBreak.value = before ? { id: next.session, time: next.start_time } : null;
  });
  onFrame(publish);
}

function publish() {
  batch(() => {
    quote.value = { price: tape.price, seq: tape.seq, tick: tape.tick, time: tape.time, dt: tape.dt };
    range.value = bars.range();
    barsVersion.value += 1;
  });
}

/** @param {import("../../../types/wire").TickBatch} ticks */
function takeTicks(ticks) {
  const isFresh = tape.add(ticks) > 0;
  if (isFresh) lastTickAt.value = Date.now();
  return isFresh;
}

/** @param {string} event @param {any} payload */
function live(event, payload) {
  if (event === "heartbeat") {
    heartbeat.value = { sent: payload.server_time, came: Date.now() };
    clock.value = payload.clock;
    halted.value = payload.halts?.includes(instrument.value?.id) ?? false;
  } else if (event === "stats") {
    stats.value = payload;
  } else if (event === "ticks") {
    // A live tick is the end of a halt, whatever the last heartbeat said.
    if (takeTicks(payload)) halted.value = false;
    onFrame(publish);
  } else if (event === "candles") {
    if (payload.interval === interval.value) bars.add(payload.candles);
    onFrame(publish);
  } else if (wishes.take(event, payload)) {
    onFrame(publish);
  }
}

/** @param {import("../../../types/wire").Subscribed} subscribed */
function joined(subscribed) {
  const { ticks, candles } = subscribed;
  batch(() => {
    streamError.value = null;
    if (ticks) takeTicks(ticks);
    for (const history of candles ?? []) if (history.interval === interval.value) bars.begin(history.candles);
    wishes.joined(subscribed);
  });
  onFrame(publish);
}

/** @param {StreamError} error */
function failed(error) {
  streamError.value = error;
  if (error.code === "forbidden" || error.code === "unauthorized") refused(error.message);
}

/** @param {string} detail */
const refused = (detail) => dropToken({ kind: "unauthorized", detail });

/** Opens the stream. @param {Wishes} page */
export function openMarket(page) {
  wishes = page;
  const { token, forget } = page;
  stream = openStream({
    session: beginSession,
    instrument: (of) => shownOf(of)?.id ?? "",
    joined,
    live,
    error: failed,
    unauthorized: refused,
    connection: (up) => (connected.value = up),
    position: () => (tape.seq > 0 ? { session: tape.session, seq: tape.seq } : undefined),
    channels,
    token,
  });
  let used = token();
  effect(() => {
    const now = token();
    if (now === used) return;
    used = now;
    untracked(() => {
      forget("token");
      stream?.restart();
    });
  });
}

/** @param {Interval} wanted */
export function showInterval(wanted) {
  const old = interval.value;
  if (wanted === old) return;
  save(settings, "interval", wanted);
  batch(() => {
    interval.value = wanted;
    bars.begin([]);
    wishes.forget("interval");
  });
  stream?.swap(`candles:${old}`, `candles:${wanted}`);
  onFrame(publish);
}
