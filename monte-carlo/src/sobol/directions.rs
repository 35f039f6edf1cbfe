/// Joe and Kuo's table as 32-bit numbers, written by build.rs: of each dimension from the second on degree·2²⁴ + a, then as many
/// initial numbers m as the degree says.
static TABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/joe_kuo.bin"));

/// Bits of a coordinate, and so direction numbers of a dimension.
pub(super) const BITS: usize = 64;

/// The direction numbers of the first dimensions, `[bit][dimension]`, each with its bits in reverse: bit 0 is the first binary
/// digit of the coordinate.
///
/// v_i = m_i·2^{64−i} for i up to the degree s, from there on v_i = (v_{i−s} >> s) ⊕ v_{i−s} ⊕ ⊕_{k<s} a_k·v_{i−k}. Reversed, the
/// shift goes to the left.
pub(super) fn reversed(dimensions: usize) -> Vec<u64> {
    let mut table = vec![0; BITS * dimensions];
    // The first dimension is van der Corput's: v_i = 2^{64−i}.
    for bit in 0..BITS {
        if let Some(direction) = table.get_mut(bit * dimensions) {
            *direction = 1 << bit;
        }
    }
    let (numbers, _) = TABLE.as_chunks::<4>();
    let mut numbers = numbers.iter().map(|bytes| u32::from_le_bytes(*bytes));
    for dimension in 1..dimensions {
        let Some(head) = numbers.next() else { break };
        let (degree, a) = ((head >> 24) as usize, head & 0xff_ffff);
        let mut v = [0_u64; BITS];
        for (i, (v, m)) in v.iter_mut().zip(numbers.by_ref().take(degree)).enumerate() {
            // m_i of i bits stands in the top i bits: reversed, in the low ones.
            *v = (u64::from(m) << (BITS - 1 - i)).reverse_bits();
        }
        for i in degree..BITS {
            let mut next = v[i - degree] ^ v[i - degree] << degree;
            for k in 1..degree {
                if a >> (degree - 1 - k) & 1 == 1 {
                    next ^= v[i - k];
                }
            }
            v[i] = next;
        }
        for (bit, v) in v.into_iter().enumerate() {
            table[bit * dimensions + dimension] = v;
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::MAX_DIMENSIONS;

    /// The table is whole: a last initial number for the last dimension, and nothing after it.
    #[test]
    fn there_are_as_many_dimensions_as_were_published() {
        let (numbers, rest) = TABLE.as_chunks::<4>();
        assert!(rest.is_empty());
        let mut numbers = numbers.iter().map(|bytes| u32::from_le_bytes(*bytes));
        let mut dimensions = 1;
        while let Some(head) = numbers.next() {
            let degree = head >> 24;
            for i in 0..degree {
                let m = numbers.next().unwrap();
                assert!(m % 2 == 1 && m < 2 << i, "m = {m} of dimension {dimensions}");
            }
            assert!(degree > 0 && (head & 0xff_ffff) < 1 << (degree - 1));
            dimensions += 1;
        }
        assert_eq!(dimensions, MAX_DIMENSIONS);
    }
}
