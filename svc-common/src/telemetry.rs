//! The log: lines on standard error.
//!
//! Of other crates only warnings are let through, since none of them knows what must not be printed.

use clap::ValueEnum;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

/// The crates whose lines are ours.
const OURS: [&str; 6] =
    ["algo_trading", "frontend_admin", "gateway_svc", "market_data_svc", "svc_common", "trading_svc"];

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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Whether a crate's manifest says that it may log: it depends on this one, or on what logs.
    fn may_log(directory: &Path) -> bool {
        let manifest = fs::read_to_string(directory.join("Cargo.toml")).unwrap();
        let dependencies = manifest.split_once("[dependencies]").map_or("", |(_, rest)| rest);
        let dependencies = dependencies.split_once("\n[").map_or(dependencies, |(these, _)| these);
        dependencies.lines().any(|line| line.starts_with("svc-common") || line.starts_with("tracing"))
    }

    #[test]
    fn every_crate_that_logs_is_ours() {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut logging = vec!["algo_trading".to_owned()];
        for entry in fs::read_dir(&workspace).unwrap() {
            let path = entry.unwrap().path();
            if path.join("Cargo.toml").is_file() && may_log(&path) {
                logging.push(path.file_name().unwrap().to_str().unwrap().replace('-', "_"));
            }
        }
        logging.sort();
        assert_eq!(logging, OURS);
        let targets = filter(Log::Info);
        assert!(OURS.iter().all(|name| targets.would_enable(&format!("{name}::a"), &tracing::Level::INFO)));
        assert!(!targets.would_enable("hyper", &tracing::Level::INFO));
    }
}
