import htm from "../../tests/browser/node_modules/htm/dist/htm.js";
export default htm;
