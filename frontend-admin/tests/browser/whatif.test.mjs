// What moved the price, as a table that adds up and as bands on the chart; and what it would be otherwise, as a line beside it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closed, held, presence, signedIn, violations } from "./browser.mjs";
import { pause, until } from "./stack.mjs";

let stack, browser, page;
before(async () => ({ stack, browser, page } = await signedIn(22260)));
after(() => closed(stack, browser));

const button = (name) => page.getByRole("button", { name, exact: true });
const row = (text) => page.locator(".journal tr", { hasText: text }).first();
const number = (text) => Number(text.replace("\u2212", "-").replace(/[^\d.-]/g, ""));
const cents = (price) => Math.round(price * 100) / 100;
const rows = () => page.locator(".parts tr").evaluateAll((all) => all.map((one) => [...one.children].map((cell) => cell.textContent)));

/** Where a colour is on the chart, by its left and right edge, top and bottom; nothing if it isn't there. @param {string} token */
const drawn = (token) => page.evaluate((token) => {
  const wanted = getComputedStyle(document.documentElement).getPropertyValue(token).match(/\d+/g).map(Number);
  const edges = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity, count: 0 };
  // The pane's canvases; the scale at its right has the colour on a label.
  for (const canvas of document.querySelectorAll(".chart td:nth-child(2) canvas")) {
    if (canvas.width < 300) continue;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    for (let place = 0; place < data.length; place += 4) {
      if (data[place] !== wanted[0] || data[place + 1] !== wanted[1] || data[place + 2] !== wanted[2] || data[place + 3] !== 255) continue;
      const [x, y] = [(place / 4) % canvas.width, Math.floor(place / 4 / canvas.width)];
      Object.assign(edges, { left: Math.min(edges.left, x), right: Math.max(edges.right, x), top: Math.min(edges.top, y), bottom: Math.max(edges.bottom, y) });
      edges.count += 1;
    }
  }
  return edges.count > 0 ? edges : undefined;
}, token);

async function inject(tab, fields, action) {
  await page.getByRole("tab", { name: tab }).click();
  for (const [id, value] of Object.entries(fields)) {
    const field = page.locator(`#${id}`);
    if (await field.evaluate((element) => element.matches("select"))) await field.selectOption(value);
    else await field.fill(value);
  }
  const told = page.waitForResponse((response) => response.request().method() === "POST" && response.url().endsWith("/interventions"));
  await button(action).click();
  return (await told).json();
}

test("until something was done, nothing moved the price", async () => {
  const scripts = () => page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => /whatif/.test(name)));
  await until("some bars", () => page.evaluate(() => globalThis.market.bars.list.length > 2));
  assert.deepEqual(await scripts(), []);
  await button("Whole session").click();
  await page.locator(".parts").getByText(/no intervention moved the price/).waitFor();
  assert.match((await scripts()).join(), /whatif\/panel\.js/);
  assert.equal(await button("Whole session").getAttribute("aria-pressed"), "true");
  await button("Clear").click();
});

let shock, order;
test("the parts add up from the reference to the price, in per cent and in money", async () => {
  shock = await inject("Shock", { "shock-size": "-5", "shock-stays": "100" }, "Shock the price");
  await page.locator("#speed").selectOption("5");
  await pause(2000);
  await page.getByRole("tab", { name: "More…" }).click();
  order = await inject("More…", { kind: "meta_order", "order-quantity": "900", "order-duration": "20" }, "Place the order");
  await pause(6000);
  await page.locator("#speed").selectOption("1");
  const told = page.waitForResponse((response) => response.url().includes("/attribution?"));
  await button("Whole session").click();
  const answer = await (await told).json();
  assert.deepEqual(answer.contributions.map(({ id }) => id), [shock.id, order.id]);
  await page.locator(".parts table").waitFor();
  const [, reference, ...rest] = await rows();
  const [whole, price] = rest.slice(-2);
  const parts = rest.slice(0, -2);
  assert.equal(parts.length, 2);
  assert.match(parts[0][0], new RegExp(`#${shock.id} Shock −5\\s% for good at \\d\\d:`));
  assert.match(parts[1][0], new RegExp(`#${order.id} Buys 900 BTC over 20 s \\d\\d:\\d\\d:\\d\\d to \\d\\d:`));
  const shares = parts.map((cells) => number(cells[1]));
  assert.ok(Math.abs(shares[0] + 5) < 0.005 && shares[1] > 0.1, shares.join());
  assert.ok(Math.abs(shares[0] + shares[1] - number(whole[1])) <= 0.0101, `${shares} to ${whole}`);
  const moved = parts.map((cells) => number(cells[2]));
  assert.ok(Math.abs(moved[0] + moved[1] - number(whole[2])) <= 0.0101, `${moved} to ${whole}`);
  assert.ok(Math.abs(number(reference[2]) + number(whole[2]) - number(price[2])) <= 0.0101, `${reference} to ${price}`);
  // The price is one that was there, and the whole is what the market says.
  assert.ok((await held(page)).prices.includes(number(price[2])));
  assert.ok(Math.abs(number(whole[1]) / 100 - Math.expm1(answer.at_to)) < 1e-4);
  assert.match(await page.locator(".parts p").first().textContent(), /−4\.\d\d\s% from what it would have been/);
});

test("each part's time is a band on the chart in the colour of its row", async () => {
  for (const [place, { id }] of [shock, order].entries()) {
    const pill = page.locator(".parts .band").nth(place);
    assert.equal(await pill.textContent(), `#${id}`);
    const token = await page.evaluate((place) => getComputedStyle(document.documentElement).getPropertyValue(`--band-${place + 1}`), place);
    assert.equal(await pill.evaluate((element) => getComputedStyle(element).backgroundColor), token);
  }
  const [first, second] = await until("bands", async () => {
    const found = [await drawn("--band-1"), await drawn("--band-2")];
    return found.every(Boolean) && found;
  });
  // A shock for good is over at once; the order took twenty seconds, a bar each (and its number is within them).
  assert.ok(first.left < second.left);
  assert.ok(second.right - second.left > 2 * (first.right - first.left), JSON.stringify({ first, second }));
  assert.deepEqual(await violations(page), []);
  await button("Clear").click();
  await until("they are gone", async () => !(await drawn("--band-1")) && !(await drawn("--band-2")));
  assert.equal(await page.locator(".parts").count(), 0);
});

test("a time that begins later has what was before as one part", async () => {
  await pause(1500);
  const tick = await page.evaluate(() => globalThis.market.tape.tick);
  await page.route("**/attribution?*", async (route) => {
    const address = new URL(route.request().url());
    address.searchParams.set("from", String(tick - 10));
    await route.continue({ url: address.href });
  });
  await button("Last 5 min").click();
  await page.getByText(/What was done until/).waitFor();
  const [, , before, ...rest] = await rows();
  const whole = rest.at(-2);
  const shown = rest.slice(0, -2).reduce((sum, cells) => sum + number(cells[2]), number(before[2]));
  assert.ok(Math.abs(shown - number(whole[2])) <= 0.0201);
  assert.ok(number(before[1]) < -3);
  await page.unroute("**/attribution?*");
  await button("Clear").click();
});

test("what the chart shows is a time that can end before now", async () => {
  await page.locator(".chart").focus();
  const ask = async () => {
    const told = page.waitForResponse((response) => response.url().includes("/attribution?"));
    await button("On the chart").click();
    const response = await told;
    assert.equal(response.status(), 200, await response.text());
    await page.locator(".parts").waitFor();
    const query = new URL(response.url()).searchParams;
    return { from: Number(query.get("from")), to: Number(query.get("to")) };
  };
  const now = await ask();
  assert.equal(now.from, 0);
  // Closer, and to the left, until the newest bars are beyond the right edge.
  await page.locator(".chart").press("+");
  let [from, to] = [0, Infinity];
  for (let step = 0; step < 8 && to >= now.to; step += 1) {
    await page.locator(".chart").press("ArrowLeft");
    ({ from, to } = await ask());
  }
  assert.ok(to < now.to && from < to, `${from} to ${to} of ${now.to}`);
  await until("the end of a bar", async () => {
    const price = number((await rows()).at(-1)[2]);
    return page.evaluate((price) => globalThis.market.bars.list.slice(0, -1).some((bar) => bar.close === price), price);
  });
  const [prices, tick] = await page.evaluate(() => [globalThis.market.tape.prices, globalThis.market.tape.tick]);
  assert.equal(prices.at(to - tick - 1), number((await rows()).at(-1)[2]), "the price of that very tick");
  await button("Clear").click();
  await page.locator(".chart").press("End");
});

const would = () => page.locator(".would").textContent();

test("without an intervention: the other course is drawn beside the price, and its end is said", async () => {
  await page.getByRole("button", { name: "Pause" }).click();
  await until("Paused", async () => (await presence(page)) === "Paused");
  const told = page.waitForResponse((response) => response.url().endsWith("/forks"));
  await row(/Shock −5/).getByRole("button", { name: `Without it? #${shock.id}` }).click();
  const response = await told;
  assert.deepEqual(response.request().postDataJSON().edits, [{ edit: "remove", id: shock.id }]);
  assert.equal(response.request().postDataJSON().at, shock.tick - 1);
  const fork = await response.json();
  await page.locator(".would").waitFor();
  const [, price, was, move] = /without #\d+, the price would be ([\d,.]+) instead of ([\d,.]+) \(([+−][\d.]+)/.exec(await would());
  const { prices, tick } = await held(page).then(async (tape) => ({ ...tape, tick: await page.evaluate(() => globalThis.market.tape.tick) }));
  assert.equal(number(was), prices.at(-1));
  assert.equal(number(price), cents(fork.price.at(-1)));
  assert.ok(number(move) > 4.9 && number(move) < 5.6, move);
  // What the market says it was is what the page held.
  assert.equal(fork.tick0, shock.tick - 1);
  const was0 = fork.was.map((_, place) => Math.min(fork.tick0 + place * fork.every, tick)).map((at) => prices.at(at - tick - 1));
  assert.deepEqual(fork.was.map(cents), was0);
  const line = await until("the line", () => drawn("--branch"));
  const candles = { bottom: Math.max(...[await drawn("--down"), await drawn("--up")].map((edges) => edges?.bottom ?? 0)) };
  assert.ok(line.right - line.left > 50, JSON.stringify(line));
  assert.ok(line.bottom < candles.bottom - 40, `all of it is above where the price fell to: ${JSON.stringify({ line, candles })}`);
  assert.deepEqual(await violations(page), []);
});

test("it keeps up with the market, until it is cleared", async () => {
  const before = await would();
  const announced = () => page.locator("[aria-labelledby=whatif-title] .hidden[role=status]").textContent();
  assert.equal((await announced()).trim(), before.trim());
  await page.getByRole("button", { name: "Resume" }).click();
  await until("it is said anew", async () => (await would()) !== before);
  assert.equal((await announced()).trim(), before.trim(), "and announced once");
  await button("Clear").click();
  await until("the line is gone", async () => !(await drawn("--branch")));
  assert.equal(await page.locator(".would").count(), 0);
  let asked = 0;
  page.on("request", (request) => (asked += Number(request.url().endsWith("/forks"))));
  await pause(2500);
  assert.equal(asked, 0);
});

test("with an intervention changed, and with one more, as Inject says; each taken back", async () => {
  await page.getByRole("tab", { name: "Shock" }).click();
  await page.locator("#shock-size").fill("3");
  await page.locator("#other-how").selectOption("change");
  await page.locator("#other-which").selectOption(String(shock.id));
  await page.getByText("As the Inject form says now: Shock +3").waitFor();
  await button("See it").click();
  await until("up", async () => / with #\d+ changed to “Shock \+3.* \(\+[78]\.\d\d/.test(await would()));
  await page.locator("#other-how").selectOption("add");
  await page.locator("#other-ago").fill("2");
  const told = page.waitForResponse((response) => response.url().endsWith("/forks") && response.request().postDataJSON().edits.length === 2);
  await button("See it").click();
  const [change, add] = (await told).request().postDataJSON().edits;
  assert.deepEqual([change.edit, change.id, add.edit], ["change", shock.id, "add"]);
  assert.deepEqual(change.body, add.body);
  await until("further up", async () => /\(\+1[01]\.\d\d/.test(await would()));
  await page.getByRole("button", { name: /^Take back: with #/ }).click();
  await until("only what was added", async () => /^Now, with “Shock \+3.*” at \d\d:\d\d:\d\d, .*\(\+[23]\.\d\d/.test(await would()));
  await page.locator(".journal tr", { hasText: "Shock +3" }).first().waitFor({ state: "detached" });
});

test("what can't be is said in the market's words", async () => {
  await page.locator("#other-ago").fill("");
  await page.getByText("Give a number.").waitFor();
  assert.ok(await button("See it").isDisabled());
  await page.locator("#other-ago").fill("1");
  await page.route("**/forks", (route) => route.fulfill({ status: 422, contentType: "application/problem+json",
    json: { type: "about:blank", title: "Out of domain", status: 422, detail: "no", errors: [{ pointer: "/edits/0/body/price", detail: "price = 0 is outside (0, 1e15]" }] } }));
  await button("See it").click();
  await page.locator(".what-if [role=alert]").getByText("/edits/0/body/price: price = 0 is outside").waitFor();
  await page.unroute("**/forks");
  await button("Clear").click();
});

test("what takes a while shows how far it is, and is stopped", async () => {
  const asked = [];
  let isDone = false;
  const price = (await held(page)).prices.at(-1);
  await page.route("**/forks", (route) => route.fulfill({ status: 202, json: { job: 7 } }));
  await page.route("**/jobs/7", async (route) => {
    asked.push(route.request().method());
    if (asked.at(-1) === "DELETE") return route.fulfill({ status: 204 });
    const result = { tick0: 1, every: 1, t0: 0, dt: 100, price: [price, price * 1.5], was: [price, price], reference: [price, price] };
    return route.fulfill({ json: isDone ? { state: "done", result } : { state: "running", done: 30, of: 100 } });
  });
  const ask = () => row(/Shock −5/).getByRole("button", { name: `Without it? #${shock.id}` }).click();
  await ask();
  await page.locator(".working").getByText(/30\s%/).waitFor();
  assert.equal(await page.locator("progress").evaluate((bar) => bar.value / bar.max), 0.3);
  assert.deepEqual(await violations(page), []);
  await page.locator(".working").getByRole("button", { name: "Stop" }).click();
  await until("it is stopped", () => asked.at(-1) === "DELETE");
  const stopped = asked.length;
  await pause(1200);
  assert.equal(asked.length, stopped, "nobody asks any more");
  await ask();
  await page.locator(".working").waitFor();
  isDone = true;
  await until("it is told", async () => /\(\+50\.00/.test(await would()));
  await page.getByText(/As of \d\d:/).waitFor();
  await pause(2500);
  assert.equal(asked.filter((method) => method === "DELETE").length, 1, "a job is not begun again by itself");
  await page.unroute("**/forks");
  await button("Bring up to now").click();
  await until("the market's own answer", async () => /\(\+[45]\.\d\d/.test(await would()));
});

for (const language of ["en", "th"]) {
  test(`it speaks, fits 360 px and has no fault of access: ${language}`, async () => {
    await page.setViewportSize({ width: 360, height: 760 });
    for (const theme of ["dark", "light"]) {
      await page.evaluate(([theme, language]) => Object.assign(localStorage, { theme, language }), [theme, language]);
      await page.reload();
      await page.locator("[aria-labelledby=whatif-title] .tab").nth(2).click();
      await page.locator("[aria-labelledby=whatif-title] .tab").nth(3).click();
      await page.locator(".parts td button").first().click();
      await page.locator(".would").waitFor();
      assert.ok(!/[{}]|undefined|NaN/.test(await page.locator("[aria-labelledby=whatif-title]").last().textContent()));
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(content <= window, `${theme} ${language}: ${content} px`);
      assert.deepEqual(await violations(page), []);
    }
  });
}

test("another session begins with no answers of the last one", async () => {
  await page.evaluate(() => Object.assign(localStorage, { language: "en" }));
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.reload();
  await row(/Shock −5/).getByRole("button", { name: `Without it? #${shock.id}` }).click();
  await page.locator(".would").waitFor();
  await button("New session…").click();
  await button("End it and begin anew").click();
  await page.getByText("Nothing was changed in this session.").waitFor();
  assert.equal(await page.locator(".would").count(), 0);
  await until("the line is gone", async () => !(await drawn("--branch")));
});

test("nothing broke a rule on the way", () => assert.deepEqual(browser.faults, []));
