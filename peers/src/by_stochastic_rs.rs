//! stochastic-rs: its samplers into kept arrays, and the best loops we found over its normals.

use ndarray::{Array1, Array2};
use stochastic_rs_distributions::SimdNormalDual;
use stochastic_rs_distributions::lognormal::SimdLogNormal;
use stochastic_rs_distributions::normal::SimdNormal;
use stochastic_rs_stochastic::diffusion::gbm::Gbm;
use stochastic_rs_stochastic::diffusion::gbm_log::GbmLog;
use stochastic_rs_stochastic::diffusion::multi_gbm::MultiGbm;
use stochastic_rs_stochastic::simd_rng::Deterministic;
use stochastic_rs_stochastic::traits::{PathSampler, ProcessExt};

use crate::contest::{Contestant, Law};
use crate::scene::{DRIFT, PATHS, SEED, SLICE, SPOT, STEPS, VALUES, VOLATILITY, dt, euler, exact, payoff, payoffs};

const NAME: &str = "stochastic-rs";

/// μΔt and σ√Δt, for S + μΔt·S + σ√Δt·S·Z as `Gbm`'s sampler writes it.
fn recurrence(dt: f64) -> (f64, f64) {
    (DRIFT * dt, VOLATILITY * dt.sqrt())
}

fn seed() -> Deterministic {
    Deterministic::new(SEED)
}

/// Its points include the spot: n steps are n + 1 points.
fn gbm(steps: usize) -> Gbm<f64, Deterministic> {
    Gbm::new(DRIFT, VOLATILITY, steps + 1, Some(SPOT), Some(1.0), seed())
}

fn gbm_log(steps: usize) -> GbmLog<f64, Deterministic> {
    GbmLog::new(Some(DRIFT), None, None, None, VOLATILITY, steps + 1, Some(SPOT), Some(1.0), seed())
}

/// Its samplers fill arrays of their own kind only, so paths have one kept array each. `copies` brings their prices
/// to the buffer, which is for checks, not for timing.
fn arrays(
    mut sampler: impl PathSampler<f64, Output = Array1<f64>>,
    steps: usize,
    copies: bool,
) -> impl FnMut(&mut [f64]) -> f64 {
    let mut rows = vec![Array1::from_elem(steps + 1, 1.0); VALUES / steps];
    move |buffer| {
        for row in &mut rows {
            sampler.sample_into(row);
        }
        if copies {
            for (row, buffer) in rows.iter().zip(buffer.chunks_exact_mut(steps)) {
                buffer.copy_from_slice(&row.as_slice().expect("contiguous")[1..]);
            }
        }
        rows[0][steps]
    }
}

pub(crate) fn prices(steps: usize, copies: bool) -> Vec<Contestant> {
    vec![
        Contestant::new(
            NAME,
            "`Gbm::sampler().sample_into`, its preallocated call",
            Law::Euler,
            arrays(gbm(steps).sampler(), steps, copies),
        ),
        Contestant::new(
            NAME,
            "`GbmLog::sampler().sample_into`",
            Law::Exact,
            arrays(gbm_log(steps).sampler(), steps, copies),
        ),
        Contestant::new(NAME, "loop: `SimdNormal::fill_slice`, running product", Law::Euler, {
            let (mean, deviation) = euler(dt(steps));
            let normal = SimdNormal::<f64>::new(mean, deviation, &seed());
            move |buffer| rows(buffer, steps, |row| normal.fill_slice(row), SPOT, |last, factor| last * factor, |_| {})
        }),
        Contestant::new(NAME, "loop: `SimdNormalDual::fill_slice`, running product", Law::Euler, {
            let (mean, deviation) = euler(dt(steps));
            let normal = SimdNormalDual::<f64>::new(mean, deviation, &seed());
            move |buffer| rows(buffer, steps, |row| normal.fill_slice(row), SPOT, |last, factor| last * factor, |_| {})
        }),
        Contestant::new(NAME, "loop: `SimdNormal::fill_slice`, running sum, `exp`", Law::Exact, {
            let (mean, deviation) = exact(dt(steps));
            let normal = SimdNormal::<f64>::new(mean, deviation, &seed());
            move |buffer| rows(buffer, steps, |row| normal.fill_slice(row), 0.0, |sum, step| sum + step, exponentials)
        }),
    ]
}

pub(crate) fn log_prices(steps: usize) -> Vec<Contestant> {
    vec![Contestant::new(NAME, "loop: `SimdNormal::fill_slice`, running sum", Law::Exact, {
        let (mean, deviation) = exact(dt(steps));
        let normal = SimdNormal::<f64>::new(mean, deviation, &seed());
        move |buffer| rows(buffer, steps, |row| normal.fill_slice(row), SPOT.ln(), |sum, step| sum + step, |_| {})
    })]
}

/// Fills paths with independent steps and runs along them: four at a time, since one chain of operations waits for
/// itself. `finish` is applied to whole paths.
fn rows(
    buffer: &mut [f64],
    steps: usize,
    fill: impl Fn(&mut [f64]),
    start: f64,
    then: impl Fn(f64, f64) -> f64,
    finish: impl Fn(&mut [f64]),
) -> f64 {
    for four in buffer.chunks_exact_mut(4 * steps) {
        fill(four);
        let (first, second) = four.split_at_mut(2 * steps);
        let ((a, b), (c, d)) = (first.split_at_mut(steps), second.split_at_mut(steps));
        let mut last = [start; 4];
        for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
            last = [then(last[0], *a), then(last[1], *b), then(last[2], *c), then(last[3], *d)];
            [*a, *b, *c, *d] = last;
        }
        finish(four);
    }
    0.0
}

/// Prices of log-prices. The platform's exponential, since stochastic-rs' `simd_exp` took longer when it is built for any
/// x86-64.
fn exponentials(values: &mut [f64]) {
    for value in values {
        *value = SPOT * value.exp();
    }
}

pub(crate) fn stream(steps: usize) -> Vec<Contestant> {
    vec![
        Contestant::new(NAME, "loop: `SimdNormal::sample_fast`, running product", Law::Euler, {
            let (mean, deviation) = euler(dt(steps));
            let normal = SimdNormal::<f64>::new(mean, deviation, &seed());
            move |_| {
                let mut price = SPOT;
                f64::from_bits((0..VALUES).fold(0, |bits, _| {
                    price *= normal.sample_fast();
                    bits ^ price.to_bits()
                }))
            }
        }),
        Contestant::new(NAME, "loop: `SimdNormal::sample_fast`, the recurrence of `Gbm`'s sampler", Law::Euler, {
            let (drift, diffusion) = recurrence(dt(steps));
            let normal = SimdNormal::<f64>::new(0.0, 1.0, &seed());
            move |_| {
                let mut price = SPOT;
                f64::from_bits((0..VALUES).fold(0, |bits, _| {
                    price = price + drift * price + diffusion * price * normal.sample_fast();
                    bits ^ price.to_bits()
                }))
            }
        }),
        Contestant::new(NAME, "loop: `SimdNormal::sample_fast`, running sum, `exp`", Law::Exact, {
            let (mean, deviation) = exact(dt(steps));
            let normal = SimdNormal::<f64>::new(mean, deviation, &seed());
            move |_| {
                let mut sum = 0.0;
                f64::from_bits((0..VALUES).fold(0, |bits, _| {
                    sum += normal.sample_fast();
                    bits ^ (SPOT * f64::exp(sum)).to_bits()
                }))
            }
        }),
    ]
}

pub(crate) fn slices(steps: usize) -> Vec<Contestant> {
    let bits = |slice: &[f64]| slice.iter().fold(0, |bits, price| bits ^ price.to_bits());
    vec![
        Contestant::new(NAME, "loop: `SimdNormal::fill_slice`, running product", Law::Euler, {
            let (mean, deviation) = euler(dt(steps));
            let normal = SimdNormal::<f64>::new(mean, deviation, &seed());
            let mut slice = vec![0.0; SLICE];
            move |_| {
                let (mut price, mut all) = (SPOT, 0);
                for _ in 0..VALUES / SLICE {
                    normal.fill_slice(&mut slice);
                    for value in &mut slice {
                        price *= *value;
                        *value = price;
                    }
                    all ^= bits(&slice);
                }
                f64::from_bits(all)
            }
        }),
        Contestant::new(NAME, "loop: `SimdNormal::fill_slice`, the recurrence of `Gbm`'s sampler", Law::Euler, {
            let (drift, diffusion) = recurrence(dt(steps));
            let normal = SimdNormal::<f64>::new(0.0, 1.0, &seed());
            let mut slice = vec![0.0; SLICE];
            move |_| {
                let (mut price, mut all) = (SPOT, 0);
                for _ in 0..VALUES / SLICE {
                    normal.fill_slice(&mut slice);
                    for value in &mut slice {
                        price = price + drift * price + diffusion * price * *value;
                        *value = price;
                    }
                    all ^= bits(&slice);
                }
                f64::from_bits(all)
            }
        }),
        Contestant::new(NAME, "loop: `SimdNormal::fill_slice`, running sum, `exp`", Law::Exact, {
            let (mean, deviation) = exact(dt(steps));
            let normal = SimdNormal::<f64>::new(mean, deviation, &seed());
            let mut slice = vec![0.0; SLICE];
            move |_| {
                let (mut sum, mut all) = (0.0, 0);
                for _ in 0..VALUES / SLICE {
                    normal.fill_slice(&mut slice);
                    for value in &mut slice {
                        sum += *value;
                        *value = sum;
                    }
                    exponentials(&mut slice);
                    all ^= bits(&slice);
                }
                f64::from_bits(all)
            }
        }),
    ]
}

pub(crate) fn terminal_call() -> Vec<Contestant> {
    let average = |sum: f64| sum / VALUES as f64;
    vec![
        Contestant::new(NAME, "`SimdLogNormal::fill_slice`, slices of 3,200", Law::Exact, {
            let (mean, deviation) = exact(1.0);
            let law = SimdLogNormal::<f64>::new(SPOT.ln() + mean, deviation, &seed());
            let mut slice = vec![0.0; SLICE];
            move |_| {
                let mut sum = 0.0;
                for _ in 0..VALUES / SLICE {
                    law.fill_slice(&mut slice);
                    sum += payoffs(&slice);
                }
                average(sum)
            }
        }),
        Contestant::new(NAME, "loop: `SimdNormal::fill_slice`, `exp`", Law::Exact, {
            let (mean, deviation) = exact(1.0);
            let normal = SimdNormal::<f64>::new(mean, deviation, &seed());
            let mut slice = vec![0.0; SLICE];
            move |_| {
                let mut sum = 0.0;
                for _ in 0..VALUES / SLICE {
                    normal.fill_slice(&mut slice);
                    exponentials(&mut slice);
                    sum += payoffs(&slice);
                }
                average(sum)
            }
        }),
        Contestant::new(NAME, "`GbmLog::sampler().sample_into` of one step", Law::Exact, {
            let mut sampler = gbm_log(1).sampler();
            let mut path = Array1::from_elem(2, 0.0);
            move |_| {
                average((0..VALUES).fold(0.0, |sum, _| {
                    sampler.sample_into(&mut path);
                    sum + payoff(path[1])
                }))
            }
        }),
    ]
}

/// Correlated paths, `[paths]` arrays of `[assets][steps + 1]`.
pub(crate) fn basket(assets: usize) -> Contestant {
    let each = |value| Array1::from_elem(assets, value);
    let rho = Array2::from_shape_fn((assets, assets), |(i, j)| if i == j { 1.0 } else { 0.5 });
    let process = MultiGbm::<f64, _>::new(each(DRIFT), each(VOLATILITY), rho, STEPS + 1, each(SPOT), Some(1.0), seed());
    let mut sampler = process.sampler();
    let mut paths = vec![Array2::from_elem((assets, STEPS + 1), 1.0); PATHS / assets];
    Contestant::new(NAME, "`MultiGbm::sampler().sample_into`", Law::Exact, move |_| {
        for path in &mut paths {
            sampler.sample_into(path);
        }
        paths[0][(0, STEPS)]
    })
}

/// Its standard normals, for checks.
pub(crate) fn normals(out: &mut [f64]) {
    SimdNormal::<f64>::new(0.0, 1.0, &seed()).fill_standard_fast(out);
}
