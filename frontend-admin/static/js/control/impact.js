// What an injection does to book and price, by the formulas of DESIGN.md, as far as a form can foresee them.

/**
 * @typedef {import("../../../types/wire").Book} Book
 * @typedef {import("../../../types/wire").InForce} InForce
 * @typedef {import("../../../types/wire").Side} Side
 */

export const YEAR_S = 365 * 86_400;
/** The depth multiplier that one injection may give. */
export const LIQUIDITY = { least: 1e-6, most: 1e9 };
const ETA = 0.5;
const PRESSURE = 0.5;

/** Quantity resting within a log-distance at liquidity 1: V·(δ/(Y·σ_d))². @param {Book} book @param {number} within */
export const depth = ({ daily_volume, daily_volatility, impact }, within) =>
  daily_volume * (within / (impact * daily_volatility)) ** 2;

/** D = sign(e)·Y·σ_d·√(|e|/V). @param {Book} book @param {number} excess */
export const displacement = ({ daily_volume, daily_volatility, impact }, excess) =>
  Math.sign(excess) * impact * daily_volatility * Math.sqrt(Math.abs(excess) / daily_volume);

/**
 * What an injection does at once.
 * @param {Book} book
 * @param {InForce} now
 * @param {{side: Side, quantity: number, within: number}} injection
 */
export function injected(book, now, { side, quantity, within }) {
  const deeper = 1 + quantity / depth(book, within);
  const lean = side === "both" ? 0 : (side === "bid" ? 1 : -1) * PRESSURE * quantity;
  const excess = now.excess_volume + lean / now.liquidity;
  const move = displacement(book, excess) - displacement(book, now.excess_volume);
  const damped = now.volatility * now.volatility_factor * deeper ** -ETA;
  return { deeper, move: Math.expm1(move), price: now.price * Math.exp(move), volatility: damped };
}

/** One standard deviation of the return over a time. @param {number} sigma per √year @param {number} seconds */
export const typicalMove = (sigma, seconds) => sigma * Math.sqrt(seconds / YEAR_S);

/** The expected return over a time. @param {number} mu per year @param {number} seconds */
export const expectedMove = (mu, seconds) => Math.expm1((mu * seconds) / YEAR_S);

/** What is left of something that halves each half-life. @param {number} elapsed @param {number} halfLife */
export const left = (elapsed, halfLife) => 2 ** (-Math.max(0, elapsed) / halfLife);
