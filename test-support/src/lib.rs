//! What tests of several crates share. It panics where a test should stop.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")]
#![allow(clippy::missing_panics_doc, reason = "everything here does")]

#[cfg(feature = "clients")]
pub mod http;
pub mod layers;
#[cfg(feature = "clients")]
pub mod ports;
#[cfg(feature = "clients")]
pub mod process;
#[cfg(feature = "clients")]
pub mod socket;
