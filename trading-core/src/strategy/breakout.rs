use std::collections::VecDeque;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::parameter::{BAR_S, Checked, QUANTITY, SHORT, whole};
use super::target::{Target, signed};
use super::{Bar, Decision, Parameter, ParameterError, Strategy, Values, View};

/// Goes with what leaves the range of its last bars: Donchian's channel.
///
/// Long once a close is above the highest high of the `entry_bars` bars before it, until one is below the lowest low of the
/// `exit_bars` before it; short the other way round if it may be. Extremes are looked for anew in each bar's window: nothing is summed.
///
/// Source: R. Donchian's four-week rule, as in Faith (2007), *Way of the Turtle*, with its exit channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Breakout {
    quantity: Decimal,
    bar_ms: u64,
    entry_bars: usize,
    exit_bars: usize,
    may_short: bool,
    /// High and low of the last bars, oldest first.
    ranges: VecDeque<(f64, f64)>,
    /// 1 if it wants to be long, −1 if short, 0 if flat.
    stance: i8,
    target: Target,
}

impl Breakout {
    pub(super) const PARAMETERS: &[Parameter] = &[
        QUANTITY,
        BAR_S,
        whole("entry_bars", 20.0, (2.0, 1000.0), "bars of the channel that it enters beyond"),
        whole("exit_bars", 10.0, (1.0, 1000.0), "bars of the channel that it leaves beyond"),
        SHORT,
    ];

    pub(super) fn new(values: &Values) -> Result<Self, ParameterError> {
        let values = Checked::new(Self::PARAMETERS, values)?;
        let (entry_bars, exit_bars) = (values.whole("entry_bars"), values.whole("exit_bars"));
        if exit_bars > entry_bars {
            return Err(ParameterError::Together("exit_bars must not be above entry_bars"));
        }
        Ok(Self {
            quantity: values.quantity("quantity"),
            bar_ms: values.ms("bar_s"),
            entry_bars,
            exit_bars,
            may_short: values.whole("short") == 1,
            ranges: VecDeque::with_capacity(entry_bars + 1),
            stance: 0,
            target: Target::default(),
        })
    }

    /// The highest high and the lowest low of the last bars.
    fn channel(&self, bars: usize) -> (f64, f64) {
        let last = self.ranges.iter().rev().take(bars);
        last.fold((f64::NEG_INFINITY, f64::INFINITY), |(high, low), bar| (high.max(bar.0), low.min(bar.1)))
    }

    /// The stance that a close asks for, with the price that it is beyond.
    fn stance_at(&self, close: f64) -> (i8, f64) {
        let ((high, low), (exit_high, exit_low)) = (self.channel(self.entry_bars), self.channel(self.exit_bars));
        match self.stance {
            _ if close > high => (1, high),
            _ if close < low && self.may_short => (-1, low),
            1 if close < exit_low => (0, exit_low),
            -1 if close > exit_high => (0, exit_high),
            stance => (stance, close),
        }
    }
}

impl Strategy for Breakout {
    fn bar_ms(&self) -> Option<u64> {
        Some(self.bar_ms)
    }

    #[inline]
    fn on_tick(&mut self, view: &View<'_>, decisions: &mut Vec<Decision>) {
        self.target.pursue(view, decisions);
    }

    fn on_bar(&mut self, bar: &Bar, _: &View<'_>, _: &mut Vec<Decision>) {
        if self.ranges.len() == self.entry_bars {
            let (stance, edge) = self.stance_at(bar.close);
            if stance != self.stance {
                let way = if bar.close > edge { "above the highest" } else { "below the lowest" };
                let bars = if stance == 0 { self.exit_bars } else { self.entry_bars };
                self.stance = stance;
                let reason = format!("a close of {:.2} is {way} of {bars} bars, {edge:.2}", bar.close);
                self.target.set(signed(self.quantity, stance), reason);
            }
            self.ranges.pop_front();
        }
        self.ranges.push_back((bar.high, bar.low));
    }
}
