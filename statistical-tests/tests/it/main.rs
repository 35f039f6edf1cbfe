//! Laws of the engine's output on fixed, published seeds, and the planted faults that show that each test can fail.
//!
//! The same tests run on three kinds of [`source::Source`]: the engine, a mimic of it with a fault, and the mimic
//! without one, which must give the engine's numbers and pass everything.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "tests: failing loudly and showing the table is the point"
)]

mod baskets;
mod batteries;
mod calibration;
mod engine;
mod faults;
mod mimic;
mod models;
mod noise;
mod options;
mod source;
mod steered;
mod steps;
mod suite;
mod terminals;
