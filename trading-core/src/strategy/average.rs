use std::collections::VecDeque;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::parameter::{BAR_S, Checked, QUANTITY, whole};
use super::target::Target;
use super::{Bar, Decision, Parameter, ParameterError, Strategy, Values, View};

/// Long while the fast average of closes is above the slow one; flat below, or short if it may be.
///
/// Simple: the mean of the last n closes. Exponential: m ← m + 2/(n + 1)·(close − m), from the mean of the first n.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AverageCross {
    quantity: Decimal,
    bar_ms: u64,
    fast: Average,
    slow: Average,
    may_short: bool,
    /// On which side the fast one was.
    was_above: Option<bool>,
    target: Target,
}

/// A mean of closes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Average {
    bars: usize,
    is_exponential: bool,
    /// The last closes, or the first ones of an exponential mean.
    closes: VecDeque<f64>,
    value: Option<f64>,
}

impl Average {
    fn push(&mut self, close: f64) {
        if self.is_exponential
            && let Some(value) = &mut self.value
        {
            *value += 2.0 / (self.bars as f64 + 1.0) * (close - *value);
            return;
        }
        self.closes.push_back(close);
        if self.closes.len() > self.bars {
            self.closes.pop_front();
        }
        if self.closes.len() == self.bars {
            // Summed anew, so that nothing adds up over time.
            self.value = Some(self.closes.iter().sum::<f64>() / self.bars as f64);
        }
    }
}

impl AverageCross {
    pub(super) const PARAMETERS: &[Parameter] = &[
        QUANTITY,
        BAR_S,
        whole("fast_bars", 10.0, (1.0, 500.0), "bars of the fast average"),
        whole("slow_bars", 30.0, (2.0, 1000.0), "bars of the slow average"),
        whole("exponential", 0.0, (0.0, 1.0), "1 for exponential averages, 0 for simple ones"),
        whole("short", 0.0, (0.0, 1.0), "1 to be short below, 0 to be flat"),
    ];

    pub(super) fn new(values: &Values) -> Result<Self, ParameterError> {
        let values = Checked::new(Self::PARAMETERS, values)?;
        let (fast, slow) = (values.whole("fast_bars"), values.whole("slow_bars"));
        if fast >= slow {
            return Err(ParameterError::Together("fast_bars must be below slow_bars"));
        }
        let is_exponential = values.whole("exponential") == 1;
        let average = |bars| Average { bars, is_exponential, closes: VecDeque::new(), value: None };
        Ok(Self {
            quantity: values.quantity("quantity"),
            bar_ms: values.ms("bar_s"),
            fast: average(fast),
            slow: average(slow),
            may_short: values.whole("short") == 1,
            was_above: None,
            target: Target::default(),
        })
    }
}

impl Strategy for AverageCross {
    fn bar_ms(&self) -> Option<u64> {
        Some(self.bar_ms)
    }

    #[inline]
    fn on_tick(&mut self, view: &View<'_>, decisions: &mut Vec<Decision>) {
        self.target.pursue(view, decisions);
    }

    fn on_bar(&mut self, bar: &Bar, _: &View<'_>, _: &mut Vec<Decision>) {
        self.fast.push(bar.close);
        self.slow.push(bar.close);
        let (Some(fast), Some(slow)) = (self.fast.value, self.slow.value) else { return };
        let is_above = fast > slow;
        let before = self.was_above.replace(is_above);
        // The first comparison is no crossing.
        if before.is_none_or(|before| before == is_above) {
            return;
        }
        let below = if self.may_short { -self.quantity } else { Decimal::ZERO };
        let (wanted, side) = if is_above { (self.quantity, "above") } else { (below, "below") };
        self.target.set(wanted, format!("the fast average {fast:.2} has crossed {side} the slow one {slow:.2}"));
    }
}
