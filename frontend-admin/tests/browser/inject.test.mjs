// Inject, kind by kind: what a form says, what it sends, how it is told afterwards, where it would lead, and how to undo it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closed, held as tape, openBrowser, presence, shownPrice, signedIn, untilLive, violations } from "./browser.mjs";
import { pause, until } from "./stack.mjs";

let stack, browser, page;
before(async () => ({ stack, browser, page } = await signedIn(22240)));
after(() => closed(stack, browser));

const row = (text) => page.locator(".journal tr", { hasText: text }).first();
const entry = (id) => page.locator(".journal tr").filter({ has: page.locator(".what .figures", { hasText: new RegExp(`^#${id}$`) }) });
const send = () => page.locator("form.inject button.primary");
const words = () => page.locator(".preview").first().textContent();
const pathWords = () => page.locator(".preview.ahead");
const tab = (name) => page.getByRole("tab", { name });
const scripts = () => page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name).filter((name) => /further|later/.test(name)));

async function open(kind) {
  await tab("More…").click();
  await page.locator("#kind").selectOption(kind);
}

/** The body that a click sends, and the answer to it. */
async function sent() {
  const asked = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/interventions"));
  await send().click();
  const request = await asked;
  const answer = await request.response();
  assert.equal(answer.status(), 202, await answer.text());
  return { body: request.postDataJSON().body, id: (await answer.json()).id };
}

async function releaseAll() {
  const all = page.locator(".release-all");
  if (await all.count()) await all.click();
  else await page.locator(".acting button").first().click();
  await until("nothing acts", async () => (await page.locator(".acting").count()) === 0);
}

const near = (value, wanted) => assert.ok(Math.abs(value - wanted) < 1e-9, `${value} instead of ${wanted}`);

/** Fields by their names, what the words say of them, the body (numbers that are computed are checked apart), its words in the journal. */
const KINDS = [
  {
    kind: "flash_crash", fields: { depth: "3", fall: "2", hold: "1", back: "90", halfLife: "5" },
    says: /falls by −3\.00\s% within 2 s, to about [\d,.]+\. It stays there for 1 s\. Then 90\s% of the fall comes back, half of that in 5 s, towards about [\d,.]+\./,
    body: { kind: "flash_crash", depth: -Math.log(0.97), fall_s: 2, hold_s: 1, half_life_s: 5, recovered_fraction: 0.9 },
    told: /Flash crash −3\s% within 2 s, 90\s% comes back/, marked: /◆ Flash crash −3\s%/,
  },
  {
    kind: "ramp", fields: { move: "1", duration: "20", shape: "linear" },
    says: /goes \+1\.00\s% over 20 s, to about [\d,.]+, and stays\. It moves evenly\./,
    body: { kind: "ramp", log_return: Math.log(1.01), duration_s: 20, shape: "linear" }, told: /Ramp \+1\s% over 20 s/, marked: /◆ Ramp \+1\s%/,
  },
  {
    kind: "meta_order", fields: { side: "sell", quantity: "250", duration: "30" },
    says: /Sells 250 BTC evenly over 30 s, which brings the price to about [\d,.]+ \(−0\.\d+\s%\)\. Then its weight halves every \d+ s/,
    body: { kind: "meta_order", side: "sell", quantity: 250, duration_s: 30 }, told: /Sells 250 BTC over 30 s/, marked: /◆ −250 BTC/,
  },
  {
    kind: "volatility_scale", fields: { factor: "2", end: "fade", time: "45" },
    says: /from 80\s% to 160\s% a year \(×2\): about ±0\.22\d\s% in a minute\. It fades with a half-life of 45 s\./,
    body: { kind: "volatility_scale", factor: 2, half_life_s: 45 }, told: /Volatility ×2, fades with a half-life of 45 s/, marked: /◆ σ ×2/,
  },
  {
    kind: "spread", fields: { factor: "4", time: "" }, says: /×4 as wide\. The price itself does not move\. It stays until released\./,
    body: { kind: "spread", factor: 4 }, told: /Quotes ×4 as wide, stays until released/,
  },
  {
    kind: "target", fields: { price: "101000", duration: "60" }, says: /is led from [\d,.]+ to 101,000\.00 \(\+\d\.\d+\s%\), and is there exactly in 60 s, at \d\d:\d\d:\d\d/,
    body: { kind: "target", price: 101_000, duration_s: 60 }, told: /Price led to 101,000\.00 in 60 s/, marked: /◆ → 101,000/,
  },
  {
    kind: "pin", fields: { price: "100500", band: "", time: "30" }, says: /Every tick is 100,500\.00 \(.*from now\)\. It ends after 30 s/,
    body: { kind: "pin", price: 100_500, band: 0, duration_s: 30 }, told: /Price held at 100,500\.00, ends after 30 s/, marked: /◆ = 100,500/,
  },
  {
    kind: "price_band", fields: { percent: "5", window: "30", pause: "10", time: "120" },
    says: /more than 5\.00\s% from its mean over 30 s \(now beyond about [\d,.]+ or [\d,.]+\), trading pauses for 10 s\. The limit ends after 120 s\./,
    body: { kind: "price_band", percent: 5, window_s: 30, pause_s: 10, duration_s: 120 }, told: /Price limit 5\s% from the mean of 30 s, pause 10 s/,
  },
  {
    kind: "halt", fields: { time: "60", reopen: "freeze" }, says: /No price is published.*The halt ends after 60 s\. Then the price goes on from where it was, now [\d,.]+\./,
    body: { kind: "halt", reopen: "freeze", duration_s: 60 }, told: /Trading halted, goes on where it was, ends after 60 s/, marked: /◆ Halt/,
  },
];
/** How a form's fields begin. */
const IDS = { flash_crash: "crash", meta_order: "order", volatility_scale: "scale", price_band: "limit" };

test("what isn't needed at first is loaded when it is asked for", async () => {
  assert.deepEqual(await scripts(), []);
  await tab("More…").click();
  await page.locator("#kind").waitFor();
  assert.match((await scripts()).join(), /control\/further\.js/);
});

test("what the model doesn't have is there, disabled, with the reason", async () => {
  for (const [kind, name] of [["jump_rate", "Jumps"], ["regime", "Regime"]]) {
    const option = page.locator(`#kind option[value=${kind}]`);
    assert.equal(await option.textContent(), `${name} (this model has none)`);
    assert.ok(await option.isDisabled());
  }
});

for (const { kind, fields, says, body, told, marked } of KINDS) {
  test(`${kind}: foreseen, sent, told`, async () => {
    await open(kind);
    for (const [name, value] of Object.entries(fields)) {
      const field = page.locator(`#${IDS[kind] ?? kind}-${name}`);
      if (await field.evaluate((element) => element.matches("select"))) await field.selectOption(value);
      else await field.fill(value);
    }
    await until("it is said", async () => says.test(await words())).catch(async () => assert.match(await words(), says));
    const { body: real } = await sent();
    assert.deepEqual(Object.keys(real).sort(), Object.keys(body).sort());
    for (const [name, value] of Object.entries(body)) typeof value === "number" ? near(real[name], value) : assert.equal(real[name], value);
    await row(told).waitFor();
    await until("it acts", async () => /active/.test(await row(told).textContent()));
    if (marked) await until("it is marked", async () => marked.test(await page.locator("#chart-words").textContent()));
    await page.locator(".acting").first().waitFor();
    await releaseAll();
  });
}

test("jumps and regimes, where the model has them: foreseen and sent", async () => {
  // No model that the service can begin with has any: a market is put in its place.
  await page.route(/instruments\/BTC-USD$/, async (route) => {
    const answer = await route.fetch();
    const told = await answer.json();
    await route.fulfill({ json: { ...told, parameters: { ...told.parameters, jumps: true, regimes: 3 } } });
  });
  await page.route("**/interventions", (route) => route.fulfill({ status: 202, json: { id: 9999, tick: 1, time: 0 } }));
  for (const [kind, fields, says, body] of [
    ["jump_rate", { "jumps-factor": "8", "jumps-time": "60" }, /jumps come ×8 as often\. It ends after 60 s\./, { kind: "jump_rate", factor: 8, duration_s: 60 }],
    ["regime", { "regime-state": "2", "regime-time": "" }, /held in its regime 2\. It stays until released\./, { kind: "regime", state: 2 }],
  ]) {
    await until("the model has them", async () => !(await page.locator(`#kind option[value=${kind}]`).isDisabled()));
    await open(kind);
    for (const [id, value] of Object.entries(fields)) await page.locator(`#${id}`).fill(value);
    await until("it is said", async () => says.test(await words())).catch(async () => assert.match(await words(), says));
    assert.deepEqual((await sent()).body, body);
  }
  await page.unroute("**/interventions");
  await page.unroute(/instruments\/BTC-USD$/);
  await open("flash_crash");
  await until("the model has none again", () => page.locator("#kind option[value=regime]").isDisabled());
});

test("what can't be is said, and not sent", async () => {
  await open("flash_crash");
  await page.locator("#crash-depth").fill("100.5");
  await page.getByText(/Above 0, at most/).waitFor();
  assert.ok(await send().isDisabled());
  assert.equal(await page.locator("#crash-depth").getAttribute("aria-invalid"), "true");
  await page.locator("#crash-depth").fill("8");
});

test("a second controller replaces the first, or waits, as one says", async () => {
  await open("pin");
  await page.locator("#pin-time").fill("100");
  const first = await sent();
  assert.equal(first.body.on_conflict, undefined);
  await page.getByText(`It replaces #${first.id}.`).waitFor();
  await page.locator("#pin-conflict").selectOption("queue");
  await page.getByText(`It waits for the end of #${first.id}.`).waitFor();
  assert.equal((await sent()).body.on_conflict, "queue");
  await page.getByText("1 more to come").waitFor();
  await releaseAll();
});

test("Undo ends what was injected, by click and by Ctrl+Z; what is done at once offers none", async () => {
  await open("target");
  const first = await sent();
  await page.locator(".notice").getByRole("button", { name: "Undo" }).click();
  await page.getByText(`#${first.id} is released.`).waitFor();
  await until("it is released", async () => /released/.test(await entry(first.id).textContent()));
  const second = await sent();
  await page.locator(".notice").getByRole("button", { name: "Undo" }).waitFor();
  await page.keyboard.press("Control+z");
  await page.getByText(`#${second.id} is released.`).waitFor();
  await tab("Price").click();
  await page.locator("#set-price-price").fill(String(Math.round(await shownPrice(page))));
  const third = await sent();
  await page.getByText(`in the journal as #${third.id}`).waitFor();
  await until("it is over", async () => /done/.test(await entry(third.id).textContent()));
  assert.equal(await page.locator(".notice").getByRole("button", { name: "Undo" }).count(), 0);
});

test("all of it by the keyboard", async () => {
  await tab("Liquidity").click();
  for (const next of ["price", "shock", "more"]) {
    await page.keyboard.press("ArrowRight");
    await until(next, () => page.evaluate((id) => document.activeElement?.id === id, `tab-${next}`));
  }
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "kind");
  await page.keyboard.type("Vol");
  await page.locator("#scale-factor").waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "scale-factor");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("1.5");
  await page.keyboard.press("Control+Enter");
  await row(/Volatility ×1\.5/).waitFor();
  await page.locator("#scale-factor").blur();
  await releaseAll();
});

test("what was drawn comes true, to the last digit", async () => {
  await page.getByRole("button", { name: "Pause" }).click();
  await until("Paused", async () => (await presence(page)) === "Paused");
  await open("flash_crash");
  const told = page.waitForResponse((response) => response.url().endsWith("/preview"));
  await page.locator("#crash-fall").fill("5");
  const ahead = await (await told).json();
  await pathWords().waitFor();
  const { seq } = await tape(page);
  await sent();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.locator("#speed").selectOption("10");
  const count = 60;
  await until("it has gone on", async () => (await tape(page)).seq > seq + count, 20_000);
  await page.locator("#speed").selectOption("1");
  const { seq: last, prices } = await tape(page);
  const came = prices.slice(seq - last).slice(0, count);
  const cents = (price) => Math.round(price * 100) / 100;
  assert.equal(ahead.dt, 100);
  assert.deepEqual(came, ahead.price.slice(1, count + 1).map(cents));
  assert.notDeepEqual(came, ahead.without.slice(1, count + 1).map(cents));
  await releaseAll();
});

/** An answer in place of the market's: a fall of 1 % that stays, halted ticks among it. */
function answered(asked, price, t0) {
  const dt = 1000;
  const without = Array.from({ length: asked.horizon_s }, (_, row) => price * (1 + 1e-5 * row));
  return { t0, dt, without, price: without.map((one, row) => (row > 4 && row < 8 ? null : one * 0.99)) };
}

test("while a form has focus the chart shows the path ahead, asked for once it rests and again as time goes on", async () => {
  const asked = [];
  await page.route("**/preview", async (route) => {
    asked.push({ at: Date.now(), body: route.request().postDataJSON() });
    const { price, time } = await page.evaluate(() => ({ price: globalThis.market.tape.price, time: globalThis.market.tape.time }));
    await route.fulfill({ json: answered(asked.at(-1).body, price, time) });
  });
  await open("flash_crash");
  await page.locator("#crash-fall").focus();
  for (const digit of "123") {
    await page.locator("#crash-fall").fill(digit);
    await pause(50);
  }
  await pathWords().waitFor();
  assert.match(await pathWords().textContent(), /On the chart: [\d,.]+ after \d+ s; without it [\d,.]+\./);
  assert.equal(asked.length, 1);
  assert.deepEqual(Object.keys(asked[0].body).sort(), ["commands", "horizon_s"]);
  assert.equal(asked[0].body.commands[0].body.fall_s, 3);
  assert.ok(asked[0].body.horizon_s > 3 && asked[0].body.horizon_s <= 600);
  assert.deepEqual(await violations(page), []);
  await until("it is asked again", () => asked.length >= 3);
  for (const [place, { at }] of asked.entries()) assert.ok(place === 0 || at - asked[place - 1].at >= 1900);
  await page.locator("#steer-drift").focus();
  await pathWords().waitFor({ state: "detached" });
  const before = asked.length;
  await pause(2500);
  assert.equal(asked.length, before);
});

test("it goes when the form was sent, and doesn't stand in the way of what is typed next", async () => {
  await page.locator("#crash-fall").focus();
  await pathWords().waitFor();
  await sent();
  await pathWords().waitFor({ state: "detached" });
  await page.locator("#crash-fall").fill("4");
  await pathWords().waitFor();
  await page.locator("#steer-drift").focus();
  await releaseAll();
  await page.unroute("**/preview");
});

test("without an answer the words are there alone", async () => {
  await page.route("**/preview", (route) => route.fulfill({ status: 404, json: { title: "Not found", status: 404, detail: "no such path", type: "about:blank" } }));
  await page.locator("#crash-fall").fill("5");
  await page.getByText(/within 5 s/).first().waitFor();
  await pause(800);
  assert.equal(await pathWords().count(), 0);
  assert.ok(!(await send().isDisabled()));
  await page.unroute("**/preview");
});

test("a halt is said on both pages, controls go on, and the market is live again after it", async () => {
  const visitor = await openBrowser();
  try {
    await visitor.page.goto(`${stack.dashboard}/dashboard/`);
    await untilLive(visitor.page);
    await open("halt");
    await page.locator("#halt-time").fill("15");
    await sent();
    for (const one of [page, visitor.page]) {
      await until("Halted", async () => (await presence(one)) === "Halted");
      assert.equal(await one.locator(".price-header").evaluate((element) => getComputedStyle(element).filter), "none");
      await until("it is announced", async () => /Trading is halted/.test(await one.locator("#announcer").textContent()));
      assert.deepEqual(await violations(one), []);
    }
    assert.ok(!(await send().isDisabled()));
    const left = async () => Number(/ends in\s*00:(\d\d)/.exec(await page.locator(".acting").textContent())?.[1]);
    const then = await left();
    await until("the time that is left goes on", async () => (await left()) < then);
    await visitor.page.locator("#ticket-amount").fill("0.1");
    await visitor.page.locator(".refusal", { hasText: "Trading is halted." }).waitFor();
    // One that comes during it is told as well.
    const late = await visitor.context.newPage();
    await late.goto(`${stack.dashboard}/dashboard/`);
    await until("Halted", async () => (await presence(late)) === "Halted");
    for (const one of [page, visitor.page]) await untilLive(one);
    const held = await visitor.page.evaluate(() => globalThis.market.bars.list.map((bar) => bar.open_time));
    assert.ok(held.some((time, place) => place > 0 && time - held[place - 1] >= 6000), "a gap between candles");
    assert.deepEqual(visitor.faults, []);
  } finally {
    await visitor.close();
  }
});

for (const language of ["en", "th"]) {
  test(`every form speaks, fits 360 px and has no fault of access: ${language}`, async () => {
    await page.setViewportSize({ width: 360, height: 760 });
    for (const theme of language === "en" ? ["dark", "light"] : ["light"]) {
      await page.evaluate(([theme, language]) => Object.assign(localStorage, { theme, language }), [theme, language]);
      await page.reload();
      await page.locator("#tab-more").click();
      await page.locator("#kind").waitFor();
      const kinds = await page.locator("#kind option:not(:disabled)").evaluateAll((all) => all.map((one) => one.value));
      // The default model has jumps, so their rate can be scaled too.
      assert.deepEqual([...kinds].sort(), [...KINDS.map(({ kind }) => kind), "jump_rate"].sort());
      for (const kind of kinds) {
        await page.locator("#kind").selectOption(kind);
        await until(`${kind} says something`, async () => (await words()).length > 30);
        assert.ok(!/[{}]|undefined|NaN/.test(await page.locator("form.inject").textContent()), `${kind}: ${await words()}`);
        const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(content <= window, `${kind} in ${language}: ${content} px`);
      }
      assert.deepEqual(await violations(page), []);
    }
  });
}

test("a change of language changes what is loaded later too", async () => {
  await page.getByRole("button", { name: "English" }).click();
  await page.getByText("What to do").waitFor();
  assert.match(await page.locator(".journal").textContent(), /Flash crash −/);
});

test("nothing broke a rule on the way", () => assert.deepEqual(browser.faults, []));
