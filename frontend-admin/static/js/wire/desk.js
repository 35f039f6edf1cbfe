// The paper exchange: its REST, and its stream, after whose every connection all that a trader has comes anew.
import { io } from "../../vendor/socket.io.esm.min.js";
import { ask, change, get, newKey } from "./api.js";
import { gateway } from "./gateway.js";

/** @typedef {import("../../../types/trading").NewOrder} NewOrder */
/** @typedef {import("../../../types/trading").Order} Order */

const AT = "/api/trading/v1/";
const PUSHED = ["hello", "snapshot", "order", "fill", "account", "strategy", "trades", "venue"];
const AGAIN_MS = 250;

/** @template T @param {string} path @param {AbortSignal} [signal] @returns {Promise<import("./api.js").Answer<T>>} */
export const read = (path, signal) => get(AT + path, signal);

/** @template T @param {string} path @param {object} body @param {AbortSignal} [signal] @returns {Promise<import("./api.js").Answer<T>>} */
export const question = (path, body, signal) => ask(AT + path, body, signal);

/** @template T @param {"POST" | "DELETE"} method @param {string} path @param {object} [body] @returns {Promise<import("./api.js").Answer<T>>} */
export const demand = (method, path, body) => change(method, AT + path, body);

/**
 * Sends an order under a name of its own: sent again after an answer that never came, it is the same order.
 * @param {NewOrder} wanted @returns {Promise<import("./api.js").Answer<Order>>}
 */
export const submitOrder = (wanted) => demand("POST", "orders", { ...wanted, client_id: newKey().slice(0, 36) });

/**
 * @param {object} listener
 * @param {(event: string, payload: any) => void} listener.take
 * @param {(connected: boolean) => void} listener.connection
 * @param {(detail: string) => void} listener.unauthorized
 * @param {() => string | undefined} listener.token
 */
export function openDesk({ take, connection, unauthorized, token }) {
  const socket = io(gateway, {
    path: "/trading/socket.io/",
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    // A connection of its own: the door leads it elsewhere.
    forceNew: true,
    autoConnect: false,
    reconnectionDelay: AGAIN_MS,
    reconnectionDelayMax: 1500,
    timeout: 5000,
    auth: (/** @type {(auth: object) => void} */ send) => send({ token: token() }),
  });
  for (const event of PUSHED) socket.on(event, (/** @type {any} */ payload) => take(event, payload));
  const again = () => setTimeout(() => token() && socket.connect(), AGAIN_MS);
  socket.on("connect", () => connection(true));
  socket.on("disconnect", (/** @type {string} */ reason) => {
    connection(false);
    // After a close by the server the client doesn't try again by itself.
    if (reason === "io server disconnect") again();
  });
  socket.on("connect_error", (/** @type {Error} */ error) => {
    connection(false);
    if (socket.active) return;
    if (error.message.startsWith("unauthorized")) unauthorized(error.message);
    again();
  });
  /** Connects anew, as whoever it is now. */
  return () => {
    socket.disconnect();
    if (token()) socket.connect();
  };
}
