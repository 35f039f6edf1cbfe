use crate::math::{inverse_normal, uniform};

/// Which step it is, and what the time of day and week makes of its diffusion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct When {
    /// The step, from 0.
    pub step: u64,
    /// By how much the diffusion (not the jumps) is scaled, as a standard deviation; 1 without seasons.
    pub season: f64,
}

impl When {
    /// A step of a market without seasons.
    #[inline]
    pub fn step(step: u64) -> Self {
        Self { step, season: 1.0 }
    }
}

/// The noise of one step: the words of the model's budget and the diffusion normal after correlation.
#[derive(Clone, Copy, Debug)]
pub struct Noise<'a> {
    when: When,
    diffusion: f64,
    words: &'a [u64],
    /// The normals of the first words, where they were computed ahead.
    normals: &'a [f64],
}

impl<'a> Noise<'a> {
    /// Noise of a step from its words and the (correlated) diffusion normal.
    #[inline]
    pub fn new(step: u64, diffusion: f64, words: &'a [u64]) -> Self {
        Self { when: When::step(step), diffusion, words, normals: &[] }
    }

    /// The same with the normals of the first words, which a kernel has computed.
    #[inline]
    pub(crate) fn with_normals(self, normals: &'a [f64]) -> Self {
        Self { normals, ..self }
    }

    /// The same as another step's.
    #[inline]
    pub(crate) fn of_step(self, step: u64) -> Self {
        Self { when: When { step, ..self.when }, ..self }
    }

    /// The same in another season.
    #[inline]
    #[must_use]
    pub fn in_season(self, season: f64) -> Self {
        Self { when: When { season, ..self.when }, ..self }
    }

    /// Which step it is, and in what season.
    #[inline]
    pub fn when(&self) -> When {
        self.when
    }

    /// The diffusion normal, mixed with other assets' where they are correlated.
    #[inline]
    pub fn diffusion(&self) -> f64 {
        self.diffusion
    }

    /// The standard normal of another slot; a slot outside the budget gives the first one's.
    #[inline]
    pub fn normal(&self, slot: usize) -> f64 {
        match self.normals.get(slot) {
            Some(&normal) => normal,
            None => inverse_normal(self.word(slot)),
        }
    }

    /// The uniform in (0, 1) of another slot.
    #[inline]
    pub fn uniform(&self, slot: usize) -> f64 {
        uniform(self.word(slot))
    }

    #[inline]
    fn word(&self, slot: usize) -> u64 {
        debug_assert!(slot < self.words.len(), "slot {slot} of a budget of {}", self.words.len());
        self.words.get(slot).copied().unwrap_or_default()
    }
}
