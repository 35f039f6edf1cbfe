use std::collections::VecDeque;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::parameter::{BAR_S, Checked, QUANTITY, SHORT, number, whole};
use super::target::{Target, signed};
use super::{Bar, Decision, Parameter, ParameterError, Strategy, Values, View};

/// Buys what has fallen far below its average, and sells it once it has come back; the same upside down if it may be short.
///
/// z = (close − m)/s, m the mean and s the sample deviation (n − 1) of the last n closes, this one among them. Long from
/// z ≤ −entry until z > −exit, short from z ≥ entry until z < exit. |z| is at most (n − 1)/√n, whatever the closes are. Both are summed anew for each bar, the mean
/// first, so that nothing adds up over time; without a deviation there is no decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeanReversion {
    quantity: Decimal,
    bar_ms: u64,
    bars: usize,
    entry: f64,
    exit: f64,
    may_short: bool,
    closes: VecDeque<f64>,
    /// 1 if it wants to be long, −1 if short, 0 if flat.
    stance: i8,
    target: Target,
}

impl MeanReversion {
    pub(super) const PARAMETERS: &[Parameter] = &[
        QUANTITY,
        BAR_S,
        whole("bars", 30.0, (3.0, 1000.0), "closes of the average and its deviation"),
        number("entry", 2.0, (0.1, 10.0), "deviations from the average at which it enters"),
        number("exit", 0.5, (0.0, 10.0), "deviations from the average within which it leaves"),
        SHORT,
    ];

    pub(super) fn new(values: &Values) -> Result<Self, ParameterError> {
        let values = Checked::new(Self::PARAMETERS, values)?;
        let (bars, entry, exit) = (values.whole("bars"), values.get("entry"), values.get("exit"));
        if exit >= entry {
            return Err(ParameterError::Together("exit must be below entry"));
        }
        if entry * (bars as f64).sqrt() >= (bars - 1) as f64 {
            return Err(ParameterError::Together(
                "entry must be below (bars - 1)/sqrt(bars), beyond which no close can be",
            ));
        }
        Ok(Self {
            quantity: values.quantity("quantity"),
            bar_ms: values.ms("bar_s"),
            bars,
            entry,
            exit,
            may_short: values.whole("short") == 1,
            closes: VecDeque::with_capacity(bars + 1),
            stance: 0,
            target: Target::default(),
        })
    }

    /// How many deviations the last close is from the mean; none before there are enough closes, or if all are alike.
    fn score(&self, close: f64) -> Option<f64> {
        if self.closes.len() < self.bars {
            return None;
        }
        let count = self.bars as f64;
        let mean = self.closes.iter().sum::<f64>() / count;
        let squares = self.closes.iter().map(|close| (close - mean) * (close - mean)).sum::<f64>();
        let deviation = (squares / (count - 1.0)).sqrt();
        (deviation > 0.0).then(|| (close - mean) / deviation)
    }

    /// The stance that a score asks for, and why it isn't the one before.
    fn stance_at(&self, z: f64) -> (i8, &'static str) {
        match self.stance {
            _ if z <= -self.entry => (1, "so far below the average that it is bought"),
            _ if z >= self.entry && self.may_short => (-1, "so far above the average that it is sold short"),
            1 if z > -self.exit => (0, "back near the average, where it is sold again"),
            -1 if z < self.exit => (0, "back near the average, where it is bought back"),
            stance => (stance, ""),
        }
    }
}

impl Strategy for MeanReversion {
    fn bar_ms(&self) -> Option<u64> {
        Some(self.bar_ms)
    }

    #[inline]
    fn on_tick(&mut self, view: &View<'_>, decisions: &mut Vec<Decision>) {
        self.target.pursue(view, decisions);
    }

    fn on_bar(&mut self, bar: &Bar, _: &View<'_>, _: &mut Vec<Decision>) {
        self.closes.push_back(bar.close);
        if self.closes.len() > self.bars {
            self.closes.pop_front();
        }
        let Some(z) = self.score(bar.close) else { return };
        let (stance, why) = self.stance_at(z);
        if stance != self.stance {
            self.stance = stance;
            self.target.set(
                signed(self.quantity, stance),
                format!("a close of {:.2} is {z:.2} deviations off, {why}", bar.close),
            );
        }
    }
}
