// The counterfactual: the price this market would have had without any intervention, at each candle's end.
import { signal } from "../core/view.js";
import { KEPT, MOST, milliseconds } from "./series.js";

/** @typedef {import("../../../types/wire").ReferencePoint} ReferencePoint */
/** @typedef {import("../../../types/wire").Interval} Interval */

/** Points by the candle's start; what came live is newer than what was fetched. @type {Map<number, number>} */
let livePoints = new Map();
/** @type {ReferencePoint[]} */
let fetched = [];

/** The newest, or undefined for those who may not know. */
export const reference = signal(/** @type {number | undefined} */ (undefined));
/** Counts histories: the chart draws the whole line when it moves. */
export const referenceHistory = signal(0);
/** The points since the chart last drew. @type {Map<number, number>} */
let fresh = new Map();

export function forgetReference() {
  livePoints = new Map();
  fresh = new Map();
  fetched = [];
  reference.value = undefined;
  referenceHistory.value += 1;
}

/** @param {import("../../../types/wire").ReferenceBatch} rows @param {Interval} interval */
export function takeReference(rows, interval) {
  const length = milliseconds(interval);
  const gaps = new Map((rows.gaps ?? []).map((gap) => [gap.seq, gap.ticks]));
  let later = 0;
  rows.reference.forEach((price, row) => {
    later += gaps.get(rows.seq0 + row) ?? 0;
    const time = rows.t0 + (row + later) * rows.dt;
    const start = time - (time % length);
    livePoints.set(start, price);
    fresh.set(start, price);
  });
  reference.value = rows.reference.at(-1) ?? reference.value;
  if (livePoints.size > MOST) {
    livePoints = new Map([...livePoints].slice(-KEPT));
    referenceHistory.value += 1;
  }
}

/** @param {ReferencePoint[]} points */
export function takeReferenceHistory(points) {
  fetched = points;
  referenceHistory.value += 1;
}

/** All points, oldest first. @returns {[number, number][]} */
export function allReference() {
  fresh = new Map();
  const points = new Map(fetched.map((point) => [point.open_time, point.reference]));
  for (const [time, price] of livePoints) points.set(time, price);
  return [...points].sort(([one], [other]) => one - other).slice(-MOST);
}

/** The points that changed since the last call. */
export function freshReference() {
  const points = [...fresh];
  fresh = new Map();
  return points;
}
