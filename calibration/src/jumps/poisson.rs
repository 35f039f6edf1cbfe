/// What of the Poisson law is left out. A density is off by less than this times the largest density of the terms left out.
const TAIL: f64 = 1e-18;
/// More than any mean within the bounds takes.
const MOST: usize = 200;

/// P(N = n) for n = 0, 1, … until what is left is below 10⁻¹⁸.
pub(super) fn probabilities(mean: f64) -> Vec<f64> {
    let mut probability = (-mean).exp();
    let mut all = vec![probability];
    for n in 1..MOST {
        probability *= mean / n as f64;
        all.push(probability);
        // Beyond the mean the terms fall faster than a geometric series of this ratio.
        let ratio = mean / (n + 1) as f64;
        if ratio < 1.0 && probability * ratio / (1.0 - ratio) < TAIL {
            break;
        }
    }
    all
}
