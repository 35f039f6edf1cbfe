//! The primitives of SSE2, which every x86-64 processor has: two f64, four u32.

#[allow(clippy::wildcard_imports, reason = "an instruction set")]
use core::arch::x86_64::*;

use bytemuck::must_cast;

type F = __m128d;
type U = __m128i;
type D = __m128i;
const WIDTH: usize = 2;
const GROUP: usize = 4;
const ORDER: [u64; GROUP] = [0, 1, 2, 3];

super::primitives::primitives! {
    "sse2";

    splat(x: f64) -> F { _mm_set1_pd(x) }
    load(x: &[f64; WIDTH]) -> F { must_cast(*x) }
    store(x: F, place: &mut [f64; WIDTH]) { *place = must_cast(x); }
    add(x: F, y: F) -> F { _mm_add_pd(x, y) }
    sub(x: F, y: F) -> F { _mm_sub_pd(x, y) }
    mul(x: F, y: F) -> F { _mm_mul_pd(x, y) }
    min(x: F, y: F) -> F { _mm_min_pd(x, y) }
    max(x: F, y: F) -> F { _mm_max_pd(x, y) }
    bits(x: F) -> U { _mm_castpd_si128(x) }
    float(x: U) -> F { _mm_castsi128_pd(x) }

    splat_64(x: u64) -> U { _mm_set1_epi64x(x.cast_signed()) }
    load_64(x: &[u64; WIDTH]) -> U { must_cast(*x) }
    store_64(x: U, place: &mut [u64; WIDTH]) { *place = must_cast(x); }
    add_64(x: U, y: U) -> U { _mm_add_epi64(x, y) }
    or(x: U, y: U) -> U { _mm_or_si128(x, y) }
    xor(x: U, y: U) -> U { _mm_xor_si128(x, y) }
    and_not(x: U, y: U) -> U { _mm_andnot_si128(x, y) }
    shift_left<const N: u32>(x: U) -> U { _mm_sll_epi64(x, _mm_cvtsi32_si128(N.cast_signed())) }
    shift_right<const N: u32>(x: U) -> U { _mm_srl_epi64(x, _mm_cvtsi32_si128(N.cast_signed())) }
    sign_mask(x: U) -> U { _mm_shuffle_epi32::<0b11_11_01_01>(_mm_srai_epi32::<31>(x)) }

    splat_32(x: u32) -> D { _mm_set1_epi32(x.cast_signed()) }
    load_32(x: &[u32; GROUP]) -> D { must_cast(*x) }
    add_32(x: D, y: D) -> D { _mm_add_epi32(x, y) }
    xor_32(x: D, y: D) -> D { _mm_xor_si128(x, y) }
    rotate_16(x: D) -> D { _mm_shufflehi_epi16::<0b10_11_00_01>(_mm_shufflelo_epi16::<0b10_11_00_01>(x)) }
    rotate_12(x: D) -> D { _mm_or_si128(_mm_slli_epi32::<12>(x), _mm_srli_epi32::<20>(x)) }
    rotate_8(x: D) -> D { _mm_or_si128(_mm_slli_epi32::<8>(x), _mm_srli_epi32::<24>(x)) }
    rotate_7(x: D) -> D { _mm_or_si128(_mm_slli_epi32::<7>(x), _mm_srli_epi32::<25>(x)) }
    pair(low: D, high: D, row: &mut [u64; GROUP]) {
        let (parts, _) = row.as_chunks_mut();
        store_64(_mm_unpacklo_epi32(low, high), &mut parts[0]);
        store_64(_mm_unpackhi_epi32(low, high), &mut parts[1]);
    }

    transpose(x: [F; WIDTH]) -> [F; WIDTH] {
        [_mm_unpacklo_pd(x[0], x[1]), _mm_unpackhi_pd(x[0], x[1])]
    }
    transpose_rows(rows: [&[f64; 8]; WIDTH]) -> [F; 6] {
        let mut columns = [splat(0.0); 6];
        for pair in 0..3 {
            let [a, b] = rows.map(|row| must_cast(row.as_chunks::<2>().0[pair]));
            columns[2 * pair] = _mm_unpacklo_pd(a, b);
            columns[2 * pair + 1] = _mm_unpackhi_pd(a, b);
        }
        columns
    }
}

super::stages::stages! { #[target_feature(enable = "sse2")] }
