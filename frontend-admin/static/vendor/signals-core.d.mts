export * from "../../tests/browser/node_modules/@preact/signals-core/dist/signals-core.js";
