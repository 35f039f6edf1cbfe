//! Blocks of time drawn anew, for errors that know of dependence.

use gbm_core::noise::{Domain, NoiseStream, Seed, StreamId};

/// Numbers that are kept, at most but for one row of them: 32 MB.
const MOST_KEPT: usize = 1 << 22;

/// Sums over time of some columns, of which any block is a difference. Kept is one row of sums in `stride`: those between are
/// added up anew, in the same order, so that the stride changes no bit.
pub(super) struct Sums<F> {
    rows: usize,
    columns: usize,
    stride: usize,
    /// Row i holds the sums before time i·stride.
    kept: Vec<f64>,
    total: Vec<f64>,
    fill: F,
}

impl<F: Fn(usize, &mut [f64])> Sums<F> {
    /// `fill` writes row t.
    pub(super) fn new(rows: usize, columns: usize, fill: F) -> Self {
        let stride = rows.saturating_mul(columns).div_ceil(MOST_KEPT);
        Self::kept_each(stride.max(1), rows, columns, fill)
    }

    fn kept_each(stride: usize, rows: usize, columns: usize, fill: F) -> Self {
        let kept = Vec::with_capacity(rows.div_ceil(stride) * columns);
        let mut sums = Self { rows, columns, stride, kept, total: vec![0.0; columns], fill };
        let mut row = vec![0.0; columns];
        for t in 0..rows {
            if t % stride == 0 {
                sums.kept.extend_from_slice(&sums.total);
            }
            add(&sums.fill, t, &mut row, &mut sums.total);
        }
        sums
    }

    /// Writes the sums before t, up to the end.
    fn before(&self, t: usize, row: &mut [f64], sums: &mut [f64]) {
        if t >= self.rows {
            sums.copy_from_slice(&self.total);
            return;
        }
        let place = t / self.stride;
        sums.copy_from_slice(&self.kept[place * self.columns..(place + 1) * self.columns]);
        for t in place * self.stride..t {
            add(&self.fill, t, row, sums);
        }
    }

    /// Over all rows.
    pub(super) fn total(&self) -> &[f64] {
        &self.total
    }

    /// Over as many rows in blocks, which begin anywhere and go on at the beginning after the end.
    ///
    /// Source: Politis and Romano (1992), *A circular block-resampling procedure for stationary data*.
    pub(super) fn resampled(&self, block: usize, noise: &mut NoiseStream) -> Vec<f64> {
        let (rows, mut left) = (self.rows, self.rows);
        let empty = || vec![0.0; self.columns];
        let (mut total, mut row, mut to_sums, mut from_sums) = (empty(), empty(), empty(), empty());
        while left > 0 {
            #[expect(clippy::cast_possible_truncation, reason = "below the number of rows")]
            let begin = ((u128::from(noise.next_word()) * rows as u128) >> 64) as usize;
            let length = block.clamp(1, left);
            let end = begin + length;
            let pieces = if end <= rows { [(begin, end), (0, 0)] } else { [(begin, rows), (0, end - rows)] };
            for (from, to) in pieces {
                self.before(to, &mut row, &mut to_sums);
                self.before(from, &mut row, &mut from_sums);
                let parts = to_sums.iter().zip(&from_sums);
                total.iter_mut().zip(parts).for_each(|(total, (to, from))| *total += to - from);
            }
            left -= length;
        }
        total
    }
}

fn add(fill: &impl Fn(usize, &mut [f64]), t: usize, row: &mut [f64], sums: &mut [f64]) {
    fill(t, row);
    sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += *value);
}

/// The noise of a seed's draws.
pub(super) fn noise(seed: u64) -> NoiseStream {
    NoiseStream::new(Seed::from(seed), StreamId::live(Domain::Resamples, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns whose sums round.
    fn fill(t: usize, row: &mut [f64]) {
        for (column, value) in row.iter_mut().enumerate() {
            *value = ((t * (7 + column) * 13) % 41) as f64 / 3.0 - 6.0;
        }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let sums = Sums::new(3_000_000, 4, fill);
        assert!(sums.kept.len() <= MOST_KEPT + 4, "{}", sums.kept.len());
        assert_eq!(Sums::new(1000, 4, fill).stride, 1, "few rows are all kept");
    }

    #[test]
    fn the_stride_changes_no_bit() {
        let draws = |stride| {
            let (sums, mut noise) = (Sums::kept_each(stride, 1000, 3, fill), noise(5));
            (sums.total().to_vec(), [1, 70, 1000, 5000].map(|block| sums.resampled(block, &mut noise)))
        };
        let all_kept = draws(1);
        for stride in [2, 7, 64, 999, 1000, 5000] {
            assert_eq!(draws(stride), all_kept, "{stride}");
        }
    }

    #[test]
    fn draws_are_of_the_resamples_own_stream() {
        let own = NoiseStream::new(Seed::from(5), StreamId::live(Domain::Resamples, 0));
        assert_eq!(noise(5).next_word(), own.clone().word(0));
    }
}
