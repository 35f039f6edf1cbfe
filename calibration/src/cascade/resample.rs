//! Blocks of time drawn anew, for errors that know of dependence.

use gbm_core::noise::{Domain, NoiseStream, Seed, StreamId};

/// Sums over time of some columns, of which any block is a difference.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    columns: usize,
    /// Row t holds the sums before t.
    sums: Vec<f64>,
}

impl Sums {
    /// `fill` writes row t.
    pub(super) fn new(rows: usize, columns: usize, mut fill: impl FnMut(usize, &mut [f64])) -> Self {
        let (mut sums, mut row) = (vec![0.0; (rows + 1) * columns], vec![0.0; columns]);
        for t in 0..rows {
            fill(t, &mut row);
            for (column, value) in row.iter().enumerate() {
                sums[(t + 1) * columns + column] = sums[t * columns + column] + value;
            }
        }
        Self { columns, sums }
    }

    fn rows(&self) -> usize {
        self.sums.len() / self.columns - 1
    }

    fn before(&self, t: usize) -> &[f64] {
        &self.sums[t * self.columns..(t + 1) * self.columns]
    }

    /// Over all rows.
    pub(super) fn total(&self) -> &[f64] {
        self.before(self.rows())
    }

    /// Over as many rows in blocks, which begin anywhere and go on at the beginning after the end.
    ///
    /// Source: Politis and Romano (1992), *A circular block-resampling procedure for stationary data*.
    pub(super) fn resampled(&self, block: usize, noise: &mut NoiseStream) -> Vec<f64> {
        let (rows, mut left) = (self.rows(), self.rows());
        let mut total = vec![0.0; self.columns];
        while left > 0 {
            #[expect(clippy::cast_possible_truncation, reason = "below the number of rows")]
            let begin = ((u128::from(noise.next_word()) * rows as u128) >> 64) as usize;
            let length = block.clamp(1, left);
            let end = begin + length;
            let pieces = if end <= rows { [(begin, end), (0, 0)] } else { [(begin, rows), (0, end - rows)] };
            for (from, to) in pieces {
                let parts = self.before(to).iter().zip(self.before(from));
                total.iter_mut().zip(parts).for_each(|(total, (to, from))| *total += to - from);
            }
            left -= length;
        }
        total
    }
}

/// The noise of a seed's draws.
pub(super) fn noise(seed: u64) -> NoiseStream {
    NoiseStream::new(Seed::from(seed), StreamId::live(Domain::Diffusion, 0))
}
