// Where the one door is, and what went wrong there, in a form that can be told in either language.

const ports = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="gateway-port"]'));

// Only the dashboard's own server is beside the gateway: any other address is the gateway's, or that of TLS before it.
export const gateway =
  location.port === ports.dataset.from ? `${location.protocol}//${location.hostname}:${ports.content}` : location.origin;

/**
 * `problem`: the server said so. `unreachable`: no server answered. `expired`: the token is too old.
 * `unauthorized`: the stream refused the token.
 * @typedef {{kind: "problem", code?: string, title: string, detail: string, status: number, request: string}
 *   | {kind: "unreachable"} | {kind: "expired"} | {kind: "unauthorized", detail: string}} Failure
 */

/** @type {Failure} */
export const unreachable = { kind: "unreachable" };

/** @param {Response} answer @returns {Promise<Failure>} */
export async function failureOf(answer) {
  const { status } = answer;
  /** @type {Partial<import("../../../types/wire").Problem>} */
  const said = await answer.json().catch(() => ({}));
  const details = [said.detail ?? "", ...(said.errors ?? []).map((fault) => `${fault.pointer}: ${fault.detail}`)];
  const detail = details.filter(Boolean).join("; ");
  return { kind: "problem", code: said.type?.split(":").pop(), title: said.title ?? answer.statusText, detail, status, request: said.instance ?? "" };
}
