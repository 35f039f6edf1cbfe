//! Every model's numbers against their definition, read backwards in scalar code: live, filled, streamed, mirrored, terminal, on
//! every instruction set and any number of threads.

use gbm_core::kernel::Isa;
use gbm_core::math::inverse_normal;
use gbm_core::noise::{Domain, NoiseStream, StreamId};
use gbm_core::prelude::*;
use gbm_core::process::{Clock, LogSum, Modifiers, Noise, price_at};

use crate::support::SPOT;
use crate::zoo::{self, Animal, market, paths};

const SEED: u64 = 42;

fn here() -> impl Iterator<Item = Isa> {
    Isa::ALL.into_iter().filter(|isa| isa.is_available())
}

fn spot() -> Price {
    Price::new(SPOT).unwrap()
}

/// Words of a stream from one on, each in a block read by itself, the last word first.
fn words(stream: StreamId, first: u64, count: usize, mirrored: bool) -> Vec<u64> {
    let noise = NoiseStream::new(Seed::from(SEED), stream);
    let word = |index: u64| noise.block(index / 8)[(index % 8) as usize];
    let backwards = (first..first + count as u64).rev().map(|index| if mirrored { !word(index) } else { word(index) });
    let mut words: Vec<u64> = backwards.collect();
    words.reverse();
    words
}

/// The prices of a path as the design defines them: all noise first, from the end, then one step after the other.
fn defined(model: &Model, paths: &Paths, path: u64, is_terminal: bool) -> Vec<f64> {
    let (budget, slot, mirrored) = (model.budget(), model.diffusion_slot(), paths.antithetic);
    let read = |domain, number, first, steps: usize| {
        words(StreamId::new(domain, 0, number).unwrap(), first, budget * steps, mirrored)
    };
    let (number, origin) = if is_terminal { (0, path * paths.steps) } else { (path, 0) };
    let domain = if is_terminal { Domain::Terminal } else { Domain::Diffusion };
    let noise = read(domain, number, origin * budget as u64, paths.steps as usize);
    let start = read(Domain::Start, 0, path * budget as u64, 1);
    let mut state = model.initial_state(Noise::new(0, inverse_normal(start[slot]), &start));
    let step = model.step(&Clock::new(paths.dt, paths.start_time_ms), &Modifiers::neutral(model));
    let mut sum = LogSum::default();
    (0..)
        .zip(noise.chunks_exact(budget))
        .map(|(j, words)| {
            let increment = model.evolve(&mut state, &step, Noise::new(j, inverse_normal(words[slot]), words));
            price_at(SPOT, sum.add(j, increment))
        })
        .collect()
}

fn filled(model: &Model, paths: &Paths, count: usize) -> Vec<f64> {
    let mut prices = vec![0.0; count * paths.steps as usize];
    paths.fill_paths(model, spot(), &mut prices).unwrap();
    prices
}

#[test]
fn path_0_is_the_live_simulation_on_every_model() {
    for Animal { name, model, .. } in zoo::all() {
        // Past an hour's and a day's end.
        let paths = paths(SEED, 7000);
        let prices = defined(&model, &paths, 0, false);
        for isa in here() {
            isa.run(|| {
                assert!(filled(&model, &paths, 1) == prices, "{name}, {isa}: filled");
                let live = Simulation::new(market(&model, SEED)).take(7000).map(|tick| tick.price);
                assert!(live.eq(prices.iter().copied()), "{name}, {isa}: live");
            });
        }
    }
}

#[test]
fn every_fill_is_as_defined_on_every_instruction_set() {
    for Animal { name, model, .. } in zoo::all() {
        for (steps, count, first_path, antithetic) in
            [(40, 20, 0, false), (9, 5, 13, true), (600, 3, (1 << 32) - 2, true)]
        {
            let paths = Paths { first_path, antithetic, ..paths(SEED, steps) };
            let numbers = first_path..first_path + count as u64;
            let rows: Vec<f64> = numbers.clone().flat_map(|path| defined(&model, &paths, path, false)).collect();
            let last = |path| *defined(&model, &paths, path, true).last().unwrap();
            let ends: Vec<f64> = if first_path < 100 { numbers.map(last).collect() } else { Vec::new() };
            for isa in here() {
                isa.run(|| {
                    assert!(filled(&model, &paths, count) == rows, "{name}, {isa}: {count} paths of {steps} steps");
                    if !ends.is_empty() {
                        let mut found = vec![0.0; count];
                        paths.fill_terminal(&model, spot(), &mut found).unwrap();
                        assert!(found == ends, "{name}, {isa}: ends of {count} paths of {steps} steps");
                    }
                });
            }
        }
    }
}

#[test]
fn slices_of_a_stream_change_no_bit_on_any_model() {
    for Animal { name, model, .. } in zoo::all() {
        let paths = paths(SEED, 5000);
        let whole = filled(&model, &paths, 1);
        for slice in [1, 7, 64, 4096] {
            let mut stream = paths.stream(&model, spot()).unwrap();
            let mut found = Vec::new();
            let mut part = vec![0.0; slice];
            while found.len() < whole.len() {
                // One by one and by slices, in turn.
                found.extend(stream.by_ref().take(1));
                let given = stream.fill(&mut part);
                found.extend(&part[..given]);
            }
            assert!(found == whole, "{name}, slices of {slice}");
        }
    }
}

#[test]
fn chunks_and_threads_change_no_bit_on_any_model() {
    for Animal { name, model, .. } in zoo::all() {
        let paths = Paths { first_path: 3, ..paths(SEED, 30) };
        let whole = filled(&model, &paths, 84);
        let mut ends = vec![0.0; 84];
        paths.fill_terminal(&model, spot(), &mut ends).unwrap();
        for chunk in [1, 7, 64] {
            for (first, end) in (0..).step_by(chunk).zip(ends.chunks(chunk)) {
                let part = Paths { first_path: 3 + first as u64, ..paths };
                let rows = &whole[first * 30..][..end.len() * 30];
                assert!(filled(&model, &part, end.len()) == rows, "{name}, chunks of {chunk}");
                let mut found = vec![0.0; end.len()];
                part.fill_terminal(&model, spot(), &mut found).unwrap();
                assert!(found == end, "{name}, ends in chunks of {chunk}");
            }
        }
        #[cfg(feature = "rayon")]
        threads_agree(name, &model, &Paths { steps: 500, ..paths });
    }
}

/// Enough values for several tasks.
#[cfg(feature = "rayon")]
fn threads_agree(name: &str, model: &Model, paths: &Paths) {
    let count = 300;
    let fill = |is_parallel: bool| {
        let (mut rows, mut logs) = (vec![0.0; count * 500], vec![0.0; count * 500]);
        let mut ends = vec![0.0; count];
        if is_parallel {
            paths.par_fill_paths(model, spot(), &mut rows).unwrap();
            paths.par_fill_log_prices(model, spot(), &mut logs).unwrap();
            paths.par_fill_terminal(model, spot(), &mut ends).unwrap();
        } else {
            paths.fill_paths(model, spot(), &mut rows).unwrap();
            paths.fill_log_prices(model, spot(), &mut logs).unwrap();
            paths.fill_terminal(model, spot(), &mut ends).unwrap();
        }
        (rows, logs, ends)
    };
    let expected = fill(false);
    let logs = expected.0.iter().zip(&expected.1);
    assert!(logs.clone().all(|(price, log)| (price.ln() - log).abs() < 1e-13 * log.abs()), "{name}: ln P");
    for threads in [1, 2, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert!(pool.install(|| fill(true)) == expected, "{name}, {threads} threads");
    }
}
