// A page's modules share one scope: a name there would hide from all of them what the browser calls by it.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openBrowser } from "./browser.mjs";

const folder = fileURLToPath(new URL("../../static/js/", import.meta.url));

test("no module's name is one of the browser's", async () => {
  const declared = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith(".js")).flatMap((path) => {
    const found = readFileSync(folder + path, "utf8").matchAll(/^(?:export )?(?:async )?(?:const|let|class|function) ([\w$]+)/gm);
    return [...found].map(([, name]) => ({ path, name }));
  });
  assert.ok(declared.length > 200, `only ${declared.length} names`);
  const browser = await openBrowser();
  try {
    const taken = await browser.page.evaluate((names) => names.filter(({ name }) => name in window), declared);
    assert.deepEqual(taken, []);
  } finally {
    await browser.close();
  }
});
