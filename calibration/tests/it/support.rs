//! Data that isn't ours to keep, and comparisons.

use std::path::{Path, PathBuf};

use calibration::Returns;
use gbm_core::noise::{Domain, NoiseStream, Seed, StreamId};
use gbm_core::units::Years;

/// A day of a 365-day year.
pub(crate) fn day() -> Years {
    Years::new(1.0 / 365.0).unwrap()
}

pub(crate) fn daily(values: Vec<f64>) -> Returns {
    Returns::new(values, day()).unwrap()
}

/// A file of market data from `ALGO_TRADING_PRICES`, or else from `shared/data` beside the checkout: none of it is in the
/// repository. Says so where there is none.
pub(crate) fn data(name: &str) -> Option<String> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let path = std::env::var_os("ALGO_TRADING_PRICES").map_or_else(beside, PathBuf::from).join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("SKIPPED: there is no {}", path.display());
    }
    text
}

#[track_caller]
pub(crate) fn near(what: &str, ours: f64, expected: f64, tolerance: f64) {
    assert!((ours - expected).abs() <= tolerance, "{what}: {ours}, expected {expected} ± {tolerance}");
}

/// The columns of a CSV file.
pub(crate) fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().skip(1).map(|line| line.split(',').collect())
}

/// Bitcoin's daily log-returns, 2013 to 2021.
pub(crate) fn btc_daily() -> Option<Returns> {
    let text = data("btc_daily_2013_2022.csv")?;
    let closes: Vec<f64> = rows(&text).map(|row| row[4].parse().unwrap()).collect();
    let times: Vec<i64> = (0..).map(|day| day * 86_400_000).take(closes.len()).collect();
    Some(Returns::from_prices(&times, &closes, 365 * 86_400).unwrap())
}

/// Standard normal numbers of a seed.
pub(crate) struct Normals {
    noise: NoiseStream,
    index: u64,
}

impl Normals {
    pub(crate) fn new(seed: u64) -> Self {
        Self { noise: NoiseStream::new(Seed::from(seed), StreamId::live(Domain::Diffusion, 0)), index: 0 }
    }

    pub(crate) fn next(&mut self) -> f64 {
        self.index += 1;
        self.noise.normal(self.index)
    }

    /// A number in [0, 1).
    pub(crate) fn uniform(&mut self) -> f64 {
        self.index += 1;
        (self.noise.word(self.index) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A file of words by lines, comments apart.
pub(crate) fn lines(text: &'static str) -> impl Iterator<Item = (&'static str, Vec<f64>)> {
    text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let (name, rest) = line.split_once(' ').unwrap();
        (name, rest.split(' ').map(|word| word.parse().unwrap()).collect())
    })
}

pub(crate) fn numbers(text: &'static str) -> Vec<f64> {
    text.lines().map(|line| line.parse().unwrap()).collect()
}
