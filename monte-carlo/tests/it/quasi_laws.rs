//! The law of a scramble over replicates, with the exact variance that Owen's theory gives.

use monte_carlo::QuasiNormals;
use monte_carlo::sobol::{Scramble, Sobol};
use statistical_tests::correlation::{Products, lagged};
use statistical_tests::uniformity::{chi_square_bytes, kolmogorov_smirnov};
use statistical_tests::{Level, Outcome};

use crate::suite::seed;

/// A correct scramble fails any of these tests with this probability.
const LEVEL: Level = Level::bonferroni(1e-6, 64);
const REPLICATES: u64 = 1 << 14;
/// Points of a replicate.
const DIGITS: u32 = 4;
const POINTS: u64 = 1 << DIGITS;
const TWO_POW_MINUS_64: f64 = 1.0 / 18_446_744_073_709_551_616.0;

fn scramble(replicate: u64) -> [Scramble; 6] {
    let mut scrambles = [Scramble::default(); 6];
    Scramble::fill(seed(), replicate, &mut scrambles).unwrap();
    scrambles
}

#[track_caller]
fn pass(outcome: &Outcome) {
    println!("{outcome}");
    assert!(outcome.passes(), "{outcome}");
}

#[test]
fn digits_below_the_nets_are_uniform_and_independent_of_each_other() {
    let sobol = Sobol::new(6).unwrap();
    for dimension in [0, 1, 5] {
        let mut words = [vec![], vec![]];
        for replicate in 0..REPLICATES {
            let scramble = scramble(replicate)[dimension];
            for (words, index) in words.iter_mut().zip([5, 12]) {
                let mut point = [0; 6];
                sobol.point(index, &mut point);
                words.push(scramble.of(point[dimension]));
            }
        }
        let rest =
            |words: &Vec<u64>| words.iter().map(|word| (word << DIGITS) as f64 * TWO_POW_MINUS_64 - 0.5).collect();
        let [first, second]: [Vec<f64>; 2] = words.each_ref().map(rest);
        let mut sorted: Vec<f64> = first.iter().map(|rest| rest + 0.5).collect();
        sorted.sort_by(f64::total_cmp);
        pass(&chi_square_bytes(&words[0], LEVEL));
        pass(&kolmogorov_smirnov(&sorted, LEVEL));
        pass(&lagged(&first, &second, 0, LEVEL));
        pass(&lagged(&first, &first, 1, LEVEL));
    }
}

#[test]
fn dimensions_and_replicates_are_independent() {
    let mut products = Products::new(12);
    for pair in 0..REPLICATES / 2 {
        let mut row = [0.0; 12];
        for (half, replicate) in row.chunks_exact_mut(6).zip([2 * pair, 2 * pair + 1]) {
            QuasiNormals::new(seed(), replicate, 6).unwrap().point(3, half);
        }
        products.add_row(&row);
    }
    pass(&products.independent(LEVEL));
}

/// Mean and variance over replicates of (1/n)·Σ u, n = 2^k points of one dimension.
///
/// Nested uniform scrambling puts one uniform into each n-th of [0, 1), none of two correlated: mean ½, variance 1/(12·n³).
fn stratified(dimension: usize, of: impl Fn(u64, u64) -> u64) -> [Outcome; 2] {
    let sobol = Sobol::new(6).unwrap();
    let mut squares = [0.0; 3];
    let exact = 1.0 / (12.0 * (POINTS as f64).powi(3));
    for replicate in 0..REPLICATES {
        let mut sum = 0.0;
        for index in 0..POINTS {
            let mut point = [0; 6];
            sobol.point(index, &mut point);
            sum += of(replicate, point[dimension]) as f64 * TWO_POW_MINUS_64 - 0.5;
        }
        let z = sum / POINTS as f64 / exact.sqrt();
        squares[0] += z;
        squares[1] += z * z;
        squares[2] += (z * z).powi(2);
    }
    let count = REPLICATES as f64;
    let [mean, square, fourth] = squares.map(|sum| sum / count);
    let spread = ((fourth - square * square) / count).sqrt();
    [
        Outcome::two_sided(format!("mean, dimension {dimension}"), mean * (count / square).sqrt(), LEVEL.two_sided()),
        Outcome::two_sided(format!("variance, dimension {dimension}"), (square - 1.0) / spread, LEVEL.two_sided()),
    ]
}

#[test]
fn the_mean_is_unbiased_and_its_variance_owens() {
    for dimension in [0, 1, 2, 5] {
        let outcomes = stratified(dimension, |replicate, x| scramble(replicate)[dimension].of(x));
        outcomes.iter().for_each(pass);
    }
}

/// Planted faults: no scramble; a digital shift, whose variance is n times Owen's; one digit below the net's that is always 0.
#[test]
fn lesser_scrambles_have_another_law() {
    let word = |replicate| scramble(replicate)[0].of(replicate);
    let fails = |of: &dyn Fn(u64, u64) -> u64| stratified(0, of).iter().any(|outcome| !outcome.passes());
    assert!(fails(&|_, x| x));
    assert!(fails(&|replicate, x| x ^ word(replicate)));
    assert!(fails(&|replicate, x| scramble(replicate)[0].of(x) & !(1 << 59)));
}

/// (1/n)·Σ Π (1 + z_d) over five dimensions, whose mean is 1: over replicates, in several sizes of net.
#[test]
fn means_of_products_are_unbiased() {
    for points in [1, 4, 32] {
        let (mut sum, mut squares) = (0.0, 0.0);
        for replicate in 0..REPLICATES {
            let mut normals = [0.0; 5];
            let mut quasi = QuasiNormals::new(seed(), replicate, 5).unwrap();
            let mut total = 0.0;
            for index in 0..points {
                quasi.point(index, &mut normals);
                total += normals.iter().map(|z| 1.0 + 0.5 * z).product::<f64>();
            }
            let error = total / points as f64 - 1.0;
            sum += error;
            squares += error * error;
        }
        // |Σ| in units of its deviation: the mean is known, so that its square needs no correction.
        pass(&Outcome::two_sided(format!("mean of {points}"), sum / squares.sqrt(), LEVEL.two_sided()));
    }
}
