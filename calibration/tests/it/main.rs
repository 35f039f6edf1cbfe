//! The crate's one integration binary: other programs' figures, identities, coverage of intervals, bad input.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")]
#![allow(clippy::print_stdout, reason = "measured figures, shown with --nocapture")]

mod cascade;
mod coverage;
mod domains;
mod garch;
mod jumps;
mod layers;
mod models;
mod ranges;
mod regimes;
mod support;
