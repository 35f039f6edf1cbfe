use gbm_core::noise::{Domain, NoiseStream, Seed, StreamError, StreamId};

/// A random permutation of the 64-bit fractions that keeps every elementary interval together: nested scrambling.
///
/// With y the fraction's bits in reverse, bit 0 its first binary digit, and all arithmetic modulo 2⁶⁴,
///
/// z = m·(y + a), and the result is z ⊕ (z·e), reversed again;
///
/// a is uniform, m uniform among the odd, e among the even numbers. Bit i of each step depends on bits 0 to i of its operand
/// alone, and the step is invertible: so fractions that share their first k digits go on sharing just those, which is what
/// keeps a net a net.
///
/// **For two points it is Owen's scrambling, exactly.** Let y and y′ share their first v digits and no more. a being uniform, z is
/// uniform, whatever m is. m·(y − y′) is 2^v times an odd number, and m being uniform among the odd numbers, uniform among
/// those. So z′ has the first v digits of z, another next one, and then digits that are uniform and independent of z: the
/// joint law of two points under nested uniform scrambling. The last step maps such pairs to such pairs. Means and variances of
/// estimates depend on pairs only: estimates are unbiased, and their variance is Owen's. (A hash with one additive key, such as
/// Laine and Karras', correlates the digits of different intervals instead.) The last step, theirs, makes triples less
/// regular than an affine map would.
///
/// Source: Owen (1995), "Randomly permuted (t,m,s)-nets and (t,s)-sequences"; Laine and Karras (2011), *Computer Graphics Forum*
/// 30(4); in this form Burley (2020), *J. Computer Graphics Techniques* 9(4), with 32 bits and constants for m and e.
///
/// ```
/// use monte_carlo::sobol::Scramble;
/// let scramble = Scramble::new([0x1234, 0x5678, 0x9abc]);
/// let (left, right) = (scramble.of(0), scramble.of(1 << 63));
/// assert_ne!(left >> 63, right >> 63); // the two halves are exchanged or kept
/// assert_eq!(scramble.of(1 << 60) >> 61, left >> 61); // what is close stays close
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scramble {
    add: u64,
    multiply: u64,
    mix: u64,
}

impl Scramble {
    /// The permutation of three uniform words: a, m but for its last bit, which is set, e but for its last bit, which is cleared.
    pub const fn new([add, multiply, mix]: [u64; 3]) -> Self {
        Self { add, multiply: multiply | 1, mix: mix & !1 }
    }

    /// The image of a fraction of 2⁶⁴.
    pub const fn of(self, fraction: u64) -> u64 {
        self.of_reversed(fraction.reverse_bits())
    }

    /// The image of a fraction given by its reversed bits.
    #[inline]
    pub(crate) const fn of_reversed(self, reversed: u64) -> u64 {
        let z = reversed.wrapping_add(self.add).wrapping_mul(self.multiply);
        (z ^ z.wrapping_mul(self.mix)).reverse_bits()
    }

    /// The permutations of the first dimensions in one replicate: words 8·d to 8·d + 2 of stream (scrambles ‖ 0 ‖ replicate).
    ///
    /// # Errors
    /// [`StreamError`] for a replicate of 2⁴⁰ or more.
    pub fn fill(seed: Seed, replicate: u64, scrambles: &mut [Self]) -> Result<(), StreamError> {
        let noise = NoiseStream::new(seed, StreamId::new(Domain::Scrambles, 0, replicate)?);
        for (block, scramble) in (0..).zip(scrambles) {
            let [add, multiply, mix, ..] = noise.block(block);
            *scramble = Self::new([add, multiply, mix]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: u32 = 4;
    const SIDE: usize = 1 << DIGITS;

    /// How often each pair of fractions of four digits has each pair of images, over all keys of four bits: bit i depends on bits 0
    /// to i alone, so that these are all the scrambles of four digits there are.
    fn pairs(of: impl Fn([u64; 3], u64) -> u64, first: usize, second: usize) -> Vec<u32> {
        let mut counts = vec![0; SIDE * SIDE];
        let fraction = |digits: usize| (digits as u64) << (64 - DIGITS);
        for key in 0..1_u64 << (3 * DIGITS) {
            let part = |place: u32| key >> (place * DIGITS) & (SIDE as u64 - 1);
            let key = [part(0), part(1), part(2)];
            let image = |digits| usize::try_from(of(key, fraction(digits)) >> (64 - DIGITS)).unwrap();
            counts[image(first) * SIDE + image(second)] += 1;
        }
        counts
    }

    /// Whether every pair of fractions has the joint law of nested uniform scrambling: of 16·16 pairs of images, just those that
    /// share as many digits as the fractions do, and all of them equally often.
    fn is_owens(of: impl Fn([u64; 3], u64) -> u64 + Copy) -> bool {
        let shared = |a: usize, b: usize| (a ^ b).leading_zeros() - (usize::BITS - DIGITS);
        (0..SIDE).all(|first| {
            (0..first).all(|second| {
                let counts = pairs(of, first, second);
                let expected = counts.iter().max().copied().unwrap_or_default();
                counts.iter().enumerate().all(|(place, &count)| {
                    let is_possible = shared(place / SIDE, place % SIDE) == shared(first, second);
                    count == if is_possible { expected } else { 0 }
                })
            })
        })
    }

    #[test]
    fn every_pair_of_points_is_scrambled_as_by_owen() {
        assert!(is_owens(|key, fraction| Scramble::new(key).of(fraction)));
    }

    /// Planted faults: one additive key (Laine and Karras), a key that multiplies before anything is added, a digital shift.
    #[test]
    fn lesser_scrambles_are_told_apart() {
        let laine_karras = |[seed, ..]: [u64; 3], fraction: u64| {
            let x = fraction.reverse_bits().wrapping_add(seed);
            let constants = [0x6c50_b47c, 0xb82f_1e52, 0xc7af_e638, 0x8d22_f6e6];
            constants.iter().fold(x, |x: u64, c| x ^ x.wrapping_mul(*c)).reverse_bits()
        };
        assert!(!is_owens(laine_karras));
        assert!(!is_owens(|key, fraction| Scramble { add: 0, ..Scramble::new(key) }.of(fraction)));
        assert!(!is_owens(|key, fraction| Scramble { multiply: 1, mix: 0, ..Scramble::new(key) }.of(fraction)));
        assert!(!is_owens(|[shift, ..], fraction| fraction ^ shift.reverse_bits()));
    }
}
