//! Tick throughput: one step, a stream, filled paths, and the pieces they are made of.
//!
//! `cargo bench` times everything; `cargo bench --no-default-features` builds the engine alone.

#![allow(clippy::expect_used, reason = "a bench that can't be set up should stop")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gbm_core::journal::TickDigest;
use gbm_core::math::{exp2, inverse_normal};
use gbm_core::noise::{Domain, NoiseStream, StreamId};
use gbm_core::prelude::*;

const CHUNK: usize = 4096;

fn market<P: Process>(model: P) -> Market<P> {
    let spot = Price::new(100_000.0).expect("in the domain");
    let instrument = Instrument { name: "BTC-USD".into(), asset: 0, spot, model, book: Book::btc() };
    let grid = TimeGrid::new(0, 100).expect("in the domain");
    Market::new(Seed::from(42), grid, vec![instrument], None).expect("consistent")
}

fn gbm() -> Gbm {
    Gbm::new(0.5, 0.8).expect("in the domain")
}

fn steered() -> Simulation<Model> {
    let mut simulation = Simulation::new(market(Model::from(gbm())));
    for body in [
        r#"{"kind":"set_volatility","sigma":1.2}"#,
        r#"{"kind":"shock","log_return":-0.1,"permanent_fraction":0.5,"half_life_s":1e9}"#,
        r#"{"kind":"inject_liquidity","side":"bid","quantity":500,"within":0.01,"half_life_s":1e9}"#,
    ] {
        let body = serde_json::from_str(body).expect("a body");
        simulation.intervene(&Command::now(body)).expect("accepted");
    }
    simulation
}

fn step(c: &mut Criterion) {
    let mut group = c.benchmark_group("step");
    group.throughput(Throughput::Elements(1));
    let mut simulation = Simulation::new(market(gbm()));
    group.bench_function("gbm", |b| b.iter(|| simulation.next()));
    let mut simulation = Simulation::new(market(Model::from(gbm())));
    let mut quotes = [Quote::default()];
    group.bench_function("model_step_into", |b| b.iter(|| simulation.step_into(&mut quotes)));
    group.finish();
}

fn stream(c: &mut Criterion) {
    let mut group = c.benchmark_group("stream");
    group.throughput(Throughput::Elements(CHUNK as u64));
    let mut simulation = Simulation::new(market(gbm()));
    group.bench_function("gbm", |b| b.iter(|| simulation.by_ref().take(CHUNK).map(|tick| tick.price).sum::<f64>()));
    let mut simulation = Simulation::new(market(Model::from(gbm())));
    group.bench_function("model", |b| b.iter(|| simulation.by_ref().take(CHUNK).map(|tick| tick.price).sum::<f64>()));
    let mut simulation = steered();
    group.bench_function("steered", |b| b.iter(|| simulation.by_ref().take(CHUNK).map(|tick| tick.price).sum::<f64>()));
    let (mut simulation, mut digest) = (Simulation::new(market(Model::from(gbm()))), TickDigest::default());
    group.bench_function("model_digest", |b| {
        b.iter(|| {
            for tick in simulation.by_ref().take(CHUNK) {
                digest.push(tick.tick, &[Quote { price: tick.price, reference: tick.reference }]);
            }
        });
    });
    group.finish();
}

fn paths(c: &mut Criterion) {
    let (paths, steps) = (100, 1000);
    let mut prices = vec![0.0; paths * steps];
    let mut group = c.benchmark_group("paths");
    group.throughput(Throughput::Elements((paths * steps) as u64));
    let spot = Price::new(100.0).expect("in the domain");
    let dt = Years::new(1.0 / 1000.0).expect("in the domain");
    let filled = Paths::new(Seed::from(42), steps as u64, dt);
    group.bench_function("gbm", |b| b.iter(|| filled.fill_paths(&gbm(), spot, &mut prices)));
    let correlation = Correlation::new(nalgebra::DMatrix::from_fn(10, 10, |i, j| if i == j { 1.0 } else { 0.5 }));
    let basket = MultiGbm::new(vec![gbm(); 10], correlation.expect("semidefinite")).expect("ten by ten");
    let filled = Paths { steps: steps as u64 / 10, ..filled };
    group.bench_function("basket_of_10", |b| b.iter(|| filled.fill_basket(&basket, &[spot; 10], &mut prices)));
    group.finish();
}

fn pieces(c: &mut Criterion) {
    let mut group = c.benchmark_group("pieces");
    group.throughput(Throughput::Elements(CHUNK as u64));
    let mut noise = NoiseStream::new(Seed::from(42), StreamId::live(Domain::Diffusion, 0));
    group.bench_function("noise_words", |b| b.iter(|| (0..CHUNK).fold(0, |sum, _| sum ^ noise.next_word())));
    let words: Vec<u64> = (0..CHUNK as u64).map(|index| noise.word(index)).collect();
    group.bench_function("inverse_normal", |b| b.iter(|| words.iter().map(|&word| inverse_normal(word)).sum::<f64>()));
    let normals: Vec<f64> = words.iter().map(|&word| inverse_normal(word)).collect();
    group.bench_function("exp2", |b| b.iter(|| normals.iter().map(|&x| exp2(x)).sum::<f64>()));
    group.throughput(Throughput::Elements(1));
    let mut step = 1_000_000_000_000;
    group.bench_function("normal_at_step_1e12", |b| {
        b.iter(|| {
            step += 8;
            noise.normal(black_box(step))
        });
    });
    group.finish();
}

criterion_group!(benches, step, stream, paths, pieces);
criterion_main!(benches);
