//! The models' laws against closed forms, and planted faults that the same tests must catch.
//!
//! Samples are of independent paths, so that every check is of a mean whose error is known. What a model carries is seen through
//! its own [`Process::moments`], which [`conditional`] holds against [`Process::evolve`].

mod cascade;
mod conditional;
mod draws;
mod faults;
mod garch;
mod msm;
mod orders;
mod planted;
mod prices;
mod regimes;
mod seasons;

use gbm_core::math::{LN_2, inverse_normal};
use gbm_core::noise::{Domain, NoiseStream, Seed, StreamId};
use gbm_core::paths::Paths;
use gbm_core::process::{Clock, Modifiers, Moments, Noise, Process, When};
use gbm_core::units::{Price, Years};
use statistical_tests::{Outcome, moments};

use crate::source::SPOT;
use crate::suite::{level, seed};

/// A minute, in years.
const MINUTE: f64 = 1.0 / 525_600.0;

/// So many paths in every run, a million where time is given.
fn paths(usual: usize) -> usize {
    if std::env::var_os("ALGO_TRADING_LONG").is_some() { usual.max(1_000_000) } else { usual }
}

/// Steps of so many years.
fn clock(dt: f64) -> Clock {
    Years::new(dt).expect("a step of the tests").into()
}

/// The last prices of n paths of so many steps to a maturity.
fn terminals<P: Process + Sync>(model: &P, steps: u64, maturity: f64, n: usize) -> Vec<f64> {
    let dt = Years::new(maturity / steps as f64).expect("a step of the tests");
    let (mut prices, spot) = (vec![0.0; n], Price::new(SPOT).expect("positive"));
    let half = n.div_ceil(2);
    std::thread::scope(|scope| {
        for (prices, first_path) in prices.chunks_mut(half).zip([0, half as u64]) {
            let paths = Paths { first_path, ..Paths::new(Seed::from(seed()), steps, dt) };
            scope.spawn(move || paths.fill_terminal(model, spot, prices).expect("steps that the model takes"));
        }
    });
    prices
}

/// ln(S_T/S₀), in ascending order.
fn sorted_returns(prices: &[f64]) -> Vec<f64> {
    let mut returns: Vec<f64> = prices.iter().map(|price| (price / SPOT).ln()).collect();
    returns.sort_unstable_by(f64::total_cmp);
    returns
}

/// A sample's mean against an exact one, by a name of its own.
fn mean(what: &str, sample: &[f64], exact: f64) -> Outcome {
    Outcome { test: what.into(), ..moments::mean(sample, exact, level()) }
}

/// A draw of a step, or of the state before the first.
struct Draw {
    words: Vec<u64>,
    stream: NoiseStream,
    slot: usize,
}

impl Draw {
    fn new<P: Process>(model: &P, domain: Domain, asset: u16, path: u64) -> Self {
        let stream = StreamId::new(domain, asset, path).expect("a path below 2^40");
        let stream = NoiseStream::new(Seed::from(seed()), stream);
        Self { words: vec![0; model.budget()], stream, slot: model.diffusion_slot() }
    }

    /// The noise of a step of the stream, as that of a step of the model.
    fn noise(&mut self, index: u64, step: u64) -> Noise<'_> {
        let first = index * self.words.len() as u64;
        for (word, at) in self.words.iter_mut().zip(first..) {
            *word = self.stream.word(at);
        }
        Noise::new(step, inverse_normal(self.words[self.slot]), &self.words)
    }
}

/// n steps from the same state: increments in natural logarithms.
fn from_one_state<P: Process>(
    model: &P,
    (state, step, when): (&P::State, &P::Step, When),
    asset: u16,
    n: usize,
) -> Vec<f64> {
    let mut draw = Draw::new(model, Domain::Diffusion, asset, 0);
    let one = |index| {
        let noise = draw.noise(index, when.step).in_season(when.season);
        model.evolve(&mut state.clone(), step, noise) * LN_2
    };
    (0..n as u64).map(one).collect()
}

/// What a step of a path was: what its state promised, and what came, in natural logarithms.
#[derive(Clone, Copy, Debug)]
struct Seen {
    mean: f64,
    deviation: f64,
    increment: f64,
}

impl Seen {
    /// What came beyond the mean.
    fn centred(&self) -> f64 {
        self.increment - self.mean
    }

    /// The variance that was promised.
    fn variance(&self) -> f64 {
        self.deviation * self.deviation
    }
}

/// n independent paths from the state in which each begins, of which `look` sees each whole.
fn each_path<P: Process>(model: &P, dt: f64, steps: u64, asset: u16, n: usize, mut look: impl FnMut(&[Seen])) {
    let step = model.step(&clock(dt), &Modifiers::neutral(model));
    let mut start = Draw::new(model, Domain::Start, asset, 0);
    let mut seen = Vec::new();
    for path in 0..n as u64 {
        let mut state = model.initial_state(start.noise(path, 0));
        let mut draw = Draw::new(model, Domain::Diffusion, asset, path);
        seen.clear();
        for j in 0..steps {
            let Moments { mean, deviation } = model.moments(&state, &step, When::step(j));
            let increment = model.evolve(&mut state, &step, draw.noise(j, j));
            seen.push(Seen { mean: mean * LN_2, deviation: deviation * LN_2, increment: increment * LN_2 });
        }
        look(&seen);
    }
}
