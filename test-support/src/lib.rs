//! What tests of several crates share. It panics where a test should stop.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")]
#![allow(clippy::missing_panics_doc, reason = "everything here does")]

pub mod http;
pub mod ports;
pub mod process;
pub mod socket;
