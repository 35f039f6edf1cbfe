//! The command line and the stack as a user meets them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")]
#![allow(clippy::print_stdout, reason = "measured figures, shown with --nocapture")]
#![allow(clippy::needless_pass_by_value, reason = "so that a body can be written where it is given")]

mod backtest;
mod calibrate;
mod command_line;
mod counterfactuals;
mod crates;
mod fit_preset;
mod journals;
mod price;
mod realism;
mod scenario;
mod simulate;
mod stack;
mod support;
