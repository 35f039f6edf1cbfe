use gbm_core::kernel::inverse_normals;
use gbm_core::math::inverse_normal;
use gbm_core::noise::Seed;
use gbm_core::paths::PathError;

use crate::error::PriceError;
use crate::sobol::{Scramble, Sobol};

/// From here on a call of the vector kernel is faster than one word after the other; the bits are the same.
const VECTOR_DIMENSIONS: usize = 16;

/// The normals of scrambled Sobol' points: what to give any integrand of independent normals.
///
/// Coordinate d of point i is Φ⁻¹(σ_d(x_{i,d})), x the [`Sobol`] point (Gray code order), σ the replicate's [`Scramble`] and Φ⁻¹ by
/// [`inverse_normal`](gbm_core::math::inverse_normal), which is finite for every word. A point depends on seed, replicate and index
/// alone; the next one costs a XOR, a scramble and an inversion a dimension, any other one 64 XORs at most.
///
/// A replicate's mean over any points is unbiased, most accurate over the first 2^k, and tells no error: the spread over replicates
/// does.
///
/// Source: Owen (1995), "Randomly permuted (t,m,s)-nets and (t,s)-sequences".
///
/// ```
/// use gbm_core::noise::Seed;
/// use monte_carlo::QuasiNormals;
/// let mut points = QuasiNormals::new(Seed::from(42), 0, 2)?;
/// let (mut normals, mut below) = ([0.0; 2], [0; 2]);
/// for index in 0..1024 {
///     points.point(index, &mut normals);
///     below[0] += u32::from(normals[0] < 0.0);
///     below[1] += u32::from(normals[1] < 0.0);
/// }
/// assert_eq!(below, [512; 2]); // just half of each
/// assert!(QuasiNormals::new(Seed::from(42), 0, 21_202).is_err());
/// # Ok::<(), monte_carlo::PriceError>(())
/// ```
#[derive(Clone)]
pub struct QuasiNormals {
    sobol: Sobol,
    scrambles: Vec<Scramble>,
    /// The index that `reversed` is the plain point of.
    at: u64,
    reversed: Vec<u64>,
    words: Vec<u64>,
}

impl QuasiNormals {
    /// One replicate's points in so many dimensions.
    ///
    /// # Errors
    /// [`PriceError::Dimensions`] for none, or more than 21,201; [`PriceError::Engine`] for a replicate of 2⁴⁰ or more.
    pub fn new(seed: Seed, replicate: u64, dimensions: usize) -> Result<Self, PriceError> {
        let sobol = Sobol::new(dimensions)?;
        let mut scrambles = vec![Scramble::default(); dimensions];
        Scramble::fill(seed, replicate, &mut scrambles).map_err(PathError::from)?;
        // Point 0 is the origin.
        Ok(Self { sobol, scrambles, at: 0, reversed: vec![0; dimensions], words: vec![0; dimensions] })
    }

    /// The dimensions.
    pub fn dimensions(&self) -> usize {
        self.sobol.dimensions()
    }

    /// Writes the normals of a point, O(dimensions): its first ones, if there is less room, and no more than there are.
    #[inline]
    pub fn point(&mut self, index: u64, normals: &mut [f64]) {
        if index == self.at.wrapping_add(1) && index != 0 {
            self.sobol.advance(index, &mut self.reversed);
        } else if index != self.at {
            self.sobol.reversed_point(index, &mut self.reversed);
        }
        self.at = index;
        let points = self.reversed.iter().zip(&self.scrambles);
        if self.words.len() < VECTOR_DIMENSIONS {
            for (normal, (reversed, scramble)) in normals.iter_mut().zip(points) {
                *normal = inverse_normal(scramble.of_reversed(*reversed));
            }
            return;
        }
        for (word, (reversed, scramble)) in self.words.iter_mut().zip(points) {
            *word = scramble.of_reversed(*reversed);
        }
        inverse_normals(&self.words, normals);
    }
}

/// Shows the size only: the scrambles foretell the points.
impl std::fmt::Debug for QuasiNormals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QuasiNormals")
            .field("dimensions", &self.dimensions())
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}
