// Another course of the market, beside the one it took.
import { LineSeries } from "../../vendor/lightweight-charts.standalone.production.mjs";
import { colour } from "../core/settings.js";
import { bars } from "../state/market.js";
import { milliseconds } from "../state/series.js";
import { byBar } from "./ahead.js";

/** @typedef {import("../../../types/wire").Fork} Fork */

/** @param {import("../../vendor/lightweight-charts.standalone.production.mjs").IChartApi} chart */
export function branchOn(chart) {
  const line = chart.addSeries(LineSeries, { lineWidth: 2, priceLineVisible: false, crosshairMarkerVisible: false });
  return {
    /**
     * @param {Fork} fork @param {number} end its last tick's time
     * @param {import("../../../types/wire").Interval} interval @param {(price: number) => string} formatter @param {string} title
     */
    draw(fork, end, interval, formatter, title) {
      line.applyOptions({ color: colour("--branch"), title, priceFormat: { type: "custom", minMove: 1e-12, formatter } });
      // What is older than the candles would only make them narrower.
      const first = (bars.list[0]?.open_time ?? 0) / 1000;
      line.setData(byBar({ ...fork, end }, fork.price, milliseconds(interval)).filter(({ time }) => time >= first));
    },
    clear: () => line.setData([]),
  };
}
