//! Sobol' points of 64 bits, in up to 21,201 dimensions, and their scrambling.

mod directions;
mod scramble;

pub use scramble::Scramble;

use crate::error::{MAX_DIMENSIONS, PriceError};
use directions::reversed;

/// Sobol' sequence with the direction numbers of Joe and Kuo (new-joe-kuo-6), expanded to 64 bits: 2⁶⁴ points.
///
/// Points come in Gray code order: coordinate d of point i is ⊕ v_{k,d} over the bits k of i ⊕ (i >> 1), a fraction of 2⁶⁴. Any 2^k
/// points from a multiple of 2^k on are those of the plain order, in another order. Point 0 is the origin.
///
/// Source: Joe and Kuo (2008), *SIAM J. Sci. Comput.* 30(5); Antonov and Saleev (1979) for the order.
///
/// ```
/// use monte_carlo::sobol::Sobol;
/// let sobol = Sobol::new(2)?;
/// let mut point = [0; 2];
/// sobol.point(3, &mut point);
/// assert_eq!(point.map(|x| x >> 62), [0b01, 0b11]); // (¼, ¾)
/// assert!(Sobol::new(21_202).is_err());
/// # Ok::<(), monte_carlo::PriceError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sobol {
    dimensions: usize,
    /// `[bit][dimension]`, the bits of each number in reverse.
    directions: Vec<u64>,
}

impl Sobol {
    /// The sequence in so many dimensions.
    ///
    /// # Errors
    /// [`PriceError::Dimensions`] for none, or more than 21,201.
    pub fn new(dimensions: usize) -> Result<Self, PriceError> {
        if !(1..=MAX_DIMENSIONS).contains(&dimensions) {
            return Err(PriceError::Dimensions(dimensions as u64));
        }
        Ok(Self { dimensions, directions: reversed(dimensions) })
    }

    /// The dimensions.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Writes the coordinates of a point, O(dimensions): fractions of 2⁶⁴, as many as both have room for.
    pub fn point(&self, index: u64, out: &mut [u64]) {
        self.reversed_point(index, out);
        for coordinate in out {
            *coordinate = coordinate.reverse_bits();
        }
    }

    /// A point whose coordinates' bits are reversed.
    pub(crate) fn reversed_point(&self, index: u64, out: &mut [u64]) {
        out.fill(0);
        let mut gray = index ^ index >> 1;
        while gray != 0 {
            self.add(gray.trailing_zeros(), out);
            gray &= gray - 1;
        }
    }

    /// Turns reversed point `index − 1` into reversed point `index`: one direction number a coordinate.
    #[inline]
    pub(crate) fn advance(&self, index: u64, point: &mut [u64]) {
        self.add(index.trailing_zeros() % u64::BITS, point);
    }

    #[inline]
    fn add(&self, bit: u32, point: &mut [u64]) {
        let row = &self.directions[bit as usize * self.dimensions..][..self.dimensions];
        for (coordinate, direction) in point.iter_mut().zip(row) {
            *coordinate ^= direction;
        }
    }
}
