//! The primitives of AVX-512 (F and DQ): eight f64, sixteen u32.

#[allow(clippy::wildcard_imports, reason = "an instruction set")]
use core::arch::x86_64::*;

use bytemuck::must_cast;

type F = __m512d;
type U = __m512i;
type D = __m512i;
const WIDTH: usize = 8;
const GROUP: usize = 16;
/// Unpacking takes the first two elements of each quarter, then the last two.
const ORDER: [u64; GROUP] = [0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15];

super::primitives::primitives! {
    "avx512f,avx512dq";

    splat(x: f64) -> F { _mm512_set1_pd(x) }
    load(x: &[f64; WIDTH]) -> F { must_cast(*x) }
    store(x: F, place: &mut [f64; WIDTH]) { *place = must_cast(x); }
    add(x: F, y: F) -> F { _mm512_add_pd(x, y) }
    sub(x: F, y: F) -> F { _mm512_sub_pd(x, y) }
    mul(x: F, y: F) -> F { _mm512_mul_pd(x, y) }
    min(x: F, y: F) -> F { _mm512_min_pd(x, y) }
    max(x: F, y: F) -> F { _mm512_max_pd(x, y) }
    bits(x: F) -> U { _mm512_castpd_si512(x) }
    float(x: U) -> F { _mm512_castsi512_pd(x) }

    splat_64(x: u64) -> U { _mm512_set1_epi64(x.cast_signed()) }
    load_64(x: &[u64; WIDTH]) -> U { must_cast(*x) }
    store_64(x: U, place: &mut [u64; WIDTH]) { *place = must_cast(x); }
    add_64(x: U, y: U) -> U { _mm512_add_epi64(x, y) }
    or(x: U, y: U) -> U { _mm512_or_si512(x, y) }
    xor(x: U, y: U) -> U { _mm512_xor_si512(x, y) }
    and_not(x: U, y: U) -> U { _mm512_andnot_si512(x, y) }
    shift_left<const N: u32>(x: U) -> U { _mm512_slli_epi64::<N>(x) }
    shift_right<const N: u32>(x: U) -> U { _mm512_srli_epi64::<N>(x) }
    sign_mask(x: U) -> U { _mm512_srai_epi64::<63>(x) }

    splat_32(x: u32) -> D { _mm512_set1_epi32(x.cast_signed()) }
    load_32(x: &[u32; GROUP]) -> D { must_cast(*x) }
    add_32(x: D, y: D) -> D { _mm512_add_epi32(x, y) }
    xor_32(x: D, y: D) -> D { _mm512_xor_si512(x, y) }
    rotate_16(x: D) -> D { _mm512_rol_epi32::<16>(x) }
    rotate_12(x: D) -> D { _mm512_rol_epi32::<12>(x) }
    rotate_8(x: D) -> D { _mm512_rol_epi32::<8>(x) }
    rotate_7(x: D) -> D { _mm512_rol_epi32::<7>(x) }
    pair(low: D, high: D, row: &mut [u64; GROUP]) {
        let (parts, _) = row.as_chunks_mut();
        store_64(_mm512_unpacklo_epi32(low, high), &mut parts[0]);
        store_64(_mm512_unpackhi_epi32(low, high), &mut parts[1]);
    }

    transpose(x: [F; WIDTH]) -> [F; WIDTH] {
        let mut pairs = [x[0]; WIDTH];
        for i in 0..4 {
            pairs[i] = _mm512_unpacklo_pd(x[2 * i], x[2 * i + 1]);
            pairs[4 + i] = _mm512_unpackhi_pd(x[2 * i], x[2 * i + 1]);
        }
        let mut lanes = [x[0]; WIDTH];
        for parity in 0..2 {
            let p = &pairs[4 * parity..];
            let (a, b) = (_mm512_shuffle_f64x2::<0x44>(p[0], p[1]), _mm512_shuffle_f64x2::<0x44>(p[2], p[3]));
            let (c, d) = (_mm512_shuffle_f64x2::<0xee>(p[0], p[1]), _mm512_shuffle_f64x2::<0xee>(p[2], p[3]));
            lanes[parity] = _mm512_shuffle_f64x2::<0x88>(a, b);
            lanes[2 + parity] = _mm512_shuffle_f64x2::<0xdd>(a, b);
            lanes[4 + parity] = _mm512_shuffle_f64x2::<0x88>(c, d);
            lanes[6 + parity] = _mm512_shuffle_f64x2::<0xdd>(c, d);
        }
        lanes
    }
    four(a: &[f64; 2], b: &[f64; 2], c: &[f64; 2], d: &[f64; 2]) -> F {
        let x = _mm512_castpd128_pd512(must_cast(*a));
        let x = _mm512_insertf64x2::<1>(x, must_cast(*b));
        let x = _mm512_insertf64x2::<2>(x, must_cast(*c));
        _mm512_insertf64x2::<3>(x, must_cast(*d))
    }
    two(a: &[f64; 4], b: &[f64; 4]) -> F {
        _mm512_insertf64x4::<1>(_mm512_castpd256_pd512(must_cast(*a)), must_cast(*b))
    }
    // Halves of rows cost fewer instructions than pairs of their numbers.
    transpose_rows(rows: [&[f64; 8]; WIDTH]) -> [F; 6] {
        let [a, b, c, d, e, f, g, h] = rows.map(|row| &row.as_chunks::<4>().0[0]);
        let (w, x, y, z) = (two(a, c), two(b, d), two(e, g), two(f, h));
        let (w, x, y, z) = (
            _mm512_unpacklo_pd(w, x), _mm512_unpackhi_pd(w, x), _mm512_unpacklo_pd(y, z), _mm512_unpackhi_pd(y, z),
        );
        let [a, b, c, d, e, f, g, h] = rows.map(|row| &row.as_chunks::<2>().0[2]);
        let (even, odd) = (four(a, c, e, g), four(b, d, f, h));
        [
            _mm512_shuffle_f64x2::<0x88>(w, y),
            _mm512_shuffle_f64x2::<0x88>(x, z),
            _mm512_shuffle_f64x2::<0xdd>(w, y),
            _mm512_shuffle_f64x2::<0xdd>(x, z),
            _mm512_unpacklo_pd(even, odd),
            _mm512_unpackhi_pd(even, odd),
        ]
    }
}

super::stages::stages! { #[target_feature(enable = "avx512f,avx512dq")] }
