//! diffusionx: its processes, each call of which gives new vectors of times and values.

use diffusionx::random::normal;
use diffusionx::simulation::continuous::{Bm, GeometricBm};
use diffusionx::simulation::prelude::ContinuousProcess;

use crate::contest::{Contestant, Law};
use crate::scene::{DRIFT, SLICE, SPOT, VALUES, VOLATILITY, dt, exact, payoff, payoffs};

const NAME: &str = "diffusionx";

pub(crate) fn prices(steps: usize) -> Vec<Contestant> {
    let gbm = GeometricBm::new(SPOT, DRIFT, VOLATILITY).expect("in the domain");
    vec![Contestant::new(NAME, "`GeometricBm::simulate`", Law::Exact, move |buffer| {
        for row in buffer.chunks_exact_mut(steps) {
            let (_, path) = gbm.simulate(1.0, dt(steps)).expect("a path");
            row.copy_from_slice(&path[1..=steps]);
        }
        0.0
    })]
}

pub(crate) fn log_prices(steps: usize) -> Vec<Contestant> {
    // Its D is half a squared volatility.
    let bm = Bm::new(SPOT.ln(), 0.5 * VOLATILITY * VOLATILITY).expect("in the domain");
    let (drift, _) = exact(1.0);
    vec![Contestant::new(NAME, "`Bm::simulate`, drift added", Law::Exact, move |buffer| {
        for row in buffer.chunks_exact_mut(steps) {
            let (times, path) = bm.simulate(1.0, dt(steps)).expect("a path");
            for ((value, time), path) in row.iter_mut().zip(&times[1..]).zip(&path[1..]) {
                *value = path + drift * time;
            }
        }
        0.0
    })]
}

pub(crate) fn terminal_call() -> Vec<Contestant> {
    let average = |sum: f64| sum / VALUES as f64;
    vec![
        Contestant::new(NAME, "loop: `standard_rands` by 3,200, `exp`", Law::Exact, move |_| {
            let (mean, deviation) = exact(1.0);
            let mut sum = 0.0;
            for _ in 0..VALUES / SLICE {
                let mut prices = normal::standard_rands::<f64>(SLICE);
                for value in &mut prices {
                    *value = SPOT * f64::exp(mean + deviation * *value);
                }
                sum += payoffs(&prices);
            }
            average(sum)
        }),
        Contestant::new(NAME, "`GeometricBm::end`", Law::Exact, {
            let gbm = GeometricBm::new(SPOT, DRIFT, VOLATILITY).expect("in the domain");
            move |_| average((0..VALUES).map(|_| payoff(gbm.end(1.0, 1.0).expect("a price"))).sum())
        }),
    ]
}

/// Its standard normals, for checks.
pub(crate) fn normals(out: &mut [f64]) {
    for slice in out.chunks_mut(SLICE) {
        slice.copy_from_slice(&normal::standard_rands::<f64>(slice.len()));
    }
}
