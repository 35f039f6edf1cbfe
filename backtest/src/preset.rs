//! A market of a preset by its numbers: for whoever knows no engine.

use gbm_core::grid::TimeGrid;
use gbm_core::market::{Instrument, Market};
use gbm_core::model::Model;
pub use gbm_core::model::Preset;
use gbm_core::noise::Seed;
use gbm_core::units::Price;
use trading_core::rules::Book;

use crate::error::BacktestError;

/// The numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct PresetMarket {
    /// Whose shape the price has.
    pub preset: Preset,
    /// The first path's seed.
    pub seed: u64,
    /// The price before the first tick.
    pub spot: f64,
    /// μ per year.
    pub drift: f64,
    /// σ per √year.
    pub volatility: f64,
    /// Simulated time before the first tick, Unix milliseconds.
    pub start_ms: i64,
    /// Milliseconds between ticks.
    pub interval_ms: u64,
    /// The law of the book.
    pub book: Book,
}

impl PresetMarket {
    /// The market of one instrument.
    ///
    /// # Errors
    /// [`BacktestError::Unit`] or [`BacktestError::Grid`] by the first number outside its domain.
    ///
    /// ```
    /// use backtest::preset::PresetMarket;
    /// use gbm_core::model::Preset;
    /// use trading_core::rules::Book;
    /// let numbers = PresetMarket { preset: Preset::Btc, seed: 42, spot: 60_000.0, drift: 0.0, volatility: 0.8, start_ms: 0, interval_ms: 100, book: Book::btc() };
    /// assert!(numbers.market().is_ok());
    /// let error = PresetMarket { volatility: -1.0, ..numbers }.market().unwrap_err();
    /// assert!(error.to_string().starts_with("volatility = -1"));
    /// ```
    pub fn market(&self) -> Result<Market<Model>, BacktestError> {
        let (spot, model) = (Price::new(self.spot)?, self.preset.model().at(self.drift, self.volatility)?);
        let grid = TimeGrid::new(self.start_ms, self.interval_ms)?;
        let instrument = Instrument { name: "BTC-USD".into(), asset: 0, spot, model, book: self.book };
        Ok(Market::new(Seed::from(self.seed), grid, vec![instrument], None)?)
    }
}
