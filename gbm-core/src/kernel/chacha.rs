/// "expand 32-byte k", the constant of the first row.
pub(super) const SIGMA: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];
pub(super) const DOUBLE_ROUNDS: usize = 4;

/// A key as the eight words of the state's second and third row.
pub(crate) fn key_words(key: &[u8; 32]) -> [u32; 8] {
    let (chunks, _) = key.as_chunks::<4>();
    let mut words = [0; 8];
    for (word, chunk) in words.iter_mut().zip(chunks) {
        *word = u32::from_le_bytes(*chunk);
    }
    words
}

/// One block of ChaCha8 (Bernstein 2008) with a 64-bit counter and a 64-bit stream, as eight words of 64 bits.
///
/// Equal to `rand_chacha`'s `ChaCha8Rng` with the same key, stream and block.
#[inline]
pub(crate) fn block(key: &[u32; 8], stream: u64, counter: u64) -> [u64; 8] {
    #[allow(clippy::cast_possible_truncation, reason = "the two halves of a word")]
    let halves = |word: u64| (word as u32, (word >> 32) as u32);
    let (counter_low, counter_high) = halves(counter);
    let (stream_low, stream_high) = halves(stream);
    let start = [
        SIGMA[0],
        SIGMA[1],
        SIGMA[2],
        SIGMA[3],
        key[0],
        key[1],
        key[2],
        key[3],
        key[4],
        key[5],
        key[6],
        key[7],
        counter_low,
        counter_high,
        stream_low,
        stream_high,
    ];
    let mut s = start;
    for _ in 0..DOUBLE_ROUNDS {
        quarter(&mut s, 0, 4, 8, 12);
        quarter(&mut s, 1, 5, 9, 13);
        quarter(&mut s, 2, 6, 10, 14);
        quarter(&mut s, 3, 7, 11, 15);
        quarter(&mut s, 0, 5, 10, 15);
        quarter(&mut s, 1, 6, 11, 12);
        quarter(&mut s, 2, 7, 8, 13);
        quarter(&mut s, 3, 4, 9, 14);
    }
    let mut words = [0; 8];
    for (i, word) in words.iter_mut().enumerate() {
        let low = s[2 * i].wrapping_add(start[2 * i]);
        let high = s[2 * i + 1].wrapping_add(start[2 * i + 1]);
        *word = u64::from(high) << 32 | u64::from(low);
    }
    words
}

#[inline(always)]
#[allow(clippy::inline_always, reason = "the state must stay in registers across the rounds")]
fn quarter(s: &mut [u32; 16], a: usize, b: usize, c: usize, d: usize) {
    s[a] = s[a].wrapping_add(s[b]);
    s[d] = (s[d] ^ s[a]).rotate_left(16);
    s[c] = s[c].wrapping_add(s[d]);
    s[b] = (s[b] ^ s[c]).rotate_left(12);
    s[a] = s[a].wrapping_add(s[b]);
    s[d] = (s[d] ^ s[a]).rotate_left(8);
    s[c] = s[c].wrapping_add(s[d]);
    s[b] = (s[b] ^ s[c]).rotate_left(7);
}
