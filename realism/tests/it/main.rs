//! The crate's one integration binary: facts against numpy, files, intervals, envelopes, planted faults.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")]
#![allow(clippy::print_stdout, reason = "measured figures, shown with --nocapture")]

mod faults;
mod files;
mod intervals;
mod layers;
mod oracle;
mod refits;
mod reports;
mod scores;
mod simulators;
mod support;
