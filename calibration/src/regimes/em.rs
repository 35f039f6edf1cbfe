//! Expectation and maximisation in turn, which climbs from far away.

use super::filter::Chain;

const MOST_ROUNDS: usize = 1000;
/// A round that gains less is the last one: Newton steps do the rest.
const GAIN: f64 = 1e-5;

/// Climbs from a chain; deviations stay at or above `least`. The chain and its log-likelihood, if it has one.
///
/// Source: Hamilton (1990), *J. Econometrics* 45(1–2), eqs. 3.12–3.14; the first regime keeps to the stationary law.
pub(super) fn climb(mut chain: Chain, returns: &[f64], least: f64) -> Option<(Chain, f64)> {
    let mut best = f64::NEG_INFINITY;
    for _ in 0..MOST_ROUNDS {
        let filtered = chain.filter(returns)?;
        let total: f64 = filtered.rows.iter().sum();
        if !total.is_finite() {
            return None;
        }
        if total - best < GAIN {
            break;
        }
        best = total;
        let (smoothed, steps) = chain.smooth(&filtered);
        chain = maximised(chain, returns, &smoothed, &steps, least);
    }
    best.is_finite().then_some((chain, best))
}

fn maximised(mut chain: Chain, returns: &[f64], smoothed: &[f64], steps: &nalgebra::DMatrix<f64>, least: f64) -> Chain {
    let k = chain.count();
    for i in 0..k {
        let weights = || smoothed.iter().skip(i).step_by(k).zip(returns);
        let total: f64 = weights().map(|(weight, _)| weight).sum::<f64>().max(f64::MIN_POSITIVE);
        let mean = weights().map(|(weight, r)| weight * r).sum::<f64>() / total;
        let square = weights().map(|(weight, r)| weight * (r - mean) * (r - mean)).sum::<f64>() / total;
        chain.means[i] = mean;
        chain.deviations[i] = square.sqrt().max(least);
        let leaving: f64 = steps.row(i).iter().sum();
        if leaving > 0.0 {
            for j in 0..k {
                chain.transition[(i, j)] = steps[(i, j)] / leaving;
            }
        }
    }
    chain
}
