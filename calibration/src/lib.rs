//! Models of returns fitted to prices, with how well their parameters are known.
//!
//! | Module | What | How |
//! |---|---|---|
//! | [`gbm`] | geometric Brownian motion, of unevenly spaced prices too | maximum likelihood |
//! | [`garch`] | GARCH(1,1) and GJR, normal or Student innovations | maximum likelihood |
//!
//! Every likelihood gives a [`Fitted`]: estimates with standard errors, also robust ones, 95 % intervals, ln L, AIC and BIC, all of
//! the returns as given, so that models of the same returns can be compared.
//!
//! Bounds are stated, and one that holds the maximum is
//! named in [`Fitted::at_bounds`].
//!
//! The crate is pure: no clock, no I/O, no threads; what it draws comes from a seed.

mod error;
mod face;
mod fitted;
pub mod garch;
pub mod gbm;
mod likelihood;
mod maximise;
mod returns;
mod search;
mod slopes;

pub use error::FitError;
pub use fitted::{Estimate, Fitted};
pub use returns::Returns;
