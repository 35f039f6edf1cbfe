//! Tick throughput: one step, a stream, filled paths, and the pieces they are made of.
//!
//! `cargo bench` times everything; `cargo bench --no-default-features` builds the engine alone.

#![allow(clippy::expect_used, reason = "a bench that can't be set up should stop")]

use std::hint::black_box;
use std::num::NonZeroU32;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gbm_core::journal::TickDigest;
use gbm_core::kernel::{self, Isa};
use gbm_core::math::{exp2, inverse_normal};
use gbm_core::noise::{Domain, NoiseStream, StreamId};
use gbm_core::prelude::*;
use gbm_core::process::LogSum;

const CHUNK: usize = 4096;
/// Prices of a slice of a stream, of which the workloads' values are a multiple.
const SLICE: usize = 3200;

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
    // What a back-test asks of a tick: the published price, bid and ask, the liquidity.
    let cents = Increment::new(NonZeroU32::MIN, 2);
    let mut quoted = |simulation: &mut Simulation<Model>| {
        let _ = simulation.step_into(&mut quotes);
        let quoting = simulation.quoting(0)?;
        Some((Best::around(cents.round(quotes[0].price), quoting, cents), quoting.liquidity))
    };
    let mut simulation = Simulation::new(market(Model::from(gbm())));
    group.bench_function("model_quoted", |b| b.iter(|| quoted(&mut simulation)));
    let mut simulation = steered();
    group.bench_function("steered_quoted", |b| b.iter(|| quoted(&mut simulation)));
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
                digest.push(tick.tick, &[Quote { price: tick.price, reference: tick.reference, ..Quote::default() }]);
            }
        });
    });
    group.finish();
}

/// A live market and a stream of prices by model: the one that is fastest, the one for BTC, and stochastic variance.
fn models(c: &mut Criterion) {
    let json = r#"{"kind":"heston","drift":0.1,"initial_variance":0.64,"long_run_variance":0.64,"mean_reversion":5,
        "volatility_of_variance":1,"leverage":-0.5}"#;
    let heston: Model = serde_json::from_str(json).expect("a model");
    let mut group = c.benchmark_group("models");
    group.throughput(Throughput::Elements(CHUNK as u64));
    let spot = Price::new(100_000.0).expect("in the domain");
    let dt = TimeGrid::new(0, 100).expect("in the domain").dt();
    let mut prices = vec![0.0; CHUNK];
    for (name, model) in [("gbm", Preset::Gbm.model()), ("btc", Preset::Btc.model()), ("heston", heston)] {
        let mut simulation = Simulation::new(market(model.clone()));
        group.bench_function(format!("{name}_live"), |b| {
            b.iter(|| simulation.by_ref().take(CHUNK).map(|tick| tick.price).sum::<f64>());
        });
        let mut stream = Paths::new(Seed::from(42), u64::MAX >> 16, dt).stream(&model, spot).expect("within a stream");
        group.bench_function(format!("{name}_stream"), |b| b.iter(|| stream.fill(black_box(&mut prices))));
    }
    group.finish();
}

/// W1 to W4, as COMPARE.md times them against other libraries, by each instruction set that is there.
fn workloads(c: &mut Criterion) {
    const VALUES: usize = 1_024_000;
    let (gbm, spot) = (gbm(), Price::new(100.0).expect("in the domain"));
    let dt = Years::new(1.0 / 1000.0).expect("in the domain");
    let paths = |steps| Paths::new(Seed::from(42), steps, dt);
    let mut prices = vec![0.0; VALUES];
    let mut group = c.benchmark_group("workloads");
    group.throughput(Throughput::Elements(VALUES as u64));
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        let mut bench = |name: &str, work: &mut dyn FnMut(&mut [f64])| {
            let name = format!("{name}/{isa}");
            group.bench_function(&name, |b| isa.run(|| b.iter(|| work(black_box(&mut prices)))));
        };
        bench("W1_paths", &mut |prices| paths(1000).fill_paths(&gbm, spot, prices).expect("whole paths"));
        bench("W1log_paths", &mut |prices| paths(1000).fill_log_prices(&gbm, spot, prices).expect("whole paths"));
        bench("W2_one_path", &mut |prices| {
            paths(VALUES as u64).fill_paths(&gbm, spot, prices).expect("one path");
        });
        let mut stream = paths(u64::MAX >> 16).stream(&gbm, spot).expect("within a stream");
        bench("W3_next", &mut |prices| prices.iter_mut().zip(&mut stream).for_each(|(place, price)| *place = price));
        let mut stream = paths(u64::MAX >> 16).stream(&gbm, spot).expect("within a stream");
        bench("W3_slices", &mut |prices| {
            for _ in 0..VALUES / SLICE {
                black_box(stream.fill(&mut prices[..SLICE]));
            }
        });
        bench("W4_terminal", &mut |prices| paths(1).fill_terminal(&gbm, spot, prices).expect("one step"));
    }
    group.finish();
}

/// Correlated assets, and as many independent ones.
fn correlated(c: &mut Criterion) {
    let (paths, steps) = (100, 100);
    let mut group = c.benchmark_group("correlated");
    let spot = Price::new(100.0).expect("in the domain");
    let dt = Years::new(1.0 / 1000.0).expect("in the domain");
    let filled = Paths::new(Seed::from(42), steps as u64, dt);
    for assets in [2, 10, 50] {
        let mut prices = vec![0.0; paths * steps * assets];
        group.throughput(Throughput::Elements(prices.len() as u64));
        let matrix = nalgebra::DMatrix::from_fn(assets, assets, |i, j| if i == j { 1.0 } else { 0.5 });
        let correlation = Correlation::new(matrix).expect("semidefinite");
        let basket = MultiGbm::new(vec![gbm(); assets], correlation).expect("as many assets as rows");
        let spots = vec![spot; assets];
        group.bench_function(format!("{assets}"), |b| b.iter(|| filled.fill_basket(&basket, &spots, &mut prices)));
        group.bench_function(format!("{assets}_independent"), |b| {
            b.iter(|| filled.fill_paths(&gbm(), spot, &mut prices));
        });
    }
    group.finish();
}

fn pieces(c: &mut Criterion) {
    let mut group = c.benchmark_group("pieces");
    group.throughput(Throughput::Elements(CHUNK as u64));
    let mut noise = NoiseStream::new(Seed::from(42), StreamId::live(Domain::Diffusion, 0));
    let (mut words, mut normals) = (vec![0; CHUNK], vec![0.0; CHUNK]);
    group.bench_function("words", |b| b.iter(|| noise.fill_words(0, black_box(&mut words))));
    group.bench_function("normals_of_words", |b| b.iter(|| kernel::inverse_normals(&words, black_box(&mut normals))));
    group.bench_function("words_one_by_one", |b| b.iter(|| (0..CHUNK).fold(0, |sum, _| sum ^ noise.next_word())));
    group.bench_function("inverse_normal", |b| b.iter(|| words.iter().map(|&word| inverse_normal(word)).sum::<f64>()));
    group.bench_function("exp2", |b| b.iter(|| normals.iter().map(|&x| exp2(x)).sum::<f64>()));
    group.bench_function("sum", |b| {
        b.iter(|| {
            let mut sum = LogSum::default();
            (0..).zip(&normals).map(|(j, &normal)| sum.add(j, normal)).fold(0.0, |_, total| black_box(total))
        });
    });
    group.throughput(Throughput::Elements(1));
    let mut step = 1_000_000_000_000;
    group.bench_function("normal_at_step_1e12", |b| {
        b.iter(|| {
            step += 800;
            noise.normal(black_box(step))
        });
    });
    group.finish();
}

criterion_group!(benches, step, stream, models, workloads, correlated, pieces);
criterion_main!(benches);
