//! The server as a browser meets it, and the files that it holds.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly too")]

mod files;
mod pages;
