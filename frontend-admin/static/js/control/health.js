// Health: whether the services answer, and how well the market keeps up.
import { computed, html, view } from "../core/view.js";
import { number } from "../core/format.js";
import { t } from "../core/i18n.js";
import { clockOffset, health, marketStatus } from "../state/admin.js";
import { heartbeat } from "../state/market.js";
import { presence } from "../state/presence.js";

/** How old a heartbeat is when it arrives, by the server's clock. */
const latency = computed(() => {
  const beat = heartbeat.value;
  return beat ? Math.max(0, beat.came + clockOffset.value - beat.sent) : undefined;
});

const NAMES = /** @type {const} */ ({ "market-data": "health.market", trading: "health.trading", dashboard: "health.dashboard" });

const Services = view(() => {
  const services = health.value?.services;
  if (!services) return html`<li class="service down"><span class="dot" aria-hidden="true"></span>${t("health.gateway")} <span>${t("health.down")}</span></li>`;
  return services.map(({ name, ready, latency_ms, detail }) => html`<li key=${name} class=${`service ${ready ? "ok" : "down"}`} title=${detail}>
    <span class="dot" aria-hidden="true"></span>${name in NAMES ? t(NAMES[/** @type {keyof typeof NAMES} */ (name)]) : name}
    <span>${ready ? t("health.ok") : t("health.down")}</span><span class="muted figures">${number(latency_ms, 1)} ms</span>
    ${detail && html`<span class="muted">${detail}</span>`}</li>`);
});

export const Stalled = view(() => {
  const why = marketStatus.value?.stalled;
  return why ? html`<p class="alarm" role="alert">${t("health.stalled", { why })}</p>` : null;
});

export const HealthCard = view(() => {
  const now = marketStatus.value;
  const lead = now && now.through - now.tick;
  /** @type {[string, string][]} */
  const figures = [
    [t("health.clients"), number(now?.clients)],
    [t("health.rate"), number(now?.ticks_per_second)],
    [t("health.lead"), lead === null ? "–" : t("about.ticks", { count: number(lead) })],
    [t("health.lateness"), now ? `${number(now.lateness_p99_ms, 1)} ms` : "–"],
    [t("health.latency"), latency.value === undefined || presence.value === "reconnecting" ? "–" : `${number(latency.value, 0)} ms`],
  ];
  return html`<section class="card health" aria-labelledby="health-title">
    <header class="card-head"><h2 id="health-title">${t("health")}</h2><ul class="services"><${Services} /></ul></header>
    <dl class="figure-row">${figures.map(([name, value]) => html`<div class="figure"><dt>${name}</dt><dd class="figures">${value}</dd></div>`)}</dl>
  </section>`;
});
