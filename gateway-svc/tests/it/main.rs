//! The gateway on real sockets, before services that the tests play themselves, byte by byte.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")]

mod auth;
mod door;
mod framing;
mod log;
mod proxy;
mod slow;
mod support;
mod tunnel;
