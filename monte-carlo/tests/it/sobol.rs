//! Sobol' points against another program's, nets, and how fast the error falls.

use monte_carlo::payoff::{Average, Direction, PathPayoff, Right, Watch};
use monte_carlo::sobol::{Scramble, Sobol};
use monte_carlo::{MonteCarlo, QuasiMonteCarlo};

use crate::suite::{geometric, market, seed, touch};

/// index, dimension, coordinate: see tools/sobol_points.py.
fn scipy() -> Vec<(u64, usize, u64)> {
    let parse = |line: &str| {
        let mut fields = line.split(' ');
        let mut next = || fields.next().unwrap();
        (next().parse().unwrap(), next().parse().unwrap(), u64::from_str_radix(next(), 16).unwrap())
    };
    include_str!("data/sobol.txt").lines().map(parse).collect()
}

/// The coordinates that differ from scipy's.
fn differences(coordinate: impl Fn(&[u64], usize) -> u64, index: impl Fn(u64) -> u64) -> usize {
    let sobol = Sobol::new(21_201).unwrap();
    let (mut point, mut at) = (vec![0; 21_201], None);
    let mut different = 0;
    for (given, dimension, expected) in scipy() {
        if at != Some(given) {
            sobol.point(index(given), &mut point);
            at = Some(given);
        }
        different += usize::from(coordinate(&point, dimension) != expected);
    }
    different
}

#[test]
fn points_are_scipys_in_every_dimension_and_however_far() {
    assert_eq!(differences(|point, dimension| point[dimension], |index| index), 0);
}

/// Planted faults: neighbouring dimensions exchanged, the order off by one, the plain order.
#[test]
fn other_points_are_noticed() {
    assert!(differences(|point, dimension| point[(dimension ^ 1).min(21_200)], |index| index) > 100);
    assert!(differences(|point, dimension| point[dimension], |index| index + 1) > 100);
    let plain = |index: u64| (0..6).fold(index, |gray, shift| gray ^ gray >> (1 << shift));
    assert!(differences(|point, dimension| point[dimension], plain) > 100);
}

#[test]
fn fewer_dimensions_are_the_first_ones() {
    let (few, many) = (Sobol::new(5).unwrap(), Sobol::new(1200).unwrap());
    let (mut short, mut long) = ([0; 5], vec![0; 1200]);
    for index in [0, 1, 77, 1 << 40, u64::MAX] {
        few.point(index, &mut short);
        many.point(index, &mut long);
        assert_eq!(short, long[..5]);
    }
}

/// Whether 2^k points have one in each elementary interval of every shape 2^−a × 2^−(k−a): a (0, k, 2)-net, as the first two
/// dimensions of Sobol' points are.
fn is_net(points: &[[u64; 2]]) -> bool {
    let k = points.len().ilog2();
    (0..=k).all(|a| {
        let mut found = vec![false; points.len()];
        for [x, y] in points {
            let digits = |value: &u64, count: u32| if count == 0 { 0 } else { value >> (64 - count) };
            found[(digits(x, a) << (k - a) | digits(y, k - a)) as usize] = true;
        }
        found.iter().all(|&found| found)
    })
}

fn points(first: u64, count: usize, scrambles: [Scramble; 2]) -> Vec<[u64; 2]> {
    let sobol = Sobol::new(2).unwrap();
    let point = |index| {
        let mut point = [0; 2];
        sobol.point(index, &mut point);
        [scrambles[0].of(point[0]), scrambles[1].of(point[1])]
    };
    (first..).take(count).map(point).collect()
}

/// A scramble that changes nothing.
const IDENTITY: Scramble = Scramble::new([0, 1, 0]);

#[test]
fn scrambled_nets_are_nets() {
    for k in [0, 1, 4, 8, 12] {
        for first in [0, 1, 5] {
            let first = first << k;
            assert!(is_net(&points(first, 1 << k, [IDENTITY; 2])), "plain, {k}");
            for replicate in 0..8 {
                let mut scrambles = [IDENTITY; 2];
                Scramble::fill(seed(), replicate, &mut scrambles).unwrap();
                assert!(is_net(&points(first, 1 << k, scrambles)), "scrambled, {k}");
            }
        }
    }
}

/// Planted faults: points that begin one too late, one dimension twice, a scramble whose high digits depend on low ones.
#[test]
fn what_is_no_net_is_noticed() {
    assert!(!is_net(&points(1, 1 << 8, [IDENTITY; 2])));
    let twice: Vec<[u64; 2]> = points(0, 1 << 8, [IDENTITY; 2]).into_iter().map(|[x, _]| [x, x]).collect();
    assert!(!is_net(&twice));
    let multiplied =
        points(0, 1 << 8, [IDENTITY; 2]).into_iter().map(|point| point.map(|x| x.wrapping_mul(0x9e3779b97f4a7c15)));
    assert!(!is_net(&multiplied.collect::<Vec<_>>()));
}

/// The slope of y over x.
fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / n, y + point.1 / n));
    let product: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    product / points.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}

/// The rate at which the standard error falls, over n = 2⁸ to 2¹⁸ points.
fn rate(error: impl Fn(u64) -> f64) -> f64 {
    let points: Vec<_> = (8..=18).map(|k| (f64::from(k), error(1 << k).log2())).collect();
    slope(&points)
}

/// The standard error of 32 scrambles of n points.
fn quasi_error(payoff: &impl PathPayoff, steps: u64, n: u64) -> f64 {
    let simulation = QuasiMonteCarlo { replicates: 32, ..QuasiMonteCarlo::new(seed(), steps, 32 * n) };
    simulation.price(&market(100.0, 0.05, 0.3, 1.0), payoff).unwrap().standard_error
}

#[test]
fn the_error_falls_faster_than_a_simulations() {
    // Smooth and level at both ends: the probability of a touch given the last price.
    let level = touch(Direction::Up, 120.0, Watch::Continuous);
    // A smooth function of three normals, which the outermost point of a net moves by its n-th part.
    let call = geometric(Right::Call, 100.0, Average::Continuous);
    let (smooth, unbounded) = (rate(|n| quasi_error(&level, 1, n)), rate(|n| quasi_error(&call, 3, n)));
    let market = market(100.0, 0.05, 0.3, 1.0);
    let plain = rate(|n| MonteCarlo::new(seed(), 3, n).price(&market, &call).unwrap().standard_error);
    println!(
        "the error falls as n^{smooth:.3} and n^{unbounded:.3} on Sobol' points, as n^{plain:.3} on independent paths"
    );
    assert!(smooth < -1.3, "{smooth}");
    assert!(unbounded < -0.9, "{unbounded}");
    assert!((plain + 0.5).abs() < 0.1, "{plain}");
}
