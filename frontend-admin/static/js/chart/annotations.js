// What is drawn behind the candles: the gap between price and reference, halts, and the line where a session began.

/**
 * @typedef {import("../../../types/wire").Candle} Candle
 * @typedef {import("../../vendor/lightweight-charts.standalone.production.mjs").IChartApi} IChartApi
 * @typedef {import("../../vendor/lightweight-charts.standalone.production.mjs").ISeriesApi<"Candlestick">} Series
 */

/** A primitive of the candle series. */
export class Annotations {
  /** Bars, oldest first. @type {Candle[]} */
  bars = [];
  /** Reference prices by the bar's start. @type {Map<number, number>} */
  reference = new Map();
  /** @type {{time: number, label: string} | null} */
  divider = null;
  /** Where there are no bars: the first time without, and that of the next bar. @type {[number, number][]} */
  halts = [];
  halted = "";
  colours = { gap: "", divider: "", halt: "", words: "" };
  font = "";

  /** @param {IChartApi} chart @param {Series} series */
  constructor(chart, series) {
    this.chart = chart;
    this.series = series;
  }

  paneViews() {
    const draw = this.draw.bind(this);
    return [{ zOrder: () => /** @type {const} */ ("bottom"), renderer: () => ({ draw }) }];
  }

  /** @param {any} target */
  draw(target) {
    target.useBitmapCoordinateSpace((/** @type {any} */ scope) => {
      const context = /** @type {CanvasRenderingContext2D} */ (scope.context);
      context.save();
      context.scale(scope.horizontalPixelRatio, scope.verticalPixelRatio);
      this.drawHalts(context, scope.mediaSize.height);
      this.drawGap(context);
      this.drawDivider(context, scope.mediaSize.height);
      context.restore();
    });
  }

  /** @param {CanvasRenderingContext2D} context @param {number} height */
  drawHalts(context, height) {
    const scale = this.chart.timeScale();
    for (const halt of this.halts) {
      const [from, to] = halt.map((time) => scale.timeToCoordinate(/** @type {any} */ (time)));
      if (from == null || to == null) continue;
      context.fillStyle = this.colours.halt;
      context.fillRect(from, 0, to - from, height);
      context.fillStyle = this.colours.words;
      context.font = `12px ${this.font}`;
      // A word that doesn't fit is told by the announcement and the badge alone.
      if (context.measureText(this.halted).width < to - from) context.fillText(this.halted, from + 4, height - 8);
    }
  }

  /** @param {CanvasRenderingContext2D} context */
  drawGap(context) {
    const scale = this.chart.timeScale();
    const visible = scale.getVisibleRange();
    if (!visible) return;
    /** @type {[number, number, number][]} */
    const points = [];
    for (let place = this.bars.length - 1; place >= 0; place -= 1) {
      const { open_time, close } = this.bars[place];
      if (open_time < Number(visible.from) * 1000) break;
      const reference = this.reference.get(open_time);
      const x = scale.timeToCoordinate(/** @type {any} */ (open_time / 1000));
      if (reference === undefined || x === null) continue;
      points.push([x, this.series.priceToCoordinate(close) ?? 0, this.series.priceToCoordinate(reference) ?? 0]);
    }
    context.beginPath();
    for (const [x, y] of points) context.lineTo(x, y);
    for (const [x, , other] of points.reverse()) context.lineTo(x, other);
    context.closePath();
    context.fillStyle = this.colours.gap;
    context.fill();
  }

  /** @param {CanvasRenderingContext2D} context @param {number} height */
  drawDivider(context, height) {
    if (!this.divider) return;
    const x = this.chart.timeScale().timeToCoordinate(/** @type {any} */ (this.divider.time));
    if (x === null) return;
    context.strokeStyle = context.fillStyle = this.colours.divider;
    context.setLineDash([4, 4]);
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, height);
    context.stroke();
    context.font = `12px ${this.font}`;
    context.fillText(this.divider.label, x + 6, 16);
  }
}
