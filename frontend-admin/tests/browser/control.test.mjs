// An admin's path through the Control room.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { closed, held, opened, presence, shownPrice, untilLive } from "./browser.mjs";
import { pause, until } from "./stack.mjs";

let stack, browser, page;
before(async () => ({ stack, browser, page } = await opened(22210)));
after(() => closed(stack, browser));

const row = (text) => page.locator(".journal tr", { hasText: text }).first();
const marked = () => page.locator("#chart-words").textContent();
const figure = (name) => page.locator(".figure", { hasText: name }).locator("dd").textContent();
const button = (name) => page.getByRole("button", { name, exact: true });

test("a link signs in; its token is nowhere but in sessionStorage", async () => {
  const link = stack.link();
  await page.goto(link);
  await untilLive(page);
  await page.getByText("Signed in as").waitFor();
  assert.equal(page.url(), `${stack.dashboard}/dashboard/admin`);
  const kept = await page.evaluate(() => ({ local: JSON.stringify(localStorage), session: JSON.stringify(sessionStorage), cookie: document.cookie }));
  const { token } = JSON.parse(JSON.parse(kept.session).credentials);
  assert.ok(!kept.local.includes(token) && kept.cookie === "");
  // It worked once.
  const other = await browser.context.newPage();
  await other.goto(link);
  await other.getByText(/has been used, has expired/).waitFor();
  await other.close();
});

test("until something is done, price and reference are the same", async () => {
  await until("there is a reference", async () => /0\.00/.test(await figure("Gap to reference")));
  assert.match(await page.locator(".state-bar").textContent(), /No override/);
});

test("volatility and drift are steered, and no echo moves a draft", async () => {
  await button("Apply").isDisabled();
  await page.locator("#steer-volatility").fill("40");
  await page.getByText("Volatility 80 % → 40 %".replaceAll(" %", "\u202f%")).waitFor();
  await page.keyboard.press("Control+Enter");
  await page.locator("#steer-drift").fill("123");
  await row(/Volatility 40/).waitFor();
  await until("it acts", async () => /80\s%\s→\s40\s%/.test(await row(/Volatility 40/).textContent()));
  await pause(2500);
  assert.equal(await page.locator("#steer-drift").inputValue(), "123");
  assert.equal(await page.locator("#steer-volatility").inputValue(), "40");
  await button("Apply").click();
  await row(/Drift 123/).waitFor();
  await until("both act", async () => /Drift 123/.test(await page.locator(".state-bar").textContent()));
  assert.match(await page.locator(".state-bar").textContent(), /Volatility 40\s% instead of 80\s%/);
  await page.getByText("No pending change").waitFor();
});

test("a draft is discarded by Esc", async () => {
  await page.locator("#steer-volatility").fill("77");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#steer-volatility").inputValue(), "40");
});

test("what can't be is said before it is sent", async () => {
  await page.locator("#liquidity-size").fill("-99999");
  await page.getByText(/can't be thinner than a millionth/).waitFor();
  assert.ok(await button("Inject liquidity").isDisabled());
  await page.locator("#liquidity-size").fill("");
  await page.getByText("Give a number.").waitFor();
  await page.locator("#liquidity-size").fill("400");
});

test("liquidity is injected: foreseen, journaled, marked; the reference parts", async () => {
  const words = await page.locator(".preview").textContent();
  const foreseen = Number(/to about ([\d,.]+\d)/.exec(words)[1].replaceAll(",", ""));
  await button("Inject liquidity").click();
  await row(/Liquidity \+400 BTC of bids/).waitFor();
  await until("it acts", async () => /×1 → ×2\.1/.test(await row(/Liquidity \+400/).textContent()));
  await until("the price is near what was foreseen", async () => Math.abs((await shownPrice(page)) / foreseen - 1) < 0.002);
  assert.match(await figure("Gap to reference"), /▲ \+0\.\d\d/);
  await until("it is marked", async () => /◆ \+400 BTC/.test(await marked()));
  assert.match(await page.locator(".state-bar").textContent(), /ends in/);
});

test("a price is set", async () => {
  await page.getByRole("tab", { name: "Price" }).click();
  const price = Math.round(await shownPrice(page)) + 2000;
  await page.locator("#set-price-price").fill(String(price));
  await page.getByText(/what still fades goes on fading/).waitFor();
  await button("Set price").click();
  await row(/Price set to/).waitFor();
  await until("the page held that very tick", async () => (await held(page)).prices.includes(price));
  await until("it is marked", async () => (await marked()).includes(`◆ ${price.toLocaleString("en")}`));
});

test("the price is shocked", async () => {
  await page.getByRole("tab", { name: "Shock" }).click();
  const before = await shownPrice(page);
  await button("Shock the price").click();
  await row(/Shock −5/).waitFor();
  await until("it fell", async () => (await shownPrice(page)) < before * 0.96);
  await until("it is marked", async () => /◆ −5/.test(await marked()));
  assert.match(await row(/Shock −5/).textContent(), /→/);
});

test("an override is released, and run again", async () => {
  await row(/Volatility 40/).getByRole("button", { name: /Release/ }).click();
  await until("it is released", async () => /released/.test(await row(/Volatility 40/).textContent()));
  await until("the slider shows what is in force", async () => (await page.locator("#steer-volatility").inputValue()) === "80");
  const rows = await page.locator(".journal tr", { hasText: /Volatility 40/ }).count();
  await row(/Volatility 40/).getByRole("button", { name: /Run again/ }).click();
  await until("it acts again", async () => (await page.locator(".journal tr", { hasText: /Volatility 40/ }).count()) > rows);
  await button("Release all").click();
  await until("nothing acts", async () => /Nothing acts now/.test(await page.locator(".state-bar").textContent()));
});

test("the journal is exported", async () => {
  const [download] = await Promise.all([page.waitForEvent("download"), button("Export").click()]);
  const lines = readFileSync(await download.path(), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  assert.ok(lines.length > 5);
});

test("the seed is shown when asked for", async () => {
  assert.equal(await page.locator(".seed").count(), 0);
  await page.getByRole("button", { name: "Show Seed" }).click();
  assert.equal(await page.locator(".seed").textContent(), "7");
});

test("the market is paused, resumed and sped up", async () => {
  await button("Pause").click();
  await until("Paused", async () => (await presence(page)) === "Paused");
  const { seq } = await held(page);
  await pause(2500);
  assert.equal(await presence(page), "Paused");
  assert.equal((await held(page)).seq, seq);
  await button("Resume").click();
  await untilLive(page);
  await page.locator("#speed").selectOption("10");
  await until("the speed is told", async () => /×10/.test(await presence(page)));
  await page.locator("#speed").selectOption("1");
});

test("? opens the help, but not while one types", async () => {
  await page.locator("#steer-ramp").press("?");
  assert.equal(await page.locator("dialog[open]").count(), 0);
  await page.locator(".chart").focus();
  await page.keyboard.press("?");
  await page.getByRole("heading", { name: "What the words mean" }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("dialog[open]").count(), 0);
});

test("a new session says what it will do, clears the page and draws a divider", async () => {
  const before = await held(page);
  await button("New session…").click();
  await page.getByText(`Session ${before.session} ends at tick`).waitFor();
  await page.locator("#new-volatility").fill("-1");
  await page.getByText("Between 0 and").waitFor();
  assert.ok(await button("End it and begin anew").isDisabled());
  await page.locator("#new-volatility").fill("60");
  await page.locator("#new-spot").fill("50000");
  await button("End it and begin anew").click();
  await until("the page holds another session", async () => {
    const now = await held(page);
    return now.session !== before.session && now.seq > 5;
  });
  const { session, prices } = await held(page);
  assert.ok(prices.every((price) => Math.abs(price / 50_000 - 1) < 0.01));
  await until("the divider", async () => (await marked()).includes(`New session ${session}`));
  await page.getByText("Nothing was changed in this session.").waitFor();
  await until("in force", async () => (await page.locator("#steer-volatility").inputValue()) === "60");
});

test("signing out ends it", async () => {
  await button("Sign out").click();
  await page.locator("#signed-out-title").waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  assert.equal(await page.locator("#steer-title").count(), 0);
  await untilLive(page);
});

test("nothing broke a rule on the way", () => assert.deepEqual(browser.faults, []));
