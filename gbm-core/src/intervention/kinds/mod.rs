//! The kinds, by what they act on.

mod controllers;
mod displacements;
mod flow;
mod parameters;

pub use controllers::{Halt, OnConflict, Pin, PriceBand, Reopen, Target};
pub use displacements::{FlashCrash, Ramp, RampShape, SetPrice, Shock};
pub use flow::{InjectLiquidity, MetaOrder, OrderSide, Side};
pub use parameters::{JumpRate, Regime, SetDrift, SetVolatility, Spread, VolatilityScale};

use serde::{Deserialize, Serialize};

use super::{InterventionError, InterventionId};
use crate::grid::TimeGrid;
use crate::market::Book;
use crate::process::Process;
use crate::units::Seconds;

/// The book may be thinned to a millionth and deepened a billionfold by one injection.
pub(super) const LEAST_LIQUIDITY: f64 = 1e-6;
pub(super) const MOST_LIQUIDITY: f64 = 1e9;

/// An intervention's body, `{"kind": …}` on the wire, snake case, units last.
///
/// ```
/// use gbm_core::intervention::Intervention;
/// let shock = r#"{"kind":"shock","log_return":-0.05,"permanent_fraction":0.4,"half_life_s":120}"#;
/// assert!(serde_json::from_str::<Intervention>(shock).is_ok());
/// assert!(serde_json::from_str::<Intervention>(r#"{"kind":"shock","log_return":-99}"#).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Intervention {
    /// Sets the model's drift.
    SetDrift(SetDrift),
    /// Sets the model's annual volatility.
    SetVolatility(SetVolatility),
    /// Sets the price of one tick; the base law goes on from there.
    SetPrice(SetPrice),
    /// Moves the price at once, a part of it for good.
    Shock(Shock),
    /// Deepens or thins the book.
    InjectLiquidity(InjectLiquidity),
    /// Lets the price fall and recover.
    FlashCrash(FlashCrash),
    /// Moves the price gradually, for good.
    Ramp(Ramp),
    /// Works a large order into the market.
    MetaOrder(MetaOrder),
    /// Scales the volatility for a time.
    VolatilityScale(VolatilityScale),
    /// Scales the intensity of the model's jumps.
    JumpRate(JumpRate),
    /// Holds the model in one of its regimes.
    Regime(Regime),
    /// Widens or narrows the quotes.
    Spread(Spread),
    /// Leads the price to a level by a time.
    Target(Target),
    /// Holds the price at a level.
    Pin(Pin),
    /// Halts trading.
    Halt(Halt),
    /// Halts trading whenever the price moves too far.
    PriceBand(PriceBand),
    /// Ends another intervention.
    Cancel(Cancel),
}

/// Ends another intervention now, as its own expiry would.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cancel {
    /// The intervention to end.
    pub id: InterventionId,
}

/// Kinds of which only one may act at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Controller {
    Target,
    Pin,
    Halt,
    PriceBand,
}

impl Controller {
    /// Its name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Pin => "pin",
            Self::Halt => "halt",
            Self::PriceBand => "price_band",
        }
    }
}

impl Intervention {
    /// The rules that no single field can state.
    pub(crate) fn check<P: Process>(
        &self,
        tick: u64,
        grid: &TimeGrid,
        book: &Book,
        model: &P,
    ) -> Result<(), InterventionError> {
        match self {
            Self::Shock(shock) if shock.half_life_s.is_none() && shock.permanent_fraction.get() < 1.0 => {
                Err(InterventionError::HalfLifeMissing)
            }
            Self::InjectLiquidity(injection) => {
                let liquidity = 1.0 + injection.extra_depth(book);
                let usable = (LEAST_LIQUIDITY..=MOST_LIQUIDITY).contains(&liquidity);
                if usable { Ok(()) } else { Err(InterventionError::Liquidity(liquidity)) }
            }
            Self::VolatilityScale(scale) if scale.half_life_s.is_some() && scale.duration_s.is_some() => {
                Err(InterventionError::HalfLifeAndDuration)
            }
            Self::JumpRate(_) if !model.has_jumps() => Err(InterventionError::NoJumps),
            Self::SetVolatility(_) if model.volatility().get() == 0.0 && !model.sets_volatility() => {
                Err(InterventionError::NoVolatility)
            }
            Self::Regime(regime) if regime.state >= model.regimes() => {
                Err(InterventionError::NoRegime { state: regime.state, regimes: model.regimes() })
            }
            Self::Target(target) if target.duration_s.is_some() == target.at_ms.is_some() => {
                Err(InterventionError::DurationOrTime)
            }
            Self::Target(Target { at_ms: Some(at_ms), .. }) => {
                let last = grid.tick_at(*at_ms)?;
                if last < tick { Err(InterventionError::TargetPast { at_ms: *at_ms, tick }) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    /// The first tick on which it acts no more by itself, if it acts from `tick` on; `None` if it doesn't end.
    pub(crate) fn end(&self, tick: u64, grid: &TimeGrid) -> Option<u64> {
        let after = |duration: Option<Seconds>| duration.map(|duration| tick.saturating_add(grid.ticks_in(duration)));
        match self {
            Self::SetDrift(_) | Self::SetVolatility(_) => None,
            Self::SetPrice(_) | Self::Cancel(_) => Some(tick),
            Self::Shock(shock) => {
                let half_life = shock.half_life_s.filter(|_| shock.permanent_fraction.get() < 1.0);
                Some(half_life.map_or(tick, |half_life| grid.tick_spent(tick, half_life)))
            }
            Self::InjectLiquidity(injection) => Some(grid.tick_spent(tick, injection.half_life_s)),
            Self::FlashCrash(crash) => {
                let down = after(Some(crash.fall_s)).unwrap_or(tick) - 1;
                let up = crash.hold_s.map_or(down, |hold| down.saturating_add(grid.ticks_in(hold)));
                Some(grid.tick_spent(up, crash.half_life_s))
            }
            Self::Ramp(ramp) => after(Some(ramp.duration_s)),
            Self::MetaOrder(order) => after(Some(order.duration_s)),
            Self::VolatilityScale(scale) => match scale.half_life_s {
                Some(half_life) => Some(grid.tick_spent(tick, half_life)),
                None => after(scale.duration_s),
            },
            Self::JumpRate(rate) => after(rate.duration_s),
            Self::Regime(regime) => after(regime.duration_s),
            Self::Spread(spread) => after(spread.duration_s),
            Self::Target(target) => Some(target.end(tick, grid).unwrap_or(tick)),
            Self::Pin(pin) => after(pin.duration_s),
            Self::Halt(halt) => after(halt.duration_s),
            Self::PriceBand(band) => after(band.duration_s),
        }
    }

    /// Whether it takes the price over, and what becomes of it if another of its kind does.
    pub(crate) fn controller(&self) -> Option<(Controller, OnConflict)> {
        match self {
            Self::Target(target) => Some((Controller::Target, target.on_conflict)),
            Self::Pin(pin) => Some((Controller::Pin, pin.on_conflict)),
            Self::Halt(halt) => Some((Controller::Halt, halt.on_conflict)),
            Self::PriceBand(band) => Some((Controller::PriceBand, band.on_conflict)),
            _ => None,
        }
    }
}
