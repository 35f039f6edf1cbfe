// The real stack on ports and a data directory of its own.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** What a test needs is set in the environment: there is no default that could be somebody else's build. */
export function binary(name) {
  const file = process.env[name];
  if (!file) throw new Error(`${name} must name the program to test`);
  return file;
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waits until something is true, and says what that was if it never is. */
export async function until(what, check, ms = 10_000) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await pause(25);
  }
}

const answers = (url) => fetch(url).then((answer) => answer.ok, () => false);

/**
 * Starts the stack: one process, or each service by itself so that one can be killed.
 * @param {number} first the gateway's port; the dashboard's is two above, the market's three, trading's four
 */
export async function startStack(first, { separate = false, seed = "7" } = {}) {
  const data = mkdtempSync(path.join(tmpdir(), "algo-trading-"));
  const [gatewayPort, dashboardPort, marketPort, tradingPort] = [first, first + 2, first + 3, first + 4];
  const flags = ["--data", data, "--gateway-port", gatewayPort, "--dashboard-port", dashboardPort, "--market-data-port", marketPort, "--trading-port", tradingPort].map(String);
  const programs = separate
    ? { market: [binary("MARKET_DATA_BIN"), ...flags, "--seed", seed], trading: [binary("TRADING_BIN"), ...flags], gateway: [binary("GATEWAY_BIN"), ...flags], dashboard: [binary("DASHBOARD_BIN"), ...flags] }
    : { stack: [binary("ALGO_TRADING_BIN"), "serve", ...flags, "--seed", seed] };
  const running = new Map();

  function start(name) {
    const [program, ...args] = programs[name];
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
    running.set(name, { child, ended: new Promise((done) => child.once("exit", done)) });
  }

  async function end(name, signal) {
    const { child, ended } = running.get(name);
    running.delete(name);
    child.kill(signal);
    await ended;
  }

  const gateway = `http://localhost:${gatewayPort}`;
  const ready = () => until("the stack is ready", () => answers(`${gateway}/readyz`), 20_000);
  for (const name of Object.keys(programs)) start(name);
  await ready();
  return {
    gateway,
    dashboard: `http://localhost:${dashboardPort}`,
    start,
    ready,
    signal: (name, signal) => running.get(name).child.kill(signal),
    kill: (name) => end(name, "SIGKILL"),
    link() {
      const printed = execFileSync(binary("ALGO_TRADING_BIN"), ["admin-link", ...flags], { encoding: "utf8" });
      return /http\S+#token=\S+/.exec(printed)[0];
    },
    async stop() {
      await Promise.all([...running.keys()].map((name) => end(name, "SIGTERM")));
      rmSync(data, { recursive: true, force: true });
    },
  };
}
