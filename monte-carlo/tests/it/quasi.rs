//! The normals of scrambled points: what they are made of, and that they form nets.

use gbm_core::math::inverse_normal;
use monte_carlo::sobol::{Scramble, Sobol};
use monte_carlo::{PriceError, QuasiNormals};

use crate::suite::seed;

#[test]
fn a_point_is_the_scrambled_sobol_point_in_any_order() {
    let (sobol, mut scrambles) = (Sobol::new(19).unwrap(), [Scramble::default(); 19]);
    Scramble::fill(seed(), 7, &mut scrambles).unwrap();
    let mut points = QuasiNormals::new(seed(), 7, 19).unwrap();
    let (mut plain, mut normals) = ([0; 19], [0.0; 19]);
    let far = [1 << 32, (1 << 32) + 1, 5, 5, 4, (1 << 63) - 1, 1 << 63, u64::MAX, 0, 1, 0];
    for index in (0..300).chain(far) {
        sobol.point(index, &mut plain);
        points.point(index, &mut normals);
        for ((normal, x), scramble) in normals.iter().zip(plain).zip(scrambles) {
            assert!(normal.is_finite());
            assert_eq!(*normal, inverse_normal(scramble.of(x)), "{index}");
        }
    }
}

/// Few dimensions and many are computed by different means.
#[test]
fn fewer_dimensions_are_the_first_ones() {
    let mut many = QuasiNormals::new(seed(), 3, 40).unwrap();
    let mut all = [0.0; 40];
    for dimensions in 1..40 {
        let mut few = QuasiNormals::new(seed(), 3, dimensions).unwrap();
        for index in [0, 1, 2, 1000, 1001] {
            let mut normals = vec![0.0; dimensions];
            few.point(index, &mut normals);
            many.point(index, &mut all);
            assert_eq!(normals, all[..dimensions], "{dimensions}");
        }
    }
}

#[test]
fn a_shorter_slice_gets_the_first_normals_and_a_longer_one_no_more() {
    let mut points = QuasiNormals::new(seed(), 0, 3).unwrap();
    let (mut all, mut short, mut long) = ([0.0; 3], [0.0; 2], [9.0; 4]);
    points.point(11, &mut all);
    points.point(11, &mut short);
    points.point(11, &mut long);
    assert_eq!((&all[..2], &long[..3], long[3]), (&short[..], &all[..], 9.0));
}

#[test]
fn impossible_points_are_refused_by_name() {
    for dimensions in [0, 21_202, usize::MAX] {
        let error = QuasiNormals::new(seed(), 0, dimensions).unwrap_err();
        assert_eq!(error, PriceError::Dimensions(dimensions as u64));
    }
    assert!(matches!(QuasiNormals::new(seed(), 1 << 40, 1), Err(PriceError::Engine(_))));
    let points = QuasiNormals::new(seed(), (1 << 40) - 1, 21_201).unwrap();
    assert_eq!((points.dimensions(), format!("{points:?}").len() < 60), (21_201, true));
}

/// s − 1 of the first dimensions, s the degree of the dimension's polynomial: what each adds to t.
const DEFECTS: [u32; 8] = [0, 0, 1, 2, 2, 3, 3, 4];

/// All ways to cut the unit cube of so many dimensions into 2^digits boxes.
fn shapes(dimensions: usize, digits: u32) -> Vec<Vec<u32>> {
    if dimensions == 1 {
        return vec![vec![digits]];
    }
    let with_first =
        |first: u32| shapes(dimensions - 1, digits - first).into_iter().map(move |rest| [vec![first], rest].concat());
    (0..=digits).flat_map(with_first).collect()
}

/// Whether 2^k points have 2^t in every elementary interval of volume 2^{t−k}: a (t, k, s)-net in the given dimensions, t the sum of
/// their defects.
///
/// Source: Niederreiter (1987), *Monatsh. Math.* 104; Sobol' (1967), for t.
fn is_net(points: &[Vec<u64>], dimensions: &[usize]) -> bool {
    let (k, t) = (points.len().ilog2(), dimensions.iter().map(|&d| DEFECTS[d]).sum::<u32>());
    shapes(dimensions.len(), k.saturating_sub(t)).iter().all(|shape| {
        let mut counts = vec![0_u64; points.len() >> t];
        for point in points {
            let digit = |place: u64, (&d, &digits): (&usize, &u32)| {
                place << digits | point[d].checked_shr(64 - digits).unwrap_or(0)
            };
            counts[dimensions.iter().zip(shape).fold(0, digit) as usize] += 1;
        }
        counts.iter().all(|&count| count == 1 << t)
    })
}

const PARTS: [&[usize]; 12] = [
    &[0, 1],
    &[0, 2],
    &[1, 2],
    &[1, 3],
    &[2, 4],
    &[3, 4],
    &[0, 7],
    &[5, 1],
    &[5, 6],
    &[0, 1, 2],
    &[0, 2, 3],
    &[1, 2, 4],
];

/// The points of a block of 2^k, each coordinate changed by a function.
fn block(k: u32, first: u64, of: impl Fn(usize, u64) -> u64) -> Vec<Vec<u64>> {
    let sobol = Sobol::new(8).unwrap();
    let point = |index| {
        let mut point = vec![0; 8];
        sobol.point(index, &mut point);
        point.iter().enumerate().map(|(dimension, x)| of(dimension, *x)).collect()
    };
    (first << k..(first + 1) << k).map(point).collect()
}

#[test]
fn scrambled_points_are_nets_in_pairs_and_triples_of_dimensions() {
    for (replicate, k) in (0..).zip([8, 9, 10, 10]) {
        let mut scrambles = [Scramble::default(); 8];
        Scramble::fill(seed(), replicate, &mut scrambles).unwrap();
        for first in [0, 3, 1 << 40] {
            let points = block(k, first, |dimension, x| scrambles[dimension].of(x));
            for part in PARTS {
                assert!(is_net(&points, part), "2^{k} points from {first} on, dimensions {part:?}");
            }
        }
    }
}

/// Planted faults: a shift modulo 1, a scramble that starts from the last digit, two dimensions exchanged with others' defects.
#[test]
fn what_spoils_a_net_is_noticed() {
    let is_every_part = |points: Vec<Vec<u64>>| PARTS.iter().all(|part| is_net(&points, part));
    assert!(is_every_part(block(10, 0, |_, x| x)));
    let mut scrambles = [Scramble::default(); 8];
    Scramble::fill(seed(), 0, &mut scrambles).unwrap();
    let word = 0x9e37_79b9_7f4a_7c15_u64;
    assert!(!is_every_part(block(10, 0, |dimension, x| x.wrapping_add(word.rotate_left(9 * dimension as u32)))));
    assert!(!is_every_part(block(10, 0, |dimension, x| scrambles[dimension].of(x.reverse_bits()).reverse_bits())));
    let exchanged = block(10, 0, |_, x| x).into_iter().map(|mut point| {
        point.swap(1, 7);
        point
    });
    assert!(!is_every_part(exchanged.collect()));
}
