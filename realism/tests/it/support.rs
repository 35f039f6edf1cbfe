use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use realism::{Bars, Pattern, Returns, Scale, Stretch};

/// A file of market data beside the checkout, which the project doesn't ship; none, and a word about it, where it is missing.
pub(crate) fn real(name: &str, scale: Scale) -> Option<Bars> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let path = std::env::var_os("ALGO_TRADING_PRICES").map_or_else(beside, PathBuf::from).join(name);
    if let Ok(file) = File::open(&path) {
        return Some(Bars::read(file, scale).unwrap());
    }
    // Past the harness, which keeps what a test that passes prints.
    let _ = writeln!(std::io::stderr(), "SKIPPED without market data: {} is missing", path.display());
    None
}

/// The series of `tools/facts.py`: sums of uniforms, in clusters.
pub(crate) fn synthetic(count: usize, seed: u64) -> Vec<f64> {
    let (mut state, mut level) = (seed, 64_u64);
    let next = || {
        let mut total = 0;
        for _ in 0..4 {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            total += state >> 44;
        }
        let draw = state >> 33;
        if draw % 50 == 0 {
            level = 16 + (draw / 50) % 240;
        }
        let size = if draw % 701 == 0 { 12 } else { 1 };
        let centred = i64::try_from(total).unwrap() - 2 * (1 << 20);
        (centred * i64::try_from(level * size).unwrap()) as f64 / (1_u64 << 34) as f64
    };
    std::iter::repeat_with(next).take(count).collect()
}

/// Returns in stretches that begin at these places, each first one the `first_bar`th of its day.
pub(crate) fn returns(scale: Scale, values: Vec<f64>, first_bar: i64, cuts: &[usize]) -> Returns {
    let ends = cuts.iter().copied().chain([values.len()]);
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    let far_apart = (0_i64..).map(|part| part * 1000 * 86_400_000);
    let stretches = starts.zip(ends).zip(far_apart).map(|((start, end), day)| Stretch {
        first_close_ms: day + first_bar * scale.bar_ms(),
        closes: end - start + 1,
    });
    let pattern = Pattern::new(scale, stretches);
    let placeholder = vec![0.0; pattern.closes()];
    Returns::of(&pattern, &placeholder).unwrap().with_values(values)
}

/// Bars with these log-closes, from 1970 on, to the digits that a file has.
pub(crate) fn bars_of(scale: Scale, log_closes: &[f64]) -> Bars {
    let mut text = String::from("timestamp,close\n");
    for (bar, close) in (0_i64..).zip(log_closes) {
        writeln!(text, "{},{}", bar * scale.bar_ms() / 1000, 100.0 * close.exp()).unwrap();
    }
    Bars::read(text.as_bytes(), scale).unwrap()
}
