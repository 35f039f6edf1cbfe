// What is vendored is what the packages have.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const FILES = {
  "preact.mjs": "preact/dist/preact.mjs",
  "htm.module.js": "htm/dist/htm.module.js",
  "signals-core.mjs": "@preact/signals-core/dist/signals-core.mjs",
  "lightweight-charts.standalone.production.mjs": "lightweight-charts/dist/lightweight-charts.standalone.production.mjs",
  "socket.io.esm.min.js": "socket.io-client/dist/socket.io.esm.min.js",
};

for (const [vendored, original] of Object.entries(FILES)) {
  test(`${vendored} is unmodified`, () => {
    const here = readFileSync(new URL(`../../static/vendor/${vendored}`, import.meta.url));
    assert.ok(here.equals(readFileSync(new URL(`node_modules/${original}`, import.meta.url))));
  });
}
