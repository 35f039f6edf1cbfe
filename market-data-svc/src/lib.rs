//! The market data service. One task owns the simulation; everyone else sends it requests and sees what it publishes.
//!
//! - [`store`]: the data directory, its lock, and the journals of sessions that have ended (`archive`).
//! - [`journal_file`]: the journal that is written, and rewritten when it has grown too long. [`writer`]: the thread that
//!   does it, many lines at a time. [`files`]: the system's, or a test's.
//! - [`clock`], [`wire`], [`history`], [`overrides`]: which tick is due when; the wire's types and the engine's; what
//!   clients may still be told of ticks, and of interventions.
//! - [`kept`]: what a restart needn't compute again.
//! - [`session`]: what is told of a session, and where it is kept. [`begin`]: the market of a new one.
//! - [`market`]: the task that owns the recorder: watermark, commands, ticks. [`handle`]: the way to it.
//! - [`scenarios`]: own scenarios, kept beside the journal.
//! - [`allowance`]: how much history a connection may ask for.
//! - [`jobs`], [`what_if`]: work beside the market: futures, attributions, forks.
//! - [`feed`]: the task that owns history and sends to whoever subscribed.
//! - [`stream`], [`rest`]: Socket.IO and HTTP in front of them.
//! - [`service`]: all of it on one port. [`cli`]: the program.

pub mod allowance;
mod archive;
pub mod begin;
pub mod cli;
pub mod clock;
pub mod feed;
pub mod files;
pub mod handle;
pub mod history;
pub mod jobs;
pub mod journal_file;
pub mod kept;
pub mod market;
pub mod overrides;
mod pace;
pub mod rest;
pub mod scenarios;
pub mod service;
pub mod session;
pub mod store;
pub mod stream;
pub mod what_if;
pub mod wire;
pub mod writer;
