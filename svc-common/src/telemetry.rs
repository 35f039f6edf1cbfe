//! The log: lines on standard error.
//!
//! Of other crates only warnings are let through, since none of them knows what must not be printed.

use clap::ValueEnum;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

/// The crates whose lines are ours.
const OURS: [&str; 5] = ["algo_trading", "frontend_admin", "gateway_svc", "market_data_svc", "svc_common"];

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Log {
    /// What failed
    Error,
    /// What was unexpected, too
    #[default]
    Warn,
    /// A line for each request, too
    Info,
    /// What helps to find a fault, too
    Debug,
}

impl From<Log> for LevelFilter {
    fn from(log: Log) -> Self {
        match log {
            Log::Error => Self::ERROR,
            Log::Warn => Self::WARN,
            Log::Info => Self::INFO,
            Log::Debug => Self::DEBUG,
        }
    }
}

/// What is let through at a level.
pub fn filter(log: Log) -> Targets {
    let level = LevelFilter::from(log);
    OURS.into_iter().fold(Targets::new().with_default(level.min(LevelFilter::WARN)), |targets, name| {
        targets.with_target(name, level)
    })
}

/// Begins to log to standard error, for the whole process.
///
/// # Errors
/// If something logs already.
pub fn start(log: Log) -> Result<(), TryInitError> {
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    tracing_subscriber::registry().with(filter(log)).with(lines).try_init()
}
