//! A model's paths against data: facts, intervals, envelopes and curves in one go.

use std::ops::ControlFlow;

use gbm_core::noise::Seed;
use serde::Serialize;

use crate::bars::{Bars, Warning};
use crate::bootstrap::Bootstrap;
use crate::curves::{Axes, Curve, Measured};
use crate::envelope::Envelope;
use crate::facts::{facts, measure};
use crate::pattern::Pattern;
use crate::returns::Returns;
use crate::scale::Scale;
use crate::score::{Scored, SelfCheck, Tally};
use crate::waves::{Interrupted, in_waves};

/// The most paths or resamples: 4 kB are kept of each path, its facts and its curves, which makes 1 GB.
pub const MAX_WORKS: u64 = 250_000;
/// Simulated paths that are kept for drawing, and the points of each.
const DRAWN: u64 = 3;
const POINTS: usize = 720;

/// How to judge.
///
/// ```
/// use gbm_core::noise::Seed;
/// use realism::Study;
/// let study = Study { paths: 1000, ..Study::new(Seed::from(42)) };
/// assert_eq!(study.resamples, 1000);
/// ```
#[derive(Clone, Debug)]
pub struct Study {
    /// The seed of the bootstrap. The simulator has its own.
    pub seed: Seed,
    /// Paths to simulate, 2 to [`MAX_WORKS`].
    pub paths: u64,
    /// Resamples of the data, 2 to [`MAX_WORKS`].
    pub resamples: u64,
    /// Frozen factors of |r| in the hours 0–23 of UTC, for data and paths; estimated from each where none are given.
    pub hour_factors: Option<[f64; 24]>,
}

/// How far a study is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Paths and resamples that are done.
    pub done: u64,
    /// All of both.
    pub of: u64,
}

/// Why there is no scorecard.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StudyError {
    /// Too few or too many.
    #[error("{name} = {value} is outside [2, {MAX_WORKS}]")]
    Domain {
        /// Which field.
        name: &'static str,
        /// What it holds.
        value: u64,
    },
    /// A factor that isn't positive.
    #[error("hour_factors[{hour}] = {value} is outside (0, \u{221e})")]
    HourFactor {
        /// The hour.
        hour: usize,
        /// Its factor.
        value: f64,
    },
    /// A path of another length than the data, or not of numbers.
    #[error("path {path} must have {expected} finite log-closes")]
    Path {
        /// Its number.
        path: u64,
        /// The data's closes.
        expected: usize,
    },
    /// The callback stopped it.
    #[error("interrupted")]
    Interrupted,
}

impl From<Interrupted> for StudyError {
    fn from(_: Interrupted) -> Self {
        Self::Interrupted
    }
}

/// What data are judged by.
#[derive(Clone, Debug, Serialize)]
pub struct DataNote {
    /// When the first bar closes, Unix milliseconds.
    pub first_close_ms: i64,
    /// When the last one does.
    pub last_close_ms: i64,
    /// Returns.
    pub returns: usize,
    /// Stretches without a gap.
    pub stretches: usize,
    /// Of returns over all.
    pub zero_share: f64,
    /// What is odd about them.
    pub warnings: Vec<Warning>,
}

/// A few points of a path: Unix milliseconds and the price over the first one, in stretches.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drawn {
    /// Its number; none for the data.
    pub path: Option<u64>,
    /// The points.
    pub stretches: Vec<Vec<(i64, f64)>>,
}

/// What a study came to.
#[derive(Clone, Debug, Serialize)]
pub struct Scorecard {
    /// The bars' length.
    pub scale: Scale,
    /// The data.
    pub data: DataNote,
    /// Seed of the bootstrap.
    pub seed: String,
    /// Simulated paths.
    pub paths: u64,
    /// Resamples of the data.
    pub resamples: u64,
    /// Bars in a block of a resample.
    pub block_bars: usize,
    /// Facts in their order.
    pub facts: Vec<Scored>,
    /// How many are matched and centred.
    pub tally: Tally,
    /// What a true model would score.
    pub self_check: Option<SelfCheck>,
    /// What the report draws.
    pub curves: Vec<Curve>,
    /// The data and some paths.
    pub drawn: Vec<Drawn>,
}

/// What is kept of a path.
struct Kept {
    facts: Vec<Option<f64>>,
    curves: Measured,
    drawn: Option<Drawn>,
}

impl Study {
    /// 200 paths, 1,000 resamples, hour factors of the data themselves.
    pub fn new(seed: Seed) -> Self {
        Self { seed, paths: 200, resamples: 1000, hour_factors: None }
    }

    /// Judges paths against bars; the same for any number of threads.
    ///
    /// - `simulate`: the natural log-closes of a path by its number, at the times of the bars' own
    ///   ([`Pattern::close_times_ms`]), in all stretches.
    /// - `progress`: told now and then how far it is; may stop it.
    ///
    /// # Errors
    /// [`StudyError`]: a number of paths or resamples or a factor outside its domain, a path of another length, which ends the study with the
    /// wave of 64 paths in which it is simulated, an interruption.
    ///
    /// # Examples
    /// ```
    /// use std::ops::ControlFlow;
    /// use gbm_core::noise::Seed;
    /// use realism::{Bars, Scale, Study, StudyError};
    /// let rows: Vec<String> = (0..400_i64).map(|day| format!("{},{}", 86_400 * day, 100 + day * day % 13)).collect();
    /// let bars = Bars::read(format!("timestamp,close\n{}", rows.join("\n")).as_bytes(), Scale::Day)?;
    /// let study = Study { paths: 4, resamples: 10, ..Study::new(Seed::from(1)) };
    /// let card = study.run(&bars, |_| bars.log_closes().to_vec(), |_| ControlFlow::Continue(()))?;
    /// assert_eq!(card.tally.matched, card.tally.of);
    /// let error = study.run(&bars, |_| vec![0.0], |_| ControlFlow::Continue(())).unwrap_err();
    /// assert_eq!(error.to_string(), "path 0 must have 400 finite log-closes");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run(
        &self,
        bars: &Bars,
        simulate: impl Fn(u64) -> Vec<f64> + Sync,
        mut progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Scorecard, StudyError> {
        self.check()?;
        let pattern = bars.pattern();
        let wrong = |path| StudyError::Path { path, expected: pattern.closes() };
        let returns = Returns::of(pattern, bars.log_closes()).ok_or(wrong(0))?;
        let factors = self.hour_factors.as_ref();
        let of = self.paths + self.resamples;
        let axes = Axes::of(&returns);
        let one = |path| -> Result<Kept, StudyError> {
            let closes = simulate(path);
            let are_numbers = closes.iter().all(|close| close.is_finite());
            let returns = Returns::of(pattern, &closes).filter(|_| are_numbers).ok_or(wrong(path))?;
            let drawn = (path < DRAWN).then(|| drawn(pattern, &closes, Some(path)));
            Ok(Kept { facts: measure(&returns, factors), curves: axes.measure(&returns), drawn })
        };
        let paths = in_waves(self.paths, one, |done| progress(Progress { done, of }))?;
        let bootstrap = Bootstrap { seed: self.seed, resamples: self.resamples, block: pattern.scale().block_bars() };
        let resample = |resample: &Returns| measure(resample, factors);
        let told = |done| progress(Progress { done: self.paths + done, of });
        let intervals = bootstrap.intervals(&returns, resample, told)?;
        Ok(self.card(bars, &returns, &axes, paths, &intervals))
    }

    fn card(
        &self,
        bars: &Bars,
        returns: &Returns,
        axes: &Axes,
        paths: Vec<Kept>,
        intervals: &[Option<Envelope>],
    ) -> Scorecard {
        let pattern = bars.pattern();
        let (mut measured, mut curves, mut pictures) = (Vec::new(), Vec::new(), Vec::new());
        pictures.push(drawn(pattern, bars.log_closes(), None));
        for path in paths {
            measured.push(path.facts);
            curves.push(path.curves);
            pictures.extend(path.drawn);
        }
        let values = measure(returns, self.hour_factors.as_ref());
        let score = |(number, fact)| {
            let of_paths = measured.iter().map(|path| path.get(number).copied().flatten());
            let interval = intervals.get(number).copied().flatten();
            Scored::new(fact, values.get(number).copied().flatten(), interval, of_paths)
        };
        let scored: Vec<Scored> = facts(pattern.scale()).iter().enumerate().map(score).collect();
        let applies: Vec<bool> = scored.iter().map(|fact| fact.value.is_some()).collect();
        Scorecard {
            scale: pattern.scale(),
            data: DataNote {
                first_close_ms: pattern.first_close_ms().unwrap_or_default(),
                last_close_ms: pattern.last_close_ms().unwrap_or_default(),
                returns: pattern.returns(),
                stretches: pattern.stretches().len(),
                zero_share: bars.zero_share(),
                warnings: bars.warnings().to_vec(),
            },
            seed: self.seed.to_string(),
            paths: self.paths,
            resamples: self.resamples,
            block_bars: pattern.scale().block_bars(),
            tally: Tally::of(&scored),
            self_check: SelfCheck::of(&measured, &applies),
            facts: scored,
            curves: axes.curves(axes.measure(returns), &curves),
            drawn: pictures,
        }
    }

    fn check(&self) -> Result<(), StudyError> {
        for (name, value) in [("paths", self.paths), ("resamples", self.resamples)] {
            if !(2..=MAX_WORKS).contains(&value) {
                return Err(StudyError::Domain { name, value });
            }
        }
        let mut factors = self.hour_factors.iter().flatten().enumerate();
        let odd = factors.find(|(_, factor)| !(factor.is_finite() && **factor > 0.0));
        odd.map_or(Ok(()), |(hour, &value)| Err(StudyError::HourFactor { hour, value }))
    }
}

/// Some points of each stretch, its first and last among them.
fn drawn(pattern: &Pattern, log_closes: &[f64], path: Option<u64>) -> Drawn {
    let first = log_closes.first().copied().unwrap_or_default();
    let stride = log_closes.len().div_ceil(POINTS);
    let mut points = pattern.close_times_ms().zip(log_closes);
    let stretch = |closes: usize| {
        let own = points.by_ref().take(closes).enumerate();
        let kept = own.filter(|(place, _)| place % stride == 0 || place + 1 == closes);
        kept.map(|(_, (time_ms, close))| (time_ms, (close - first).exp())).collect()
    };
    Drawn { path, stretches: pattern.stretches().iter().map(|part| part.closes).map(stretch).collect() }
}
