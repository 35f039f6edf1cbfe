//! Prices in closed form under geometric Brownian motion with constant rates, dS = (r − q)·S dt + σ·S dW; and European
//! options by series under jumps and stochastic volatility.
//!
//! | Module | What |
//! |---|---|
//! | [`black_scholes`] | European and cash-or-nothing calls and puts |
//! | [`greeks`] | the sensitivities of European calls and puts |
//! | [`implied`] | the volatility that explains a European option's price |
//! | [`merton`] | European options on a price that also jumps |
//! | [`cos`] | European options under any law with a characteristic function |
//! | [`jump_diffusion`] | the characteristic functions of Black and Scholes, Merton and Kou |
//! | [`heston`] | those of Heston and Bates |
//! | [`asian`] | options on the geometric average, at fixings or continuous |
//! | [`barrier`] | the single barrier options, watched continuously |
//! | [`touch`] | the probability that a price reaches a level |
//! | [`lookback`] | options on the highest or lowest price |
//! | [`exchange`] | one asset for another |
//!
//! Inputs are checked: a number outside its domain is an [`OutOfDomain`] that names the field. Without randomness (σ
//! = 0 or T = 0) every price is the discounted payoff of the one path there is. No price is NaN or negative.
//!
//! Against 120 digits, prices in closed form are off by less than 2·10⁻¹⁵ of spot plus strike; and by less than 10⁻¹²
//! of themselves, however small they are, but for [`barrier`], whose formulas cancel. The normal law is made of
//! `libm`'s erfc: `statrs`' has ten digits.
//!
//! ```
//! use closed_form::{Kind, Market, Parameters, black_scholes};
//! let market = Market::new(Parameters { spot: 100.0, rate: 0.1, dividend_yield: 0.0, volatility: 0.25, maturity: 0.1 })?;
//! assert!((black_scholes::european(&market, Kind::Call, 100.0)? - 3.6599684533).abs() < 1e-9);
//! assert_eq!(black_scholes::european(&market, Kind::Call, -1.0).unwrap_err().to_string(),
//!     "strike = -1 is outside [0.000000000000001, 1000000000000000]");
//! # Ok::<(), closed_form::OutOfDomain>(())
//! ```

pub mod asian;
pub mod barrier;
pub mod black_scholes;
mod complex;
pub mod cos;
mod domain;
pub mod exchange;
pub mod greeks;
pub mod heston;
pub mod implied;
pub mod jump_diffusion;
pub mod lookback;
mod market;
pub mod merton;
mod normal;
pub mod touch;

pub use complex::Complex;
pub use domain::{Domain, OutOfDomain};
pub use market::{Direction, Kind, Market, Parameters};
