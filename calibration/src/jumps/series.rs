//! Kou's density as a series of positive terms.

use std::f64::consts::PI;

use super::kou::Parameters;
use super::poisson::probabilities;
use super::tails::weighted;

/// The weights of sums of jumps, for one bar.
pub(super) struct Series {
    centre: f64,
    deviation: f64,
    rates: (f64, f64),
    none: f64,
    /// Of k = 1, 2, … jumps up, or down, left over.
    up: Vec<f64>,
    down: Vec<f64>,
}

impl Series {
    pub(super) fn new(parameters: &Parameters, bar: f64) -> Self {
        let Parameters { log_drift, volatility, intensity, up_probability: p, up_rate, down_rate } = *parameters;
        let counts = probabilities(intensity * bar);
        let most = counts.len();
        let (none, mut up, mut down) = (counts[0], vec![0.0; most], vec![0.0; most]);
        // The law of what is left over of n jumps; one of a rate outlasts one of the other by the other's share.
        let (up_stays, down_stays) = (down_rate / (up_rate + down_rate), up_rate / (up_rate + down_rate));
        let (mut nothing, mut ups, mut downs) = (1.0, vec![0.0; most], vec![0.0; most]);
        for count in counts.iter().skip(1) {
            let (next_ups, below) = meet(&ups, p, up_stays);
            let (next_downs, above) = meet(&downs, 1.0 - p, down_stays);
            (ups, downs) = (next_ups, next_downs);
            ups[0] += p * nothing + above;
            downs[0] += (1.0 - p) * nothing + below;
            nothing = 0.0;
            for (sum, part) in up.iter_mut().zip(&ups).chain(down.iter_mut().zip(&downs)) {
                *sum += count * part;
            }
        }
        Self {
            centre: log_drift * bar,
            deviation: volatility * bar.sqrt(),
            rates: (up_rate, down_rate),
            none,
            up,
            down,
        }
    }

    pub(super) fn ln_density(&self, x: f64) -> f64 {
        let (y, s) = (x - self.centre, self.deviation);
        let still = self.none * (-0.5 * (y / s) * (y / s)).exp() / (s * (2.0 * PI).sqrt());
        let density = still + weighted(y, s, self.rates.0, &self.up) + weighted(-y, s, self.rates.1, &self.down);
        density.ln()
    }
}

/// k left over of one kind meet one more jump: of their kind with probability `alike`; else each in turn outlasts it with
/// probability `stays`. What is left over of their kind, and the probability that the other outlasts all.
fn meet(left: &[f64], alike: f64, stays: f64) -> (Vec<f64>, f64) {
    let mut next = vec![0.0; left.len()];
    let mut arriving = 0.0;
    for k in (0..left.len()).rev() {
        arriving = (1.0 - stays) * arriving + left[k];
        next[k] += (1.0 - alike) * stays * arriving;
        if k + 1 < left.len() {
            next[k + 1] += alike * left[k];
        }
    }
    (next, (1.0 - alike) * (1.0 - stays) * arriving)
}
