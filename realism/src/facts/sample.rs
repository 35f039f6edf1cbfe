use crate::returns::Returns;
use crate::stats::{Moments, Series, beyond, hill, hour_factors};

/// The fewest sums of which a kurtosis is told.
const MIN_SUMS: usize = 20;

/// Returns with what several facts need of them.
pub(crate) struct Sample<'a> {
    pub(super) returns: &'a Returns,
    /// |r|.
    pub(super) sizes: Series,
    frozen: Option<&'a [f64; 24]>,
}

impl<'a> Sample<'a> {
    pub(crate) fn new(returns: &'a Returns, frozen: Option<&'a [f64; 24]>) -> Self {
        Self { returns, sizes: Series::of(returns, f64::abs), frozen }
    }

    fn moments(&self) -> Option<Moments> {
        Moments::of(self.returns.values()).filter(|moments| moments.m2 > 0.0)
    }

    /// Annual volatility by the population's deviation.
    pub(super) fn volatility(&self) -> Option<f64> {
        self.moments().map(|moments| self.annual(moments.deviation()))
    }

    /// The same by the sample's.
    pub(super) fn sample_volatility(&self) -> Option<f64> {
        self.moments().and_then(|moments| moments.sample_deviation()).map(|deviation| self.annual(deviation))
    }

    fn annual(&self, deviation: f64) -> f64 {
        deviation * self.returns.scale().bars_a_year().sqrt()
    }

    pub(super) fn hill(&self) -> Option<f64> {
        hill(self.returns.values())
    }

    pub(super) fn beyond(&self, times: f64) -> Option<f64> {
        beyond(self.returns.values(), times)
    }

    /// The kurtosis of sums of so many returns.
    pub(crate) fn kurtosis(&self, width: usize) -> Option<f64> {
        let of = |values: &[f64]| Moments::of(values).filter(|sums| sums.count >= MIN_SUMS)?.excess_kurtosis();
        if width == 1 { of(self.returns.values()) } else { of(self.returns.sums(width).values()) }
    }

    /// The autocorrelation of |r|.
    pub(crate) fn size_autocorrelation(&self, lag: usize) -> Option<f64> {
        self.sizes.autocorrelation(lag)
    }

    pub(super) fn hour_factors(&self) -> [f64; 24] {
        self.frozen.copied().unwrap_or_else(|| hour_factors(self.returns))
    }
}
