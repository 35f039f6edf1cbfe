// A first visit: the live market, for anybody.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closed, held, opened, presence, shownPrice, untilLive } from "./browser.mjs";
import { until } from "./stack.mjs";

let stack, browser, page;
before(async () => ({ stack, browser, page } = await opened(22200)));
after(() => closed(stack, browser));

test("the price moves without a refresh, by the ticks that the market sent", async () => {
  await page.goto(`${stack.dashboard}/dashboard/`);
  await untilLive(page);
  const first = await shownPrice(page);
  await until("the price has moved", async () => (await shownPrice(page)) !== first);
  await until("some ticks are held", async () => (await held(page)).seq > 30);
  const { prices, seq, lost } = await held(page);
  assert.equal(lost, 0);
  const answer = await fetch(`${stack.gateway}/api/market/v1/instruments/BTC-USD/ticks?from_seq=${seq - prices.length + 1}&limit=${prices.length}`);
  assert.deepEqual(prices, (await answer.json()).price);
});

test("a visitor holds no token and no control", async () => {
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  assert.equal(await page.locator("form").count(), 0);
});

test("another timeframe shows other candles, also after a reload", async () => {
  await page.getByRole("button", { name: "5s", exact: true }).click();
  await until("candles of five seconds", async () => /of 5s/.test(await page.locator("#chart-words").textContent()));
  const steps = await page.evaluate(() => globalThis.market.bars.list.map((bar) => bar.open_time % 5000));
  assert.ok(steps.every((rest) => rest === 0));
  await page.reload();
  await untilLive(page);
  await until("still five seconds", async () => /of 5s/.test(await page.locator("#chart-words").textContent()));
});

test("language and theme are chosen once", async () => {
  await page.getByRole("button", { name: "ไทย" }).click();
  await page.getByRole("button", { name: "สว่าง" }).click();
  await page.reload();
  await untilLive(page);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "th");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
  assert.match(await presence(page), /สด/);
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("link", { name: "Market" }).waitFor();
});

test("a pasted link signs in and leads to the Control room", async () => {
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.locator("dialog").getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText("Paste the link first.").waitFor();
  await page.locator("#link").fill("nonsense");
  await page.keyboard.press("Enter");
  await page.getByText(/has been used, has expired/).waitFor();
  await page.locator("#link").fill(stack.link());
  await page.keyboard.press("Enter");
  await page.waitForURL("**/dashboard/admin");
  await page.getByText("Signed in as").waitFor();
});

test("the gateway serves the same pages", async () => {
  await page.goto(`${stack.gateway}/dashboard/`);
  await untilLive(page);
});

test("nothing broke a rule on the way", () => assert.deepEqual(browser.faults, []));
