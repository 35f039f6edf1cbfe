//! Counts, waits and Student's variates against `statrs`' laws.

use gbm_core::math::{erlang, exp, inverse_normal, poisson, student, uniform};
use gbm_core::noise::{Domain, NoiseStream, Seed, StreamId};
use statistical_tests::Outcome;
use statistical_tests::uniformity::kolmogorov_smirnov;
use statrs::distribution::{ContinuousCDF, Discrete, DiscreteCDF, Gamma, Poisson, StudentsT};

use crate::suite::{level, pass, seed};

const N: usize = 1_000_000;

fn words(asset: u16, count: usize) -> Vec<u64> {
    let mut words = vec![0; count];
    let stream = StreamId::new(Domain::Jumps, asset, 0).unwrap();
    NoiseStream::new(Seed::from(seed()), stream).fill_words(0, &mut words);
    words
}

/// Each count begins where Poisson's law says, to 10⁻¹¹, in digits of `statrs`; 1,000,000 draws are counted too.
#[test]
fn counts_are_poissons() {
    for (asset, mean) in (40..).zip([1e-6, 0.01, 1.0, 7.5, 60.0, 500.0]) {
        let (law, none) = (Poisson::new(mean).unwrap(), exp(-mean));
        let deviation = f64::sqrt(mean);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small counts, chosen here")]
        let range = (mean - 6.0 * deviation).max(0.0) as u32..(mean + 6.0 * deviation + 4.0) as u32;
        for count in range.clone() {
            let end = law.cdf(u64::from(count));
            let slack = 1e-11;
            if end - slack > 0.0 && end + slack < 1.0 {
                assert!(poisson(end - slack, mean, none) <= count, "mean {mean}: {count} begins too late");
                assert!(poisson(end + slack, mean, none) > count, "mean {mean}: {count} ends too late");
            }
        }
        let mut seen = vec![0.0; range.end as usize + 1];
        for word in words(asset, N) {
            seen[(poisson(uniform(word), mean, none) as usize).min(range.end as usize)] += 1.0;
        }
        // Cells of at least a hundred expected draws.
        let (mut statistic, mut cells, mut expected, mut observed) = (0.0, 0_u32, 0.0, 0.0);
        for (count, seen) in seen.iter().enumerate() {
            expected += N as f64 * law.pmf(count as u64);
            observed += seen;
            if expected >= 100.0 {
                statistic += (observed - expected).powi(2) / expected;
                cells += 1;
                (expected, observed) = (0.0, 0.0);
            }
        }
        if cells > 1 {
            let critical = level().chi_squared(cells);
            pass("counts", [Outcome::at_most(format!("Poisson {mean}, {cells} cells"), statistic, critical)]);
        }
    }
}

/// Sums of exponentials: the survival probability is the uniform's, and a sample has the gamma law.
#[test]
fn waits_are_erlangs() {
    for count in [1, 2, 3, 10, 50, 500] {
        let law = Gamma::new(f64::from(count), 1.0).unwrap();
        for u in [1e-16, 1e-10, 1e-4, 0.01, 0.3, 0.5, 0.9, 0.999, 1.0 - 1e-9] {
            let (x, survival) = (erlang(u, count), law.sf(erlang(u, count)));
            // statrs' own digits.
            assert!((survival / u - 1.0).abs() < 1e-9 || (survival - u).abs() < 1e-11, "{count}, {u}: {x}, {survival}");
        }
        let mut sample: Vec<f64> = words(50, 100_000 / count as usize + 2000)
            .into_iter()
            .map(|w| law.cdf(erlang(uniform(w), count)))
            .collect();
        sample.sort_unstable_by(f64::total_cmp);
        pass(&format!("Erlang {count}"), [kolmogorov_smirnov(&sample, level())]);
    }
}

/// Student's t of variance 1.
#[test]
fn students_variates_have_his_law() {
    for (asset, degrees) in (60..).zip([2.2, 3.19, 4.0, 8.0, 1000.0]) {
        let law = StudentsT::new(0.0, f64::sqrt((degrees - 2.0) / degrees), degrees).unwrap();
        let words = words(asset, 2 * N);
        let draws = words.chunks_exact(2).map(|pair| student(inverse_normal(pair[0]), uniform(pair[1]), degrees));
        let mut sample: Vec<f64> = draws.map(|t| law.cdf(t)).collect();
        sample.sort_unstable_by(f64::total_cmp);
        pass(&format!("t of {degrees}"), [kolmogorov_smirnov(&sample, level())]);
        // Far out as well: as many beyond a thousandth as there should be.
        let beyond = sample.iter().filter(|&&p| !(0.0005..=0.9995).contains(&p)).count();
        let (low, high) = level().poisson(N as f64 * 0.001);
        pass(&format!("t of {degrees}"), [Outcome::between("tails", beyond as f64, low, high)]);
    }
}
