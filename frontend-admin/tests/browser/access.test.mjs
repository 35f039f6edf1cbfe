// For everyone: axe on every page, theme, language and state; narrow screens; what a page loads. And pictures of it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { closed, openBrowser, shownPrice, signedIn, untilLive, violations } from "./browser.mjs";
import { ask, rows, steering, submit, write } from "./desk.mjs";
import { binary, pause, until } from "./stack.mjs";

/** Bytes of a page's scripts and styles as they travel, compressed; as in the Rust tests. */
const MOST_BYTES = 110_000;
const THEMES = ["dark", "light"];
const LANGUAGES = ["en", "th"];
const pictures = process.env.SCREENSHOTS;

let stack, browser, page;
before(async () => {
  ({ stack, browser, page } = await signedIn(22230));
  await page.getByRole("button", { name: "Inject liquidity" }).click();
  await page.locator(".journal tr").first().waitFor();
  await holdSomething();
});
after(() => closed(stack, browser));

async function dress(theme, language, seen = page) {
  await seen.evaluate(([theme, language]) => Object.assign(localStorage, { theme, language }), [theme, language]);
}

async function visit(place, seen = page) {
  await seen.goto(`${stack.dashboard}/dashboard/${place}`);
  await untilLive(seen);
  await until("there is a price", async () => /\d/.test(await seen.locator("#price").textContent()));
}

/** A position, an order that rests, one that was refused, and a strategy: so that all of the page has something to show. */
async function holdSomething() {
  await visit("");
  await write(page, { amount: "0.2" });
  await submit(page);
  await page.getByText("Long 0.2 BTC").waitFor();
  await write(page, { type: "Limit", amount: "0.1", price: Math.floor((await shownPrice(page)) * 0.99) });
  await submit(page);
  await rows(page, "rests").waitFor();
  await page.getByRole("button", { name: "Choose a strategy…" }).click();
  await page.locator("#strategy").selectOption({ label: "Dollar-cost averaging" });
  await page.locator("#strategy-every_s").fill("5");
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.locator(".run").waitFor();
  // It changes its mind often: its list of decisions is longer than what is shown of it.
  const wanted = { instrument: "BTC-USD", strategy: "market_maker", values: { half_life_s: 1, interval_s: 0.2 } };
  await ask(page, stack, "strategies", "POST", wanted);
  await page.locator(".run").nth(1).waitFor();
}

async function picture(name, seen = page, fullPage = false) {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await seen.screenshot({ path: path.join(pictures, `${name}.png`), fullPage });
}

for (const theme of THEMES) {
  for (const language of LANGUAGES) {
    test(`axe finds nothing: ${theme}, ${language}`, async () => {
      await dress(theme, language);
      await visit("");
      await until("the account is there", async () => (await page.locator(".held dd").count()) > 3);
      assert.deepEqual(await violations(page), [], "trading");
      await page.locator(".more summary").click();
      await page.locator(".another > summary").click();
      for (const summary of await page.locator(".run summary").all()) await summary.click();
      await until("some decisions are out of sight", () => page.locator(".decisions").evaluateAll((all) =>
        all.some((list) => list.scrollHeight > list.clientHeight)), 60_000);
      assert.deepEqual(await violations(page), [], "trading, unfolded");
      for (const opener of [".switches > button:last-child", ".account-card .card-head button", ".new-run .two button:last-child"]) {
        await page.locator(opener).click();
        await page.locator("dialog[open]").waitFor();
        assert.deepEqual(await violations(page), [], `dialog of ${opener}`);
        await page.keyboard.press("Escape");
      }
      await visit("admin");
      await page.locator(".journal tr").first().waitFor();
      assert.deepEqual(await violations(page), [], "control room");
      for (const opener of [".switches > button:last-child", ".pace .danger"]) {
        await page.locator(opener).click();
        await page.locator("dialog[open]").waitFor();
        assert.deepEqual(await violations(page), [], `dialog of ${opener}`);
        await page.keyboard.press("Escape");
      }
    });
  }
}

test("axe finds nothing: signed out", async () => {
  const visitor = await openBrowser();
  try {
    await visitor.page.goto(`${stack.dashboard}/dashboard/admin`);
    await untilLive(visitor.page);
    assert.deepEqual(await violations(visitor.page), []);
  } finally {
    await visitor.close();
  }
});

test("axe finds nothing on the page of a back-test, light and dark, wide and narrow", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "backtest-"));
  const visitor = await openBrowser();
  try {
    for (const more of [[], ["--seeds", "5"]]) {
      const file = path.join(folder, "page.html");
      execFileSync(binary("ALGO_TRADING_BIN"), ["backtest", "--strategy", "dca", "--set", "every_s=5", "--seed", "1", "--ticks", "600", "--html", file, ...more]);
      for (const [colorScheme, width] of [["light", 1280], ["dark", 1280], ["light", 360]]) {
        await visitor.page.setViewportSize({ width, height: 860 });
        await visitor.page.emulateMedia({ colorScheme });
        await visitor.page.goto(`file://${file}`);
        assert.deepEqual(await violations(visitor.page), [], `${colorScheme}, ${width} px`);
      }
    }
  } finally {
    await visitor.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("360 px are wide enough, in both languages", async () => {
  await page.setViewportSize({ width: 360, height: 760 });
  for (const language of LANGUAGES) {
    await dress("dark", language);
    for (const place of ["", "admin"]) {
      await visit(place);
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(content <= window, `${place || "trading"} in ${language}: ${content} px`);
      const small = await page.evaluate(() => [...document.querySelectorAll("button, select, input, nav a")]
        .map((element) => ({ text: element.textContent || element.id, box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24) && box.height < 18)
        .map(({ text, box }) => `${text} ${box.width}×${box.height}`));
      assert.deepEqual(small, []);
    }
  }
  await dress("dark", "en");
  await visit("admin");
  await pause(pictures ? 1500 : 0);
  await picture("narrow");
  await page.setViewportSize({ width: 1280, height: 860 });
});

test("scripts and styles stay within their budget", async () => {
  // Whoever comes for the first time has no strategies, whose part of the page comes with them.
  const visitor = await openBrowser();
  await visitor.page.goto(`${stack.dashboard}/dashboard/`);
  for (const [place, seen] of [["", visitor.page], ["admin", page]]) {
    for (const language of LANGUAGES) {
      const session = await seen.context().newCDPSession(seen);
      await session.send("Network.setCacheDisabled", { cacheDisabled: true });
      await dress("dark", language, seen);
      await visit(place, seen);
      const sizes = await seen.evaluate(() => performance.getEntriesByType("resource")
        .filter((entry) => /\.(m?js|css)$/.test(entry.name)).map((entry) => entry.encodedBodySize));
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      console.log(`# /dashboard/${place} in ${language}: ${bytes} bytes in ${sizes.length} files`);
      assert.ok(sizes.every((size) => size > 0), "all of it was transferred");
      assert.ok(bytes > 50_000 && bytes <= MOST_BYTES, `/dashboard/${place} in ${language}: ${bytes} bytes`);
      await session.detach();
    }
  }
  await visitor.close();
  await dress("dark", "en");
});

/** Lets some minutes of simulated time pass. */
async function hasten(speed, ms) {
  await page.locator("#speed").selectOption(String(speed));
  await pause(ms);
  await page.locator("#speed").selectOption("1");
}

test("pictures", { skip: !pictures }, async () => {
  await dress("dark", "en");
  await visit("admin");
  await page.locator(".release-all, .acting button").last().click();
  await hasten(20, 12_000);
  await page.locator("#steer-volatility").fill("60");
  await page.getByRole("button", { name: "Apply" }).click();
  await hasten(5, 3000);
  await page.getByRole("button", { name: "Inject liquidity" }).click();
  await hasten(5, 6000);
  await page.locator(".notice").waitFor({ state: "detached" });
  await page.evaluate(() => scrollTo(0, 0));
  await picture("control-room");
  await dress("light", "th");
  await visit("admin");
  await pause(1500);
  await picture("control-room-th");
});

test("pictures of trading", { skip: !pictures }, async () => {
  const admin = await steering(stack);
  const visitor = await openBrowser({ width: 1440, height: 820 });
  const { page: seen } = visitor;
  const level = async (factor) => Math.floor((await shownPrice(seen)) * factor);
  await visit("", seen);
  await write(seen, { amount: "0.4" });
  await submit(seen);
  await seen.getByText("Long 0.4 BTC").waitFor();
  await seen.getByRole("button", { name: "Choose a strategy…" }).click();
  await seen.locator("#strategy").selectOption({ label: "Grid" });
  await seen.locator("#strategy-step_bp").fill("3");
  await seen.getByRole("button", { name: "Start", exact: true }).click();
  await seen.locator(".run").waitFor();
  await admin.setSpeed(20);
  await pause(6000);
  await admin.setSpeed(1);
  await write(seen, { type: "Limit", amount: "0.1", price: await level(0.9985) });
  await submit(seen);
  await write(seen, { side: "sell", type: "Stop", amount: "0.2", stop: await level(0.997) });
  await submit(seen);
  await write(seen, { side: "sell", type: "Market", amount: "0.1" });
  await submit(seen);
  await seen.getByText("Long 0.3 BTC").waitFor();
  await seen.reload();
  await untilLive(seen);
  await seen.locator(".run").waitFor();
  await seen.locator(".shares button").first().click();
  await pause(7000);
  await seen.evaluate(() => scrollTo(0, 0));
  await picture("trading", seen, true);
  await visitor.close();
});

test("nothing broke a rule on the way", () => assert.deepEqual(browser.faults, []));
