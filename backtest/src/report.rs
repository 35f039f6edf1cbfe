//! What came of a run.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::figures::Figures;
use crate::period::Period;
use crate::split::Split;
use crate::trips::Trips;

/// The figures of one run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Of the equity curve.
    #[serde(flatten)]
    pub figures: Figures,
    /// The period of its samples, milliseconds.
    #[serde(rename = "period_ms")]
    pub period: Period,
    /// Simulated time before the first tick, Unix milliseconds.
    pub start_ms: i64,
    /// Simulated time of the last tick.
    pub end_ms: i64,
    /// Ticks traded on.
    pub ticks: u64,
    /// The cash it began with.
    pub initial: Decimal,
    /// What it was worth at the last tick's price.
    pub equity: Decimal,
    /// The least that it was worth on any tick.
    pub lowest_equity: f64,
    /// Whether that was as little as counts as ruin.
    pub is_ruined: bool,
    /// Fees paid.
    pub fees: Decimal,
    /// Losses beyond its money.
    pub written_off: Decimal,
    /// Where profit and loss come from.
    pub split: Split,
    /// Fills.
    pub fills: u64,
    /// Those of orders that rested.
    pub makers: u64,
    /// Orders that were refused.
    pub refused: u64,
    /// The value of all fills.
    pub traded: Decimal,
    /// That value over the average of the curve's samples: how often the equity was turned over, both ways counted.
    pub turnover: Option<f64>,
    /// The part of the ticks after which it held a position.
    pub exposure: Option<f64>,
    /// Closed round trips.
    pub trips: Trips,
    /// The part of them that was won, after fees.
    pub win_rate: Option<f64>,
    /// Their gains over their losses.
    pub profit_factor: Option<f64>,
}
