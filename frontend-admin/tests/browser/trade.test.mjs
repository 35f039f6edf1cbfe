// A first visit, and what a trader does: orders of each kind, a position, a new beginning.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closed, held, opened, presence, shownPrice, untilLive } from "./browser.mjs";
import { ask, cost, figure, notice, rows, showList, showsEveryFill, steering, submit, visitDesk, write } from "./desk.mjs";
import { until } from "./stack.mjs";

let stack, browser, page, admin;
before(async () => {
  ({ stack, browser, page } = await opened(22200));
  admin = await steering(stack);
});
after(() => closed(stack, browser));

const button = (name) => page.getByRole("button", { name, exact: true });

test("the price moves without a refresh, by the ticks that the market sent", async () => {
  const begun = Date.now();
  await visitDesk(page, stack);
  console.log(`# an account and a live price after ${Date.now() - begun} ms`);
  const first = await shownPrice(page);
  await until("the price has moved", async () => (await shownPrice(page)) !== first);
  await until("some ticks are held", async () => (await held(page)).seq > 30);
  const { prices, seq, lost } = await held(page);
  assert.equal(lost, 0);
  const answer = await fetch(`${stack.gateway}/api/market/v1/instruments/BTC-USD/ticks?from_seq=${seq - prices.length + 1}&limit=${prices.length}`);
  assert.deepEqual(prices, (await answer.json()).price);
});

test("a visitor has a paper account at once, and its token is nowhere but in sessionStorage", async () => {
  assert.match(await figure(page, "Equity"), /100,000\.00/);
  await page.getByText("Paper money", { exact: true }).waitFor();
  const kept = await page.evaluate(() => ({ local: JSON.stringify(localStorage), held: JSON.parse(sessionStorage.credentials), cookie: document.cookie }));
  assert.equal(kept.held.role, "trader");
  assert.ok(!kept.local.includes(kept.held.token) && kept.cookie === "" && !page.url().includes("#"));
  const { token } = kept.held;
  await page.reload();
  await untilLive(page);
  assert.equal(await page.evaluate(() => JSON.parse(sessionStorage.credentials).token), token);
});

test("the book and the last trades are those of the market", async () => {
  await page.locator(".depth .asks tr").nth(8).waitFor();
  const prices = (selector) => page.locator(`${selector} td:first-child`).evaluateAll((all) => all.map((cell) => Number(cell.textContent.replaceAll(",", ""))));
  const [asks, bids] = [await prices(".depth .asks"), await prices(".depth .bids")];
  const all = [...asks, ...bids];
  assert.deepEqual(all, [...all].sort((one, other) => other - one), "from the highest to the lowest");
  await page.locator(".trades tbody tr").nth(3).waitFor();
});

test("another timeframe shows other candles, also after a reload", async () => {
  await button("5s").click();
  await until("candles of five seconds", async () => /of 5s/.test(await page.locator("#chart-words").textContent()));
  const steps = await page.evaluate(() => globalThis.market.bars.list.map((bar) => bar.open_time % 5000));
  assert.ok(steps.every((rest) => rest === 0));
  await page.reload();
  await untilLive(page);
  await until("still five seconds", async () => /of 5s/.test(await page.locator("#chart-words").textContent()));
});

test("language, theme and palette are chosen once", async () => {
  await page.getByRole("button", { name: "ไทย" }).click();
  await page.getByRole("button", { name: "สว่าง" }).click();
  await page.getByRole("button", { name: "สี: เขียวคือขึ้น" }).click();
  await page.reload();
  await untilLive(page);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "th");
  const { theme, palette } = await page.evaluate(() => ({ ...document.documentElement.dataset }));
  assert.deepEqual([theme, palette], ["light", "red"]);
  assert.match(await presence(page), /สด/);
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("link", { name: "Trading", exact: true }).waitFor();
});

test("what an order costs is said before it is sent; bought at market, it is held", async () => {
  await write(page, { amount: "0.5" });
  await until("the cost is said", async () => /\d/.test(await cost(page, "Worst price")));
  const price = await shownPrice(page);
  const number = async (name) => Number((await cost(page, name)).replace(/[^\d.]/g, ""));
  const [average, worst, fee, pays] = [await number("Average price"), await number("Worst price"), await number("Fee"), await number("You pay")];
  assert.ok(worst >= average && average > price * 0.99, `${average}, ${worst}`);
  assert.ok(Math.abs(pays - (0.5 * average + fee)) < 0.05 * fee + 0.02, `${pays} = 0.5 × ${average} + ${fee}`);
  await button("Buy 0.5 BTC at market").click();
  await notice(page, "Bought 0.5 BTC at");
  await page.getByText("Long 0.5 BTC").waitFor();
  await until("the fee is paid", async () => /[1-9]/.test(await page.locator(".held .figure", { hasText: "Fees" }).locator("dd").textContent()));
  assert.equal(await showsEveryFill(page, stack), 1);
  const [fill] = await ask(page, stack, "fills");
  assert.match(await rows(page).first().textContent(), new RegExp(Number(fill.price).toLocaleString("en", { minimumFractionDigits: 2 })));
});

test("one's own trade stays among the last ones, and is marked", async () => {
  const { seq } = await held(page);
  await until("others have come", async () => (await held(page)).seq > seq + 40);
  const own = page.locator(".trades tr.own");
  assert.match(await own.first().textContent(), /0\.5\d\d:\d\d:\d\d$/);
  assert.match(await own.first().getByRole("img").getAttribute("aria-label"), /^Bought 0.5 BTC at [\d,.]+$/);
  assert.equal(await own.count(), (await ask(page, stack, "fills")).length);
  assert.equal(await page.locator(".trades tbody tr").count(), 14);
});

test("what is held is worth what the price says, at every moment", async () => {
  const { position, cash } = await ask(page, stack, "account");
  const shown = () => page.evaluate(() => {
    const read = (selector, name) => [...document.querySelectorAll(`${selector} .figure`)].find((one) => one.textContent.startsWith(name)).querySelector("dd").textContent;
    const number = (text) => Number(/[−\d][\d,.]*/.exec(text)[0].replace("−", "-").replaceAll(",", ""));
    return [document.querySelector("#price").textContent, read(".held", "Now"), read(".held", "Unrealised"), read(".price-header", "Equity")].map(number);
  });
  const prices = new Set();
  await until("several prices are seen", async () => {
    const [price, mark, unrealised, equity] = await shown();
    assert.equal(mark, price);
    assert.ok(Math.abs(unrealised - (position.quantity * price - position.cost)) < 0.006, `${unrealised} at ${price}`);
    assert.ok(Math.abs(equity - (Number(cash) + position.quantity * price)) < 0.006, `${equity} at ${price}`);
    return prices.add(price).size > 5;
  });
});

test("a quarter of what is free is a quarter", async () => {
  await page.locator(".shares button").first().click();
  const amount = Number(await page.locator("#ticket-amount").inputValue());
  const { free } = await ask(page, stack, "account");
  assert.ok(Math.abs((amount * (await shownPrice(page))) / (Number(free) / 4) - 1) < 0.02, `${amount} of ${free}`);
});

test("a limit order rests until it is cancelled", async () => {
  const price = Math.floor((await shownPrice(page)) * 0.97);
  await write(page, { type: "Limit", amount: "0.1", price });
  await submit(page);
  await showList(page, "Open");
  await rows(page, "rests").waitFor();
  assert.match(await rows(page, "rests").textContent(), /Buy Limit0\.1/);
  await page.getByRole("button", { name: /^Cancel order/ }).click();
  await page.getByText("No open orders.").waitFor();
  await showList(page, "Ended");
  await rows(page, "cancelled").waitFor();
});

test("a stop order waits for its trigger, and then sells", async () => {
  const price = await shownPrice(page);
  await write(page, { side: "sell", type: "Stop", amount: "0.2", stop: Math.floor(price * 0.98) });
  await submit(page);
  await showList(page, "Open");
  await rows(page, "waits for its trigger").waitFor();
  await admin.setPrice(Math.floor(price * 0.97));
  await notice(page, "Sold 0.2 BTC at");
  await page.getByText("Long 0.3 BTC").waitFor();
  assert.match(await page.locator(".held .figure", { hasText: /^Realised/ }).locator("dd").textContent(), /−/);
});

test("what would be refused is said in words, and so is what is refused", async () => {
  await write(page, { type: "Market", amount: "50" });
  await page.locator(".refusal", { hasText: "There is too little free money" }).waitFor();
  await submit(page);
  await notice(page, "Refused: Buy 50 BTC at market. There is too little free money");
  assert.equal(await page.locator('[role="alert"] .notice').count(), 1);
  // Of what the page has no words for the service's are said, once.
  await page.route("**/api/trading/v1/orders", async (route) => {
    const response = await route.fetch();
    const said = { type: "urn:problem:unheard-of", detail: "it can't be", errors: [{ pointer: "/quantity", detail: "it can't be" }] };
    await route.fulfill({ response, json: { ...await response.json(), ...said } });
  });
  await submit(page);
  await notice(page, "Refused: it can't be (request");
  await page.unroute("**/api/trading/v1/orders");
  await page.locator("#ticket-amount").fill("0.000001");
  await page.getByText("At most 5 decimals.").waitFor();
  assert.ok(await page.locator(".submit").isDisabled());
});

test("post-only would trade, and ends instead; further types are under More", async () => {
  await page.locator(".more summary").click();
  await write(page, { type: "Limit", amount: "0.01", price: Math.ceil((await shownPrice(page)) * 1.02) });
  await page.getByLabel("Post-only").check();
  await submit(page);
  await notice(page, "It would have traded at once.");
  await page.getByLabel("Post-only").uncheck();
  const price = await shownPrice(page);
  await button("Take-profit").click();
  await page.locator(".ticket .side-sell[aria-pressed]").click();
  await page.locator("#ticket-amount").fill("0.05");
  await page.locator("#ticket-stop").fill(String(Math.ceil(price * 1.5)));
  await submit(page);
  await showList(page, "Open");
  await rows(page, "Take-profit").waitFor();
  await button("Cancel all").click();
  await page.getByText("No open orders.").waitFor();
});

test("the position is closed", async () => {
  await button("Close: sell 0.3 BTC").click();
  await page.getByText("No position. Buy to open one.").waitFor();
  assert.equal(await showsEveryFill(page, stack), 3);
});

test("by keyboard alone: amount, side, send, discard, help", async () => {
  await page.locator(".chart").focus();
  await page.keyboard.press("b");
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "ticket-amount");
  await write(page, { type: "Market" });
  await page.locator("#ticket-amount").fill("");
  await page.keyboard.type("0.03");
  // While one types, letters are letters.
  await page.keyboard.press("s");
  assert.equal(await page.locator(".ticket .side-buy[aria-pressed]").getAttribute("aria-pressed"), "true");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Long 0.03 BTC").waitFor();
  await page.locator(".chart").focus();
  // A Thai layout has another letter there.
  await page.evaluate(() => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "ห", code: "KeyS", bubbles: true })));
  assert.equal(await page.locator(".ticket .side-sell[aria-pressed]").getAttribute("aria-pressed"), "true");
  await page.keyboard.press("Control+Enter");
  await page.getByText("No position.").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#ticket-amount").inputValue(), "");
  await page.keyboard.press("?");
  await page.getByRole("heading", { name: "What the words mean" }).waitFor();
  await page.keyboard.press("Escape");
  // From the chart to the button with Tab and Enter.
  const seen = [];
  for (let steps = 0; steps < 40 && !seen.includes("submit"); steps += 1) {
    await page.keyboard.press("Tab");
    seen.push(await page.evaluate(() => (document.activeElement.classList.contains("submit") ? "submit" : document.activeElement.id)));
    if (seen.at(-1) === "ticket-amount") await page.keyboard.type("0.01");
    if (seen.at(-1) === "ticket-amount") await until("it can be sent", async () => !(await page.locator(".submit").isDisabled()));
  }
  assert.ok(seen.includes("submit"), seen.join(" "));
});

test("a new beginning names its effect, and has it", async () => {
  await write(page, { side: "buy", type: "Limit", amount: "0.01", price: Math.floor((await shownPrice(page)) * 0.9) });
  await submit(page);
  await showList(page, "Open");
  await rows(page, "rests").waitFor();
  await button("Reset…").click();
  await page.getByText("Your open orders are cancelled: 1 now.").waitFor();
  await page.getByText("Fills so far stay in the list, but no longer count in your account").waitFor();
  await page.getByText("Strategies go on, with accounts of their own").waitFor();
  await page.locator("#reset-cash").fill("25000");
  await page.locator("#reset-leverage").fill("3");
  await page.getByText(/becomes 25,000\.00 USD/).waitFor();
  await button("Cancel orders and begin anew").click();
  await until("it is another account", async () => /25,000\.00/.test(await figure(page, "Equity")));
  await notice(page, "The account begins anew.");
  await page.getByText("No open orders.").waitFor();
  // With margin one can be short.
  await write(page, { side: "sell", type: "Market", amount: "0.1" });
  await submit(page);
  await page.getByText("Short 0.1 BTC").waitFor();
  await page.getByText("Liquidation at about").waitFor();
  await button("Close: buy 0.1 BTC").click();
  await page.getByText("No position.").waitFor();
});

test("a pasted link signs in and leads to the Control room; an admin trades too, and leaves the guest's account as it was", async () => {
  const guest = await page.evaluate(() => JSON.parse(sessionStorage.credentials).subject);
  await button("Sign in").click();
  await page.locator("dialog[open]").getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText("Paste the link first.").waitFor();
  await page.locator("#link").fill("nonsense");
  await page.keyboard.press("Enter");
  await page.getByText(/has been used, has expired/).waitFor();
  await page.locator("#link").fill(stack.link());
  await page.keyboard.press("Enter");
  await page.waitForURL("**/dashboard/admin");
  await page.getByText("Signed in as").waitFor();
  await page.getByRole("link", { name: "Trading", exact: true }).click();
  await untilLive(page);
  await until("the admin's own account", async () => /100,000\.00/.test(await figure(page, "Equity")));
  await button("Sign out").click();
  await until("the guest's", async () => /2\d,\d{3}/.test(await figure(page, "Equity")));
  assert.equal(await page.evaluate(() => JSON.parse(sessionStorage.credentials).subject), guest);
});

test("the gateway serves the same pages", async () => {
  await page.goto(`${stack.gateway}/dashboard/`);
  await untilLive(page);
});

test("nothing broke a rule on the way", () => assert.deepEqual(browser.faults, []));
