//! Scenarios as text, as commands, and as what they do to a market.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")]

mod built_ins;
mod dry_runs;
mod format;
mod properties;
mod recording;
mod resolving;
mod schemas;
mod support;
