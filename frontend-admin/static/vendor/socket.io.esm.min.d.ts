export * from "../../tests/browser/node_modules/socket.io-client/build/esm/index.js";
