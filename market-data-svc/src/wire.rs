//! Between the wire's types and the engine's: every number is checked on its way in, and a refusal names its field.

use gbm_core::intervention::InterventionId;
use gbm_core::prelude::*;
use gbm_core::units::{Exponent, OutOfDomain};
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

/// The intervention that a body asks for.
///
/// # Errors
/// [`BadField`] for a number outside its domain.
pub fn intervention(body: &Body) -> Result<Intervention, BadField> {
    let ramp = |ramp_s: Option<f64>| ramp_s.map(Seconds::new).transpose().map_err(named("ramp_s", "/body/ramp_s"));
    let half_life = |half_life_s| Seconds::new(half_life_s).map_err(named("half_life_s", "/body/half_life_s"));
    Ok(match *body {
        Body::SetDrift { mu, ramp_s } => {
            let mu = Drift::new(mu).map_err(named("mu", "/body/mu"))?;
            Intervention::SetDrift(SetDrift { mu, ramp_s: ramp(ramp_s)? })
        }
        Body::SetVolatility { sigma, ramp_s } => {
            let sigma = Volatility::new(sigma).map_err(named("sigma", "/body/sigma"))?;
            Intervention::SetVolatility(SetVolatility { sigma, ramp_s: ramp(ramp_s)? })
        }
        Body::SetPrice { price } => {
            Intervention::SetPrice(SetPrice { price: Price::new(price).map_err(named("price", "/body/price"))? })
        }
        Body::Shock { log_return, permanent_fraction, half_life_s } => Intervention::Shock(Shock {
            log_return: LogReturn::new(log_return).map_err(named("log_return", "/body/log_return"))?,
            permanent_fraction: Fraction::new(permanent_fraction)
                .map_err(named("permanent_fraction", "/body/permanent_fraction"))?,
            half_life_s: half_life_s.map(half_life).transpose()?,
        }),
        Body::InjectLiquidity { side, quantity, within, half_life_s, eta, pressure } => {
            let side = match side {
                api::Side::Both => Side::Both,
                api::Side::Bid => Side::Bid,
                api::Side::Ask => Side::Ask,
            };
            let quantity = Quantity::new(quantity).map_err(named("quantity", "/body/quantity"))?;
            let within = LogDistance::new(within).map_err(named("within", "/body/within"))?;
            let mut injection = InjectLiquidity::new(side, quantity, within, half_life(half_life_s)?);
            if let Some(eta) = eta {
                injection.eta = Exponent::new(eta).map_err(named("eta", "/body/eta"))?;
            }
            if let Some(pressure) = pressure {
                injection.pressure = Fraction::new(pressure).map_err(named("pressure", "/body/pressure"))?;
            }
            Intervention::InjectLiquidity(injection)
        }
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
    Some(match *intervention {
        Intervention::SetDrift(set) => Body::SetDrift { mu: set.mu.get(), ramp_s: set.ramp_s.map(Seconds::get) },
        Intervention::SetVolatility(set) => {
            Body::SetVolatility { sigma: set.sigma.get(), ramp_s: set.ramp_s.map(Seconds::get) }
        }
        Intervention::SetPrice(set) => Body::SetPrice { price: set.price.get() },
        Intervention::Shock(shock) => Body::Shock {
            log_return: shock.log_return.get(),
            permanent_fraction: shock.permanent_fraction.get(),
            half_life_s: shock.half_life_s.map(Seconds::get),
        },
        Intervention::InjectLiquidity(injection) => Body::InjectLiquidity {
            side: match injection.side {
                Side::Both => api::Side::Both,
                Side::Bid => api::Side::Bid,
                Side::Ask => api::Side::Ask,
            },
            quantity: injection.quantity.get(),
            within: injection.within.get(),
            half_life_s: injection.half_life_s.get(),
            eta: Some(injection.eta.get()),
            pressure: Some(injection.pressure.get()),
        },
        Intervention::Cancel(cancel) => Body::Cancel { id: cancel.id.get() },
        _ => return None,
    })
}
