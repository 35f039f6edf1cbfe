//! Ours: `gbm-core`, by the calls that its documentation names.

use std::time::Instant;

use gbm_core::noise::{Domain, NoiseStream, StreamId};
use gbm_core::prelude::*;
use nalgebra::DMatrix;

use crate::contest::{Contestant, Law};
use crate::scene::{DRIFT, SEED, SLICE, SPOT, STEPS, VALUES, VOLATILITY, dt, payoffs};

const NAME: &str = "gbm-core";

pub(crate) fn gbm() -> Gbm {
    Gbm::new(DRIFT, VOLATILITY).expect("in the domain")
}

pub(crate) fn spot() -> Price {
    Price::new(SPOT).expect("in the domain")
}

pub(crate) fn paths(steps: usize) -> Paths {
    Paths::new(Seed::from(SEED), steps as u64, Years::new(dt(steps)).expect("in the domain"))
}

pub(crate) fn prices(steps: usize) -> Contestant {
    Contestant::new(NAME, "`Paths::fill_paths`", Law::Exact, move |buffer| {
        paths(steps).fill_paths(&gbm(), spot(), buffer).expect("whole paths");
        0.0
    })
}

pub(crate) fn log_prices(steps: usize) -> Contestant {
    Contestant::new(NAME, "`Paths::fill_log_prices`", Law::Exact, move |buffer| {
        paths(steps).fill_log_prices(&gbm(), spot(), buffer).expect("whole paths");
        0.0
    })
}

pub(crate) fn stream(steps: usize) -> Contestant {
    let (path, gbm) = (Paths { steps: VALUES as u64, ..paths(steps) }, gbm());
    Contestant::new(NAME, "`Paths::stream`, an iterator", Law::Exact, move |_| {
        let mut bits = 0;
        for price in path.stream(&gbm, spot()).expect("a path") {
            bits ^= price.to_bits();
        }
        f64::from_bits(bits)
    })
}

pub(crate) fn slices(steps: usize) -> Contestant {
    let (path, gbm) = (Paths { steps: VALUES as u64, ..paths(steps) }, gbm());
    let mut slice = vec![0.0; SLICE];
    Contestant::new(NAME, "`Paths::stream`, `fill`", Law::Exact, move |_| {
        let (mut stream, mut bits) = (path.stream(&gbm, spot()).expect("a path"), 0);
        while stream.fill(&mut slice) > 0 {
            bits = slice.iter().fold(bits, |bits, price| bits ^ price.to_bits());
        }
        f64::from_bits(bits)
    })
}

/// Correlated paths, `[paths][steps][assets]`.
pub(crate) fn basket(assets: usize) -> Contestant {
    let correlation = DMatrix::from_fn(assets, assets, |i, j| if i == j { 1.0 } else { 0.5 });
    let correlation = Correlation::new(correlation).expect("semidefinite");
    let model = MultiGbm::new(vec![gbm(); assets], correlation).expect("one row for each");
    let spots = vec![spot(); assets];
    Contestant::new(NAME, "`Paths::fill_basket`", Law::Exact, move |buffer| {
        paths(STEPS).fill_basket(&model, &spots, buffer).expect("whole paths");
        0.0
    })
}

/// As many paths of as many assets, independent.
pub(crate) fn independent(assets: usize) -> Contestant {
    Contestant::new(NAME, "`Paths::fill_paths` for each asset", Law::Exact, move |buffer| {
        let share = buffer.len() / assets;
        for (asset, buffer) in (0..).zip(buffer.chunks_exact_mut(share)) {
            Paths { asset, ..paths(STEPS) }.fill_paths(&gbm(), spot(), buffer).expect("whole paths");
        }
        0.0
    })
}

/// Wall seconds of the stored paths by the threads of a pool.
pub(crate) fn wall_seconds(pool: &rayon::ThreadPool, buffer: &mut [f64]) -> f64 {
    let began = Instant::now();
    pool.install(|| paths(STEPS).par_fill_paths(&gbm(), spot(), buffer)).expect("whole paths");
    began.elapsed().as_secs_f64()
}

/// Our standard normals, for checks.
pub(crate) fn normals(out: &mut [f64]) {
    let mut noise = NoiseStream::new(Seed::from(SEED), StreamId::live(Domain::Diffusion, 0));
    for (index, normal) in (0..).zip(out) {
        *normal = noise.normal(index);
    }
}

pub(crate) fn terminal_call() -> Contestant {
    let mut slice = vec![0.0; SLICE];
    Contestant::new(NAME, "`Paths::fill_terminal`, slices of 3,200", Law::Exact, move |_| {
        let mut sum = 0.0;
        let mut paths = paths(1);
        for _ in 0..VALUES / SLICE {
            paths.fill_terminal(&gbm(), spot(), &mut slice).expect("paths");
            sum += payoffs(&slice);
            paths.first_path += SLICE as u64;
        }
        sum / VALUES as f64
    })
}
