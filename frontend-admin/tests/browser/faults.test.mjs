// Services die, and the page goes on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closed, held, presence, signedIn, untilLive, violations } from "./browser.mjs";
import { pause, until } from "./stack.mjs";

let stack, browser, page;
before(async () => {
  ({ stack, browser, page } = await signedIn(22220, { separate: true }));
  await until("some ticks are held", async () => (await held(page)).seq > 20);
});
after(() => closed(stack, browser));

/** The page holds each tick that the market published, once. */
async function holdsEveryTick() {
  const { prices, seq, lost } = await held(page);
  assert.equal(lost, 0);
  assert.equal(prices.length, seq, "each tick since the first, once");
  const answer = await fetch(`${stack.gateway}/api/market/v1/instruments/BTC-USD/ticks?from_seq=1&limit=${seq}`);
  assert.deepEqual(prices, (await answer.json()).price);
}

const apply = () => page.getByRole("button", { name: "Inject liquidity" });

test("the gateway is killed: shown within a second, and not a tick is lost", async () => {
  await page.evaluate(() => (globalThis.sameDocument = true));
  const killed = Date.now();
  await stack.kill("gateway");
  await until("Reconnecting", async () => (await presence(page)) === "Reconnecting", 1000);
  const shown = Date.now() - killed;
  assert.ok(await apply().isDisabled());
  assert.notEqual(await page.locator(".price-header").evaluate((element) => getComputedStyle(element).filter), "none");
  await until("it is announced", async () => /Reconnecting/.test(await page.locator("#announcer").textContent()), 1500);
  assert.deepEqual(await violations(page), [], "axe, disconnected");
  const { seq } = await held(page);
  stack.start("gateway");
  await stack.ready();
  const back = Date.now();
  await untilLive(page);
  await until("it goes on", async () => (await held(page)).seq > seq + 20);
  console.log(`# reconnecting shown after ${shown} ms, live ${Date.now() - back} ms after the gateway was back`);
  assert.ok(await page.evaluate(() => globalThis.sameDocument), "without a refresh");
  assert.ok(!(await apply().isDisabled()));
  await holdsEveryTick();
});

test("the market is killed: the same session goes on with the same ticks", async () => {
  const before = await held(page);
  await stack.kill("market");
  await until("Reconnecting", async () => (await presence(page)) === "Reconnecting", 3000);
  await pause(500);
  stack.start("market");
  await stack.ready();
  await untilLive(page);
  await until("it goes on", async () => (await held(page)).seq > before.seq + 20);
  assert.equal((await held(page)).session, before.session);
  await holdsEveryTick();
});

test("the market hangs: what is shown is stale, until it goes on", async () => {
  stack.signal("market", "SIGSTOP");
  await until("Stale", async () => (await presence(page)) === "Stale", 4000);
  assert.ok(await apply().isDisabled());
  stack.signal("market", "SIGCONT");
  await untilLive(page);
  const { seq } = await held(page);
  await until("it goes on", async () => (await held(page)).seq > seq + 20);
  await holdsEveryTick();
});

test("a token that isn't good is dropped, and the market goes on for a visitor", async () => {
  await page.evaluate(() => {
    const kept = JSON.parse(sessionStorage.credentials);
    sessionStorage.credentials = JSON.stringify({ ...kept, token: `${kept.token.slice(0, -4)}AAAA` });
  });
  await page.reload();
  await page.locator("#signed-out-title").waitFor();
  await page.locator("#link-error", { hasText: /\S/ }).waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await untilLive(page);
});

test("nothing broke a rule on the way", () => assert.deepEqual(browser.faults, []));
