//! The paper exchange from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod depths;
mod desks;
mod extremes;
mod funds;
mod logs;
mod orders;
mod sequences;
mod strategies;
mod support;
