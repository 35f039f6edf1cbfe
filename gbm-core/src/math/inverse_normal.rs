/// Segments of the table: 53 octaves of (0, ½), 64 segments each.
const SEGMENTS: usize = 53 * 64;
/// A power of two above the segments, so that a masked index needs no bounds check.
const ROWS: usize = 4096;
const COEFFICIENTS: usize = 6;
/// A row fills a line of the cache, and its index is its offset's upper bits.
const ROW: usize = 8;
/// Exponent and top six mantissa bits of 2⁻⁵⁴, the smallest folded uniform.
const FIRST_INDEX: usize = (1023 - 54) << 6;
pub(crate) const INDEX_SHIFT: u32 = 52 - 6;
const TWO_POW_MINUS_54: f64 = f64::from_bits((1023 - 54) << 52);
const TOP_53: u64 = (1 << 53) - 1;

#[repr(align(64))]
struct Table([[f64; ROW]; ROWS]);

/// The row of a segment is its index modulo the rows, which wraps nowhere among the segments.
static TABLE: Table = Table(load(include_bytes!("inverse_normal.bin")));

/// A generated file, so that the 20,352 numbers are read by no compiler and edited by nobody: see tools/tables.py.
#[allow(long_running_const_eval, clippy::large_stack_arrays, reason = "evaluated while compiling")]
const fn load(bytes: &[u8; SEGMENTS * COEFFICIENTS * 8]) -> [[f64; ROW]; ROWS] {
    let mut table = [[0.0; ROW]; ROWS];
    let (numbers, _) = bytes.as_chunks::<8>();
    let mut i = 0;
    while i < numbers.len() {
        let row = (FIRST_INDEX + i / COEFFICIENTS) % ROWS;
        table[row][i % COEFFICIENTS] = f64::from_bits(u64::from_le_bytes(numbers[i]));
        i += 1;
    }
    table
}

/// The bits of a folded uniform, moved so that the index of its row starts at bit 3: as an offset into the table in numbers,
/// once the bits below and above are masked away.
pub(crate) const OFFSET_SHIFT: u32 = INDEX_SHIFT - 3;

/// The coefficients, and two zeros, of the segment at an offset: see [`OFFSET_SHIFT`].
#[inline]
fn row(offset: u16) -> &'static [f64; ROW] {
    &TABLE.0[usize::from(offset) / ROW % ROWS]
}

/// As [`row`], for an offset in the low quarter of a word in memory. Reading just that quarter keeps a vectorising compiler
/// from loading several words as one vector, which it would only take apart again.
#[inline]
#[allow(clippy::trivially_copy_pass_by_ref, reason = "where it lies is the point")]
pub(crate) fn row_at(word: &u64) -> &'static [f64; ROW] {
    let quarters: &[u16; 4] = bytemuck::must_cast_ref(word);
    row(quarters[if cfg!(target_endian = "little") { 0 } else { 3 }])
}

/// The uniform of a noise word: u = (2m + 1)·2⁻⁵⁴ in (0, 1), m the word's top 53 bits.
///
/// The midpoints of 2⁵³ equal cells: never 0, never 1. Above ½ a midpoint would need 54 bits, and the cell's lower
/// edge m·2⁻⁵³ is given instead; [`inverse_normal`] folds the word first and doesn't lose that bit.
///
/// ```
/// use gbm_core::math::uniform;
/// assert_eq!(uniform(0), 2f64.powi(-54));
/// assert!(uniform(u64::MAX) < 1.0);
/// ```
#[inline]
pub fn uniform(word: u64) -> f64 {
    let odd = 2 * (word >> 11) + 1;
    let representable = if odd > TOP_53 { odd - 1 } else { odd };
    representable as f64 * TWO_POW_MINUS_54
}

/// The standard normal of a noise word: z = Φ⁻¹(u), u = (2m + 1)·2⁻⁵⁴, m the word's top 53 bits.
///
/// u is folded about ½ without rounding; the float's own exponent and top six mantissa bits choose one of 3,392
/// polynomials of degree 5 in the distance t from the segment's right edge, so that accuracy is relative into the
/// far tail (|z| ≤ 8.3) and at ½.
///
/// - Monotone in the whole word. Odd-symmetric: `inverse_normal(!w) == -inverse_normal(w)`, the antithetic draw.
/// - Accuracy: relative error at most 2·10⁻¹⁵.
///
/// Source of the reference values: 70-digit Newton iteration, `tools/tables.py`. Method: inversion by piecewise
/// polynomials on logarithmic segments, as in Hörmann and Leydold (2003), *ACM TOMACS* 13(4).
///
/// ```
/// use gbm_core::math::inverse_normal;
/// assert!(inverse_normal(0) < -8.2);
/// assert_eq!(inverse_normal(!7), -inverse_normal(7));
/// ```
#[inline]
pub fn inverse_normal(word: u64) -> f64 {
    let m = word >> 11;
    let upper = m >> 52 != 0;
    let folded = if upper { TOP_53 - m } else { m };
    let u = (2 * folded + 1) as f64 * TWO_POW_MINUS_54;
    let index = u.to_bits() >> INDEX_SHIFT;
    let right = f64::from_bits((index + 1) << INDEX_SHIFT);
    let t = right - u;
    #[allow(clippy::cast_possible_truncation, reason = "the row's bits are the low ones")]
    let c = row((u.to_bits() >> OFFSET_SHIFT) as u16);
    let mut y = c[5];
    y = c[4] + t * y;
    y = c[3] + t * y;
    y = c[2] + t * y;
    y = c[1] + t * y;
    y = c[0] + t * y;
    if upper { y } else { -y }
}
