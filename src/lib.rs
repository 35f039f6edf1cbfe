//! The command line of the market: [`cli`] holds its verbs, [`prices`] reads price files, by [`lines`].
//!
//! Programs that simulate use `gbm_core`; this library exists so that tests, examples and fuzz targets reach what the
//! binary does.

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod lines;
#[cfg(feature = "cli")]
pub mod prices;

/// The README's program, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
