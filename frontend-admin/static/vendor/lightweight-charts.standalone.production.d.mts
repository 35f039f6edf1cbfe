export * from "../../tests/browser/node_modules/lightweight-charts/dist/typings.js";
