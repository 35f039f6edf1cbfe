// What was done in the last minutes, saved as a scenario: run again, changed as text, deleted.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closed, signedIn, violations } from "./browser.mjs";
import { until } from "./stack.mjs";

let stack, browser, page;
before(async () => ({ stack, browser, page } = await signedIn(22280)));
after(() => closed(stack, browser));

const button = (name) => page.getByRole("button", { name, exact: true });
const card = () => page.locator(".scenarios");
const rows = (text) => page.locator(".journal tbody tr", { hasText: text });
const scenario = () => page.locator("#scenario");
const options = (group) => page.locator(`#scenario optgroup[label="${group}"] option`).allTextContents();
const summary = (text) => card().locator("summary", { hasText: text });
const answerTo = (method) => page.waitForResponse((response) => response.request().method() === method && /\/scenarios/.test(response.url()));

test("what was done is saved, and chosen", async () => {
  await page.getByRole("tab", { name: "Shock" }).click();
  await page.locator("#shock-size").fill("-4");
  await page.locator("#shock-stays").fill("100");
  await button("Shock the price").click();
  await rows(/Shock −4/).first().waitFor();
  await page.getByRole("tab", { name: "Liquidity" }).click();
  await button("Inject liquidity").click();
  await until("it acts", async () => /active/.test(await rows(/Liquidity \+400/).first().textContent()));
  await button("Choose…").click();
  await scenario().waitFor();
  assert.deepEqual(await options("Recorded"), []);
  await summary("Save the last minutes").click();
  await page.locator("#record-minutes").fill("0");
  await card().getByText("Above 0, at most").waitFor();
  assert.ok(await button("Save as a scenario").isDisabled());
  await page.locator("#record-minutes").fill("2");
  await page.locator("#record-title").fill("A bad day, 1st part");
  const told = answerTo("POST");
  await button("Save as a scenario").click();
  const answer = await told;
  assert.equal(answer.status(), 201, await answer.text());
  const { instrument, from, to, name, title } = answer.request().postDataJSON();
  assert.deepEqual([instrument, name, title], ["BTC-USD", "a_bad_day_1st_part", "A bad day, 1st part"]);
  assert.ok(from === 0 && to > 10 && to < 1200, `${from} to ${to}`);
  await page.locator(".notice").getByText("“A bad day, 1st part” is saved").waitFor();
  assert.deepEqual(await options("Recorded"), ["A bad day, 1st part"]);
  await until("it is chosen", async () => (await scenario().inputValue()) === "a_bad_day_1st_part");
  assert.deepEqual(await violations(page), []);
});

test("it runs like the others: what was done is done again", async () => {
  const before = await rows(/./).count();
  const told = page.waitForResponse((response) => response.url().endsWith("/runs"));
  await button("Run it").click();
  const { run, interventions } = await (await told).json();
  assert.equal(interventions.length, 2);
  await until("both are in the journal", async () => (await rows(new RegExp(`run ${run}: a_bad_day_1st_part`)).count()) === 2);
  assert.equal(await rows(/./).count(), before + 2);
  await until("the shock came again", async () => (await rows(/Shock −4/).count()) === 2);
  await until("the liquidity came again", async () => (await rows(/Liquidity \+400/).count()) === 2);
  // The same time between them as the first time.
  const ticks = interventions.map(({ tick }) => tick);
  const all = await page.evaluate(async () => {
    const { token } = JSON.parse(sessionStorage.credentials);
    const address = `http://localhost:${document.querySelector("meta[name=gateway-port]").content}/api/market/v1/instruments/BTC-USD/interventions`;
    return (await fetch(address, { headers: { authorization: `Bearer ${token}` } })).json();
  });
  assert.equal(ticks[1] - ticks[0], all[1].tick - all[0].tick);
  await card().locator(".runs li", { hasText: "A bad day, 1st part" }).getByRole("button").click();
  await until("it is stopped", async () => (await card().locator(".runs li").count()) === 0);
});

test("its text is changed, and what is no scenario is refused in words", async () => {
  await summary("Change or delete it").click();
  const text = page.locator("#record-toml");
  const before = await text.inputValue();
  assert.match(before, /a_bad_day_1st_part/);
  assert.ok(await button("Save the text").isDisabled());
  await text.fill(before.replace("A bad day, 1st part", "A very bad day"));
  const told = answerTo("PUT");
  await button("Save the text").click();
  assert.ok((await told).ok());
  await until("the list has it", async () => (await options("Recorded")).join() === "A very bad day");
  await text.fill(`${before}\nnonsense = [`);
  await button("Save the text").click();
  await page.locator(".notice.bad").waitFor();
  assert.match(await page.locator(".notice.bad").textContent(), /Refused: .*line \d+/s);
  assert.match(await text.inputValue(), /nonsense/, "what was typed stays");
  await page.locator(".notice.bad").getByRole("button", { name: "Dismiss" }).click();
  await page.locator(".record").getByRole("button", { name: "Discard" }).click();
  assert.doesNotMatch(await text.inputValue(), /nonsense/);
});

test("deleted, and brought back by Undo; those that come with the service can't be", async () => {
  await button("Delete it").click();
  await page.locator(".notice").getByText("“A very bad day” is deleted.").waitFor();
  await until("it is gone", async () => (await options("Recorded")).length === 0);
  assert.equal(await button("Delete it").count(), 0);
  await page.locator(".notice").getByRole("button", { name: "Undo" }).click();
  await until("it is back", async () => (await options("Recorded")).join() === "A very bad day");
});

test("a time in which nothing was done can't be saved, and a name that is taken gets a number", async () => {
  await page.locator("#record-title").fill("A bad day, 1st part");
  const told = answerTo("POST");
  await button("Save as a scenario").click();
  assert.equal((await told).request().postDataJSON().name, "a_bad_day_1st_part_2");
  await until("two", async () => (await options("Recorded")).length === 2);
  await page.locator(".state-bar").getByRole("button", { name: /Release/ }).last().click();
  await until("a few ticks without anything", async () => (await page.locator(".acting").count()) === 0);
  const tick = await page.evaluate(() => globalThis.market.tape.tick);
  await until("more than two seconds are over", () => page.evaluate((tick) => globalThis.market.tape.tick > tick + 30, tick));
  await page.locator("#record-minutes").fill("0.03");
  await button("Save as a scenario").click();
  await page.locator(".notice.bad").getByText(/nothing acts on ticks/).waitFor();
  assert.equal((await options("Recorded")).length, 2);
});

for (const language of ["en", "th"]) {
  test(`it fits 360 px and has no fault of access: ${language}`, async () => {
    await page.setViewportSize({ width: 360, height: 760 });
    for (const theme of ["dark", "light"]) {
      await page.evaluate(([theme, language]) => Object.assign(localStorage, { theme, language }), [theme, language]);
      await page.reload();
      await card().getByRole("button").click();
      await scenario().waitFor();
      await scenario().selectOption("a_bad_day_1st_part");
      for (const place of [0, 1]) await card().locator("summary").nth(place).click();
      await page.locator("#record-toml").waitFor();
      assert.ok(!/[{}]|undefined|NaN/.test(await card().innerText()));
      assert.deepEqual(await violations(page), []);
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(content <= window, `${theme} ${language}: ${content} px`);
    }
  });
}

test("nothing broke a rule on the way", () => assert.deepEqual(browser.faults, []));
