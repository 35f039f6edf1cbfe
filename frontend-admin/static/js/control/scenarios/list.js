// The scenarios that the service has: those that come with it, and recorded ones.
import { computed, signal } from "../../core/view.js";
import { market } from "../../state/admin.js";
import { tellBad } from "../../ui/notice.js";
import { explain } from "../../ui/failures.js";
import { get } from "../../wire/api.js";

/** @typedef {import("../../../../types/wire").Scenario} Scenario */

export const scenarios = signal(/** @type {Scenario[]} */ ([]));
const chosenName = signal("flash_crash");

/** The one in the form. */
export const chosen = computed(() => scenarios.value.find((one) => one.name === chosenName.value) ?? scenarios.value[0]);

/** Whether it can be changed and deleted. @param {Scenario} scenario */
export const isRecorded = (scenario) => !scenario.built_in;

/** @param {string} wanted */
export const choose = (wanted) => (chosenName.value = wanted);

export async function refreshScenarios() {
  /** @type {import("../../wire/api.js").Answer<Scenario[]>} */
  const answer = await get(`${market}/scenarios`);
  if (answer.ok) scenarios.value = answer.value;
  else tellBad(explain(answer.failure));
}
