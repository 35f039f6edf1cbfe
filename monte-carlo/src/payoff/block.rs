use gbm_core::math::uniform;
use gbm_core::noise::{NoiseStream, Seed, StreamId};

/// What a payoff reads of each path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The last price alone.
    Terminal,
    /// The price at every fixing.
    Prices,
    /// The logarithm of the price at every fixing.
    LogPrices,
    /// Both.
    Both,
}

/// What a payoff reads of the time between the fixings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// Nothing.
    Nothing,
    /// The variance of a step, by which a Brownian bridge is known.
    Variance,
    /// The variance, and a uniform of each step's own.
    Uniforms,
}

/// What a payoff reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Of each path.
    pub view: View,
    /// Between its fixings.
    pub between: Between,
}

impl Needs {
    /// A view, and nothing between the fixings.
    pub const fn only(view: View) -> Self {
        Self { view, between: Between::Nothing }
    }
}

/// Some paths of one asset, fixed at tᵢ = i·T/n, i = 1 to n: what a payoff has asked for, and always the last prices.
#[derive(Clone, Copy, Debug)]
pub struct PathBlock<'a> {
    pub(crate) steps: usize,
    pub(crate) ln_spot: f64,
    pub(crate) spot: f64,
    pub(crate) terminal: &'a [f64],
    pub(crate) prices: &'a [f64],
    pub(crate) log_prices: &'a [f64],
    pub(crate) step_variance: f64,
    pub(crate) uniforms: Uniforms<'a>,
}

/// Where the uniforms between the fixings come from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Uniforms<'a> {
    /// Nobody has asked.
    Nowhere,
    /// The stream of each path, of which a mirrored path reads the complements.
    Streams { seed: Seed, ids: &'a [StreamId], is_mirrored: bool },
    /// Words that are there, `[paths][steps]`.
    Words(&'a [u64]),
}

impl<'a> PathBlock<'a> {
    /// The price before the first step.
    pub fn spot(&self) -> f64 {
        self.spot
    }

    /// Its logarithm.
    pub fn ln_spot(&self) -> f64 {
        self.ln_spot
    }

    /// n, the fixings of a path.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// The last price of each path.
    pub fn terminal(&self) -> &'a [f64] {
        self.terminal
    }

    /// Each path's prices, if asked for.
    pub fn prices(&self) -> std::slice::ChunksExact<'a, f64> {
        self.prices.chunks_exact(self.steps)
    }

    /// Each path's log-prices, if asked for.
    pub fn log_prices(&self) -> std::slice::ChunksExact<'a, f64> {
        self.log_prices.chunks_exact(self.steps)
    }

    /// σ²·Δt, the variance of a step of the log-price, if asked for.
    pub fn step_variance(&self) -> f64 {
        self.step_variance
    }

    /// The uniforms of a path's steps, if asked for.
    pub(crate) fn uniforms(&self, path: usize) -> PathUniforms<'a> {
        match self.uniforms {
            Uniforms::Nowhere => PathUniforms::Words(&[]),
            Uniforms::Words(words) => PathUniforms::Words(words.get(path * self.steps..).unwrap_or_default()),
            Uniforms::Streams { seed, ids, is_mirrored } => match ids.get(path) {
                Some(&id) => PathUniforms::Stream { seed, id, noise: None, is_mirrored },
                None => PathUniforms::Words(&[]),
            },
        }
    }
}

/// The uniforms of one path: any step's, O(1).
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "one at a time, on the stack")]
pub(crate) enum PathUniforms<'a> {
    /// Noise that isn't made before it is needed, which for most paths is never.
    Stream {
        seed: Seed,
        id: StreamId,
        noise: Option<NoiseStream>,
        is_mirrored: bool,
    },
    Words(&'a [u64]),
}

impl PathUniforms<'_> {
    /// The uniform in (0, 1) of a step.
    pub(crate) fn at(&mut self, step: usize) -> f64 {
        uniform(match self {
            Self::Stream { seed, id, noise, is_mirrored } => {
                let word = noise.get_or_insert_with(|| NoiseStream::new(*seed, *id)).word(step as u64);
                if *is_mirrored { !word } else { word }
            }
            Self::Words(words) => words.get(step).copied().unwrap_or_default(),
        })
    }
}
