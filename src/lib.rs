//! The command line of the market: [`cli`] holds its verbs. Programs that simulate use `gbm_core`.

#[cfg(feature = "cli")]
pub mod cli;

/// The README's program, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
