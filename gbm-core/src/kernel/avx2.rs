//! The primitives of AVX2: four f64, eight u32.

#[allow(clippy::wildcard_imports, reason = "an instruction set")]
use core::arch::x86_64::*;

use bytemuck::must_cast;

type F = __m256d;
type U = __m256i;
type D = __m256i;
const WIDTH: usize = 4;
const GROUP: usize = 8;
/// Unpacking takes the first two elements of each half, then the last two.
const ORDER: [u64; GROUP] = [0, 1, 4, 5, 2, 3, 6, 7];

super::primitives::primitives! {
    "avx2";

    splat(x: f64) -> F { _mm256_set1_pd(x) }
    load(x: &[f64; WIDTH]) -> F { must_cast(*x) }
    store(x: F, place: &mut [f64; WIDTH]) { *place = must_cast(x); }
    add(x: F, y: F) -> F { _mm256_add_pd(x, y) }
    sub(x: F, y: F) -> F { _mm256_sub_pd(x, y) }
    mul(x: F, y: F) -> F { _mm256_mul_pd(x, y) }
    min(x: F, y: F) -> F { _mm256_min_pd(x, y) }
    max(x: F, y: F) -> F { _mm256_max_pd(x, y) }
    bits(x: F) -> U { _mm256_castpd_si256(x) }
    float(x: U) -> F { _mm256_castsi256_pd(x) }

    splat_64(x: u64) -> U { _mm256_set1_epi64x(x.cast_signed()) }
    load_64(x: &[u64; WIDTH]) -> U { must_cast(*x) }
    store_64(x: U, place: &mut [u64; WIDTH]) { *place = must_cast(x); }
    add_64(x: U, y: U) -> U { _mm256_add_epi64(x, y) }
    or(x: U, y: U) -> U { _mm256_or_si256(x, y) }
    xor(x: U, y: U) -> U { _mm256_xor_si256(x, y) }
    and_not(x: U, y: U) -> U { _mm256_andnot_si256(x, y) }
    shift_left<const N: u32>(x: U) -> U { _mm256_sllv_epi64(x, splat_64(u64::from(N))) }
    shift_right<const N: u32>(x: U) -> U { _mm256_srlv_epi64(x, splat_64(u64::from(N))) }
    sign_mask(x: U) -> U { _mm256_cmpgt_epi64(_mm256_setzero_si256(), x) }

    splat_32(x: u32) -> D { _mm256_set1_epi32(x.cast_signed()) }
    load_32(x: &[u32; GROUP]) -> D { must_cast(*x) }
    add_32(x: D, y: D) -> D { _mm256_add_epi32(x, y) }
    xor_32(x: D, y: D) -> D { _mm256_xor_si256(x, y) }
    rotate_16(x: D) -> D {
        _mm256_shuffle_epi8(x, _mm256_setr_epi8(
            2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13,
            2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13,
        ))
    }
    rotate_12(x: D) -> D { _mm256_or_si256(_mm256_slli_epi32::<12>(x), _mm256_srli_epi32::<20>(x)) }
    rotate_8(x: D) -> D {
        _mm256_shuffle_epi8(x, _mm256_setr_epi8(
            3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14,
            3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14,
        ))
    }
    rotate_7(x: D) -> D { _mm256_or_si256(_mm256_slli_epi32::<7>(x), _mm256_srli_epi32::<25>(x)) }
    pair(low: D, high: D, row: &mut [u64; GROUP]) {
        let (parts, _) = row.as_chunks_mut();
        store_64(_mm256_unpacklo_epi32(low, high), &mut parts[0]);
        store_64(_mm256_unpackhi_epi32(low, high), &mut parts[1]);
    }

    transpose(x: [F; WIDTH]) -> [F; WIDTH] {
        let (a, b) = (_mm256_unpacklo_pd(x[0], x[1]), _mm256_unpackhi_pd(x[0], x[1]));
        let (c, d) = (_mm256_unpacklo_pd(x[2], x[3]), _mm256_unpackhi_pd(x[2], x[3]));
        [
            _mm256_permute2f128_pd::<0x20>(a, c),
            _mm256_permute2f128_pd::<0x20>(b, d),
            _mm256_permute2f128_pd::<0x31>(a, c),
            _mm256_permute2f128_pd::<0x31>(b, d),
        ]
    }
    two(low: &[f64; 2], high: &[f64; 2]) -> F {
        _mm256_insertf128_pd::<1>(_mm256_castpd128_pd256(must_cast(*low)), must_cast(*high))
    }
    transpose_rows(rows: [&[f64; 8]; WIDTH]) -> [F; 6] {
        let mut columns = [splat(0.0); 6];
        for pair in 0..3 {
            let [a, b, c, d] = rows.map(|row| &row.as_chunks::<2>().0[pair]);
            let (even, odd) = (two(a, c), two(b, d));
            columns[2 * pair] = _mm256_unpacklo_pd(even, odd);
            columns[2 * pair + 1] = _mm256_unpackhi_pd(even, odd);
        }
        columns
    }
}

super::stages::stages! { #[target_feature(enable = "avx2")] }
