//! Back-tests from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")]
#![allow(clippy::print_stdout, reason = "measured figures, shown with --nocapture")]

mod figures;
mod honesty;
mod layers;
mod runs;
mod seeds;
mod support;
