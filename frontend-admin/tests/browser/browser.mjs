// A browser of its own, and what must never happen in it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";
import { startStack, until } from "./stack.mjs";

const ARGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

/** @param {{width?: number, height?: number, theme?: string, language?: string, acceptDownloads?: boolean}} [options] */
export async function openBrowser({ width = 1280, height = 860, theme = "dark", language = "en" } = {}) {
  const profile = mkdtempSync(path.join(tmpdir(), "chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: ARGS, viewport: { width, height }, locale: "en-GB",
  });
  /** Content policy violations, errors, and requests to other hosts. */
  const faults = [];
  await context.addInitScript(([theme, language]) => {
    // Frames of no origin have no storage.
    if (!location.protocol.startsWith("http")) return;
    localStorage.theme ??= theme;
    localStorage.language ??= language;
    addEventListener("securitypolicyviolation", (event) => console.error("CSP", event.violatedDirective, event.blockedURI, event.sourceFile));
  }, [theme, language]);
  const watch = (page) => {
    page.on("pageerror", (error) => faults.push(String(error.stack)));
    page.on("console", (message) => {
      // A server that is down is in the console of every page that wanted it.
      const isNetwork = /^(Failed to load resource|WebSocket connection to)/.test(message.text());
      if (message.type() === "error" && !isNetwork) faults.push(message.text());
    });
    page.on("request", (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (!["localhost", ""].includes(hostname) && !["blob:", "data:"].includes(protocol)) faults.push(`request to ${request.url()}`);
    });
  };
  const page = context.pages()[0] ?? (await context.newPage());
  watch(page);
  return {
    page,
    context,
    faults,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** What axe says of the page once no colour is on its way to another: WCAG 2.2 AA and best practice. */
export async function violations(page) {
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((one) => one.finished)));
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
  const found = await new AxeBuilder({ page }).withTags(tags).analyze();
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

/** The word of the connection. */
export const presence = (page) => page.locator(".presence").textContent();

export const untilLive = (page) => until("the page is live", async () => /Live|สด/.test((await presence(page)) ?? ""), 15_000);

/** The price as shown. */
export const shownPrice = async (page) => Number((await page.locator("#price").textContent()).replace(/[^\d.]/g, ""));

/** The ticks that the page really holds. */
export const held = (page) => page.evaluate(() => {
  const { session, seq, lost, prices } = globalThis.market.tape;
  return { session, seq, lost, prices };
});

export async function signIn(page, stack) {
  await page.goto(stack.link());
  await untilLive(page);
  await page.locator("#steer-title").waitFor();
}

/** A stack and a browser beside it; nothing of them is left if one can't be opened. @param {number} port @param {object} [options] */
export async function opened(port, options) {
  const stack = await startStack(port, options);
  try {
    const browser = await openBrowser();
    return { stack, browser, page: browser.page };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** The same with its admin on the Control room. @param {number} port @param {object} [options] */
export async function signedIn(port, options) {
  const desk = await opened(port, options);
  try {
    await signIn(desk.page, desk.stack);
  } catch (error) {
    await closed(desk.stack, desk.browser);
    throw error;
  }
  return desk;
}

export async function closed(stack, browser) {
  await browser?.close();
  await stack?.stop();
}
