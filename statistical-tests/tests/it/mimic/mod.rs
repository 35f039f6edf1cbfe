//! A small second implementation of the engine's contract, with a fault to switch on.
//!
//! It shares no code with gbm-core: its own ChaCha8, `statrs`' Φ⁻¹, `nalgebra`'s Cholesky, the platform's exp and a
//! plain running sum. Without a fault it agrees with the engine to rounding, and a test says so: what a fault
//! changes is then the fault alone.

mod chacha;
mod fault;

pub(crate) use fault::Fault;

use chacha::Words;
use statrs::distribution::{ContinuousCDF, Normal};

use crate::source::{Basket, Law, SPOT, Source, Stream};
use crate::suite::{SEED, seed};

/// ρ of the autocorrelated noise.
const AUTOCORRELATION: f64 = 0.003;
/// Where truncated tails end.
const CUT: f64 = 4.5;
const DAY_MS: f64 = 86_400_000.0;

/// The mimic with one fault, or none.
pub(crate) struct Mimic {
    fault: Fault,
    seed: u64,
}

impl Mimic {
    pub(crate) fn new(fault: Fault) -> Self {
        Self { fault, seed: SEED }
    }

    /// Without a fault, on the seed of the law tests.
    pub(crate) fn of_the_laws() -> Self {
        Self { fault: Fault::None, seed: seed() }
    }

    fn word(&self, words: &mut Words, index: u64) -> u64 {
        let word = words.at(index);
        // The middle of a cell of 32 bits.
        if self.fault == Fault::Normals32Bit { word >> 32 << 32 | 1 << 31 } else { word }
    }

    /// The variate of a step, before any dependence between steps.
    fn variate(&self, words: &mut Words, step: u64) -> f64 {
        match self.fault {
            Fault::TwelveUniforms => (0..12).map(|slot| uniform(words.at(12 * step + slot))).sum::<f64>() - 6.0,
            Fault::TruncatedTails => {
                let cut = Normal::standard().sf(CUT);
                Normal::standard().inverse_cdf(cut + uniform(words.at(step)) * (1.0 - 2.0 * cut))
            }
            _ => normal(self.word(words, step)),
        }
    }

    /// ((μ − σ²/2)Δt, σ√Δt), as the fault has it.
    fn coefficients(&self, law: Law) -> (f64, f64) {
        let dt = if self.fault == Fault::DaysForYears { law.interval_ms as f64 / DAY_MS } else { law.dt() };
        let sigma = if self.fault == Fault::SigmaHalfPercent { 1.005 * law.volatility } else { law.volatility };
        let ito = if self.fault == Fault::MissingIto { 0.0 } else { 0.5 * sigma * sigma };
        let root = if self.fault == Fault::ForgottenSqrtDt { dt } else { dt.sqrt() };
        ((law.drift - ito) * dt, sigma * root)
    }

    /// Prices of one path on the normals from `first` on.
    fn run(&self, law: Law, path: u64, first: u64, prices: &mut [f64]) {
        self.normals(Stream { asset: 0, path }, first, prices);
        let (drift, diffusion) = self.coefficients(law);
        let mut sum = 0.0_f64;
        for (price, step) in prices.iter_mut().zip(0_u64..) {
            let increment = drift + diffusion * *price;
            sum += match self.fault {
                // dS = S·(μΔt + σ√ΔtZ) adds (σ²/2)Δt back to the increment.
                Fault::EulerStep => (increment + 0.5 * diffusion * diffusion).ln_1p(),
                Fault::LostStep if step % 8 == 7 => 0.0,
                _ => increment,
            };
            *price = SPOT * sum.exp();
        }
    }

    /// Step j uses word j + 1.
    fn first_word(&self) -> u64 {
        u64::from(self.fault == Fault::OffByOneTick)
    }
}

impl Source for Mimic {
    fn words(&self, stream: Stream, first: u64, words: &mut [u64]) {
        let mut source = Words::new(self.seed, stream);
        for (word, index) in words.iter_mut().zip(first..) {
            *word = self.word(&mut source, index);
        }
    }

    fn normals(&self, stream: Stream, first: u64, normals: &mut [f64]) {
        let path = match self.fault {
            Fault::ReusedStream if stream.path == 17 => 16,
            Fault::AntitheticPairs => stream.path & !1,
            _ => stream.path,
        };
        let mut words = Words::new(self.seed, Stream { path, ..stream });
        for (normal, step) in normals.iter_mut().zip(first..) {
            *normal = self.variate(&mut words, step);
        }
        if self.fault == Fault::AntitheticPairs && stream.path % 2 == 1 {
            for normal in &mut *normals {
                *normal = -*normal;
            }
        }
        if self.fault == Fault::Autocorrelated {
            let mut before = None;
            for normal in normals {
                let fresh = (1.0 - AUTOCORRELATION * AUTOCORRELATION).sqrt() * *normal;
                *normal = before.map_or(*normal, |before: f64| AUTOCORRELATION * before + fresh);
                before = Some(*normal);
            }
        }
    }

    fn terminals(&self, law: Law, steps: u64, first_path: u64, prices: &mut [f64]) {
        let mut path = vec![0.0; usize::try_from(steps).expect("steps of the tests")];
        for (price, number) in prices.iter_mut().zip(first_path..) {
            self.run(law, number, self.first_word(), &mut path);
            *price = path[path.len() - 1];
        }
    }

    fn path(&self, law: Law, path: u64, prices: &mut [f64]) {
        self.run(law, path, self.first_word(), prices);
    }

    fn basket(&self, basket: &Basket, steps: u64, prices: &mut [f64]) {
        let assets = basket.laws.len();
        let mut factor = basket.correlation.clone().cholesky().expect("positive definite").l();
        if self.fault == Fault::FlippedCorrelation {
            factor = factor.map_with_location(|row, column, value| if column < row { -value } else { value });
        }
        let steps = usize::try_from(steps).expect("steps of the tests");
        let mut columns = vec![vec![0.0; steps]; assets];
        for (rows, path) in prices.chunks_mut(steps * assets).zip(0..) {
            for (column, asset) in columns.iter_mut().zip(0..) {
                self.normals(Stream { asset, path }, 0, column);
            }
            let mut sums = vec![0.0_f64; assets];
            for (step, row) in rows.chunks_mut(assets).enumerate() {
                for (i, price) in row.iter_mut().enumerate() {
                    let mixed = |k: usize| {
                        // The second asset takes the third's normal where the first's belongs.
                        let slot = if self.fault == Fault::SwappedSlot && (i, k) == (1, 0) { 2 } else { k };
                        factor[(i, k)] * columns[slot.min(assets - 1)][step]
                    };
                    let (drift, diffusion) = self.coefficients(basket.laws[i]);
                    sums[i] += drift + diffusion * (0..=i).map(mixed).sum::<f64>();
                    *price = SPOT * sums[i].exp();
                }
            }
        }
    }

    fn coupled(&self, law: Law, steered: &mut [f64], reference: &mut [f64]) {
        self.run(Law { volatility: 0.5 * law.volatility, ..law }, 0, self.first_word(), steered);
        self.run(law, 0, 0, reference);
    }
}

/// (2m + 1)·2⁻⁵⁴, m the top 53 bits.
fn uniform(word: u64) -> f64 {
    (2 * (word >> 11) + 1) as f64 * 2f64.powi(-54)
}

/// Φ⁻¹ of the word's uniform, taken from the lower half, where no digits are lost.
fn normal(word: u64) -> f64 {
    let upper = word >> 63 == 1;
    let z = Normal::standard().inverse_cdf(uniform(if upper { !word } else { word }));
    if upper { -z } else { z }
}
