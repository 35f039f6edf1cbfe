//! How fast errors fall on smooth integrands, and the bridge that makes paths of the points.

use gbm_core::noise::{Domain, NoiseStream, StreamId};
use monte_carlo::{BrownianBridge, QuasiNormals};
use statrs::distribution::{ContinuousCDF, Normal};

use crate::suite::seed;

/// The increments of a path that a bridge makes of normals.
fn increments(bridge: &BrownianBridge, normals: &[f64]) -> Vec<f64> {
    let mut path = vec![0.0; normals.len()];
    bridge.fill(normals, &mut path);
    (0..path.len()).map(|i| path[i] - if i == 0 { 0.0 } else { path[i - 1] }).collect()
}

/// The largest distance of AᵀA from the identity, A's columns the increments that each normal alone gives.
fn distance_from_orthogonal(steps: usize, of: impl Fn(&[f64]) -> Vec<f64>) -> f64 {
    let unit = |k: usize| (0..steps).map(|i| f64::from(u8::from(i == k))).collect::<Vec<_>>();
    let columns: Vec<Vec<f64>> = (0..steps).map(|k| of(&unit(k))).collect();
    let mut largest = 0.0_f64;
    for (i, first) in columns.iter().enumerate() {
        for (j, second) in columns.iter().enumerate() {
            let product: f64 = first.iter().zip(second).map(|(a, b)| a * b).sum();
            largest = largest.max((product - f64::from(u8::from(i == j))).abs());
        }
    }
    largest
}

#[test]
fn bridges_of_any_number_of_steps_are_orthogonal() {
    for steps in (1..=64).chain([100, 255, 256, 365]) {
        let bridge = BrownianBridge::new(steps).unwrap();
        let distance = distance_from_orthogonal(steps, |normals| increments(&bridge, normals));
        assert!(distance < 1e-12, "{steps} steps: {distance}");
    }
}

/// Planted faults: a bridge of other steps cut off, and the path given for its increments.
#[test]
fn what_is_not_orthogonal_is_noticed() {
    let longer = BrownianBridge::new(8).unwrap();
    let cut = |normals: &[f64]| increments(&longer, &[normals, &[0.0]].concat())[..7].to_vec();
    assert!(distance_from_orthogonal(7, cut) > 0.01);
    let path = |normals: &[f64]| {
        let mut path = vec![0.0; 7];
        BrownianBridge::new(7).unwrap().fill(normals, &mut path);
        path
    };
    assert!(distance_from_orthogonal(7, path) > 0.01);
}

/// The slope of log₂ of the root mean square error over log₂ n, n = 2⁸ to 2¹⁶, 32 replicates; the exact mean is 1.
fn rate<P: FnMut(u64, &mut [f64])>(
    integrand: impl Fn(&[f64]) -> f64,
    dimensions: usize,
    points: impl Fn(u64) -> P,
) -> f64 {
    const SIZES: std::ops::RangeInclusive<u32> = 8..=16;
    let mut squares = [0.0; 17];
    for replicate in 0..32 {
        let mut point = points(replicate);
        let (mut normals, mut sum) = (vec![0.0; dimensions], 0.0);
        for index in 0..1_u64 << 16 {
            point(index, &mut normals);
            sum += integrand(&normals);
            if (index + 1).is_power_of_two() {
                squares[(index + 1).ilog2() as usize] += (sum / (index + 1) as f64 - 1.0).powi(2);
            }
        }
    }
    let n = SIZES.count() as f64;
    let error = |k: u32| 0.5 * (squares[k as usize] / 32.0_f64).log2();
    let (x, y) = (SIZES.map(f64::from).sum::<f64>() / n, SIZES.map(error).sum::<f64>() / n);
    let products: f64 = SIZES.map(|k| (f64::from(k) - x) * (error(k) - y)).sum();
    products / SIZES.map(|k| (f64::from(k) - x).powi(2)).sum::<f64>()
}

/// exp(w·z − ½|w|²), whose mean is 1.
fn exponential(weights: &[f64], normals: &[f64]) -> f64 {
    let exponent: f64 = weights.iter().zip(normals).map(|(w, z)| w * z - 0.5 * w * w).sum();
    exponent.exp()
}

#[test]
fn errors_of_smooth_means_fall_faster_than_a_simulations() {
    let quasi = |dimensions: usize| {
        move |replicate| {
            let mut points = QuasiNormals::new(seed(), replicate, dimensions).unwrap();
            move |index, normals: &mut [f64]| points.point(index, normals)
        }
    };
    let plain = |replicate| {
        let noise = NoiseStream::new(seed(), StreamId::new(Domain::Diffusion, 0, replicate).unwrap());
        move |index: u64, normals: &mut [f64]| noise.fill_normals(8 * index, normals)
    };
    let four = |normals: &[f64]| exponential(&[0.4, 0.3, 0.2, 0.1], normals);
    // The geometric mean of eight prices, volatility 40 % a year, on a path that a bridge makes.
    let bridge = BrownianBridge::new(8).unwrap();
    let variance = 0.16 / 8.0 * (1..=8).map(|i| f64::from(i * i) / 64.0).sum::<f64>();
    let mean = |normals: &[f64]| {
        let mut path = [0.0; 8];
        bridge.fill(normals, &mut path);
        (0.4 / 8.0_f64.sqrt() * path.iter().sum::<f64>() / 8.0 - 0.5 * variance).exp()
    };
    // A polynomial of the uniforms, smooth up to the cube's faces, where the normals' exponentials grow without bound.
    let law = Normal::standard();
    let product = |normals: &[f64]| {
        let factor = |(z, c): (&f64, f64)| 1.0 + c * (law.cdf(*z) - 0.5);
        normals.iter().zip([1.0, 0.8, 0.6, 0.4]).map(factor).product()
    };
    let [smooth, four_normals, path] = [rate(product, 4, quasi(4)), rate(four, 4, quasi(4)), rate(mean, 8, quasi(8))];
    let controls = [rate(product, 4, plain), rate(four, 4, plain), rate(mean, 8, plain)];
    println!(
        "errors fall as n to the power of {smooth:.3}, {four_normals:.3}, {path:.3} on Sobol' points, {controls:.3?} on independent ones"
    );
    // Scipy's scrambled points have -1.40 on the product and -0.94 on the exponential of four.
    assert!(smooth < -1.25, "{smooth}");
    assert!(four_normals < -0.9 && path < -0.9, "{four_normals}, {path}");
    assert!(controls.iter().all(|&rate| (rate + 0.5).abs() < 0.15), "{controls:?}");
}
