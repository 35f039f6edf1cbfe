// A journal's file, dropped on the page: its market lives again, and goes on.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { closed, held, signedIn, violations } from "./browser.mjs";
import { until } from "./stack.mjs";

let stack, browser, page;
before(async () => ({ stack, browser, page } = await signedIn(22270)));
after(() => closed(stack, browser));

const button = (name) => page.getByRole("button", { name, exact: true });
const dialog = () => page.locator("dialog[open]");
const row = (text) => page.locator(".journal tr", { hasText: text }).first();

/** Drops a file as a person would. */
async function drop(name, text) {
  const transfer = await page.evaluateHandle(([name, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name));
    return data;
  }, [name, text]);
  await page.dispatchEvent(".drop", "dragover", { dataTransfer: transfer });
  await page.dispatchEvent(".drop", "drop", { dataTransfer: transfer });
  await dialog().waitFor();
}

let journal, first, prices;
test("a session with a few interventions, and its journal", async () => {
  await button("Inject liquidity").click();
  await row(/Liquidity \+400/).waitFor();
  await page.getByRole("tab", { name: "Shock" }).click();
  await button("Shock the price").click();
  await row(/Shock −5/).waitFor();
  await until("both acted", async () => (await held(page)).seq > 60);
  const [download] = await Promise.all([page.waitForEvent("download"), button("Export").click()]);
  journal = readFileSync(await download.path(), "utf8");
  first = await held(page);
  const answer = await fetch(`${stack.gateway}/api/market/v1/instruments/BTC-USD/ticks?from_seq=1&limit=${first.seq}`);
  prices = (await answer.json()).price;
  assert.equal(prices.length, first.seq);
});

test("what is no journal is said, and nothing is sent", async () => {
  await drop("notes.jsonl", "{\"a\":1}\n");
  await dialog().getByText("notes.jsonl is no journal").waitFor();
  assert.ok(await button("End it and replay").isDisabled());
  await button("Keep this session").click();
});

test("a damaged file names its line, and the session goes on", async () => {
  const lines = journal.trimEnd().split("\n");
  const damaged = lines.findIndex((line) => line.includes("\"quantity\":400"));
  lines[damaged] = lines[damaged].replace("\"quantity\":400", "\"quantity\":401");
  await drop("damaged.jsonl", `${lines.join("\n")}\n`);
  await button("End it and replay").click();
  await dialog().locator("[role=alert]").getByText(new RegExp(`line ${damaged + 1}\\b`)).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");
  assert.equal((await held(page)).session, first.session);
});

test("the dialog names the effect; the same prices come again, and then it goes on live", async () => {
  await drop("mine.jsonl", journal);
  const effect = await dialog().locator(".effect").textContent();
  assert.match(effect, new RegExp(`Session ${first.session} ends at tick \\d+\\. Its journal is kept\\.`));
  assert.match(effect, /replays mine\.jsonl: cascade from 100,000\.00, a tick each 0\.1 s, .* with its interventions \(2\)\./);
  const [, last] = /After the journal's last tick, (\d+) at/.exec(effect);
  assert.ok(Number(last) >= first.seq, `${last} of ${first.seq}`);
  await page.locator("#replay-speed").fill("0");
  await dialog().getByText("Between 0.1 and").waitFor();
  assert.ok(await button("End it and replay").isDisabled());
  await page.locator("#replay-speed").fill("5");
  await dialog().getByText("It runs at speed ×5.").waitFor();
  const asked = page.waitForRequest((request) => request.url().includes("/sessions/replay"));
  await button("End it and replay").click();
  const request = await asked;
  assert.equal(new URL(request.url()).search, "?speed=5");
  assert.equal(request.headers()["content-type"], "application/jsonl");
  assert.ok(request.headers()["idempotency-key"]);
  await until("the page holds another session", async () => (await held(page)).session !== first.session, 20_000);
  await page.locator(".notice").getByText(/replays mine\.jsonl\./).waitFor();
  await until("it has come as far", async () => (await held(page)).seq >= Number(last) + 20, 30_000);
  const now = await held(page);
  const answer = await fetch(`${stack.gateway}/api/market/v1/instruments/BTC-USD/ticks?from_seq=1&limit=${now.seq}`);
  const again = (await answer.json()).price;
  assert.deepEqual(again.slice(0, prices.length), prices);
  assert.deepEqual(now.prices, again.slice(now.seq - now.prices.length, now.seq));
  await row(/Liquidity \+400/).waitFor();
  await row(/Shock −5/).waitFor();
  // It is a session like any other.
  await page.getByRole("tab", { name: "Liquidity" }).click();
  await button("Inject liquidity").click();
  await until("a third", async () => (await page.locator(".journal tbody tr").count()) === 3);
});

test("the file button is reached by the keyboard, and takes the same file twice", async () => {
  for (let time = 0; time < 2; time += 1) {
    const asked = page.waitForEvent("filechooser");
    await page.locator(".drop button").focus();
    await page.keyboard.press("Enter");
    await (await asked).setFiles({ name: "mine.jsonl", mimeType: "application/jsonl", buffer: Buffer.from(journal) });
    await dialog().locator(".effect").getByText(/mine\.jsonl/).waitFor();
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
  }
});

for (const language of ["en", "th"]) {
  test(`the dialog speaks, fits 360 px and has no fault of access: ${language}`, async () => {
    await page.setViewportSize({ width: 360, height: 760 });
    for (const theme of ["dark", "light"]) {
      await page.evaluate(([theme, language]) => Object.assign(localStorage, { theme, language }), [theme, language]);
      await page.reload();
      await page.locator(".drop").waitFor();
      await drop("mine.jsonl", journal);
      assert.ok(!/[{}]|undefined|NaN/.test(await dialog().textContent()));
      assert.deepEqual(await violations(page), []);
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(content <= window, `${theme} ${language}: ${content} px`);
    }
  });
}

test("nothing broke a rule on the way", () => assert.deepEqual(browser.faults, []));
