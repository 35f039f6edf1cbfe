//! `math` against 70-digit references (tools/tables.py): accuracy, monotonicity, symmetry.

use gbm_core::math::{exp2, inverse_normal, ln, log2, uniform};

use crate::double_double::Pair;

const SEGMENTS: usize = 53 * 64;
const TERMS: usize = 12;

/// Input bits and the reference as a pair.
fn references(text: &str) -> Vec<(u64, Pair)> {
    let hex = |field: &str| u64::from_str_radix(field, 16).expect("hexadecimal");
    let row = |line: &str| {
        let fields: Vec<u64> = line.split(' ').map(hex).collect();
        (fields[0], Pair::new(f64::from_bits(fields[1]), f64::from_bits(fields[2])))
    };
    text.lines().map(row).collect()
}

/// Φ⁻¹ on (0, ½) to about 24 digits: Taylor series about a point of each segment, from x″ = x·x′².
struct Quantile {
    series: Vec<([Pair; TERMS], f64)>,
}

impl Quantile {
    fn new() -> Self {
        let bytes = include_bytes!("data/centres.bin");
        let numbers: Vec<f64> = bytes.as_chunks().0.iter().map(|&chunk| f64::from_le_bytes(chunk)).collect();
        let series = numbers.chunks_exact(4).enumerate().map(|(segment, row)| {
            let centre =
                if segment == SEGMENTS - 1 { 0.5 } else { edge(segment) + (edge(segment + 1) - edge(segment)) / 2.0 };
            (taylor(Pair::new(row[0], row[1]), Pair::new(row[2], row[3])), centre)
        });
        Self { series: series.collect() }
    }

    /// The quantile of a uniform in (0, ½) that f64 holds exactly.
    fn at(&self, segment: usize, u: f64) -> Pair {
        let (c, centre) = &self.series[segment];
        let h = u - centre;
        let mut tail = 0.0;
        for coefficient in c[4..].iter().rev() {
            tail = tail * h + coefficient.high;
        }
        let mut sum = Pair::new(tail, 0.0);
        for coefficient in c[..4].iter().rev() {
            sum = sum * h + *coefficient;
        }
        sum
    }
}

fn taylor(x: Pair, slope: Pair) -> [Pair; TERMS] {
    let zero = Pair::new(0.0, 0.0);
    let mut c = [zero; TERMS];
    (c[0], c[1]) = (x, slope);
    let mut squares = [zero; TERMS];
    for n in 0..TERMS - 2 {
        for i in 0..=n {
            squares[n] = squares[n] + c[i + 1] * c[n - i + 1] * ((i + 1) * (n - i + 1)) as f64;
        }
        let mut sum = zero;
        for i in 0..=n {
            sum = sum + c[i] * squares[n - i];
        }
        let divisor = ((n + 1) * (n + 2)) as f64;
        c[n + 2] = sum.divided(divisor);
    }
    c
}

/// The left edge of a segment: 2^(octave − 54)·(1 + i/64).
fn edge(segment: usize) -> f64 {
    f64::from_bits(((1023 - 54) << 52) + ((segment as u64) << 46))
}

/// The word whose folded uniform is (2k + 1)·2⁻⁵⁴, with noise in the bits that don't matter.
fn word(k: u64) -> u64 {
    k << 11 | (k.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 53)
}

fn folded(k: u64) -> (usize, f64) {
    let u = (2 * k + 1) as f64 * edge(0);
    ((u.to_bits() >> 46) as usize - ((1023 - 54) << 6), u)
}

/// A small generator for the points to test, unrelated to the code under test (SplitMix64).
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[test]
fn the_reference_itself_agrees_with_70_digits() {
    let quantile = Quantile::new();
    for (word, expected) in references(include_str!("data/inverse_normal.txt")) {
        let m = word >> 11;
        let upper = m >> 52 != 0;
        let (segment, u) = folded(if upper { (1 << 53) - 1 - m } else { m });
        let found = quantile.at(segment, u);
        let expected = if upper { expected * -1.0 } else { expected };
        let difference = found - expected;
        assert!((difference.high / expected.high).abs() < 1e-22, "{word:#x}: {found:?} {expected:?}");
    }
}

#[test]
fn inverse_normal_is_within_2e_15_of_70_digits() {
    for (word, expected) in references(include_str!("data/inverse_normal.txt")) {
        let error = expected.relative_error(inverse_normal(word));
        assert!(error <= 2e-15, "{word:#x}: relative error {error}");
    }
}

#[test]
fn inverse_normal_is_accurate_and_monotone_at_every_border() {
    let quantile = Quantile::new();
    let mut worst = 0.0_f64;
    for segment in 0..=SEGMENTS {
        // The first k at or above the edge; edges below 2^-53 lie between points.
        let border = (edge(segment) / edge(0) / 2.0) as u64;
        let last = (1_u64 << 52) - 1;
        let points = border.saturating_sub(1024)..=(border + 1024).min(last);
        let mut before = f64::NEG_INFINITY;
        for k in points {
            let value = inverse_normal(word(k));
            assert!(value > before, "not monotone at k = {k}: {before} then {value}");
            before = value;
            let (segment, u) = folded(k);
            worst = worst.max(quantile.at(segment, u).relative_error(value));
        }
    }
    println!("inverse_normal, borders: worst relative error {worst:.3e}");
    assert!(worst <= 2e-15, "{worst}");
}

#[test]
fn inverse_normal_is_accurate_at_a_hundred_million_points() {
    let quantile = Quantile::new();
    let (mut worst, mut state) = (0.0_f64, 1);
    for i in 0..100_000_000_u64 {
        // One in sixteen is spread over the octaves of the tail, which uniform words hardly reach.
        let shift = if i % 16 == 0 { 12 + random(&mut state) % 52 } else { 12 };
        let k = random(&mut state) >> shift;
        let (segment, u) = folded(k);
        worst = worst.max(quantile.at(segment, u).relative_error(inverse_normal(k << 11)));
    }
    println!("inverse_normal, 1e8 points: worst relative error {worst:.3e}");
    assert!(worst <= 2e-15, "{worst}");
}

#[test]
fn inverse_normal_is_monotone_and_odd() {
    let mut state = 2;
    for i in 0..10_000_000_u64 {
        let word = random(&mut state) >> if i % 4 == 0 { random(&mut state) % 53 } else { 0 };
        let (low, high) = (inverse_normal(word), inverse_normal(word.saturating_add(1 << 11)));
        assert!(low <= high, "{word:#x}");
        assert_eq!(inverse_normal(!word).to_bits(), (-low).to_bits(), "{word:#x}");
    }
    assert!(inverse_normal(0) > -8.3 && inverse_normal(u64::MAX) < 8.3);
    assert!(inverse_normal((1 << 63) - 1) < 0.0 && inverse_normal(1 << 63) > 0.0);
}

#[test]
fn a_wrong_segment_is_noticed() {
    // The planted fault: the polynomial of the neighbouring segment is off by far more than the bound.
    let quantile = Quantile::new();
    let (segment, u) = folded(1 << 50);
    let neighbour = quantile.at(segment - 1, u);
    let value = inverse_normal(word(1 << 50));
    assert!(quantile.at(segment, u).relative_error(value) <= 2e-15);
    let shifted = inverse_normal(word((1 << 50) + 8));
    assert!(quantile.at(segment, u).relative_error(shifted) > 2e-15);
    assert!(neighbour.relative_error(value) < 1e-12, "the series still converges one segment away");
}

#[test]
fn uniforms_are_midpoints_inside_the_unit_interval() {
    assert_eq!(uniform(0), edge(0));
    assert_eq!(uniform(u64::MAX), 1.0 - 2.0 * edge(0));
    assert_eq!(uniform(1 << 63), 0.5);
    assert_eq!(uniform((1 << 63) - 1), 0.5 - edge(0));
}

#[test]
fn exp2_is_within_one_and_a_half_ulp() {
    let mut worst = 0.0_f64;
    for (bits, expected) in references(include_str!("data/exp2.txt")) {
        let x = f64::from_bits(bits);
        let ulps = expected.ulps(exp2(x));
        assert!(ulps <= 1.5, "{x}: {ulps} ulp");
        worst = worst.max(ulps);
    }
    println!("exp2: worst error {worst:.3} ulp");
}

#[test]
fn exp2_and_ln_are_accurate_at_a_million_more_points() {
    let relative = |found: Pair, expected: Pair| ((found - expected).high / expected.high).abs();
    for (bits, expected) in references(include_str!("data/exp2.txt")) {
        assert!(relative(Pair::exp2(f64::from_bits(bits)), expected) < 1e-28);
    }
    for (bits, expected) in references(include_str!("data/ln.txt")) {
        let x = f64::from_bits(bits);
        if x.is_normal() && x != 1.0 {
            assert!(relative(Pair::ln(x), expected) < 1e-24, "{x:e}");
        }
    }
    let (mut worst_exp2, mut worst_ln, mut state) = (0.0_f64, 0.0_f64, 5);
    for i in 0..1_000_000 {
        let unit = (random(&mut state) >> 11) as f64 * 2f64.powi(-53);
        // The worst region, where f = 1 + x must be rounded, and three scales.
        let x = [-0.25 - 0.25 * unit, (unit - 0.5) * 2.0, (unit - 0.5) * 64.0, (unit - 0.5) * 2000.0][i % 4];
        worst_exp2 = worst_exp2.max(Pair::exp2(x).ulps(exp2(x)));
        let x =
            if i % 2 == 0 { 0.5 + 1.5 * unit } else { f64::from_bits((1 << 52) + random(&mut state) % (2045 << 52)) };
        worst_ln = worst_ln.max(Pair::ln(x).ulps(ln(x)));
    }
    println!("exp2, 1e6 points: worst error {worst_exp2:.3} ulp; ln: worst error {worst_ln:.3} ulp");
    assert!(worst_exp2 <= 1.5 && worst_ln <= 1.5, "{worst_exp2} {worst_ln}");
}

#[test]
fn exp2_is_monotone_between_neighbours_everywhere() {
    let mut state = 3;
    let check = |x: f64| {
        let next = x.next_up();
        assert!(exp2(x) <= exp2(next), "{x:e} and {next:e}");
    };
    for _ in 0..10_000_000 {
        let unit = (random(&mut state) >> 11) as f64 * 2f64.powi(-53);
        check(unit - 0.5);
        check((unit - 0.5) * 2048.0);
        check(f64::from_bits(random(&mut state) % 0x4090_0000_0000_0000));
        check(-f64::from_bits(random(&mut state) % 0x4090_0000_0000_0000));
    }
    // Every border of the reduced range and every integer from both sides, and where the split of f changes.
    let borders = (-1023..=1024).flat_map(|n| [f64::from(n), f64::from(n) + 0.75]);
    let splits = (0..200_000).map(|_| {
        let k = (random(&mut state) % (1 << 28)) as f64 - f64::from(1 << 27);
        (k + 0.5) * 2f64.powi(-26)
    });
    for border in borders.chain(splits) {
        let mut x = border;
        for _ in 0..64 {
            x = x.next_down();
        }
        for _ in 0..128 {
            check(x);
            x = x.next_up();
        }
    }
}

#[test]
fn exp2_is_monotone_around_zero_wherever_its_value_changes() {
    // Between two such places the value is the same, so neighbours are compared where it could go back.
    let width = 2f64.powi(-27);
    let mut changes = 0_u64;
    for (low, high) in [(-width, 0.0), (0.0, width)] {
        let (first, last) = (exp2(low), exp2(high));
        let mut value = first;
        let mut x = low;
        while value < last {
            // The exact place of the next change, ln(1 + ulp)/ln 2 away, and a few ulps of x around it.
            let next = value.next_up();
            let place = ((value - 1.0) + (next - value) / 2.0) * std::f64::consts::LOG2_E;
            let guess = place - (place * place) * std::f64::consts::LN_2 / 2.0;
            let mut around = guess;
            for _ in 0..6 {
                around = around.next_down();
            }
            let mut before = exp2(around);
            for _ in 0..12 {
                around = around.next_up();
                let here = exp2(around);
                assert!(before <= here, "{around:e}");
                before = here;
            }
            assert!(around >= x, "the places come in order");
            x = around;
            value = next;
            changes += 1;
        }
    }
    assert!(changes > 40_000_000, "{changes}");
    for k in (-4001..=4001).step_by(2) {
        let mut x = f64::from(k) * width;
        for _ in 0..64 {
            x = x.next_down();
        }
        for _ in 0..128 {
            assert!(exp2(x) <= exp2(x.next_up()), "{x:e}");
            x = x.next_up();
        }
    }
}

#[test]
fn exp2_saturates_and_is_exact_at_integers() {
    assert_eq!(exp2(f64::INFINITY), exp2(1024.0));
    assert_eq!(exp2(f64::NEG_INFINITY), f64::MIN_POSITIVE);
    assert!(exp2(1e300).is_finite());
    for n in -1022..=1023 {
        assert_eq!(exp2(f64::from(n)), 2f64.powi(n), "2^{n}");
    }
    assert!(exp2(f64::from_bits(0x7ff8_0000_0000_0001)).is_nan());
}

#[test]
fn ln_is_within_one_and_a_half_ulp() {
    let mut worst = 0.0_f64;
    for (bits, expected) in references(include_str!("data/ln.txt")) {
        let x = f64::from_bits(bits);
        if expected.high == 0.0 {
            assert_eq!(ln(x), 0.0);
            continue;
        }
        let ulps = expected.ulps(ln(x));
        assert!(ulps <= 1.5, "{x:e}: {ulps} ulp");
        assert!(((log2(x) - expected.high * std::f64::consts::LOG2_E) / log2(x)).abs() < 6e-16, "log2({x:e})");
        worst = worst.max(ulps);
    }
    println!("ln: worst error {worst:.3} ulp");
}

#[test]
fn ln_is_monotone_between_neighbours_everywhere() {
    let mut state = 4;
    let check = |x: f64| {
        let next = x.next_up();
        assert!(ln(x) <= ln(next), "{x:e} and {next:e}");
    };
    for _ in 0..10_000_000 {
        check(f64::from_bits(random(&mut state) % 0x7fef_ffff_ffff_ffff));
        check(0.5 + (random(&mut state) >> 11) as f64 * 2f64.powi(-53) * 1.5);
    }
    // The borders of the reduced range, at many exponents.
    for exponent in 1..2046_u64 {
        for mantissa in [0, 0x0006_a09e_667f_3bcd] {
            let middle = (exponent << 52) + mantissa;
            for bits in middle - 512..middle + 512 {
                check(f64::from_bits(bits));
            }
        }
    }
}

#[test]
fn ln_answers_its_special_cases() {
    assert_eq!(ln(0.0), f64::NEG_INFINITY);
    assert_eq!(ln(f64::INFINITY), f64::INFINITY);
    assert!(ln(-1.0).is_nan() && ln(f64::NAN).is_nan());
    assert_eq!(ln(1.0), 0.0);
}
