// What the page holds of the past: the last ticks, without hole or repetition, and the candles of one interval.

/** @typedef {import("../../../types/wire").TickBatch} TickBatch */

const MOST_TICKS = 12_000;
const KEPT_TICKS = 10_000;

export class Tape {
  session = "";
  /** The seq of the newest tick; 0 before the first. */
  seq = 0;
  tick = 0;
  /** The newest tick's time. */
  time = 0;
  /** Milliseconds between ticks. */
  dt = 0;
  /** Prices, the newest last: the last one is that of `seq`. @type {number[]} */
  prices = [];
  /** Ticks that could not be had any more after an interruption. */
  lost = 0;

  /** @param {string} session */
  begin(session) {
    Object.assign(this, { session, seq: 0, tick: 0, time: 0, prices: [], lost: 0 });
  }

  /**
   * Adds what of a batch isn't held yet; returns how many ticks that was.
   * @param {TickBatch} batch
   */
  add(batch) {
    const { session, prev_seq, price } = batch;
    if (session !== this.session || price.length === 0) return 0;
    const last = prev_seq + price.length;
    if (last <= this.seq) return 0;
    if (prev_seq > this.seq && this.prices.length > 0) {
      this.lost += prev_seq - this.seq;
      this.prices = [];
    }
    const fresh = this.prices.length === 0 ? price : price.slice(this.seq - prev_seq);
    for (const one of fresh) this.prices.push(one);
    if (this.prices.length > MOST_TICKS) this.prices.splice(0, this.prices.length - KEPT_TICKS);
    this.seq = last;
    const later = (batch.gaps ?? []).reduce((ticks, gap) => ticks + gap.ticks, price.length - 1);
    this.tick = batch.tick0 + later;
    this.time = batch.t0 + later * batch.dt;
    this.dt = batch.dt;
    return fresh.length;
  }

  get price() {
    return this.prices.at(-1);
  }
}

/** @typedef {import("../../../types/wire").Candle} Candle */
/** @typedef {import("../../../types/wire").Interval} Interval */

export const MOST = 2000;
export const KEPT = 1500;

/** @type {readonly Interval[]} */
export const INTERVALS = ["1s", "5s", "15s", "1m", "5m", "15m", "1h", "4h", "1d"];

const SECONDS = { "1s": 1, "5s": 5, "15s": 15, "1m": 60, "5m": 300, "15m": 900, "1h": 3600, "4h": 14_400, "1d": 86_400 };

/** @param {Interval} interval */
export const milliseconds = (interval) => SECONDS[interval] * 1000;

export class Bars {
  /** @type {Candle[]} */
  list = [];
  /** Bars before this place are as they were when last taken; −1: none is. */
  drawn = -1;
  /** How many there were then. */
  taken = 0;

  /** @param {Candle[]} history */
  begin(history) {
    this.list = history.slice(-KEPT);
    this.drawn = -1;
  }

  /** @param {Candle[]} candles the closed ones since the last update, then the open one */
  add(candles) {
    for (const candle of candles) {
      let place = this.list.length;
      while (place > 0 && this.list[place - 1].open_time > candle.open_time) place -= 1;
      const known = place > 0 && this.list[place - 1].open_time === candle.open_time;
      // One older than all that is held was trimmed away.
      if (place === 0 && this.list.length > 0) continue;
      this.list.splice(known ? place - 1 : place, known ? 1 : 0, candle);
      this.drawn = Math.min(this.drawn, known ? place - 1 : place);
    }
    if (this.list.length <= MOST) return;
    this.list = this.list.slice(-KEPT);
    this.drawn = -1;
  }

  /** What changed since the last call: the last bars, or all if one before them did. */
  take() {
    const [from, before] = [this.drawn, this.taken];
    this.drawn = this.taken = this.list.length;
    if (from < before - 1 || before === 0) return { all: true, bars: this.list };
    return { all: false, bars: this.list.slice(from) };
  }

  /** Open, highest, lowest and span of what is loaded. */
  range() {
    const [first, last] = [this.list[0], this.list.at(-1)];
    if (!first || !last) return undefined;
    let [high, low] = [first.high, first.low];
    for (const bar of this.list) {
      high = Math.max(high, bar.high);
      low = Math.min(low, bar.low);
    }
    return { open: first.open, high, low, from: first.open_time };
  }
}
