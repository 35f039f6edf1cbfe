//! Instruments and the rounding of their prices.

use serde::{Deserialize, Serialize};

/// The most decimals a tick size may have.
pub const MAX_DECIMALS: u8 = 12;
const MAX_STEP: u32 = 1_000_000;

/// A tick size that can't be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("tick size {step}e-{decimals}: step must lie in [1, {MAX_STEP}], decimals in [0, {MAX_DECIMALS}]")]
pub struct TickSizeError {
    step: u32,
    decimals: u8,
}

/// The price increment, `step`·10^−`decimals`; on the wire the number itself, such as 0.01 or 0.5.
///
/// ```
/// use market_api::instrument::TickSize;
/// let cents = TickSize::new(1, 2)?;
/// assert_eq!(cents.round(63_666.617_9), 63_666.62);
/// assert_eq!(serde_json::to_string(&TickSize::new(5, 1)?)?, "0.5");
/// assert!(TickSize::new(0, 2).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TickSize {
    step: u32,
    decimals: u8,
}

impl TickSize {
    /// A tick size.
    ///
    /// # Errors
    /// [`TickSizeError`] for a step of 0 or beyond a million, or more than twelve decimals.
    pub fn new(step: u32, decimals: u8) -> Result<Self, TickSizeError> {
        if !(1..=MAX_STEP).contains(&step) || decimals > MAX_DECIMALS {
            return Err(TickSizeError { step, decimals });
        }
        Ok(Self { step, decimals })
    }

    /// The nearest multiple, at least one step: the f64 nearest to that decimal, so that it prints shortest.
    pub fn round(self, price: f64) -> f64 {
        let scale = self.scale();
        let steps = (price * scale / f64::from(self.step)).round().max(1.0);
        steps * f64::from(self.step) / scale
    }

    fn scale(self) -> f64 {
        (0..self.decimals).fold(1.0, |scale, _| scale * 10.0)
    }

    /// How many of the last decimal an increment is.
    pub fn step(self) -> u32 {
        self.step
    }

    /// The decimals.
    pub fn decimals(self) -> u8 {
        self.decimals
    }

    /// The increment as a number.
    pub fn value(self) -> f64 {
        f64::from(self.step) / self.scale()
    }
}

impl Serialize for TickSize {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.value())
    }
}

impl<'de> Deserialize<'de> for TickSize {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(deserializer)?;
        let found = (0..=MAX_DECIMALS).find_map(|decimals| {
            let scale = (0..decimals).fold(1.0, |scale: f64, _| scale * 10.0);
            let steps = (value * scale).round();
            let exact = steps >= 1.0 && steps <= f64::from(MAX_STEP) && steps / scale == value;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
            exact.then_some(Self { step: steps as u32, decimals })
        });
        found.ok_or_else(|| serde::de::Error::custom(format!("tick size = {value} is not a decimal step")))
    }
}

/// The increment of quantities, of the same form.
pub type LotSize = TickSize;

/// The lot size of every instrument: a hundred-thousandth of a base unit.
pub const LOT_SIZE: LotSize = TickSize { step: 1, decimals: 5 };

/// What anyone may know of an instrument.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instrument {
    /// Its name, such as `BTC-USD`.
    pub id: String,
    /// What is traded.
    pub base: String,
    /// What it is priced in.
    pub quote: String,
    /// The price increment.
    pub tick_size: TickSize,
    /// The quantity increment.
    pub lot_size: LotSize,
    /// The model's name.
    pub model: String,
    /// The preset that the model is, at whatever drift and volatility, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// Whether trading in it is halted: ticks go on, and none of it is published.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub halted: bool,
    /// The order book's law, by which depth and costs follow from a tick's liquidity.
    pub book: Book,
}

/// The order book's law: depth within log-distance δ is L·V·(δ/(Y·σ_d))², and a depth-relative excess volume e displaces
/// ln P by Y·σ_d·√(e/V).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Book {
    /// σ_d per √day.
    pub daily_volatility: f64,
    /// V, base units a day.
    pub daily_volume: f64,
    /// Y.
    pub impact: f64,
    /// The half-life of excess volume.
    pub resilience_half_life_s: f64,
    /// The full spread that is quoted at L = 1, basis points of the price.
    pub spread_bp: f64,
}

/// `GET /v1/instruments/{id}`: admins are also told parameters and state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InstrumentDetail {
    /// What anyone may know.
    #[serde(flatten)]
    pub instrument: Instrument,
    /// What the session's header says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Parameters>,
    /// What is in force now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
}

/// An instrument's part of the session's header.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    /// The price before the first tick.
    pub spot: f64,
    /// μ per year.
    pub drift: f64,
    /// σ per √year.
    pub volatility: f64,
    /// Whether the model has jumps, so that `jump_rate` means something.
    pub jumps: bool,
    /// How many regimes the model has, for `regime`.
    pub regimes: u32,
    /// The order book's law.
    pub book: Book,
    /// The model with its parameters, as the journal's header has it.
    #[serde(default)]
    pub model: serde_json::Value,
    /// What is allowed of these parameters and may surprise, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What is in force after the last tick.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The last price, not rounded.
    pub price: f64,
    /// What it would have been without any intervention.
    pub reference: f64,
    /// μ per year.
    pub drift: f64,
    /// σ per √year, before liquidity damps it.
    pub volatility: f64,
    /// By how much interventions scale the volatility.
    pub volatility_factor: f64,
    /// The depth multiplier L.
    pub liquidity: f64,
    /// e, the depth-relative excess volume, base units.
    pub excess_volume: f64,
    /// By how much quotes are wider than the instrument's own.
    pub spread_factor: f64,
    /// The factor of the jumps' intensity.
    pub jump_rate_factor: f64,
    /// The regime in which the model is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regime: Option<u32>,
}
