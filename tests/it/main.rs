//! The command line as a user meets it, and the price reader.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")]

mod calibrate;
mod command_line;
mod journals;
mod simulate;
mod support;
