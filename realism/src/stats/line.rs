use super::finite;

/// The slope of y on x by ordinary least squares; none of fewer than two different x.
///
/// ```
/// use realism::stats::slope;
/// assert_eq!(slope(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]), Some(2.0));
/// assert_eq!(slope(&[(1.0, 1.0), (1.0, 3.0)]), None);
/// ```
pub fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let n = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / n;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / n;
    let across = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum::<f64>();
    finite(across / points.iter().map(|(x, _)| (x - mean_x) * (x - mean_x)).sum::<f64>())
}
