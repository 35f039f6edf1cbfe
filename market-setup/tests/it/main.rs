//! Price files in all their forms, and what flags say against a session that exists.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")]

mod contradictions;
mod markets;
mod price_files;
