// Strategies that trade by themselves, and back-tests of them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closed, opened, shownPrice, violations } from "./browser.mjs";
import { ask, steering, visitDesk } from "./desk.mjs";
import { until } from "./stack.mjs";

let stack, browser, page, admin;
before(async () => {
  ({ stack, browser, page } = await opened(22290));
  admin = await steering(stack);
  await visitDesk(page, stack);
});
after(() => closed(stack, browser));

const button = (name) => page.getByRole("button", { name, exact: true });
const run = (id) => page.locator(`[data-run="${id}"]`);

test("a strategy says what it does, and its numbers have domains", async () => {
  await button("Choose a strategy…").click();
  await page.locator("#strategy").selectOption({ label: "Dollar-cost averaging" });
  await page.getByText("Buys for the same amount at regular times, whatever the price.").waitFor();
  await page.locator("#strategy-amount").fill("-1");
  await page.getByText(/Between 1 and/).waitFor();
  assert.ok(await button("Start").isDisabled());
  await page.locator("#strategy-amount").fill("500");
  await page.locator("#strategy-every_s").fill("1");
});

test("it is started, trades, and says why", async () => {
  await button("Start").click();
  await run(1).waitFor();
  await until("it has traded", async () => /[1-9]\d* trades/.test(await run(1).textContent()), 15_000);
  assert.match(await run(1).textContent(), /purchase \d+/);
  await until("it has paid for it", async () => /−\d/.test(await run(1).locator(".gain").textContent()));
  await run(1).getByText("Settings and decisions").click();
  assert.match(await run(1).textContent(), /cash 500, every s 1/);
  assert.match(await run(1).locator(".decisions li").first().textContent(), /Buy 0\.\d+ BTC at market purchase \d+/);
  // Its account is its own.
  assert.equal((await ask(page, stack, "account")).position, undefined);
});

test("numbers that contradict each other are named as the form names them, once, and so are orders, in both languages", async () => {
  await page.locator("#strategy").selectOption({ label: "Moving-average crossover" });
  await page.locator("#strategy-fast_bars").fill("40");
  await button("Start").click();
  await page.locator(".notice.bad", { hasText: /“bars of the fast average” must be below “bars of the slow average”/ }).waitFor();
  await button("ไทย").click();
  await button("เริ่ม").click();
  await page.locator(".notice.bad", { hasText: "“จำนวนแท่งของค่าเฉลี่ยเร็ว” ต้องน้อยกว่า “จำนวนแท่งของค่าเฉลี่ยช้า”" }).waitFor();
  assert.match(await run(1).locator(".decisions li").first().textContent(), /ซื้อ 0\.\d+ BTC ที่ราคาตลาด ซื้อครั้งที่ \d+/);
  await button("ทดสอบย้อนหลัง…").click();
  await button("เริ่มทดสอบ").click();
  await page.locator(".backtest .error", { hasText: /^“จำนวนแท่งของค่าเฉลี่ยเร็ว” ต้องน้อยกว่า “จำนวนแท่งของค่าเฉลี่ยช้า”$/ }).waitFor();
  await page.keyboard.press("Escape");
  await button("English").click();
  await page.locator("#strategy-fast_bars").fill("10");
  await page.locator("#strategy").selectOption({ label: "Dollar-cost averaging" });
});

test("it is stopped, and holds nothing then", async () => {
  await page.getByRole("button", { name: "Stop Dollar-cost averaging #1" }).click();
  await until("it has stopped", async () => /stopped: as asked/.test(await run(1).textContent()));
  const [told] = await ask(page, stack, "strategies");
  assert.equal(told.state, "stopped");
  assert.equal(told.account.position, undefined);
});

test("one that has lost what it may is stopped", async () => {
  await page.locator("#strategy").selectOption({ label: "Buy and hold" });
  await page.locator("#loss-limit").fill("300");
  await button("Start").click();
  await run(2).waitFor();
  await until("it holds", async () => /[1-9]\d* trades/.test(await run(2).textContent()));
  await admin.setPrice(Math.floor((await shownPrice(page)) * 0.95));
  await until("its limit stops it", async () => /stopped: it reached its loss limit/.test(await run(2).textContent()));
});

test("all are stopped at once", async () => {
  for (const [id, name] of [[3, "Grid"], [4, "Market maker"]]) {
    await page.locator("#strategy").selectOption({ label: name });
    await page.locator("#loss-limit").fill("");
    await button("Start").click();
    await run(id).waitFor();
  }
  await button("Stop all").click();
  await until("all have stopped", async () => (await ask(page, stack, "strategies")).every(({ state }) => state === "stopped"));
  await page.getByText("Stopped earlier: 3").waitFor();
});

test("after a reload what runs is there without being asked for", async () => {
  await page.reload();
  await run(4).waitFor();
  await page.getByText("A new strategy").click();
});

test("a back-test on many seeds shows how it may come out", async () => {
  await page.locator("#strategy").selectOption({ label: "Moving-average crossover" });
  // As the exchange tells it once there have been ticks enough.
  await page.route("**/api/trading/v1/venue", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...await response.json(), volatility: 0.8 } });
  });
  await button("Back-test…").click();
  await until("what it will be is said", async () => (await page.locator("#test-volatility").getAttribute("placeholder")) === "as seen: 80\u202f%");
  await page.unroute("**/api/trading/v1/venue");
  await page.locator("#test-count").fill("0");
  await page.getByText(/Between 1 and 1,000/).waitFor();
  await page.locator("#test-count").fill("200");
  await page.locator("#test-ticks").fill("3000");
  await page.locator("#test-volatility").fill("80");
  await button("Run the back-test").click();
  await page.locator(".histogram rect").first().waitFor({ timeout: 60_000 });
  assert.match(await page.locator(".results").textContent(), /Results of 200 paths.*Moves like btc: volatility 80/s);
  assert.match(await page.locator(".histogram svg").getAttribute("aria-label"), /Histogram of the returns of 200 paths/);
  const places = [".median-name", ".histogram line.median", ".histogram svg"].map((one) => page.locator(one).boundingBox());
  const [name, line, all] = (await Promise.all(places)).map(({ x, width }) => ({ middle: x + width / 2, half: width / 2 }));
  const furthest = all.half - name.half;
  const wanted = Math.min(Math.max(line.middle, all.middle - furthest), all.middle + furthest);
  assert.ok(Math.abs(name.middle - wanted) < 2, `the median's name is at ${name.middle}, its line at ${line.middle}`);
  assert.ok((await page.locator(".quantiles td").count()) >= 5);
  assert.ok((await page.locator(".paths polyline").count()) === 2);
  assert.deepEqual(await violations(page), [], "axe, a back-test's results");
});

test("and one on this market's past shows the path that it was", async () => {
  await page.getByLabel("This market's past").check();
  await page.locator("#test-ticks").fill("100");
  await button("Run the back-test").click();
  await page.getByRole("heading", { name: "What came out" }).waitFor({ timeout: 60_000 });
  assert.equal(await page.locator(".histogram").count(), 0);
  await page.keyboard.press("Escape");
});

test("nothing broke a rule on the way", () => assert.deepEqual(browser.faults, []));
