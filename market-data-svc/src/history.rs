//! What clients may still be told of one instrument: the last ticks, candles of nine intervals, figures of the last
//! minutes. All of it is derived from ticks, and bounded.

use std::collections::VecDeque;

use gbm_core::engine::Quote;
use gbm_core::grid::TimeGrid;
use gbm_core::stats::RealisedVolatility;
use market_api::candle::{Candle, Interval, ReferencePoint};
use market_api::instrument::TickSize;
use market_api::stream::Stats;
use market_api::tick::{Gap, ReferenceBatch, TickBatch};
use serde::{Deserialize, Serialize};

/// Ticks that a client may go back by.
pub const RESUME_TICKS: usize = 100_000;
/// Ticks given in one REST answer.
pub const PAGE_TICKS: usize = 10_000;
/// Ticks that a client without a position is given.
pub const SNAPSHOT_TICKS: usize = 600;
/// Candles kept of each interval.
pub const CANDLES: usize = 2000;
/// Ticks that realised volatility and drift look at.
pub const STATS_TICKS: usize = 3000;

/// The history of one instrument in one session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    instrument: String,
    session: String,
    grid: TimeGrid,
    tick_size: TickSize,
    /// The last ticks published, rounded; the newest has seq `seq`.
    #[serde(with = "columns")]
    ticks: VecDeque<Quote>,
    seq: u64,
    /// The last tick, published or not.
    tick: u64,
    /// Ticks withheld before the oldest one held.
    #[serde(default)]
    withheld: u64,
    /// Ticks withheld between those held.
    #[serde(default)]
    gaps: VecDeque<Gap>,
    /// Each candle with the reference at its end.
    candles: [VecDeque<(Candle, f64)>; Interval::ALL.len()],
    peak: f64,
    drawdown: f64,
}

/// Ticks that can't be given any more, or not yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("seq = {seq} is outside [{first}, {last}], the ticks still held")]
pub struct Expired {
    /// The position asked for.
    pub seq: u64,
    /// The first position that can be resumed.
    pub first: u64,
    /// The newest tick's.
    pub last: u64,
}

impl History {
    /// An empty history.
    pub fn new(instrument: &str, session: &str, grid: TimeGrid, tick_size: TickSize) -> Self {
        Self {
            instrument: instrument.into(),
            session: session.into(),
            grid,
            tick_size,
            ticks: VecDeque::new(),
            seq: 0,
            tick: 0,
            withheld: 0,
            gaps: VecDeque::new(),
            candles: Default::default(),
            peak: 0.0,
            drawdown: 0.0,
        }
    }

    /// The seq of the newest tick; 0 before the first.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The newest tick, published or not.
    pub fn tick(&self) -> u64 {
        self.tick
    }

    /// Whether trading is halted.
    pub fn is_halted(&self) -> bool {
        self.tick > self.tick_of(self.seq)
    }

    /// The newest price, rounded.
    pub fn price(&self) -> Option<f64> {
        self.ticks.back().map(|quote| quote.price)
    }

    /// Adds the next tick. One that a halt withholds only takes its time.
    pub fn push(&mut self, quote: Quote) {
        let before = self.tick_of(self.seq);
        self.tick += 1;
        if quote.is_halted {
            return;
        }
        self.seq += 1;
        if self.ticks.len() == RESUME_TICKS {
            self.ticks.pop_front();
            let oldest = self.seq - self.ticks.len() as u64;
            while let Some(gap) = self.gaps.pop_front_if(|gap| gap.seq <= oldest) {
                self.withheld += gap.ticks;
            }
        }
        if self.tick > before + 1 {
            self.gaps.push_back(Gap { seq: self.seq, ticks: self.tick - before - 1 });
        }
        let rounded = Quote {
            price: self.tick_size.round(quote.price),
            reference: self.tick_size.round(quote.reference),
            is_halted: false,
        };
        self.ticks.push_back(rounded);
        self.peak = self.peak.max(rounded.price);
        self.drawdown = self.drawdown.max(1.0 - rounded.price / self.peak);
        let time = self.time(self.tick);
        for (interval, candles) in Interval::ALL.into_iter().zip(&mut self.candles) {
            add(candles, time - time.rem_euclid(interval.ms()), rounded);
        }
    }

    /// The tick of a seq that is held, or of the one before.
    fn tick_of(&self, seq: u64) -> u64 {
        let gaps = self.gaps.iter().take_while(|gap| gap.seq <= seq);
        gaps.fold(seq + self.withheld, |tick, gap| tick + gap.ticks)
    }

    /// The tick of the row after a seq; of the next one to come, if there is none.
    fn tick_after(&self, seq: u64) -> u64 {
        if seq == self.seq { self.tick + 1 } else { self.tick_of(seq + 1) }
    }

    /// The gaps between rows, of which the first follows a seq.
    fn gaps_after(&self, seq: u64, rows: usize) -> Vec<Gap> {
        let rows = seq + 2..=seq + rows as u64;
        self.gaps.iter().filter(|gap| rows.contains(&gap.seq)).copied().collect()
    }

    /// The ticks after `seq`, which a client holds already.
    ///
    /// # Errors
    /// [`Expired`] for a position that is too old, or that the session hasn't reached.
    pub fn after(&self, seq: u64) -> Result<TickBatch, Expired> {
        self.page_after(seq, RESUME_TICKS)
    }

    /// The same, at most so many of them.
    ///
    /// # Errors
    /// As [`History::after`].
    pub fn page_after(&self, seq: u64, most: usize) -> Result<TickBatch, Expired> {
        let price: Vec<f64> = self.rows_after(seq)?.take(most).map(|quote| quote.price).collect();
        let tick0 = self.tick_after(seq);
        Ok(TickBatch {
            instrument: self.instrument.clone(),
            session: self.session.clone(),
            prev_seq: seq,
            seq0: seq + 1,
            tick0,
            t0: self.time(tick0),
            dt: self.grid.tick_interval_ms(),
            gaps: self.gaps_after(seq, price.len()),
            price,
        })
    }

    /// The reference prices after `seq`.
    ///
    /// # Errors
    /// As [`History::after`].
    pub fn reference_after(&self, seq: u64) -> Result<ReferenceBatch, Expired> {
        let reference: Vec<f64> = self.rows_after(seq)?.map(|quote| quote.reference).collect();
        Ok(ReferenceBatch {
            instrument: self.instrument.clone(),
            seq0: seq + 1,
            t0: self.time(self.tick_after(seq)),
            dt: self.grid.tick_interval_ms(),
            gaps: self.gaps_after(seq, reference.len()),
            reference,
        })
    }

    /// The position from which a client without one is told the last [`SNAPSHOT_TICKS`].
    pub fn snapshot_seq(&self) -> u64 {
        self.seq - self.ticks.len().min(SNAPSHOT_TICKS) as u64
    }

    /// The last candles of an interval, oldest first; the last one is open.
    pub fn candles(&self, interval: Interval, most: usize) -> Vec<Candle> {
        self.last(interval, most).map(|&(candle, _)| candle).collect()
    }

    /// The candles that begin at a time or later: those closed since, and the open one.
    pub fn candles_since(&self, interval: Interval, open_time: i64) -> Vec<Candle> {
        let candles = self.of(interval);
        let later = candles.iter().rev().take_while(|(candle, _)| candle.open_time >= open_time).count();
        self.last(interval, later).map(|&(candle, _)| candle).collect()
    }

    /// When the open candle began; `None` before the first tick.
    pub fn open_time(&self, interval: Interval) -> Option<i64> {
        self.of(interval).back().map(|(open, _)| open.open_time)
    }

    /// The reference at the end of each of those candles.
    pub fn references(&self, interval: Interval, most: usize) -> Vec<ReferencePoint> {
        let point = |&(candle, reference): &(Candle, f64)| ReferencePoint { open_time: candle.open_time, reference };
        self.last(interval, most).map(point).collect()
    }

    fn last(&self, interval: Interval, most: usize) -> impl Iterator<Item = &(Candle, f64)> {
        let candles = self.of(interval);
        candles.iter().skip(candles.len().saturating_sub(most))
    }

    fn of(&self, interval: Interval) -> &VecDeque<(Candle, f64)> {
        let place = Interval::ALL.iter().position(|&other| other == interval).unwrap_or_default();
        &self.candles[place]
    }

    /// Figures of the last [`STATS_TICKS`], and the session's drawdown; `None` before the first tick.
    pub fn stats(&self) -> Option<Stats> {
        let price = self.price()?;
        let window = self.ticks.len().min(STATS_TICKS);
        let mut realised = RealisedVolatility::default();
        let prices = self.ticks.iter().skip(self.ticks.len() - window).map(|quote| quote.price);
        let first = prices.clone().next()?;
        prices.for_each(|price| realised.push(price));
        let years = (window - 1) as f64 * self.grid.dt().get();
        Some(Stats {
            instrument: self.instrument.clone(),
            price,
            realised_volatility: realised.annual(self.grid.dt()),
            realised_drift: (window > 1).then(|| gbm_core::math::ln(price / first) / years),
            drawdown: self.drawdown,
            window_ticks: window,
        })
    }

    fn rows_after(&self, seq: u64) -> Result<impl Iterator<Item = &Quote>, Expired> {
        let first = self.seq - self.ticks.len() as u64;
        if seq < first || seq > self.seq {
            return Err(Expired { seq, first, last: self.seq });
        }
        Ok(self.ticks.range(usize::try_from(seq - first).unwrap_or(self.ticks.len())..))
    }

    fn time(&self, tick: u64) -> i64 {
        // A tick that was published lies on the grid; the one after the last need not.
        self.grid.time_ms(tick).unwrap_or(gbm_core::grid::MAX_TIME_MS)
    }
}

/// Adds a tick to the candle that begins at `open_time`, closing the one before.
fn add(candles: &mut VecDeque<(Candle, f64)>, open_time: i64, quote: Quote) {
    match candles.back_mut() {
        Some((last, reference)) if last.open_time == open_time => {
            *reference = quote.reference;
            return last.push(quote.price);
        }
        Some((last, _)) => last.closed = true,
        None => {}
    }
    if candles.len() == CANDLES {
        candles.pop_front();
    }
    candles.push_back((Candle::opened(open_time, quote.price), quote.reference));
}

/// Quotes as two columns, a third of their size as objects.
mod columns {
    use std::collections::VecDeque;

    use gbm_core::engine::Quote;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(quotes: &VecDeque<Quote>, serializer: S) -> Result<S::Ok, S::Error> {
        let (prices, references): (Vec<f64>, Vec<f64>) =
            quotes.iter().map(|quote| (quote.price, quote.reference)).unzip();
        (prices, references).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<VecDeque<Quote>, D::Error> {
        let (prices, references) = <(Vec<f64>, Vec<f64>)>::deserialize(deserializer)?;
        if prices.len() != references.len() || prices.len() > super::RESUME_TICKS {
            return Err(serde::de::Error::custom("the columns of ticks don't fit"));
        }
        Ok(prices
            .into_iter()
            .zip(references)
            .map(|(price, reference)| Quote { price, reference, is_halted: false })
            .collect())
    }
}
