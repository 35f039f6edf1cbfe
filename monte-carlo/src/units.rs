//! Numbers of contracts and markets, each inside its domain: checked when made, by `new` or by serde.
//!
//! ```
//! use monte_carlo::units::{Rate, Strike};
//! assert_eq!(Strike::new(100.0)?.get(), 100.0);
//! assert_eq!(Rate::new(f64::NAN).unwrap_err().to_string(), "rate = NaN is outside [-10, 10]");
//! assert!(serde_json::from_str::<Strike>("0").is_err());
//! # Ok::<(), gbm_core::units::OutOfDomain>(())
//! ```

use gbm_core::bounded;
pub use gbm_core::units::{Domain, OutOfDomain, Price, Volatility};
use serde::{Deserialize, Serialize};

/// Prices, and what is compared with them. With rates of at most 10 over at most 30 years, no discounted payoff's square
/// leaves f64's range.
const PRICES: Domain = Domain::closed(1e-15, 1e15);

bounded!(
    /// The price K at which an option buys or sells.
    Strike, "strike", PRICES
);
bounded!(
    /// The price H that is a barrier.
    Level, "level", PRICES
);
bounded!(
    /// A fixed payment.
    Cash, "cash", PRICES
);
bounded!(
    /// How many of an asset a basket holds; negative is short.
    Weight, "weight", Domain::closed(-1e6, 1e6)
);
bounded!(
    /// The interest rate r per year, continuously compounded.
    Rate, "rate", Domain::closed(-10.0, 10.0)
);
bounded!(
    /// The time T to the payment, in years.
    Maturity, "maturity", Domain::closed(0.0, 30.0)
);
bounded!(
    /// A standard error to be reached, in the payoff's currency.
    TargetError, "target_error", Domain::above(0.0, 1e15)
);
