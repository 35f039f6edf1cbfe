//! The primitives of NEON, which every 64-bit ARM processor has: two f64, four u32.

#[allow(clippy::wildcard_imports, reason = "an instruction set")]
use core::arch::aarch64::*;

use bytemuck::must_cast;

type F = float64x2_t;
type U = uint64x2_t;
type D = uint32x4_t;
const WIDTH: usize = 2;
const GROUP: usize = 4;
const ORDER: [u64; GROUP] = [0, 1, 2, 3];

super::primitives::primitives! {
    "neon";

    splat(x: f64) -> F { vdupq_n_f64(x) }
    load(x: &[f64; WIDTH]) -> F { must_cast(*x) }
    store(x: F, place: &mut [f64; WIDTH]) { *place = must_cast(x); }
    add(x: F, y: F) -> F { vaddq_f64(x, y) }
    sub(x: F, y: F) -> F { vsubq_f64(x, y) }
    mul(x: F, y: F) -> F { vmulq_f64(x, y) }
    min(x: F, y: F) -> F { vminq_f64(x, y) }
    max(x: F, y: F) -> F { vmaxq_f64(x, y) }
    bits(x: F) -> U { vreinterpretq_u64_f64(x) }
    float(x: U) -> F { vreinterpretq_f64_u64(x) }

    splat_64(x: u64) -> U { vdupq_n_u64(x) }
    load_64(x: &[u64; WIDTH]) -> U { must_cast(*x) }
    store_64(x: U, place: &mut [u64; WIDTH]) { *place = must_cast(x); }
    add_64(x: U, y: U) -> U { vaddq_u64(x, y) }
    or(x: U, y: U) -> U { vorrq_u64(x, y) }
    xor(x: U, y: U) -> U { veorq_u64(x, y) }
    and_not(x: U, y: U) -> U { vbicq_u64(y, x) }
    shift_left<const N: u32>(x: U) -> U { vshlq_u64(x, vdupq_n_s64(i64::from(N))) }
    shift_right<const N: u32>(x: U) -> U { vshlq_u64(x, vdupq_n_s64(-i64::from(N))) }
    sign_mask(x: U) -> U { vcltzq_s64(vreinterpretq_s64_u64(x)) }

    splat_32(x: u32) -> D { vdupq_n_u32(x) }
    load_32(x: &[u32; GROUP]) -> D { must_cast(*x) }
    add_32(x: D, y: D) -> D { vaddq_u32(x, y) }
    xor_32(x: D, y: D) -> D { veorq_u32(x, y) }
    rotate_16(x: D) -> D { vreinterpretq_u32_u16(vrev32q_u16(vreinterpretq_u16_u32(x))) }
    rotate_12(x: D) -> D { vsriq_n_u32::<20>(vshlq_n_u32::<12>(x), x) }
    rotate_8(x: D) -> D { vsriq_n_u32::<24>(vshlq_n_u32::<8>(x), x) }
    rotate_7(x: D) -> D { vsriq_n_u32::<25>(vshlq_n_u32::<7>(x), x) }
    pair(low: D, high: D, row: &mut [u64; GROUP]) {
        let (parts, _) = row.as_chunks_mut();
        store_64(vreinterpretq_u64_u32(vzip1q_u32(low, high)), &mut parts[0]);
        store_64(vreinterpretq_u64_u32(vzip2q_u32(low, high)), &mut parts[1]);
    }

    transpose(x: [F; WIDTH]) -> [F; WIDTH] {
        [vzip1q_f64(x[0], x[1]), vzip2q_f64(x[0], x[1])]
    }
    transpose_rows(rows: [&[f64; 8]; WIDTH]) -> [F; 6] {
        let mut columns = [splat(0.0); 6];
        for pair in 0..3 {
            let [a, b]: [F; 2] = rows.map(|row| must_cast(row.as_chunks::<2>().0[pair]));
            columns[2 * pair] = vzip1q_f64(a, b);
            columns[2 * pair + 1] = vzip2q_f64(a, b);
        }
        columns
    }
}

super::stages::stages! { #[target_feature(enable = "neon")] }
