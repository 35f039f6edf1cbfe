// Another of the market's instruments, and the model that a new session has.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closed, held, opened, shownPrice, signIn, untilLive, violations } from "./browser.mjs";
import { until } from "./stack.mjs";

let stack, browser, page;
before(async () => ({ stack, browser, page } = await opened(22450)));
after(() => closed(stack, browser));

const button = (name) => page.getByRole("button", { name, exact: true });
const chooser = () => page.getByRole("combobox", { name: "USD" });
const running = () => page.locator("#running").textContent();
const law = () => page.locator(".pairs > div", { hasText: "Model" }).locator("dd").textContent();

test("the chart says which instrument it is and what moves it", async () => {
  await signIn(page, stack);
  assert.deepEqual(await chooser().locator("option").allTextContents(), ["BTC-USD", "ETH-USD"]);
  assert.equal(await chooser().inputValue(), "BTC-USD");
  assert.equal(await running(), "btc");
  await until("its law", async () => /^btc · cascade; began at/.test(await law()));
});

test("another one is chosen: its prices, its parameters, its units", async () => {
  await chooser().selectOption("ETH-USD");
  await page.waitForURL(/instrument=ETH-USD/);
  await untilLive(page);
  await until("its price", async () => Math.abs((await shownPrice(page)) / 3500 - 1) < 0.05);
  assert.ok((await held(page)).prices.every((price) => Math.abs(price / 3500 - 1) < 0.05));
  assert.equal(await running(), "eth");
  await page.locator("#liquidity-size").fill("400");
  await page.getByText(/Adds 400 ETH of bids/).waitFor();
  assert.deepEqual(await violations(page), []);
});

test("it is steered alone", async () => {
  await page.locator("#steer-volatility").fill("33");
  await button("Apply").click();
  await page.locator(".journal tr", { hasText: /Volatility 33/ }).first().waitFor();
  await until("it acts", async () => /Volatility 33/.test(await page.locator(".state-bar").textContent()));
  await chooser().selectOption("BTC-USD");
  await page.waitForURL(/instrument=BTC-USD/);
  await untilLive(page);
  await page.getByText("Nothing was changed in this session.").waitFor();
  assert.match(await page.locator(".state-bar").textContent(), /No override/);
});

test("a new session has the preset that was chosen for the instrument that is shown", async () => {
  await chooser().selectOption("ETH-USD");
  await page.waitForURL(/instrument=ETH-USD/);
  await untilLive(page);
  const before = await held(page);
  await button("New session…").click();
  const model = page.locator("#new-model");
  await until("the presets", async () => (await model.locator("option").count()) === 7);
  assert.match(await model.locator("option").first().textContent(), /^As now \(eth\)/i);
  await model.selectOption("gbm");
  await page.getByText(/volatility 80/i).first().waitFor();
  await button("End it and begin anew").click();
  await until("the page holds another session", async () => {
    const now = await held(page);
    return now.session !== before.session && now.seq > 5;
  });
  await until("it says so", async () => (await running()) === "gbm");
  await until("its law", async () => /^gbm; began at/.test(await law()));
  await chooser().selectOption("BTC-USD");
  await page.waitForURL(/instrument=BTC-USD/);
  await untilLive(page);
  assert.equal(await running(), "btc", "the other one's is as it was");
});

test("without the presets there is a word about it, and the rest can be chosen", async () => {
  await page.reload();
  await untilLive(page);
  await page.route("**/v1/presets", (route) => route.abort());
  await button("New session…").click();
  await page.getByText(/gateway/i).first().waitFor();
  assert.equal(await page.locator("#new-model option").count(), 1);
  await page.locator("#new-volatility").fill("60");
  assert.ok(await button("End it and begin anew").isEnabled());
  await page.keyboard.press("Escape");
  await page.unroute("**/v1/presets");
});

test("nothing broke a rule on the way", () => assert.deepEqual(browser.faults, []));
