//! The crate's one integration binary: published tables, other programs' and exact values, identities, degenerate
//! inputs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")]
#![allow(clippy::print_stdout, reason = "measured figures, shown with --nocapture")]

mod cos;
mod degenerate;
mod domains;
mod fourier;
mod greeks;
mod identities;
mod implied;
mod merton;
mod published;
mod published_barriers;
mod reference;
mod support;
mod values;
