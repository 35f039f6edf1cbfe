//! What a simulation is of: seed, grid, instruments with their models and books, and their correlation.
//! Together with the interventions this determines every tick.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::correlation::Correlation;
use crate::grid::TimeGrid;
use crate::math::LOG2_E;
use crate::noise::Seed;
use crate::process::{Clock, MAX_BUDGET, Process, Unsuitable};
use crate::units::{Factor, LogDistance, Price, Seconds, SpreadBp, Volatility, Volume};

/// The most instruments one market may hold.
pub const MAX_INSTRUMENTS: usize = crate::correlation::MAX_ASSETS;
const MAX_NAME_BYTES: usize = 32;

/// A rule of markets that was broken.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MarketError {
    /// No instrument, or too many.
    #[error("instruments = {0} is outside [1, {MAX_INSTRUMENTS}]")]
    Instruments(usize),
    /// A name that isn't 1 to 32 of A–Z, a–z, 0–9, '-', '_' and '.'.
    #[error("instrument {0:?}: a name is 1 to {MAX_NAME_BYTES} letters, digits, '-', '_' or '.'")]
    Name(String),
    /// Two instruments of one name.
    #[error("instrument {0:?} is given twice")]
    DuplicateName(String),
    /// Two instruments that would share their noise.
    #[error("asset = {0} is given twice: the two instruments would share one noise stream")]
    DuplicateAsset(u16),
    /// A correlation matrix of another size.
    #[error("instruments = {instruments}, but the correlation matrix has {rows} rows")]
    Correlation {
        /// Instruments given.
        instruments: usize,
        /// Rows of the matrix given.
        rows: usize,
    },
    /// A model that declares more noise words a step than there are, or a diffusion slot outside them.
    #[error("instrument {name:?}: budget = {budget} with diffusion slot {slot} is outside [1, {MAX_BUDGET}]")]
    Budget {
        /// The instrument.
        name: String,
        /// Its model's budget.
        budget: usize,
        /// Its model's diffusion slot.
        slot: usize,
    },
    /// A model that isn't made for the grid's steps.
    #[error("instrument {name:?}: {reason}")]
    Unsuitable {
        /// The instrument.
        name: String,
        /// What its model can't do.
        reason: Unsuitable,
    },
}

/// The order book's law: how order flow moves the price, and how deep the book is.
///
/// - Impact of a depth-relative excess volume e: D = sign(e)·Y·σ_d·√(|e|/V).
/// - e relaxes at the resilience ρ = ln 2/`resilience_half_life_s`.
/// - The book this implies: depth within log-distance δ is V·(δ/(Y·σ_d))².
///
/// Source: the square-root law, Tóth et al. (2011), *Phys. Rev. X* 1, 021006.
///
/// ```
/// use gbm_core::market::Book;
/// use gbm_core::units::LogDistance;
/// let book = Book::btc();
/// let one_percent = LogDistance::new(0.01)?;
/// assert!(book.depth(one_percent) > 1000.0);
/// # Ok::<(), gbm_core::units::OutOfDomain>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Book {
    /// σ_d: volatility per √day.
    pub daily_volatility: Volatility,
    /// V: base units traded in a day.
    pub daily_volume: Volume,
    /// Y: the impact constant, about 1.
    pub impact: Factor,
    /// The half-life of excess volume.
    pub resilience_half_life_s: Seconds,
    /// The spread that is quoted at L = 1; 1 bp where it isn't given, and then it isn't written either, so that a header of a
    /// build without it and its digest stay what they are.
    #[serde(default = "usual_spread", skip_serializing_if = "is_usual")]
    pub spread_bp: SpreadBp,
}

fn usual_spread() -> SpreadBp {
    SpreadBp::known(1.0)
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_usual(spread: &SpreadBp) -> bool {
    *spread == usual_spread()
}

impl Book {
    /// A book like BTC's: 4.2 % a day (0.8 a year), 25,000 BTC a day, Y = 1, a half-life of ten minutes, a spread of 1 bp.
    pub fn btc() -> Self {
        Self {
            daily_volatility: Volatility::known(0.042),
            daily_volume: Volume::known(25_000.0),
            impact: Factor::known(1.0),
            resilience_half_life_s: Seconds::known(600.0),
            spread_bp: usual_spread(),
        }
    }

    /// A book like ETH's: 5.5 % a day (1.05 a year), 450,000 ETH a day, otherwise as BTC's.
    pub fn eth() -> Self {
        Self { daily_volatility: Volatility::known(0.055), daily_volume: Volume::known(450_000.0), ..Self::btc() }
    }

    /// A book for an asset of this volatility per √year: its volatility per √day, and a million units a day.
    pub fn like(volatility: Volatility) -> Self {
        let daily = (volatility.get() / 365_f64.sqrt()).max(1e-4);
        Self { daily_volatility: Volatility::known(daily), daily_volume: Volume::known(1e6), ..Self::btc() }
    }

    /// The quantity resting within a log-distance of the mid at liquidity 1, in base units, one side.
    pub fn depth(&self, within: LogDistance) -> f64 {
        let reach = within.get() / (self.impact.get() * self.daily_volatility.get());
        self.daily_volume.get() * (reach * reach)
    }

    /// The displacement of a depth-relative excess volume, in **log₂ units**.
    pub fn displacement(&self, excess: f64) -> f64 {
        let root = (excess.abs() / self.daily_volume.get()).sqrt();
        let size = self.impact.get() * self.daily_volatility.get() * root * LOG2_E;
        if excess < 0.0 { -size } else { size }
    }
}

/// One traded asset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument<P> {
    /// The name, such as `BTC-USD`.
    pub name: String,
    /// The number of its noise stream. Adding an instrument with another number moves nobody's noise.
    pub asset: u16,
    /// The price before the first tick.
    pub spot: Price,
    /// The model of its log-price.
    pub model: P,
    /// The law of its order book.
    pub book: Book,
}

/// A checked market.
///
/// ```
/// use gbm_core::grid::TimeGrid;
/// use gbm_core::market::{Book, Instrument, Market};
/// use gbm_core::model::Gbm;
/// use gbm_core::noise::Seed;
/// use gbm_core::units::Price;
/// let btc = Instrument {
///     name: "BTC-USD".into(),
///     asset: 0,
///     spot: Price::new(100_000.0)?,
///     model: Gbm::new(0.5, 0.8)?,
///     book: Book::btc(),
/// };
/// let grid = TimeGrid::new(0, 100)?;
/// assert!(Market::new(Seed::from(42), grid, vec![btc.clone()], None).is_ok());
/// assert!(Market::new(Seed::from(42), grid, vec![btc.clone(), btc], None).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawMarket<P>", bound(serialize = "P: Serialize", deserialize = "P: Process + Deserialize<'de>"))]
pub struct Market<P> {
    seed: Seed,
    grid: TimeGrid,
    instruments: Vec<Instrument<P>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation: Option<Correlation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMarket<P> {
    seed: Seed,
    grid: TimeGrid,
    instruments: Vec<Instrument<P>>,
    #[serde(default)]
    correlation: Option<Correlation>,
}

impl<P: Process> Market<P> {
    /// Checks the parts against each other. Without a correlation the instruments are independent.
    ///
    /// # Errors
    /// [`MarketError`]: no instrument or too many, a bad or repeated name, a repeated asset number, a matrix of
    /// another size, a model whose budget is 0 or too large or that isn't made for the grid's steps.
    pub fn new(
        seed: Seed,
        grid: TimeGrid,
        instruments: Vec<Instrument<P>>,
        correlation: Option<Correlation>,
    ) -> Result<Self, MarketError> {
        let count = instruments.len();
        if !(1..=MAX_INSTRUMENTS).contains(&count) {
            return Err(MarketError::Instruments(count));
        }
        let (mut names, mut assets) = (BTreeSet::new(), BTreeSet::new());
        for Instrument { name, asset, model, .. } in &instruments {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            if name.is_empty() || name.len() > MAX_NAME_BYTES || !name.bytes().all(plain) {
                return Err(MarketError::Name(name.chars().take(2 * MAX_NAME_BYTES).collect()));
            }
            if !names.insert(name) {
                return Err(MarketError::DuplicateName(name.clone()));
            }
            if !assets.insert(asset) {
                return Err(MarketError::DuplicateAsset(*asset));
            }
            let (budget, slot) = (model.budget(), model.diffusion_slot());
            if !(1..=MAX_BUDGET).contains(&budget) || slot >= budget {
                return Err(MarketError::Budget { name: name.clone(), budget, slot });
            }
            let suits = model.check(&Clock::from(&grid));
            suits.map_err(|reason| MarketError::Unsuitable { name: name.clone(), reason })?;
        }
        if let Some(rows) = correlation.as_ref().map(Correlation::assets).filter(|&rows| rows != count) {
            return Err(MarketError::Correlation { instruments: count, rows });
        }
        Ok(Self { seed, grid, instruments, correlation })
    }
}

impl<P> Market<P> {
    /// The seed.
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// The time grid.
    pub fn grid(&self) -> TimeGrid {
        self.grid
    }

    /// The instruments, in the order of quotes and of the correlation matrix.
    pub fn instruments(&self) -> &[Instrument<P>] {
        &self.instruments
    }

    /// The correlation of the diffusion normals, if any.
    pub fn correlation(&self) -> Option<&Correlation> {
        self.correlation.as_ref()
    }

    /// The position of an instrument by its name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.instruments.iter().position(|instrument| instrument.name == name)
    }
}

impl<P: Process> TryFrom<RawMarket<P>> for Market<P> {
    type Error = MarketError;

    fn try_from(raw: RawMarket<P>) -> Result<Self, MarketError> {
        Self::new(raw.seed, raw.grid, raw.instruments, raw.correlation)
    }
}
