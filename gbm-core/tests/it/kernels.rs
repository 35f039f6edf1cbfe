//! Vector kernels against the scalar definitions, bit for bit, on every instruction set that this processor has.

use std::panic::{AssertUnwindSafe, catch_unwind};

use gbm_core::kernel::{self, Isa};
use gbm_core::math::{inverse_normal, ln};
use gbm_core::noise::{Domain, NoiseStream, StreamId};
use gbm_core::prelude::*;
use gbm_core::process::{LinearStep, LogSum, Modifiers, price_at};

use crate::support::Dice;

/// Where fills begin: the start, off a block, and where the block's counter passes 2³².
const STARTS: [u64; 5] = [0, 3, 1 << 20, (1 << 35) - 200, (1 << 35) - 8];

fn here() -> impl Iterator<Item = Isa> {
    Isa::ALL.into_iter().filter(|isa| isa.is_available())
}

fn stream(number: u64) -> StreamId {
    StreamId::new(Domain::Diffusion, 0, number).unwrap()
}

/// The words of a stream, block by block in scalar code.
fn scalar_words(stream: StreamId, first: u64, count: usize) -> impl Iterator<Item = u64> {
    let noise = NoiseStream::new(Seed::from(42), stream);
    let blocks = (first / 8..).flat_map(move |counter| noise.block(counter));
    blocks.skip((first % 8) as usize).take(count)
}

fn step(gbm: Gbm, dt: Years) -> LinearStep {
    Process::step(&gbm, &dt.into(), &Modifiers::neutral(&gbm))
}

/// One path in scalar code.
fn scalar_path(normals: impl Iterator<Item = f64>, step: LinearStep) -> impl Iterator<Item = f64> {
    let mut sum = LogSum::default();
    (0..).zip(normals).map(move |(j, normal)| sum.add(j, step.increment(normal)))
}

fn gbm() -> Gbm {
    Gbm::new(0.5, 0.8).unwrap()
}

fn paths(steps: u64) -> Paths {
    Paths::new(Seed::from(42), steps, Years::new(1e-3).unwrap())
}

fn spot() -> Price {
    Price::new(100.0).unwrap()
}

#[track_caller]
fn check_words(fill: impl Fn(StreamId, u64, &mut [u64])) {
    for start in STARTS {
        for number in [0, 5, (1 << 32) - 3] {
            let mut words = vec![0; 1000];
            fill(stream(number), start, &mut words);
            assert!(scalar_words(stream(number), start, 1000).eq(words), "stream {number}, word {start}");
        }
    }
}

/// Words at every border of the table and on both sides of it, and random ones.
fn bordering_words() -> Vec<u64> {
    let mut dice = Dice(3);
    let mut words = vec![0, 1, u64::MAX, 1 << 63, (1 << 63) - 1, !1];
    for octave in 0..53_u32 {
        for segment in 0..64_u64 {
            // The folded uniform (2m + 1)·2⁻⁵⁴ passes a border where 2m + 1 does.
            let odd = ((64 + segment) << octave) >> 6;
            for m in (odd / 2).saturating_sub(2)..=odd / 2 + 2 {
                let word = (m << 11) | (dice.word() & 0x7ff);
                words.extend([word, !word]);
            }
        }
    }
    words.extend((0..100_000).map(|_| dice.word()));
    words.extend((0..100_000).map(|_| dice.word() >> dice.below(64)));
    words
}

#[track_caller]
fn check_normals(fill: impl Fn(&[u64], &mut [f64])) {
    let words = bordering_words();
    let mut normals = vec![0.0; words.len()];
    fill(&words, &mut normals);
    for (&word, normal) in words.iter().zip(normals) {
        assert_eq!(normal.to_bits(), inverse_normal(word).to_bits(), "word {word:#018x}");
    }
}

#[test]
fn words_equal_the_scalar_blocks() {
    for isa in here() {
        isa.run(|| {
            check_words(|stream, first, words| NoiseStream::new(Seed::from(42), stream).fill_words(first, words));
        });
    }
}

#[test]
fn normals_equal_the_scalar_ones_at_every_border() {
    for isa in here() {
        isa.run(|| check_normals(kernel::inverse_normals));
    }
}

#[test]
fn a_hundred_million_normals_equal_the_scalar_ones() {
    let count = 100_000_000_u64;
    let chunk = 1 << 16;
    let scalar = NoiseStream::new(Seed::from(42), stream(1));
    let mut normals = vec![0.0; chunk];
    for first in (0..count).step_by(chunk) {
        let expected: Vec<u64> = (first / 8..(first + chunk as u64) / 8)
            .flat_map(|counter| scalar.block(counter).map(|word| inverse_normal(word).to_bits()))
            .collect();
        for isa in here() {
            isa.run(|| scalar.fill_normals(first, &mut normals));
            assert!(normals.iter().map(|normal| normal.to_bits()).eq(expected.iter().copied()), "{isa}, from {first}");
        }
    }
}

#[test]
fn ten_million_prices_equal_the_scalar_ones() {
    let (count, steps) = (1250, 8000);
    let step = step(gbm(), paths(1).dt);
    let mut prices = vec![0.0; count * steps];
    let mut expected = Vec::with_capacity(prices.len());
    for path in 0..count as u64 {
        let normals = scalar_words(stream(path), 0, steps).map(inverse_normal);
        expected.extend(scalar_path(normals, step).map(|total| price_at(100.0, total)));
    }
    for isa in here() {
        isa.run(|| paths(steps as u64).fill_paths(&gbm(), spot(), &mut prices)).unwrap();
        assert!(prices == expected, "{isa}");
    }
}

/// Every fill of these shapes, as bits.
fn all_fills(paths: &Paths, count: usize) -> Vec<u64> {
    let mut all = Vec::new();
    let mut buffer = vec![0.0; count * paths.steps as usize];
    paths.fill_paths(&gbm(), spot(), &mut buffer).unwrap();
    all.extend(buffer.iter().map(|x| x.to_bits()));
    paths.fill_log_prices(&gbm(), spot(), &mut buffer).unwrap();
    all.extend(buffer.iter().map(|x| x.to_bits()));
    paths.fill_terminal(&gbm(), spot(), &mut buffer[..count]).unwrap();
    all.extend(buffer[..count].iter().map(|x| x.to_bits()));
    all
}

fn scalar_fills(paths: &Paths, count: usize) -> Vec<u64> {
    let mut step = step(gbm(), paths.dt);
    if paths.antithetic {
        step.diffusion = -step.diffusion;
    }
    let rows = |finish: fn(f64) -> f64| {
        (paths.first_path..paths.first_path + count as u64).flat_map(move |path| {
            let normals = scalar_words(stream(path), 0, paths.steps as usize).map(inverse_normal);
            scalar_path(normals, step).map(move |total| finish(total).to_bits())
        })
    };
    let mut all: Vec<u64> = rows(|total| price_at(100.0, total)).collect();
    all.extend(rows(|total| ln(100.0) + gbm_core::math::LN_2 * total.clamp(-900.0, 900.0)));
    let terminal = StreamId::live(Domain::Terminal, 0);
    all.extend((paths.first_path..paths.first_path + count as u64).map(|path| {
        let words = scalar_words(terminal, path * paths.steps, paths.steps as usize);
        price_at(100.0, scalar_path(words.map(inverse_normal), step).last().unwrap()).to_bits()
    }));
    all
}

#[test]
fn every_shape_and_offset_gives_the_scalar_bits() {
    for steps in [1, 2, 7, 8, 9, 100, 513, 1100] {
        for count in [1, 3, 4, 5, 8, 15, 16, 17, 40] {
            for (first_path, antithetic) in [(0, false), (13, true), ((1 << 32) - 5, false)] {
                let paths = Paths { first_path, antithetic, ..paths(steps) };
                let expected = scalar_fills(&paths, count);
                for isa in here() {
                    let found = isa.run(|| all_fills(&paths, count));
                    assert!(found == expected, "{isa}: {count} paths of {steps} steps from {first_path}");
                }
            }
        }
    }
}

#[test]
fn saturated_prices_equal_the_scalar_ones() {
    let wild = Gbm::new(0.0, 100.0).unwrap();
    let yearly = Paths { dt: Years::new(1.0).unwrap(), ..paths(1000) };
    let step = step(wild, yearly.dt);
    for isa in here() {
        for count in [1, 40] {
            let mut prices = vec![0.0; count * 1000];
            isa.run(|| yearly.fill_paths(&wild, spot(), &mut prices)).unwrap();
            for (path, row) in (0..).zip(prices.chunks(1000)) {
                let normals = scalar_words(stream(path), 0, 1000).map(inverse_normal);
                assert!(
                    scalar_path(normals, step).map(|total| price_at(100.0, total)).eq(row.iter().copied()),
                    "{isa}"
                );
            }
        }
    }
}

#[test]
fn a_stream_is_the_path_in_any_slices() {
    let (gbm, mut dice) = (gbm(), Dice(4));
    let mut whole = vec![0.0; 20_000];
    paths(20_000).fill_paths(&gbm, spot(), &mut whole).unwrap();
    for isa in here() {
        isa.run(|| {
            for largest in [1, 7, 4096] {
                let mut stream = paths(20_000).stream(&gbm, spot()).unwrap();
                let mut found = Vec::new();
                loop {
                    found.extend(stream.by_ref().take(dice.below(3) as usize));
                    let mut slice = vec![0.0; 1 + dice.below(largest) as usize];
                    let filled = stream.fill(&mut slice);
                    found.extend(&slice[..filled]);
                    if filled < slice.len() {
                        break;
                    }
                }
                assert!(found == whole, "{isa}, slices up to {largest}");
                assert_eq!(stream.next(), None);
            }
        });
    }
}

#[test]
fn baskets_equal_the_scalar_ones() {
    for assets in [1, 2, 3, 10, 53, 130] {
        let matrix = nalgebra::DMatrix::from_fn(assets, assets, |i, j| 0.9_f64.powf(i.abs_diff(j) as f64));
        let correlation = Correlation::new(matrix).unwrap();
        let models: Vec<Gbm> = (0..assets).map(|i| Gbm::new(0.1, 0.2 + 0.01 * i as f64).unwrap()).collect();
        let basket = MultiGbm::new(models.clone(), correlation.clone()).unwrap();
        let spots = vec![spot(); assets];
        for (count, steps) in [(1, 1), (1, 300), (5, 9), (17, 8), (3, 20)] {
            for first_path in [0, 5] {
                let paths = Paths { first_path, ..paths(steps) };
                let (rows, ends) = scalar_basket(&paths, &models, &correlation, count);
                for isa in here() {
                    let mut found = vec![0.0; count * steps as usize * assets];
                    isa.run(|| paths.fill_basket(&basket, &spots, &mut found)).unwrap();
                    assert!(found == rows, "{isa}: {assets} assets, {count} paths of {steps} steps");
                    let mut found = vec![0.0; count * assets];
                    isa.run(|| paths.fill_basket_terminal(&basket, &spots, &mut found)).unwrap();
                    assert!(found == ends, "{isa}: ends of {assets} assets, {count} paths of {steps} steps");
                }
            }
        }
    }
}

fn scalar_basket(paths: &Paths, models: &[Gbm], correlation: &Correlation, count: usize) -> (Vec<f64>, Vec<f64>) {
    let steps = paths.steps as usize;
    let (mut rows, mut ends) = (Vec::new(), Vec::new());
    for path in paths.first_path..paths.first_path + count as u64 {
        for is_terminal in [false, true] {
            let normals: Vec<Vec<f64>> = (0..models.len())
                .map(|asset| {
                    let (domain, number, first) = if is_terminal {
                        (Domain::Terminal, 0, path * paths.steps)
                    } else {
                        (Domain::Diffusion, path, 0)
                    };
                    let stream = StreamId::new(domain, asset as u16, number).unwrap();
                    scalar_words(stream, first, steps).map(inverse_normal).collect()
                })
                .collect();
            let mut sums = vec![LogSum::default(); models.len()];
            for j in 0..steps {
                let mut mixed: Vec<f64> = normals.iter().map(|normals| normals[j]).collect();
                correlation.mix(&mut mixed);
                let prices = sums.iter_mut().zip(models).zip(&mixed).map(|((sum, &gbm), &normal)| {
                    price_at(100.0, sum.add(j as u64, step(gbm, paths.dt).increment(normal)))
                });
                let prices: Vec<f64> = prices.collect();
                if !is_terminal {
                    rows.extend(prices);
                } else if j + 1 == steps {
                    ends.extend(prices);
                }
            }
        }
    }
    (rows, ends)
}

#[test]
#[cfg(feature = "rayon")]
fn any_number_of_threads_gives_the_same_bits() {
    let paths = Paths { first_path: 3, ..paths(100) };
    let count = 5000;
    let basket = MultiGbm::new(vec![gbm(); 2], Correlation::try_from(vec![vec![1.0, 0.5], vec![0.5, 1.0]]).unwrap());
    let (basket, spots) = (basket.unwrap(), [spot(), spot()]);
    let fill = |is_parallel: bool| {
        let mut all = vec![vec![0.0; count * 100], vec![0.0; count * 100], vec![0.0; count]];
        let mut pairs = vec![vec![0.0; count * 200], vec![0.0; count * 200], vec![0.0; count * 2]];
        let [prices, log_prices, ends] = all.as_mut_slice() else { unreachable!() };
        let [both, both_logs, both_ends] = pairs.as_mut_slice() else { unreachable!() };
        if is_parallel {
            paths.par_fill_paths(&gbm(), spot(), prices).unwrap();
            paths.par_fill_log_prices(&gbm(), spot(), log_prices).unwrap();
            paths.par_fill_terminal(&gbm(), spot(), ends).unwrap();
            paths.par_fill_basket(&basket, &spots, both).unwrap();
            paths.par_fill_basket_log_prices(&basket, &spots, both_logs).unwrap();
            paths.par_fill_basket_terminal(&basket, &spots, both_ends).unwrap();
        } else {
            paths.fill_paths(&gbm(), spot(), prices).unwrap();
            paths.fill_log_prices(&gbm(), spot(), log_prices).unwrap();
            paths.fill_terminal(&gbm(), spot(), ends).unwrap();
            paths.fill_basket(&basket, &spots, both).unwrap();
            paths.fill_basket_log_prices(&basket, &spots, both_logs).unwrap();
            paths.fill_basket_terminal(&basket, &spots, both_ends).unwrap();
        }
        all.extend(pairs);
        all
    };
    let expected = fill(false);
    for threads in [1, 2, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert!(pool.install(|| fill(true)) == expected, "{threads} threads");
    }
}

/// What a group's kernel computes, lane by lane in scalar code, with the faults that vector code is prone to.
#[derive(Clone, Copy)]
struct Mimic {
    order: [u64; 8],
    carries: bool,
    border: u64,
}

const SOUND: Mimic = Mimic { order: [0, 1, 2, 3, 4, 5, 6, 7], carries: true, border: 0 };

impl Mimic {
    fn words(self, stream: StreamId, first: u64, out: &mut [u64]) {
        let noise = NoiseStream::new(Seed::from(42), stream);
        let block = first / 8;
        let count = out.len().div_ceil(64) + 1;
        let lanes = (0..count as u64).flat_map(|group| self.order.map(|lane| 8 * group + lane));
        let counter = |lane: u64| {
            let low = block.wrapping_add(lane) & u64::from(u32::MAX);
            if self.carries { block + lane } else { block & !u64::from(u32::MAX) | low }
        };
        let words = lanes.flat_map(|lane| noise.block(counter(lane)));
        out.iter_mut().zip(words.skip((first % 8) as usize)).for_each(|(out, word)| *out = word);
    }

    fn normals(self, words: &[u64], out: &mut [f64]) {
        for (&word, out) in words.iter().zip(out) {
            let folded = if word >> 63 == 0 { word >> 11 } else { !word >> 11 };
            // A folded uniform one past a segment's right border, looked up in the segment before.
            let is_border = (2 * folded + 1) >> 6 != 0
                && ((2 * folded + 1) - self.border).leading_zeros() != (2 * folded + 1).leading_zeros();
            *out = if self.border != 0 && is_border { inverse_normal(word) + 1e-13 } else { inverse_normal(word) };
        }
    }
}

#[test]
fn faults_of_vector_code_are_caught() {
    let is_caught = |work: &dyn Fn()| catch_unwind(AssertUnwindSafe(work)).is_err();
    let words = |mimic: Mimic| is_caught(&|| check_words(|stream, first, out| mimic.words(stream, first, out)));
    let normals = |mimic: Mimic| is_caught(&|| check_normals(|words, out| mimic.normals(words, out)));
    assert!(!words(SOUND) && !normals(SOUND), "the mimic itself is wrong");
    assert!(words(Mimic { order: [0, 1, 4, 5, 2, 3, 6, 7], ..SOUND }), "lanes as unpacking leaves them");
    assert!(words(Mimic { order: [1, 0, 2, 3, 4, 5, 6, 7], ..SOUND }), "two lanes exchanged");
    assert!(words(Mimic { carries: false, ..SOUND }), "no carry at 2^32");
    assert!(normals(Mimic { border: 2, ..SOUND }), "a border one place off");
}
