//! What everyone computes, held against the exact law: a faster answer to another question should be seen as one.

use crate::contest::Contestant;
use crate::scene::{DRIFT, SPOT, STEPS, STRIKE, VALUES, VOLATILITY, exact};
use crate::workloads::{log_prices, prices, terminal_call};
use crate::{by_diffusionx, by_rand_distr, by_stochastic_rs, ours, say};

/// Steps of a year that are few enough for Euler's error to show.
const FEW: usize = 10;

pub(crate) fn check() {
    let mut buffer = vec![1.0; VALUES];
    for steps in [STEPS, FEW] {
        say(&format!("### Prices of {} paths of {steps} steps to a year\n", VALUES / steps));
        laws(steps, &mut buffer, chain(ours::prices(steps), prices(steps, true)), |price| (price / SPOT).ln());
    }
    say(&format!("### Log-prices of {} paths of {STEPS} steps to a year\n", VALUES / STEPS));
    let everyone = chain(ours::log_prices(STEPS), log_prices(STEPS));
    laws(STEPS, &mut buffer, everyone, |log_price| log_price - SPOT.ln());
    calls(&mut buffer);
    repeats(&mut buffer);
}

fn chain(ours: Contestant, peers: Vec<Contestant>) -> Vec<Contestant> {
    std::iter::once(ours).chain(peers).collect()
}

/// Mean and variance of the terminal log-return, as deviations from the exact law in standard errors.
fn laws(steps: usize, buffer: &mut [f64], everyone: Vec<Contestant>, log_return: fn(f64) -> f64) {
    say("| Library | How | Steps | Mean, z | Variance, z | Least value | Values ≤ 0 |");
    say("|---|---|---|---|---|---|---|");
    let (mean, deviation) = exact(1.0);
    for mut contestant in everyone {
        buffer.fill(1.0);
        (contestant.run)(buffer);
        let ends: Vec<f64> = buffer.chunks_exact(steps).map(|path| log_return(path[steps - 1])).collect();
        let ends: Vec<f64> = ends.into_iter().filter(|end| end.is_finite()).collect();
        let count = ends.len() as f64;
        let average = ends.iter().sum::<f64>() / count;
        let variance = ends.iter().map(|end| (end - average).powi(2)).sum::<f64>() / (count - 1.0);
        let mean_z = (average - mean) / (deviation / count.sqrt());
        let variance_z = (variance / (deviation * deviation) - 1.0) * (count / 2.0).sqrt();
        let least = buffer.iter().copied().fold(f64::INFINITY, f64::min);
        let below = buffer.iter().filter(|&&value| value <= 0.0).count();
        let Contestant { library, how, law, .. } = contestant;
        let law = law.name();
        say(&format!("| {library} | {how} | {law} | {mean_z:+.2} | {variance_z:+.2} | {least:.4} | {below} |"));
    }
    say("");
}

/// The average payoff against E[(S − K)⁺], in standard errors.
fn calls(buffer: &mut [f64]) {
    say("### The call's average payoff\n\n| Library | How | Payoff, z |\n|---|---|---|");
    let normal = |x: f64| 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
    let d = ((SPOT / STRIKE).ln() + DRIFT - 0.5 * VOLATILITY * VOLATILITY) / VOLATILITY;
    let first = SPOT * DRIFT.exp();
    let second = first * first * (VOLATILITY * VOLATILITY).exp();
    let above = normal(d);
    let mean = first * normal(d + VOLATILITY) - STRIKE * above;
    let square =
        second * normal(d + 2.0 * VOLATILITY) - 2.0 * STRIKE * first * normal(d + VOLATILITY) + STRIKE * STRIKE * above;
    let error = ((square - mean * mean) / VALUES as f64).sqrt();
    for mut contestant in chain(ours::terminal_call(), terminal_call()) {
        let z = ((contestant.run)(buffer) - mean) / error;
        say(&format!("| {} | {} | {z:+.2} |", contestant.library, contestant.how));
    }
    say("");
}

/// Fills a slice with standard normals.
type Normals = fn(&mut [f64]);

/// How many of 10⁷ normals were drawn before: n²/2 pairs, each as likely to agree as the source has few values.
fn repeats(buffer: &mut [f64]) {
    say(&format!("### Repeated values among {VALUES} normals\n\n| Library | Repeated |\n|---|---|"));
    let sources: [(&str, Normals); 4] = [
        ("gbm-core", ours::normals),
        ("stochastic-rs", by_stochastic_rs::normals),
        ("diffusionx", by_diffusionx::normals),
        ("rand_distr", by_rand_distr::normals),
    ];
    for (library, normals) in sources {
        normals(buffer);
        buffer.sort_unstable_by(f64::total_cmp);
        let repeated = buffer.windows(2).filter(|pair| pair[0] == pair[1]).count();
        say(&format!("| {library} | {repeated} |"));
    }
    say("");
}
