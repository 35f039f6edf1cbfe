//! Tests of a whole distribution, on probabilities F(x) that are uniform if x has the law F.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::{Level, Outcome, nan_of};

/// Sorts standard normals and replaces each by its probability Φ(z).
pub fn sort_into_probabilities(normals: &mut [f64]) {
    normals.sort_unstable_by(f64::total_cmp);
    let law = Normal::standard();
    for z in normals {
        *z = law.cdf(*z);
    }
}

/// Kolmogorov-Smirnov: √n·D, D = max |i/n − u₍ᵢ₎| over both sides of each step, with Stephens' (1970) factor
/// √n + 0.12 + 0.11/√n in place of √n.
///
/// `sorted`: probabilities in ascending order. Null: Kolmogorov's law.
pub fn kolmogorov_smirnov(sorted: &[f64], level: Level) -> Outcome {
    let n = sorted.len() as f64;
    let distance = sorted.iter().zip(0..).fold(0.0_f64, |distance, (&u, i)| {
        let below = f64::from(i) / n;
        nan_max(nan_max(distance, u - below), below + 1.0 / n - u)
    });
    Outcome::at_most("KS", stephens(n) * distance, level.kolmogorov())
}

/// Two-sample Kolmogorov-Smirnov: √m·D with m = n₁n₂/(n₁ + n₂). Both samples in ascending order.
pub fn kolmogorov_smirnov_two(first: &[f64], second: &[f64], level: Level) -> Outcome {
    let (n1, n2) = (first.len() as f64, second.len() as f64);
    let (mut i, mut j, mut distance) = (0, 0, 0.0_f64);
    let poison = nan_of(first) + nan_of(second);
    while let (Some(&x), Some(&y)) = (first.get(i), second.get(j)) {
        // A value that both have moves both; NaN moves both too, so that the loop ends.
        let (below, above) = (x < y, x > y);
        i += usize::from(!above);
        j += usize::from(!below);
        distance = distance.max((i as f64 / n1 - j as f64 / n2).abs());
    }
    Outcome::at_most("KS two-sample", stephens(n1 * n2 / (n1 + n2)) * distance + poison, level.kolmogorov())
}

/// Anderson-Darling: A² = −n − (1/n)·Σ (2i − 1)·(ln u₍ᵢ₎ + ln(1 − u₍ₙ₊₁₋ᵢ₎)), which weighs the tails more than KS.
///
/// `sorted`: standard normals in ascending order; Φ(−|z|) gives both u and 1 − u, so that both tails keep their digits.
/// Null: fully specified law, see [`crate::level::anderson_darling_tail`].
pub fn anderson_darling(sorted: &[f64], level: Level) -> Outcome {
    let law = Normal::standard();
    let n = sorted.len() as f64;
    let (mut sum, mut lost) = (0.0_f64, 0.0_f64);
    for (i, &z) in (0..).zip(sorted) {
        // Term i of ln u and term n + 1 − i of ln(1 − u) belong to the same z.
        let weight = 2.0 * f64::from(i) + 1.0;
        let tail = law.sf(z.abs());
        let (small, large) = (tail.ln(), (-tail).ln_1p());
        let (below, above) = if z < 0.0 { (small, large) } else { (large, small) };
        let term = (weight * below + (2.0 * n - weight) * above) / n;
        // Kahan: the sum is −n and the answer about 1.
        let corrected = term - lost;
        let next = sum + corrected;
        lost = (next - sum) - corrected;
        sum = next;
    }
    Outcome::at_most("AD", -n - sum, level.anderson_darling())
}

/// Pearson's χ² = Σ (observed − n/k)²/(n/k) over k equiprobable bins of probabilities, in any order.
///
/// `bins`: k ≥ 2. Null: χ² with k − 1 degrees of freedom.
pub fn chi_square(probabilities: impl IntoIterator<Item = f64>, bins: u16, level: Level) -> Outcome {
    let mut counts = vec![0_u64; usize::from(bins)];
    let mut poison = 0.0;
    for u in probabilities {
        poison += nan_of(&[u]);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
        let bin = (u * f64::from(bins)) as usize;
        let last = counts.len().saturating_sub(1);
        if let Some(count) = counts.get_mut(bin.min(last)) {
            *count += 1;
        }
    }
    Outcome::at_most(
        format!("chi2 {bins} bins"),
        pearson(&counts) + poison,
        level.chi_squared(u32::from(bins).saturating_sub(1)),
    )
}

/// χ² of the eight bytes of 64-bit words, each against 256 equiprobable values: every bit of a word counts.
///
/// Null: χ² with 8·255 degrees of freedom.
pub fn chi_square_bytes(words: &[u64], level: Level) -> Outcome {
    let mut counts = vec![[0_u64; 256]; 8];
    for word in words {
        for (counts, byte) in counts.iter_mut().zip(word.to_le_bytes()) {
            counts[usize::from(byte)] += 1;
        }
    }
    let statistic = counts.iter().map(|counts| pearson(counts)).sum();
    Outcome::at_most("chi2 bytes", statistic, level.chi_squared(8 * 255))
}

fn pearson(counts: &[u64]) -> f64 {
    let expected = counts.iter().sum::<u64>() as f64 / counts.len() as f64;
    counts.iter().map(|&count| (count as f64 - expected).powi(2) / expected).sum()
}

fn stephens(n: f64) -> f64 {
    n.sqrt() + 0.12 + 0.11 / n.sqrt()
}

/// The larger number; NaN if either is.
fn nan_max(a: f64, b: f64) -> f64 {
    if a >= b || a.is_nan() { a } else { b }
}
