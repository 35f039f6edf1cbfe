/// The count whose Poisson cumulative probability first reaches `u`: the sum of mean^n·e^(−mean)/n!, term after term.
///
/// - `mean` in [0, 500], `none` = e^(−mean), `u` in (0, 1).
/// - Ends at the last count of which a word can tell: beyond it lies less than 2⁻⁵³.
///
/// ```
/// use gbm_core::math::poisson;
/// let none = (-2_f64).exp();
/// assert_eq!([0.1, 0.2, 0.5, 0.9].map(|u| poisson(u, 2.0, none)), [0, 1, 2, 4]);
/// ```
#[inline]
pub fn poisson(u: f64, mean: f64, none: f64) -> u32 {
    if u <= none { 0 } else { several(u, mean, none) }
}

#[cold]
fn several(u: f64, mean: f64, none: f64) -> u32 {
    let (mut count, mut term, mut sum) = (0_u32, none, none);
    while u > sum {
        count += 1;
        term *= mean / f64::from(count);
        let next = sum + term;
        if next == sum && f64::from(count) > mean {
            break;
        }
        sum = next;
    }
    count
}
