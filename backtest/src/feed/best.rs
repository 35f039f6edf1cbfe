//! SHIM until gbm_core::quoting.
use trading_core::quote::Quote;

#[derive(Clone, Copy, Debug)]
pub(super) struct Rounding {
    scale: f64,
}

impl Rounding {
    pub(super) fn cents() -> Self {
        Self { scale: 100.0 }
    }

    #[inline]
    pub(super) fn quote(self, tick: u64, time_ms: i64, price: f64, half: f64, liquidity: f64) -> Quote {
        let steps = (price * self.scale).round().max(1.0);
        let wide = 1.0 + half;
        let bid = (steps / wide).floor().min(steps - 1.0).max(1.0) / self.scale;
        let ask = (steps * wide).ceil().max(steps + 1.0) / self.scale;
        Quote { tick, time_ms, price: steps / self.scale, bid, ask, liquidity }
    }
}
