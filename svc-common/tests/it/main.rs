//! Tokens, links, guarding and serving, as a service sees them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")]

mod callers;
mod guards;
mod keys;
mod serving;
mod tokens;
