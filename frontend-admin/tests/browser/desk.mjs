// What a trader does on the page, and an admin beside it.
import { until } from "./stack.mjs";
import { untilLive } from "./browser.mjs";

/** The page as anybody first sees it, with an account. */
export async function visitDesk(page, stack) {
  await page.goto(`${stack.dashboard}/dashboard/`);
  await untilLive(page);
  await until("there is an account", async () => /\d/.test(await figure(page, "Equity")));
}

export const figure = (page, name) => page.locator(".price-header .figure", { hasText: name }).locator("dd").textContent();

/** Writes an order; an amount of nothing leaves what is there. */
export async function write(page, { side = "buy", type = "Market", amount, price, stop }) {
  await page.locator(`.ticket .side-${side}[aria-pressed]`).click();
  await page.locator(".ticket .segments").nth(1).getByRole("button", { name: type, exact: true }).click();
  if (price !== undefined) await page.locator("#ticket-price").fill(String(price));
  if (stop !== undefined) await page.locator("#ticket-stop").fill(String(stop));
  if (amount !== undefined) await page.locator("#ticket-amount").fill(String(amount));
}

export const submit = (page) => page.locator(".submit").click();

/** What one row of the preview says. */
export const cost = (page, name) => page.locator(".cost div", { hasText: name }).locator("dd").textContent();

export const showList = (page, name) => page.locator(".lists").getByRole("button", { name: new RegExp(`^${name}`) }).click();
export const rows = (page, text = "") => page.locator(".lists tbody tr", { hasText: text });
export const notice = (page, text) => page.locator(".notices", { hasText: text }).waitFor();

/** An admin's hands on the market, beside the page. */
export async function steering(stack) {
  const [, token] = /#token=(\S+)/.exec(stack.link());
  const json = { "content-type": "application/json" };
  const answer = await fetch(`${stack.gateway}/api/auth/link`, { method: "POST", headers: json, body: JSON.stringify({ token }) });
  const credentials = await answer.json();
  if (!answer.ok) throw new Error(`no admin: ${JSON.stringify(credentials)}`);
  const headers = { ...json, authorization: `Bearer ${credentials.token}` };
  const post = async (path, body) => {
    const done = await fetch(`${stack.gateway}/api/market/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (!done.ok) throw new Error(`${path}: ${await done.text()}`);
  };
  return {
    setPrice: (price) => post("instruments/BTC-USD/interventions", { body: { kind: "set_price", price } }),
    setSpeed: (speed) => post("clock", { speed }),
  };
}

/** What the exchange knows of whoever is on the page. */
export const ask = (page, stack, path, method = "GET", body = undefined) => page.evaluate(async ([at, path, method, body]) => {
  const { token } = JSON.parse(sessionStorage.credentials);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(`${at}/api/trading/v1/${path}`, { method, headers, body });
  return answer.json();
}, [stack.gateway, path, method, body && JSON.stringify(body)]);

/** The fills that the page shows are those that there are, each once. */
export async function showsEveryFill(page, stack) {
  await showList(page, "Fills");
  const told = (await ask(page, stack, "fills?limit=200")).map(({ id }) => id);
  await until("all fills are shown", async () => {
    const shown = await page.locator(".lists [data-fill]").evaluateAll((all) => all.map((row) => Number(row.dataset.fill)));
    return JSON.stringify(shown) === JSON.stringify(told);
  }, 5000);
  return told.length;
}
