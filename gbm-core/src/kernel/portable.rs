//! The primitives in plain Rust: one f64, one u32.

#![allow(clippy::trivially_copy_pass_by_ref, reason = "vectors of other instruction sets are wider")]

type F = f64;
type U = u64;
type D = u32;
const WIDTH: usize = 1;
const GROUP: usize = 1;
const ORDER: [u64; GROUP] = [0];

#[inline]
fn splat(x: f64) -> F {
    x
}
#[inline]
fn load(x: &[f64; WIDTH]) -> F {
    x[0]
}
#[inline]
fn store(x: F, place: &mut [f64; WIDTH]) {
    *place = [x];
}
#[inline]
fn add(x: F, y: F) -> F {
    x + y
}
#[inline]
fn sub(x: F, y: F) -> F {
    x - y
}
#[inline]
fn mul(x: F, y: F) -> F {
    x * y
}
#[inline]
fn min(x: F, y: F) -> F {
    if x < y { x } else { y }
}
#[inline]
fn max(x: F, y: F) -> F {
    if x > y { x } else { y }
}
#[inline]
fn bits(x: F) -> U {
    x.to_bits()
}
#[inline]
fn float(x: U) -> F {
    F::from_bits(x)
}

#[inline]
fn splat_64(x: u64) -> U {
    x
}
#[inline]
fn load_64(x: &[u64; WIDTH]) -> U {
    x[0]
}
#[inline]
fn store_64(x: U, place: &mut [u64; WIDTH]) {
    *place = [x];
}
#[inline]
fn add_64(x: U, y: U) -> U {
    x.wrapping_add(y)
}
#[inline]
fn or(x: U, y: U) -> U {
    x | y
}
#[inline]
fn xor(x: U, y: U) -> U {
    x ^ y
}
#[inline]
fn and_not(x: U, y: U) -> U {
    !x & y
}
#[inline]
fn shift_left<const N: u32>(x: U) -> U {
    x << N
}
#[inline]
fn shift_right<const N: u32>(x: U) -> U {
    x >> N
}
#[inline]
fn sign_mask(x: U) -> U {
    (x.cast_signed() >> 63).cast_unsigned()
}

#[inline]
fn splat_32(x: u32) -> D {
    x
}
#[inline]
fn load_32(x: &[u32; GROUP]) -> D {
    x[0]
}
#[inline]
fn add_32(x: D, y: D) -> D {
    x.wrapping_add(y)
}
#[inline]
fn xor_32(x: D, y: D) -> D {
    x ^ y
}
#[inline]
fn rotate_16(x: D) -> D {
    x.rotate_left(16)
}
#[inline]
fn rotate_12(x: D) -> D {
    x.rotate_left(12)
}
#[inline]
fn rotate_8(x: D) -> D {
    x.rotate_left(8)
}
#[inline]
fn rotate_7(x: D) -> D {
    x.rotate_left(7)
}
#[inline]
fn pair(low: D, high: D, row: &mut [u64; GROUP]) {
    *row = [u64::from(high) << 32 | u64::from(low)];
}

#[inline]
fn transpose(x: [F; WIDTH]) -> [F; WIDTH] {
    x
}
#[inline]
fn transpose_rows(rows: [&[f64; 8]; WIDTH]) -> [F; 6] {
    let [row] = rows;
    [row[0], row[1], row[2], row[3], row[4], row[5]]
}

super::stages::stages! {}
