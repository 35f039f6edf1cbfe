// The live stream: Socket.IO that goes on by itself, tells a gap, and never shows the past after the future.
import { io } from "../../vendor/socket.io.esm.min.js";
import { gateway } from "./gateway.js";

/**
 * @typedef {import("../../../types/wire").Hello} Hello
 * @typedef {import("../../../types/wire").Session} Session
 * @typedef {import("../../../types/wire").Subscribed} Subscribed
 * @typedef {import("../../../types/wire").StreamError} StreamError
 * @typedef {import("../../../types/wire").TickBatch} TickBatch
 * @typedef {import("../../../types/wire").Interval} Interval
 */

/**
 * What the stream tells, in an order that can be shown as it comes.
 * @typedef {object} Listener
 * @property {(session: Session) => void} session the session that everything from now on belongs to
 * @property {(session: Session) => string} instrument the one of it that is shown
 * @property {(subscribed: Subscribed) => void} joined history that the stream goes on from
 * @property {(event: string, payload: any) => void} live
 * @property {(connected: boolean) => void} connection
 * @property {(error: StreamError) => void} error
 * @property {(detail: string) => void} unauthorized
 * @property {() => {session: string, seq: number} | undefined} position where the page stands
 * @property {() => string[]} channels what it wants
 * @property {() => string | undefined} token
 */

const LIVE = ["ticks", "candles", "reference", "overrides", "stats", "heartbeat", "book", "trades"];
const RETRY_MS = 250;
const ANSWER_MS = 5000;

/** @param {Listener} listener */
export function openStream(listener) {
  const socket = io(gateway, {
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    reconnectionDelay: RETRY_MS,
    reconnectionDelayMax: 1500,
    timeout: 5000,
    auth: (/** @type {(auth: object) => void} */ send) => {
      const token = listener.token();
      send(token ? { token } : {});
    },
  });
  let instrument = "";
  /** Events that came between a subscription and its answer. @type {[string, any][] | null} */
  let held = null;
  /** Counts subscriptions: the answer to one that was overtaken is of no use. */
  let asked = 0;

  function subscribe() {
    const resume = listener.position();
    const mine = (asked += 1);
    held ??= [];
    socket.timeout(ANSWER_MS).emit(
      "subscribe",
      { instrument, channels: listener.channels(), ...(resume ? { resume } : {}) },
      (/** @type {Error | null} */ late, /** @type {Subscribed & {error?: StreamError}} */ answer) => {
        if (mine !== asked) return;
        if (late) return subscribe();
        const waited = held ?? [];
        held = null;
        if (answer.error) listener.error(answer.error);
        else listener.joined(answer);
        for (const [event, payload] of waited) take(event, payload);
      },
    );
  }

  /** @param {string} event @param {any} payload */
  function take(event, payload) {
    if (held && event !== "heartbeat") {
      held.push([event, payload]);
    } else if (event === "ticks" && hasGap(payload)) {
      subscribe();
    } else {
      listener.live(event, payload);
    }
  }

  /** @param {TickBatch} batch */
  function hasGap(batch) {
    const position = listener.position();
    return position !== undefined && batch.session === position.session && batch.prev_seq > position.seq;
  }

  socket.on("hello", (/** @type {Hello} */ hello) => {
    instrument = listener.instrument(hello);
    listener.session(hello);
    subscribe();
  });
  socket.on("session", (/** @type {Session} */ session) => {
    // Channels stay joined, and what was held back belongs to the session that is over.
    instrument = listener.instrument(session);
    listener.session(session);
    if (held) held = [];
    // The history of the new session, and its interventions, come with the answer.
    subscribe();
  });
  for (const event of LIVE) socket.on(event, (/** @type {any} */ payload) => take(event, payload));
  socket.on("error", (/** @type {StreamError} */ error) => listener.error(error));
  socket.on("connect", () => listener.connection(true));
  socket.on("disconnect", (/** @type {string} */ reason) => {
    held = null;
    asked += 1;
    listener.connection(false);
    // After a close by the server the client doesn't try again by itself.
    if (reason === "io server disconnect") setTimeout(() => socket.connect(), RETRY_MS);
  });
  socket.on("connect_error", (/** @type {Error} */ error) => {
    listener.connection(false);
    // An active socket tries again by itself: it could not reach the server. One that was refused doesn't.
    if (socket.active) return;
    if (error.message.startsWith("unauthorized")) listener.unauthorized(error.message);
    setTimeout(() => socket.connect(), RETRY_MS);
  });

  return {
    /** Another interval: gives up the old channel and joins the new one. @param {string} old @param {string} wanted */
    swap(old, wanted) {
      if (!socket.connected || !instrument) return;
      socket.emit("unsubscribe", { instrument, channels: [old] }, () => undefined);
      socket.emit("subscribe", { instrument, channels: [wanted] }, (/** @type {any} */ answer) => {
        if (answer.error) listener.error(answer.error);
        else listener.joined({ ...answer, expired: false });
      });
    },
    /** Connects again, as whoever is signed in now. */
    restart() {
      socket.disconnect().connect();
    },
  };
}
