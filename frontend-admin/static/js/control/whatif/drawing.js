// Bands and the branch on whichever chart there is.
import { bandsOn } from "../../chart/bands.js";
import { branchOn } from "../../chart/branch.js";
import { shownChart } from "../../chart/panel.js";
import { t } from "../../core/i18n.js";
import { theme } from "../../core/settings.js";
import { computed, effect } from "../../core/view.js";
import { interval } from "../../state/market.js";
import { milliseconds } from "../../state/series.js";
import { priced } from "../form.js";
import { acted } from "./acted.js";
import { branch } from "./fork.js";
import { timeOf } from "./window.js";

/** What is drawn with, while there is a chart. */
const pens = computed(() => shownChart.value && { line: branchOn(shownChart.value), bands: bandsOn(shownChart.value) });

export function drawAnswers() {
  effect(() => {
    const [shown, line] = [branch.value, pens.value?.line];
    theme.value;
    if (shown) line?.draw(shown.fork, timeOf(shown.until), interval.value, priced, t("fork.line"));
    else line?.clear();
  });
  effect(() => {
    theme.value;
    pens.value?.bands(acted.value, milliseconds(interval.value));
  });
}
