//! Between the wire's types and the engine's: every number is checked on its way in, and a refusal names its field.

use std::num::NonZeroU32;

use gbm_core::intervention::InterventionId;
use gbm_core::prelude::*;
use gbm_core::units::{Exponent, OutOfDomain};
use market_api::instrument::TickSize;
use market_api::intervention::{self as api, Body};

/// A field of a body outside its domain.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{detail}")]
pub struct BadField {
    /// The JSON pointer.
    pub pointer: &'static str,
    /// Field, value and domain.
    pub detail: String,
}

/// Names the field as the wire does, whatever the unit's own name is.
fn named(field: &'static str, pointer: &'static str) -> impl Fn(OutOfDomain) -> BadField {
    move |error| BadField { pointer, detail: OutOfDomain { field, ..error }.to_string() }
}

/// A number of a unit, named after the variable that holds it.
macro_rules! checked {
    ($unit:ty, $field:ident) => {
        <$unit>::new($field).map_err(named(stringify!($field), concat!("/body/", stringify!($field))))?
    };
}

/// The same of one that may be absent.
macro_rules! optional {
    ($unit:ty, $field:ident) => {
        match $field {
            Some($field) => Some(checked!($unit, $field)),
            None => None,
        }
    };
}

/// Enums that are the same on both sides.
macro_rules! same {
    ($to:ident, $from:ident, $name:ident { $($variant:ident),+ }) => {
        fn $to(side: api::$name) -> $name {
            match side { $(api::$name::$variant => $name::$variant),+ }
        }

        /// As the wire says it.
        pub(crate) fn $from(side: $name) -> api::$name {
            match side { $($name::$variant => api::$name::$variant),+ }
        }
    };
}

same!(side, tell_side, Side { Both, Bid, Ask });
same!(order_side, tell_order_side, OrderSide { Buy, Sell });
same!(ramp_shape, tell_ramp_shape, RampShape { Linear, Smooth });
same!(reopen_at, tell_reopen, Reopen { CatchUp, Freeze });
same!(conflict, tell_conflict, OnConflict { Reject, Replace, Queue });

/// The law of an order book.
pub fn book(book: &Book) -> market_api::instrument::Book {
    market_api::instrument::Book {
        daily_volatility: book.daily_volatility.get(),
        daily_volume: book.daily_volume.get(),
        impact: book.impact.get(),
        resilience_half_life_s: book.resilience_half_life_s.get(),
        spread_bp: book.spread_bp.get(),
    }
}

/// An increment, which multiplies and rounds as the wire's own does.
pub fn increment(size: TickSize) -> Increment {
    Increment::new(NonZeroU32::new(size.step()).unwrap_or(NonZeroU32::MIN), size.decimals())
}

/// The intervention that a body asks for.
///
/// # Errors
/// [`BadField`] for a number outside its domain.
pub fn intervention(body: &Body) -> Result<Intervention, BadField> {
    let against = |on_conflict: Option<api::OnConflict>| on_conflict.map_or_else(OnConflict::default, conflict);
    Ok(match *body {
        Body::SetDrift { mu, ramp_s } => {
            Intervention::SetDrift(SetDrift { mu: checked!(Drift, mu), ramp_s: optional!(Seconds, ramp_s) })
        }
        Body::SetVolatility { sigma, ramp_s } => Intervention::SetVolatility(SetVolatility {
            sigma: checked!(Volatility, sigma),
            ramp_s: optional!(Seconds, ramp_s),
        }),
        Body::SetPrice { price } => Intervention::SetPrice(SetPrice { price: checked!(Price, price) }),
        Body::Shock { log_return, permanent_fraction, half_life_s } => Intervention::Shock(Shock {
            log_return: checked!(LogReturn, log_return),
            permanent_fraction: checked!(Fraction, permanent_fraction),
            half_life_s: optional!(Seconds, half_life_s),
        }),
        Body::InjectLiquidity { side: at, quantity, within, half_life_s, eta, pressure } => {
            let (quantity, within) = (checked!(Quantity, quantity), checked!(LogDistance, within));
            let mut injection = InjectLiquidity::new(side(at), quantity, within, checked!(Seconds, half_life_s));
            injection.eta = optional!(Exponent, eta).unwrap_or(injection.eta);
            injection.pressure = optional!(Fraction, pressure).unwrap_or(injection.pressure);
            Intervention::InjectLiquidity(injection)
        }
        Body::FlashCrash { depth, fall_s, hold_s, half_life_s, recovered_fraction } => {
            Intervention::FlashCrash(FlashCrash {
                depth: checked!(Depth, depth),
                fall_s: checked!(Seconds, fall_s),
                hold_s: optional!(Seconds, hold_s),
                half_life_s: checked!(Seconds, half_life_s),
                recovered_fraction: checked!(Fraction, recovered_fraction),
            })
        }
        Body::Ramp { log_return, duration_s, shape } => Intervention::Ramp(Ramp {
            log_return: checked!(LogReturn, log_return),
            duration_s: checked!(Seconds, duration_s),
            shape: shape.map_or_else(RampShape::default, ramp_shape),
        }),
        Body::MetaOrder { side, quantity, duration_s } => Intervention::MetaOrder(MetaOrder {
            side: order_side(side),
            quantity: checked!(OrderSize, quantity),
            duration_s: checked!(Seconds, duration_s),
        }),
        Body::VolatilityScale { factor, half_life_s, duration_s } => Intervention::VolatilityScale(VolatilityScale {
            factor: checked!(Factor, factor),
            half_life_s: optional!(Seconds, half_life_s),
            duration_s: optional!(Seconds, duration_s),
        }),
        Body::JumpRate { factor, duration_s } => Intervention::JumpRate(JumpRate {
            factor: checked!(Factor, factor),
            duration_s: optional!(Seconds, duration_s),
        }),
        Body::Regime { state, duration_s } => {
            Intervention::Regime(Regime { state, duration_s: optional!(Seconds, duration_s) })
        }
        Body::Spread { factor, duration_s } => Intervention::Spread(Spread {
            factor: checked!(Factor, factor),
            duration_s: optional!(Seconds, duration_s),
        }),
        Body::Target { price, duration_s, at_ms, on_conflict } => Intervention::Target(Target {
            price: checked!(Price, price),
            duration_s: optional!(Seconds, duration_s),
            at_ms,
            on_conflict: against(on_conflict),
        }),
        Body::Pin { price, band, duration_s, on_conflict } => Intervention::Pin(Pin {
            price: checked!(Price, price),
            band: optional!(Band, band).unwrap_or_default(),
            duration_s: optional!(Seconds, duration_s),
            on_conflict: against(on_conflict),
        }),
        Body::Halt { reopen, duration_s, on_conflict } => Intervention::Halt(Halt {
            reopen: reopen_at(reopen),
            duration_s: optional!(Seconds, duration_s),
            on_conflict: against(on_conflict),
        }),
        Body::PriceBand { percent, window_s, pause_s, duration_s, on_conflict } => Intervention::PriceBand(PriceBand {
            percent: checked!(Percent, percent),
            window_s: checked!(Seconds, window_s),
            pause_s: checked!(Seconds, pause_s),
            duration_s: optional!(Seconds, duration_s),
            on_conflict: against(on_conflict),
        }),
        Body::Cancel { id } => {
            let detail = |error: gbm_core::intervention::InterventionError| error.to_string();
            let id = InterventionId::new(id);
            let id = id.map_err(|error| BadField { pointer: "/body/id", detail: detail(error) })?;
            Intervention::Cancel(Cancel { id })
        }
    })
}

/// An intervention as the wire tells it, with every default written out; `None` for a kind that it has no word for.
pub fn body(intervention: &Intervention) -> Option<Body> {
    let seconds = |time: Option<Seconds>| time.map(Seconds::get);
    let against = |on_conflict: OnConflict| Some(tell_conflict(on_conflict));
    Some(match *intervention {
        Intervention::SetDrift(set) => Body::SetDrift { mu: set.mu.get(), ramp_s: seconds(set.ramp_s) },
        Intervention::SetVolatility(set) => Body::SetVolatility { sigma: set.sigma.get(), ramp_s: seconds(set.ramp_s) },
        Intervention::SetPrice(set) => Body::SetPrice { price: set.price.get() },
        Intervention::Shock(shock) => Body::Shock {
            log_return: shock.log_return.get(),
            permanent_fraction: shock.permanent_fraction.get(),
            half_life_s: seconds(shock.half_life_s),
        },
        Intervention::InjectLiquidity(injection) => Body::InjectLiquidity {
            side: tell_side(injection.side),
            quantity: injection.quantity.get(),
            within: injection.within.get(),
            half_life_s: injection.half_life_s.get(),
            eta: Some(injection.eta.get()),
            pressure: Some(injection.pressure.get()),
        },
        Intervention::FlashCrash(crash) => Body::FlashCrash {
            depth: crash.depth.get(),
            fall_s: crash.fall_s.get(),
            hold_s: seconds(crash.hold_s),
            half_life_s: crash.half_life_s.get(),
            recovered_fraction: crash.recovered_fraction.get(),
        },
        Intervention::Ramp(ramp) => Body::Ramp {
            log_return: ramp.log_return.get(),
            duration_s: ramp.duration_s.get(),
            shape: Some(tell_ramp_shape(ramp.shape)),
        },
        Intervention::MetaOrder(order) => Body::MetaOrder {
            side: tell_order_side(order.side),
            quantity: order.quantity.get(),
            duration_s: order.duration_s.get(),
        },
        Intervention::VolatilityScale(scale) => Body::VolatilityScale {
            factor: scale.factor.get(),
            half_life_s: seconds(scale.half_life_s),
            duration_s: seconds(scale.duration_s),
        },
        Intervention::JumpRate(rate) => {
            Body::JumpRate { factor: rate.factor.get(), duration_s: seconds(rate.duration_s) }
        }
        Intervention::Regime(regime) => Body::Regime { state: regime.state, duration_s: seconds(regime.duration_s) },
        Intervention::Spread(spread) => {
            Body::Spread { factor: spread.factor.get(), duration_s: seconds(spread.duration_s) }
        }
        Intervention::Target(target) => Body::Target {
            price: target.price.get(),
            duration_s: seconds(target.duration_s),
            at_ms: target.at_ms,
            on_conflict: against(target.on_conflict),
        },
        Intervention::Pin(pin) => Body::Pin {
            price: pin.price.get(),
            band: Some(pin.band.get()),
            duration_s: seconds(pin.duration_s),
            on_conflict: against(pin.on_conflict),
        },
        Intervention::Halt(halt) => Body::Halt {
            reopen: tell_reopen(halt.reopen),
            duration_s: seconds(halt.duration_s),
            on_conflict: against(halt.on_conflict),
        },
        Intervention::PriceBand(band) => Body::PriceBand {
            percent: band.percent.get(),
            window_s: band.window_s.get(),
            pause_s: band.pause_s.get(),
            duration_s: seconds(band.duration_s),
            on_conflict: against(band.on_conflict),
        },
        Intervention::Cancel(cancel) => Body::Cancel { id: cancel.id.get() },
        _ => return None,
    })
}
