export * from "../../tests/browser/node_modules/preact/src/index.js";
