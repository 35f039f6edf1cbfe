use super::Prepared;
use crate::kernel::{self, Output, Source};
use crate::process::{BLOCK, LogSum, MAX_BUDGET, Noise, Process};

/// Noise words read at once.
pub(super) const WORDS: usize = 8 * MAX_BUDGET;

/// One path, walked from its first step in slices of any length.
#[derive(Clone, Debug)]
pub(super) struct Walk<'a, P: Process> {
    prepared: &'a Prepared<'a, P>,
    source: Source<'a>,
    /// The stream's step that is the path's first.
    origin: u64,
    at: At<P::State>,
}

/// Where a path stands.
#[derive(Clone, Debug)]
pub(super) struct At<S> {
    state: S,
    sum: LogSum,
    /// Steps taken.
    step: u64,
}

impl<S> At<S> {
    pub(super) fn start<P: Process<State = S>>(prepared: &Prepared<'_, P>, path: u64) -> Self {
        Self { state: prepared.initial_state(path), sum: LogSum::default(), step: 0 }
    }

    /// Steps taken.
    pub(super) fn step(&self) -> u64 {
        self.step
    }

    /// The next step's total.
    #[inline]
    pub(super) fn advance<P: Process<State = S>>(&mut self, prepared: &Prepared<'_, P>, noise: Noise<'_>) -> f64 {
        let increment = prepared.model.evolve(&mut self.state, &prepared.step, noise);
        let total = self.sum.add(self.step, increment);
        self.step += 1;
        total
    }
}

impl<'a, P: Process> Walk<'a, P> {
    pub(super) fn new(prepared: &'a Prepared<'a, P>, source: Source<'a>, path: u64) -> Self {
        Self::starting_at(prepared, source, path, 0)
    }

    /// A path whose first step is a later one of its stream.
    pub(super) fn starting_at(prepared: &'a Prepared<'a, P>, source: Source<'a>, path: u64, origin: u64) -> Self {
        Self { prepared, source, origin, at: At::start(prepared, path) }
    }

    pub(super) fn resume(prepared: &'a Prepared<'a, P>, source: Source<'a>, at: At<P::State>) -> Self {
        Self { prepared, source, origin: 0, at }
    }

    pub(super) fn stop(self) -> At<P::State> {
        self.at
    }

    /// The next steps.
    pub(super) fn fill(&mut self, output: Output, out: &mut [f64]) {
        let Some(step) = self.prepared.linear.filter(|_| self.origin.is_multiple_of(BLOCK as u64)) else {
            return self.evolve(output, out);
        };
        // Up to the sum's next block one by one, and from there in blocks.
        let block = BLOCK as u64;
        #[allow(clippy::cast_possible_truncation, reason = "below a block")]
        let head = (self.at.step.next_multiple_of(block) - self.at.step) as usize;
        let (head, out) = out.split_at_mut(head.min(out.len()));
        if !head.is_empty() {
            self.evolve(output, head);
        }
        kernel::line(self.source, (self.origin + self.at.step) / block, step, &mut self.at.sum, output, out);
        self.at.step += out.len() as u64;
    }

    /// The next steps of any model: noise and prices by kernels, the model step by step.
    fn evolve(&mut self, output: Output, out: &mut [f64]) {
        let budget = self.prepared.slots.budget;
        let mut buffer = Buffer::default();
        for out in out.chunks_mut(WORDS / budget) {
            let first = (self.origin + self.at.step).wrapping_mul(budget as u64);
            let noise = buffer.read(self.prepared, self.source, first, self.at.step, out.len());
            for (total, noise) in out.iter_mut().zip(noise) {
                *total = self.at.advance(self.prepared, noise);
            }
            kernel::finish(output, out);
        }
    }
}

/// The noise of some steps.
pub(super) struct Buffer {
    words: [u64; WORDS],
    picked: [u64; WORDS],
    normals: [f64; WORDS],
    diffusion: [f64; WORDS],
}

impl Default for Buffer {
    fn default() -> Self {
        Self { words: [0; WORDS], picked: [0; WORDS], normals: [0.0; WORDS], diffusion: [0.0; WORDS] }
    }
}

impl Buffer {
    /// Reads the noise of `steps` steps of a path, the first being `first_step`, from a word's index on, at most [`WORDS`] words
    /// of it.
    pub(super) fn read<P: Process>(
        &mut self,
        prepared: &Prepared<'_, P>,
        source: Source<'_>,
        first: u64,
        first_step: u64,
        steps: usize,
    ) -> impl Iterator<Item = Noise<'_>> {
        let slots = prepared.slots;
        let words = &mut self.words[..steps * slots.budget];
        source.read(first, words);
        if prepared.is_mirrored {
            for word in &mut *words {
                *word = !*word;
            }
        }
        slots.invert(words, &mut self.picked, &mut self.normals, &mut self.diffusion[..steps]);
        let (words, normals, diffusion) = (&*words, &self.normals[..], &self.diffusion[..steps]);
        let noise = diffusion.iter().zip(words.chunks_exact(slots.budget)).enumerate();
        noise.map(move |(place, (&normal, words))| {
            let noise = Noise::new(first_step + place as u64, normal, words);
            noise.with_normals(slots.leading(normals, place))
        })
    }
}
