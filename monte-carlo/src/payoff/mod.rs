//! What is paid at maturity, one idea a file. Each is data with a serde form `{"kind": …}`; [`Payoff`] is any one of one
//! asset, [`BasketPayoff`] of several.
//!
//! A payoff of one's own, a call on the last price over the first fixing's:
//!
//! ```
//! use gbm_core::noise::Seed;
//! use monte_carlo::payoff::{Needs, PathBlock, PathPayoff, View};
//! use monte_carlo::{Market, MonteCarlo, Parameters};
//!
//! struct ForwardStart;
//!
//! impl PathPayoff for ForwardStart {
//!     fn name(&self) -> &'static str { "forward_start" }
//!     fn needs(&self) -> Needs { Needs::only(View::Prices) }
//!     fn fill(&self, paths: &PathBlock<'_>, out: &mut [f64]) {
//!         for ((out, prices), last) in out.iter_mut().zip(paths.prices()).zip(paths.terminal()) {
//!             *out = (last - prices[0]).max(0.0);
//!         }
//!     }
//! }
//!
//! let market = Market::black_scholes(Parameters { spot: 100.0, rate: 0.1, volatility: 0.2, maturity: 0.5 })?;
//! let estimate = MonteCarlo::new(Seed::from(1), 2, 100_000).price(&market, &ForwardStart)?;
//! assert!((estimate.mean - 5.26).abs() < 0.15); // a call at the money over a quarter
//! # Ok::<(), monte_carlo::PriceError>(())
//! ```

mod asian_arithmetic;
mod asian_geometric;
mod barrier;
mod basket;
mod block;
mod bridge;
mod digital;
mod european;
mod lookback;
mod touch;

pub use crate::terms::{Average, Direction, Knock, Right, Watch};
pub use asian_arithmetic::AsianArithmetic;
pub use asian_geometric::AsianGeometric;
pub use barrier::Barrier;
pub use basket::{Basket, BasketPayoff, Exchange};
pub(crate) use block::Uniforms;
pub use block::{Between, Needs, PathBlock, View};
pub use digital::Digital;
pub use european::European;
pub use lookback::{LookbackFixed, LookbackFloating};
pub use touch::{OneTouch, Pays};

use serde::{Deserialize, Serialize};

/// A payment at maturity that depends on one asset's path.
pub trait PathPayoff: Sync {
    /// The kind on the wire, for errors.
    fn name(&self) -> &'static str;

    /// What it reads of each path.
    fn needs(&self) -> Needs;

    /// The payments, not discounted, of a block's paths: one for each entry of `out`.
    fn fill(&self, paths: &PathBlock<'_>, out: &mut [f64]);

    /// The payment, if the price today already decides it.
    fn certain(&self, spot: f64) -> Option<f64> {
        let _ = spot;
        None
    }

    /// The variate that a control stands for, if it is one of this payoff's: [`Control::Terminal`] is everyone's.
    fn control(&self, control: Control) -> Option<ControlPayoff> {
        (control == Control::Terminal).then_some(ControlPayoff::Terminal)
    }
}

/// A control variate: another payment of the same path, whose mean is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// The last price; for several assets what they add up to. Any payoff.
    Terminal,
    /// The European option of the same strike. Barriers.
    European,
    /// The option on the geometric average of the same fixings. Arithmetic Asians.
    Geometric,
}

impl Control {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::European => "european",
            Self::Geometric => "geometric",
        }
    }
}

/// What a [`Control`] is for one payoff.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum ControlPayoff {
    /// The last price: its mean is S₀·e^{μT}, μ the model's drift.
    Terminal,
    /// A European option.
    European(European),
    /// An option on a geometric average, of the fixings alone.
    Geometric(AsianGeometric),
}

/// Any payoff of one asset.
///
/// ```
/// use monte_carlo::payoff::Payoff;
/// let barrier = r#"{"kind":"barrier","right":"call","strike":100,"direction":"up","knock":"out","level":120,"watch":"continuous"}"#;
/// let payoff: Payoff = serde_json::from_str(barrier)?;
/// let error = serde_json::from_str::<Payoff>(r#"{"kind":"european","right":"call","strike":-1}"#).unwrap_err();
/// assert!(error.to_string().starts_with("strike = -1 is outside [0.000000000000001, 1000000000000000]"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Payoff {
    /// A call or put.
    European(European),
    /// Cash or nothing.
    Digital(Digital),
    /// On the arithmetic average.
    AsianArithmetic(AsianArithmetic),
    /// On the geometric average.
    AsianGeometric(AsianGeometric),
    /// Begun or ended by a touch.
    Barrier(Barrier),
    /// Cash for a touch, or for none.
    OneTouch(OneTouch),
    /// The last price against the best one.
    LookbackFloating(LookbackFloating),
    /// The best price against a strike.
    LookbackFixed(LookbackFixed),
}

/// The payoff inside, whatever it is.
macro_rules! each {
    ($payoff:expr, $inner:ident => $body:expr) => {
        match $payoff {
            Payoff::European($inner) => $body,
            Payoff::Digital($inner) => $body,
            Payoff::AsianArithmetic($inner) => $body,
            Payoff::AsianGeometric($inner) => $body,
            Payoff::Barrier($inner) => $body,
            Payoff::OneTouch($inner) => $body,
            Payoff::LookbackFloating($inner) => $body,
            Payoff::LookbackFixed($inner) => $body,
        }
    };
}

/// One match a block of paths, none a step.
impl PathPayoff for Payoff {
    fn name(&self) -> &'static str {
        each!(self, payoff => payoff.name())
    }

    fn needs(&self) -> Needs {
        each!(self, payoff => payoff.needs())
    }

    fn fill(&self, paths: &PathBlock<'_>, out: &mut [f64]) {
        each!(self, payoff => payoff.fill(paths, out));
    }

    fn certain(&self, spot: f64) -> Option<f64> {
        each!(self, payoff => payoff.certain(spot))
    }

    fn control(&self, control: Control) -> Option<ControlPayoff> {
        each!(self, payoff => payoff.control(control))
    }
}

macro_rules! from {
    ($($kind:ident),*) => {
        $(
            impl From<$kind> for Payoff {
                fn from(payoff: $kind) -> Self {
                    Self::$kind(payoff)
                }
            }
        )*
    };
}

from!(European, Digital, AsianArithmetic, AsianGeometric, Barrier, OneTouch, LookbackFloating, LookbackFixed);
