// The panel of scenarios: choose one, see where it would lead, run it, stop it, record another.
import { t } from "../../core/i18n.js";
import { Component } from "../../../vendor/preact.mjs";
import { html, signal, view } from "../../core/view.js";
import { canSend } from "../../state/presence.js";
import { leaves } from "../../ui/field.js";
import { explain } from "../../ui/failures.js";
import { sending } from "../commands.js";
import { tryMore } from "../more.js";
import { Ahead, followAhead, refusal } from "../further/ahead.js";
import { Fields, lasts, wanted } from "./form.js";
import { chosen, refreshScenarios } from "./list.js";
import { Record, Recorded } from "./record.js";
import { Runs, startRun } from "./runs.js";

/** While the form has focus, and until it has been run. */
const looksAhead = signal(false);
followAhead(() => looksAhead.value && wanted.value ? { path: "/runs/preview", asked: wanted.value, lasts: lasts.value } : undefined);

async function runIt() {
  if (!wanted.value || !canSend.value || sending.value > 0) return;
  if (await startRun(wanted.value)) looksAhead.value = false;
}

const Form = view(() => {
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void runIt();
  };
  const look = () => (looksAhead.value = true);
  const why = refusal.value;
  return html`<form class="scenario" novalidate onSubmit=${submit} onFocusIn=${look} onInput=${look} 
    onFocusOut=${(/** @type {FocusEvent} */ event) => leaves(event) && (looksAhead.value = false)}>
    <${Fields} />
    <button class="primary wide" disabled=${!wanted.value || !canSend.value || sending.value > 0}>${t("scenarios.run")}</button>
    ${why ? html`<p class="error preview ahead" role="alert">${explain(why)}</p>` : html`<${Ahead} />`}
  </form>`;
});

export class Panel extends Component {
  /** Loads the list, then puts the focus where the button was. */
  async componentDidMount() {
    void tryMore();
    await refreshScenarios();
    requestAnimationFrame(() => document.getElementById("scenario")?.focus());
  }

  componentWillUnmount() {
    looksAhead.value = false;
  }

  render() {
    return html`<${Body} />`;
  }
}

const Body = view(() => html`${chosen.value && html`<${Form} />`}<${Recorded} /><${Runs} /><${Record} />`);
