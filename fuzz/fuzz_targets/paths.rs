//! Any request for paths is filled with positive finite prices, or refused by a named error with nothing written.
#![no_main]

use gbm_core::prelude::*;
use libfuzzer_sys::{arbitrary, fuzz_target};

#[derive(Debug, arbitrary::Arbitrary)]
struct Request {
    seed: u64,
    asset: u16,
    first_path: u64,
    steps: u64,
    dt: f64,
    start_time_ms: i64,
    antithetic: bool,
    drift: f64,
    volatility: f64,
    spot: f64,
    correlation: f64,
    len: u16,
    kind: u8,
    preset: u8,
}

fuzz_target!(|request: Request| {
    let Request { seed, asset, first_path, steps, dt, start_time_ms, antithetic, drift, volatility, spot, .. } = request;
    let Request { correlation, len, kind, preset, .. } = request;
    let (Ok(dt), Ok(gbm), Ok(spot)) = (Years::new(dt), Gbm::new(drift, volatility), Price::new(spot)) else { return };
    let preset = Preset::ALL[usize::from(preset) % Preset::ALL.len()];
    let Ok(model) = preset.model().at(drift, volatility) else { return };
    let paths = Paths { seed: Seed::from(seed), asset, first_path, steps, dt, start_time_ms, antithetic };
    // Terminal prices take as many steps as they say, for however few of them.
    if [2, 4].contains(&(kind % 6)) && (10_000..=gbm_core::grid::MAX_TICK).contains(&steps) {
        return;
    }
    let mut prices = vec![-1.0; usize::from(len)];
    let pair = || {
        let correlation = Correlation::try_from(vec![vec![1.0, correlation], vec![correlation, 1.0]]).ok()?;
        MultiGbm::new(vec![gbm; 2], correlation).ok()
    };
    let filled = match kind % 6 {
        0 => paths.fill_paths(&model, spot, &mut prices),
        1 => paths.fill_log_prices(&model, spot, &mut prices),
        2 => paths.fill_terminal(&model, spot, &mut prices),
        3 => pair().map_or(Ok(()), |pair| paths.fill_basket(&pair, &[spot, spot], &mut prices)),
        4 => pair().map_or(Ok(()), |pair| paths.fill_basket_terminal(&pair, &[spot, spot], &mut prices)),
        _ => paths.stream(&model, spot).map(|mut stream| {
            let filled = stream.fill(&mut prices);
            prices.truncate(filled);
        }),
    };
    match filled {
        Ok(()) => assert!(prices.iter().all(|price| price.is_finite())),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(prices.iter().all(|&price| price == -1.0), "something was written");
        }
    }
});
