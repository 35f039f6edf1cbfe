// Services die while one trades, and the page goes on: no fill is lost, none is shown twice.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closed, held, opened, presence, untilLive, violations } from "./browser.mjs";
import { ask, notice, rows, showList, showsEveryFill, submit, visitDesk, write } from "./desk.mjs";
import { pause, until } from "./stack.mjs";

let stack, browser, page;
before(async () => {
  ({ stack, browser, page } = await opened(22300, { separate: true }));
  await visitDesk(page, stack);
  await page.evaluate(() => (globalThis.sameDocument = true));
});
after(() => closed(stack, browser));

async function buy(amount) {
  await write(page, { amount });
  await submit(page);
  await notice(page, `Bought ${amount} BTC`);
}
const isOff = () => page.locator(".submit").isDisabled();

test("the gateway is killed: shown within a second; what was traded stays, once", async () => {
  await buy("0.1");
  await page.locator("#ticket-amount").fill("0.2");
  const killed = Date.now();
  await stack.kill("gateway");
  await until("Reconnecting", async () => (await presence(page)) === "Reconnecting", 1000);
  const shown = Date.now() - killed;
  assert.ok(await isOff());
  assert.ok(await page.getByRole("button", { name: "Close: sell 0.1 BTC" }).isDisabled());
  assert.equal(await page.locator(".unavailable").count(), 0, "the market's state says it already");
  await until("it is announced", async () => /Reconnecting/.test(await page.locator("#announcer").textContent()), 1500);
  assert.deepEqual(await violations(page), [], "axe, disconnected");
  const { seq } = await held(page);
  stack.start("gateway");
  await stack.ready();
  const back = Date.now();
  await untilLive(page);
  await until("orders are taken again", async () => !(await isOff()));
  console.log(`# reconnecting shown after ${shown} ms, orders taken ${Date.now() - back} ms after the gateway was back`);
  await until("it goes on", async () => (await held(page)).seq > seq + 20);
  assert.equal((await held(page)).lost, 0);
  await buy("0.2");
  assert.equal(await showsEveryFill(page, stack), 2);
});

test("what is filled while the gateway is away is shown afterwards, once", async () => {
  const wanted = { instrument: "BTC-USD", strategy: "dca", values: { amount: 100, every_s: 0.5 } };
  const { id } = await ask(page, stack, "strategies", "POST", wanted);
  await until("it trades", async () => (await ask(page, stack, "fills")).length > 3);
  const before = (await ask(page, stack, "fills")).length;
  await stack.kill("gateway");
  await pause(2500);
  stack.start("gateway");
  await stack.ready();
  await untilLive(page);
  await ask(page, stack, `strategies/${id}`, "DELETE");
  await until("it has stopped", async () => (await ask(page, stack, "strategies"))[0].state === "stopped");
  const fills = await showsEveryFill(page, stack);
  console.log(`# ${fills - before} fills from before the kill to the end`);
  assert.ok(fills >= before + 4);
});

test("trading is killed: said so while the price goes on; orders and position are there afterwards", async () => {
  await write(page, { type: "Limit", amount: "0.05", price: "1000" });
  await submit(page);
  await showList(page, "Open");
  await rows(page, "rests").waitFor();
  await stack.kill("trading");
  await page.locator(".unavailable", { hasText: "Trading is not available." }).waitFor({ timeout: 3000 });
  assert.ok(await isOff());
  assert.equal(await presence(page), "Live");
  const { seq } = await held(page);
  await until("the price goes on", async () => (await held(page)).seq > seq + 10);
  assert.deepEqual(await violations(page), [], "axe, without trading");
  await pause(500);
  stack.start("trading");
  await page.locator(".unavailable").waitFor({ state: "detached", timeout: 15_000 });
  await until("orders are taken again", async () => !(await isOff()));
  await page.getByText("Long 0.3 BTC").waitFor();
  await showList(page, "Open");
  await rows(page, "rests").waitFor();
  await page.getByRole("button", { name: "Cancel all" }).click();
  await page.getByText("No open orders.").waitFor();
  await page.getByRole("button", { name: "Close: sell 0.3 BTC" }).click();
  await page.getByText("No position.").waitFor();
  const [last] = await ask(page, stack, "fills");
  await showsEveryFill(page, stack);
  assert.equal(await page.locator(`.lists [data-fill="${last.id}"]`).count(), 1);
  assert.ok(await page.evaluate(() => globalThis.sameDocument), "without a refresh");
});

test("the market hangs: what is shown is stale, and nothing can be sent", async () => {
  stack.signal("market", "SIGSTOP");
  await until("Stale", async () => (await presence(page)) === "Stale", 5000);
  await page.locator("#ticket-amount").fill("0.1");
  assert.ok(await isOff());
  assert.deepEqual(await violations(page), [], "axe, stale");
  stack.signal("market", "SIGCONT");
  await untilLive(page);
});

test("a guest's token that isn't good any more is another guest's account", async () => {
  await page.evaluate(() => {
    const kept = JSON.parse(sessionStorage.credentials);
    sessionStorage.credentials = sessionStorage.guest = JSON.stringify({ ...kept, token: `${kept.token.slice(0, -4)}AAAA` });
  });
  await page.reload();
  await visitDesk(page, stack);
  await write(page, { type: "Market", amount: "0.01" });
  await submit(page);
  await notice(page, "Bought 0.01 BTC");
});

test("nothing broke a rule on the way", () => assert.deepEqual(browser.faults, []));
