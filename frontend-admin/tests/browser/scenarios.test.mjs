// Scenarios: foreseen on the chart, run and stopped; what was done becomes one.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closed, held, presence, signedIn, violations } from "./browser.mjs";
import { until } from "./stack.mjs";

let stack, browser, page;
before(async () => ({ stack, browser, page } = await signedIn(22250)));
after(() => closed(stack, browser));

const button = (name) => page.getByRole("button", { name, exact: true });
const card = () => page.locator(".scenarios");
const row = (text) => page.locator(".journal tr", { hasText: text }).first();
const parameter = (name) => page.locator(`#scenario-${name}`);

async function look(scenario) {
  const told = page.waitForResponse((response) => response.url().endsWith("/runs/preview") && response.request().postDataJSON().scenario === scenario);
  await page.locator("#scenario").selectOption(scenario);
  return (await told).json();
}

/** What a click on Run sends, and the answer to it. */
async function run() {
  const asked = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/runs"));
  await button("Run it").click();
  const request = await asked;
  const answer = await request.response();
  assert.equal(answer.status(), 202, await answer.text());
  assert.ok(request.headers()["idempotency-key"]);
  return { asked: request.postDataJSON(), answer: await answer.json() };
}

test("the panel comes when it is asked for, with every scenario that the service has", async () => {
  const scripts = () => page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => /scenarios/.test(name)));
  assert.deepEqual(await scripts(), []);
  await button("Choose…").click();
  await page.locator("#scenario").waitFor();
  assert.match((await scripts()).join(), /scenarios\/panel\.js/);
  await until("it has the focus", () => page.evaluate(() => document.activeElement?.id === "scenario"));
  assert.equal(await page.locator("#scenario option").count(), 12);
  assert.equal(await card().getByText("recovers a share of the fall").count(), 1);
});

test("a parameter out of its bounds is said, and not sent", async () => {
  await parameter("depth").fill("2");
  await card().getByText("Between 0.01 and 1.").waitFor();
  assert.ok(await button("Run it").isDisabled());
  assert.equal(await parameter("depth").getAttribute("aria-invalid"), "true");
  await parameter("depth").fill("0.1");
});

test("its path is drawn, and comes true to the last digit", async () => {
  await page.getByRole("button", { name: "Pause" }).click();
  await until("Paused", async () => (await presence(page)) === "Paused");
  await look("calm");
  await page.locator("#scenario").selectOption("flash_crash");
  await parameter("fall_s").fill("4");
  await parameter("hold_s").fill("1");
  await parameter("half_life_s").fill("10");
  const told = page.waitForResponse((response) => response.url().endsWith("/runs/preview") && response.request().postDataJSON().parameters.depth === 0.2);
  await parameter("depth").fill("0.2");
  const ahead = await (await told).json();
  await card().getByText(/On the chart: [\d,.]+ after \d+ s; without it [\d,.]+\./).waitFor();
  const { seq } = await held(page);
  const { asked, answer } = await run();
  assert.deepEqual(asked, { scenario: "flash_crash", parameters: { depth: 0.2, fall_s: 4, half_life_s: 10, hold_s: 1, recovered: 0.8 } });
  await card().getByText(/On the chart/).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Resume" }).click();
  await page.locator("#speed").selectOption("10");
  const count = 60;
  await until("it has gone on", async () => (await held(page)).seq > seq + count, 20_000);
  await page.locator("#speed").selectOption("1");
  const { seq: last, prices } = await held(page);
  const cents = (price) => Math.round(price * 100) / 100;
  const came = prices.slice(seq - last).slice(0, count);
  assert.equal(ahead.dt, 100);
  assert.deepEqual(came, ahead.price.slice(1, count + 1).map(cents));
  assert.ok(came.at(-1) < came[0] * 0.85, "it really fell");
  await row(`run ${answer.run}: flash_crash`).waitFor();
  await page.locator(".notice").getByText(`Flash crash runs as run ${answer.run}`).waitFor();
});

test("what runs is listed, and stopped", async () => {
  await card().getByText(/Flash crash run \d+, from/).waitFor();
  await look("slow_bleed");
  await parameter("every_s").fill("60");
  const { answer } = await run();
  const bleeds = card().locator(".runs li", { hasText: "Slow bleed" });
  await bleeds.getByText(new RegExp(`run ${answer.run}, from`)).waitFor();
  assert.match(await bleeds.textContent(), /6\d to come/);
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: `Stop run ${answer.run}` }).click();
  await page.locator(".notice").getByText(`Run ${answer.run} (Slow bleed) is stopped.`).waitFor();
  await until("it is gone", async () => (await bleeds.count()) === 0);
  // The other one goes on.
  assert.equal(await card().locator(".runs li").count(), 1);
  const open = page.locator(".journal tr", { hasText: `run ${answer.run}: slow_bleed` }).filter({ hasText: "pending" });
  await until("none of it is to come", async () => (await open.count()) === 0);
});

test("Undo ends a run, and Release all ends what is left of the others", async () => {
  await look("volatility_spike");
  const { answer } = await run();
  await card().locator(".runs li", { hasText: "Volatility spike" }).waitFor();
  await page.locator(".notice").getByRole("button", { name: "Undo" }).click();
  await page.locator(".notice").getByText(`Run ${answer.run} (Volatility spike) is stopped.`).waitFor();
  await until("it is gone", async () => (await card().locator(".runs li", { hasText: "Volatility spike" }).count()) === 0);
  await look("bull");
  await page.locator("#scenario").focus();
  await page.keyboard.press("Control+Enter");
  await until("two run", async () => (await card().locator(".runs li").count()) === 2);
  await button("Release all").click();
  await until("nothing runs", async () => (await card().locator(".runs li").count()) === 0);
  await until("nothing acts", async () => (await page.locator(".acting").count()) === 0);
});

test("what the market refuses is said in its words, and nothing of it acts", async () => {
  await look("sideways");
  await run();
  await row(/run \d+: sideways/).waitFor();
  const before = await page.locator(".journal tbody tr").count();
  await page.locator("#scenario").blur();
  await page.locator("#scenario").focus();
  await card().getByText(/Refused: .*pin/).waitFor();
  await button("Run it").click();
  await page.locator(".notice.bad").getByText(/Refused: .*pin/).waitFor();
  assert.equal(await page.locator(".journal tbody tr").count(), before);
  await page.locator(".notice.bad").getByRole("button", { name: "Dismiss" }).click();
  await page.locator(".acting button").first().click();
});

for (const language of ["en", "th"]) {
  test(`the panel speaks, fits 360 px and has no fault of access: ${language}`, async () => {
    await page.setViewportSize({ width: 360, height: 760 });
    for (const theme of ["dark", "light"]) {
      await page.evaluate(([theme, language]) => Object.assign(localStorage, { theme, language }), [theme, language]);
      await page.reload();
      await card().locator("header button").click();
      await page.locator("#scenario").waitFor();
      for (const name of await page.locator("#scenario option").evaluateAll((all) => all.map((one) => one.value))) {
        await page.locator("#scenario").selectOption(name);
        assert.ok(!/[{}]|undefined|NaN/.test(await card().textContent()), name);
        // What the service says in English has its words.
        if (language === "th") assert.doesNotMatch((await card().locator("#scenario option:checked, form.scenario > p:first-of-type, .parameters").allTextContents()).join(), /[a-z]{4,}/, name);
        const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(content <= window, `${name}, ${theme} ${language}: ${content} px`);
      }
      assert.deepEqual(await violations(page), []);
    }
  });
}

test("nothing broke a rule on the way", () => assert.deepEqual(browser.faults, []));
