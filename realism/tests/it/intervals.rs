//! Intervals and quantiles: against numpy, the same for any number of threads, and as often right as they say.

use gbm_core::noise::{Domain, NoiseStream, Seed, StreamId};
use realism::stats::Series;
use realism::{Bootstrap, Returns, Scale, quantile};

use crate::support::{returns, synthetic};

/// x_t = φ·x_{t−1} + z_t.
fn autoregressive(phi: f64, count: usize, seed: u64) -> Vec<f64> {
    let mut noise = NoiseStream::new(Seed::from(seed), StreamId::new(Domain::Jumps, 0, 0).unwrap());
    let mut x = noise.normal(1 << 40) / (1.0 - phi * phi).sqrt();
    let step = |index| {
        x = phi * x + noise.normal(index);
        x
    };
    (0..).take(count).map(step).collect()
}

#[test]
fn quantiles_are_those_of_numpy() {
    // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6, 5, 3], [0.025, 0.05, 0.5, 0.975])
    let mut values = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0];
    values.sort_by(f64::total_cmp);
    for (part, expected) in [(0.025, 1.0), (0.05, 1.0), (0.5, 3.5), (0.975, 8.325), (0.0, 1.0), (1.0, 9.0)] {
        let found = quantile(&values, part).unwrap();
        assert!((found - expected).abs() < 1e-12, "{part}: {found}");
    }
    assert_eq!((quantile(&values, -0.1), quantile(&values, f64::NAN)), (None, None));
}

#[test]
fn threads_change_nothing() {
    let data = returns(Scale::Day, synthetic(1000, 7), 1, &[400]);
    let bootstrap = Bootstrap { seed: Seed::from(1), resamples: 200, block: 50 };
    let statistic = |returns: &Returns| Series::of(returns, f64::abs).autocorrelation(1);
    let by = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bootstrap.interval(&data, statistic))
    };
    assert!(by(1).is_some());
    assert_eq!((by(1), by(1)), (by(2), by(5)));
}

#[test]
fn a_resample_keeps_hours_neighbours_and_gaps() {
    let values: Vec<f64> = (0..24 * 40).map(f64::from).collect();
    let data = returns(Scale::Hour, values, 5, &[24 * 10]);
    let bootstrap = Bootstrap { seed: Seed::from(3), resamples: 1, block: 48 };
    for number in 0..20 {
        let drawn = bootstrap.resample(&data, number).unwrap();
        assert_eq!(drawn.slots(), data.slots());
        for block in drawn.values().chunks(48) {
            assert!(block.windows(2).all(|pair| pair[1] == (pair[0] + 1.0) % 960.0));
        }
        let cuts: Vec<usize> = drawn.stretches().map(|part| part.start).collect();
        let gaps = [0.0, 240.0];
        let expected = (0..960).filter(|&at| at % 48 == 0 || gaps.contains(&drawn.values()[at]));
        assert_eq!(cuts, expected.collect::<Vec<_>>());
    }
}

/// Of 400 series, how many intervals hold the true mean.
fn coverage(phi: f64, block: usize) -> f64 {
    let holds = |seed: &u64| {
        let data = returns(Scale::Day, autoregressive(phi, 600, *seed), 1, &[]);
        let bootstrap = Bootstrap { seed: Seed::from(*seed), resamples: 400, block };
        let mean = |returns: &Returns| Some(returns.values().iter().sum::<f64>() / returns.values().len() as f64);
        bootstrap.interval(&data, mean).unwrap().holds(0.0)
    };
    (0..400_u64).filter(holds).count() as f64 / 400.0
}

#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    // A coverage of 95 % is found within 2.58 standard errors in 99 cases of 100; blocks of a series of finite length cost a little.
    let error = 2.58 * (0.95 * 0.05 / 400.0_f64).sqrt();
    let (independent, clustered, planted) = (coverage(0.0, 1), coverage(0.6, 25), coverage(0.6, 1));
    println!("independent {independent}, AR(1) by blocks {clustered}, AR(1) by single values {planted}");
    assert!((independent - 0.95).abs() < error, "{independent}");
    assert!((0.95 - clustered) < error + 0.025, "{clustered}");
    // The planted fault: single values forget the dependence.
    assert!(planted < 0.8, "{planted}");
}

#[test]
fn no_join_of_blocks_pulls_autocorrelations_towards_zero() {
    // φ = 0.98 at a lag of half a block: pairs across the joins would halve it.
    let data = returns(Scale::Day, autoregressive(0.98, 4000, 5), 1, &[]);
    let bootstrap = Bootstrap { seed: Seed::from(2), resamples: 400, block: 80 };
    let lag = |returns: &Returns| Series::of(returns, |r| r).autocorrelation(40);
    let (value, interval) = (lag(&data).unwrap(), bootstrap.interval(&data, lag).unwrap());
    println!("{value} in {interval:?}");
    assert!(interval.holds(value) && interval.median > 0.8 * value, "{value} in {interval:?}");
}
