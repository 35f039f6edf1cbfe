//! rand and rand_distr: loops over `StandardNormal`, with rand's fast generator and with ChaCha8.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal, StandardNormal};

use crate::contest::{Contestant, Law};
use crate::scene::{SEED, SPOT, VALUES, dt, euler, exact, payoff};

const NAME: &str = "rand_distr";

fn small() -> SmallRng {
    SmallRng::seed_from_u64(SEED)
}

fn chacha() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(SEED)
}

pub(crate) fn prices(steps: usize) -> Vec<Contestant> {
    vec![
        Contestant::new(NAME, "loop: `StandardNormal`, `SmallRng`, running product", Law::Euler, {
            let mut rng = small();
            move |buffer| products(buffer, steps, &mut rng)
        }),
        Contestant::new(NAME, "loop: `StandardNormal`, `SmallRng`, running sum, `exp`", Law::Exact, {
            let mut rng = small();
            move |buffer| sums(buffer, steps, &mut rng, 0.0, |sum| SPOT * sum.exp())
        }),
        Contestant::new(NAME, "loop: `StandardNormal`, `ChaCha8Rng`, running sum, `exp`", Law::Exact, {
            let mut rng = chacha();
            move |buffer| sums(buffer, steps, &mut rng, 0.0, |sum| SPOT * sum.exp())
        }),
    ]
}

pub(crate) fn log_prices(steps: usize) -> Vec<Contestant> {
    vec![
        Contestant::new(NAME, "loop: `StandardNormal`, `SmallRng`, running sum", Law::Exact, {
            let mut rng = small();
            move |buffer| sums(buffer, steps, &mut rng, SPOT.ln(), |sum| sum)
        }),
        Contestant::new(NAME, "loop: `StandardNormal`, `ChaCha8Rng`, running sum", Law::Exact, {
            let mut rng = chacha();
            move |buffer| sums(buffer, steps, &mut rng, SPOT.ln(), |sum| sum)
        }),
    ]
}

fn products(buffer: &mut [f64], steps: usize, kept: &mut (impl Rng + Clone)) -> f64 {
    let (mean, deviation) = euler(dt(steps));
    let mut rng = kept.clone();
    for row in buffer.chunks_exact_mut(steps) {
        let mut price = SPOT;
        for value in row {
            price *= mean + deviation * standard(&mut rng);
            *value = price;
        }
    }
    *kept = rng;
    0.0
}

fn sums(
    buffer: &mut [f64],
    steps: usize,
    kept: &mut (impl Rng + Clone),
    start: f64,
    finish: impl Fn(f64) -> f64,
) -> f64 {
    let (mean, deviation) = exact(dt(steps));
    let mut rng = kept.clone();
    for row in buffer.chunks_exact_mut(steps) {
        let mut sum = start;
        for value in row {
            sum += mean + deviation * standard(&mut rng);
            *value = finish(sum);
        }
    }
    *kept = rng;
    0.0
}

fn standard(rng: &mut impl Rng) -> f64 {
    StandardNormal.sample(rng)
}

pub(crate) fn stream(steps: usize) -> Vec<Contestant> {
    let (mean, deviation) = euler(dt(steps));
    let (log_mean, log_deviation) = exact(dt(steps));
    vec![
        Contestant::new(NAME, "loop: `StandardNormal`, `SmallRng`, running product", Law::Euler, {
            let mut rng = small();
            move |_| {
                let mut price = SPOT;
                f64::from_bits((0..VALUES).fold(0, |bits, _| {
                    price *= mean + deviation * standard(&mut rng);
                    bits ^ price.to_bits()
                }))
            }
        }),
        Contestant::new(NAME, "loop: `StandardNormal`, `SmallRng`, running sum, `exp`", Law::Exact, {
            let mut rng = small();
            move |_| {
                let mut sum = 0.0;
                f64::from_bits((0..VALUES).fold(0, |bits, _| {
                    sum += log_mean + log_deviation * standard(&mut rng);
                    bits ^ (SPOT * f64::exp(sum)).to_bits()
                }))
            }
        }),
    ]
}

pub(crate) fn terminal_call() -> Vec<Contestant> {
    let (mean, deviation) = exact(1.0);
    let law = LogNormal::new(SPOT.ln() + mean, deviation).expect("in the domain");
    let average = |sum: f64| sum / VALUES as f64;
    vec![
        Contestant::new(NAME, "`LogNormal`, `SmallRng`", Law::Exact, {
            let mut rng = small();
            move |_| average((0..VALUES).map(|_| payoff(law.sample(&mut rng))).sum())
        }),
        Contestant::new(NAME, "`LogNormal`, `ChaCha8Rng`", Law::Exact, {
            let mut rng = chacha();
            move |_| average((0..VALUES).map(|_| payoff(law.sample(&mut rng))).sum())
        }),
    ]
}

/// Its standard normals, for checks.
pub(crate) fn normals(out: &mut [f64]) {
    out.fill_with({
        let mut rng = small();
        move || standard(&mut rng)
    });
}
