//! Two programs by turns: every figure is a median over pairs that ran one after the other.

use crate::clock::timed;
use crate::scene::VALUES;

/// How a step is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Law {
    /// The exact law at every step.
    Exact,
    /// Euler's step, which the law is approached by as Δt falls.
    Euler,
}

impl Law {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Euler => "Euler",
        }
    }
}

/// Does a workload once, in or beside the buffer; what it returns depends on all values or is written.
type Run = Box<dyn FnMut(&mut [f64]) -> f64>;

/// One way to do a workload.
pub(crate) struct Contestant {
    pub(crate) library: &'static str,
    pub(crate) how: &'static str,
    pub(crate) law: Law,
    pub(crate) run: Run,
}

impl Contestant {
    pub(crate) fn new(
        library: &'static str,
        how: &'static str,
        law: Law,
        run: impl FnMut(&mut [f64]) -> f64 + 'static,
    ) -> Self {
        Self { library, how, law, run: Box::new(run) }
    }
}

/// The figures of a contest: nanoseconds a value of each, and of how many times as long the second takes.
pub(crate) struct Score {
    pub(crate) first_ns: f64,
    pub(crate) second_ns: f64,
    pub(crate) ratio: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

/// Times two by turns; who begins alternates too. The first pair warms up and isn't counted.
pub(crate) fn pairs(count: usize, mut first: impl FnMut() -> f64, mut second: impl FnMut() -> f64) -> Score {
    first();
    second();
    let mut times = [const { Vec::new() }; 2];
    for pair in 0..count {
        let (a, b) = if pair % 2 == 0 {
            let a = first();
            (a, second())
        } else {
            let b = second();
            (first(), b)
        };
        times[0].push(a);
        times[1].push(b);
    }
    let mut ratios: Vec<f64> = times[1].iter().zip(&times[0]).map(|(second, first)| second / first).collect();
    let [first, second] = &mut times;
    Score {
        first_ns: nanoseconds(median(first)),
        second_ns: nanoseconds(median(second)),
        ratio: median(&mut ratios),
        least: ratios[0],
        most: ratios[count - 1],
    }
}

/// A contest of two contestants over a shared buffer, by the thread's processor time.
pub(crate) fn contest(count: usize, buffer: &mut [f64], ours: &mut Contestant, peer: &mut Contestant) -> Score {
    let buffer = std::cell::RefCell::new(buffer);
    pairs(count, || timed(|| (ours.run)(&mut buffer.borrow_mut())), || timed(|| (peer.run)(&mut buffer.borrow_mut())))
}

pub(crate) fn nanoseconds(seconds: f64) -> f64 {
    seconds * 1e9 / VALUES as f64
}

/// The median; sorts.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { 0.5 * (values[middle - 1] + values[middle]) }
}
