//! What clients may still be told of one instrument: the last ticks, candles of nine intervals, figures of the last
//! minutes. All of it is derived from ticks, and bounded.

mod columns;
mod trades;

use std::collections::VecDeque;

use gbm_core::engine::{BookState, Quote, Simulation};
use gbm_core::grid::TimeGrid;
use gbm_core::market::{Instrument, Market};
use gbm_core::model::Model;
use gbm_core::prints::{MAX_PRINTS, Tape};
use gbm_core::quoting::{Level, Quoting};
use gbm_core::stats::RealisedVolatility;
use market_api::candle::{Candle, Interval, ReferencePoint};
use market_api::instrument::{LOT_SIZE, TickSize};
use market_api::stream::Stats;
use market_api::tick::{Gap, ReferenceBatch, TickBatch};
use market_api::trade::{BookProfile, TradeBatch};
use serde::{Deserialize, Serialize};

use crate::wire::increment;
use trades::Trades;

pub use trades::{RESUME_TRADES, SNAPSHOT_TRADES};

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

/// A tick of one instrument, as the engine gives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    /// Its prices.
    pub quote: Quote,
    /// How the book stands on it.
    pub book: BookState,
}

impl Observed {
    /// The tick that an instrument has just made.
    pub fn on(simulation: &Simulation<Model>, position: usize, quote: Quote) -> Self {
        Self { quote, book: simulation.book_state(position).unwrap_or_default() }
    }
}

/// A tick that was published. Its quotes follow from its price.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Row {
    price: f64,
    reference: f64,
    lots: u64,
    quoting: Quoting,
}

/// A candle, and what it is made of.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bar {
    candle: Candle,
    /// The reference at its end.
    reference: f64,
    /// Its volume, which a sum of quantities would round.
    lots: u64,
}

/// The history of one instrument in one session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    instrument: String,
    session: String,
    grid: TimeGrid,
    tape: Tape,
    /// The last ticks published, rounded; the newest has seq `seq`.
    #[serde(with = "columns")]
    ticks: VecDeque<Row>,
    /// The price before the next tick, rounded.
    before: f64,
    trades: Trades,
    seq: u64,
    /// The last tick, published or not.
    tick: u64,
    /// Ticks withheld before the oldest one held.
    #[serde(default)]
    withheld: u64,
    /// Ticks withheld between those held.
    #[serde(default)]
    gaps: VecDeque<Gap>,
    candles: [VecDeque<Bar>; Interval::ALL.len()],
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
    /// Empty histories of a market's instruments.
    pub fn of_market(market: &Market<Model>, session: &str, tick_size: TickSize) -> Vec<Self> {
        market.instruments().iter().map(|instrument| Self::new(market, instrument, session, tick_size)).collect()
    }

    /// An empty history of one of a market's instruments.
    pub fn new(market: &Market<Model>, instrument: &Instrument<Model>, session: &str, tick_size: TickSize) -> Self {
        let grid = market.grid();
        let tape = Tape::new(market.seed(), grid, instrument, increment(tick_size), increment(LOT_SIZE));
        Self {
            instrument: instrument.name.clone(),
            session: session.into(),
            grid,
            before: tape.round(instrument.spot.get()),
            tape,
            ticks: VecDeque::new(),
            trades: Trades::default(),
            seq: 0,
            tick: 0,
            withheld: 0,
            gaps: VecDeque::new(),
            candles: Default::default(),
            peak: 0.0,
            drawdown: 0.0,
        }
    }

    /// The instrument's name.
    pub fn instrument(&self) -> &str {
        &self.instrument
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
        self.ticks.back().map(|row| row.price)
    }

    /// Adds the next tick. One that a halt withholds only takes its time.
    pub fn push(&mut self, observed: &Observed) {
        let &Observed { quote, ref book } = observed;
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
        let (price, reference) = (self.tape.round(quote.price), self.tape.round(quote.reference));
        let mut prints = Vec::with_capacity(MAX_PRINTS);
        let lots = self.tape.print(self.tick, self.before, price, book, &mut prints).total();
        let tick_before = self.time(self.tick - 1);
        for print in &prints {
            self.trades.push(self.tick, tick_before, print);
        }
        let row = Row { price, reference, lots, quoting: self.tape.quoting(book) };
        self.before = price;
        self.ticks.push_back(row);
        self.peak = self.peak.max(price);
        self.drawdown = self.drawdown.max(1.0 - price / self.peak);
        let time = self.time(self.tick);
        for (interval, bars) in Interval::ALL.into_iter().zip(&mut self.candles) {
            let bar = add(bars, time - time.rem_euclid(interval.ms()), &row);
            bar.lots = bar.lots.saturating_add(lots);
            bar.candle.volume = self.tape.quantity(bar.lots);
            bar.candle.trades += prints.len() as u64;
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
        let rows = || self.rows_after(seq).map(|rows| rows.take(most));
        let best = |row: &Row| self.tape.best(row.price, row.quoting);
        let price: Vec<f64> = rows()?.map(|row| row.price).collect();
        let (bid, ask) = rows()?.map(best).map(|best| (best.bid, best.ask)).unzip();
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
            bid,
            ask,
            volume: rows()?.map(|row| self.tape.quantity(row.lots)).collect(),
            liquidity: rows()?.map(|row| row.quoting.liquidity).collect(),
        })
    }

    /// The reference prices after `seq`.
    ///
    /// # Errors
    /// As [`History::after`].
    pub fn reference_after(&self, seq: u64) -> Result<ReferenceBatch, Expired> {
        let reference: Vec<f64> = self.rows_after(seq)?.map(|row| row.reference).collect();
        Ok(ReferenceBatch {
            instrument: self.instrument.clone(),
            seq0: seq + 1,
            t0: self.time(self.tick_after(seq)),
            dt: self.grid.tick_interval_ms(),
            gaps: self.gaps_after(seq, reference.len()),
            reference,
        })
    }

    /// The seq of the newest trade; 0 before the first.
    pub fn trade_seq(&self) -> u64 {
        self.trades.seq()
    }

    /// The trades after one, which a client holds already, at most so many of them.
    ///
    /// # Errors
    /// [`Expired`] for a position that is too old, or that the session hasn't reached.
    pub fn trades_after(&self, trade_seq: u64, most: usize) -> Result<TradeBatch, Expired> {
        let batch = self.trades.after(trade_seq, most, &self.tape)?;
        Ok(TradeBatch { instrument: self.instrument.clone(), session: self.session.clone(), ..batch })
    }

    /// The seq of the last trade that a client holds who holds the ticks up to `seq`; `None` if that isn't known any more, or not yet.
    pub fn trade_seq_at(&self, seq: u64) -> Option<u64> {
        let is_held = seq <= self.seq && seq >= self.seq - self.ticks.len() as u64;
        is_held.then(|| self.trades.seq_at(self.tick_of(seq))).flatten()
    }

    /// The position from which a client without one is told the last [`SNAPSHOT_TRADES`].
    pub fn snapshot_trade_seq(&self) -> u64 {
        self.trades.seq() - self.trades.len().min(SNAPSHOT_TRADES) as u64
    }

    /// The book after the newest tick, at most so many levels a side; `None` before the first.
    pub fn book(&self, levels: usize) -> Option<BookProfile> {
        let Row { price, quoting, .. } = *self.ticks.back()?;
        let (best, ladder) = (self.tape.best(price, quoting), self.tape.ladder(price, quoting, levels));
        let told = |side: &[Level]| side.iter().map(|level| (level.price, self.tape.quantity(level.lots))).collect();
        let tick = self.tick_of(self.seq);
        Some(BookProfile {
            instrument: self.instrument.clone(),
            session: self.session.clone(),
            seq: self.seq,
            tick,
            t: self.time(tick),
            price,
            bid: best.bid,
            ask: best.ask,
            liquidity: quoting.liquidity,
            bids: told(&ladder.bids),
            asks: told(&ladder.asks),
        })
    }

    /// The position from which a client without one is told the last [`SNAPSHOT_TICKS`].
    pub fn snapshot_seq(&self) -> u64 {
        self.seq - self.ticks.len().min(SNAPSHOT_TICKS) as u64
    }

    /// The last candles of an interval, oldest first; the last one is open.
    pub fn candles(&self, interval: Interval, most: usize) -> Vec<Candle> {
        self.last(interval, most).map(|bar| bar.candle).collect()
    }

    /// The candles that begin at a time or later: those closed since, and the open one.
    pub fn candles_since(&self, interval: Interval, open_time: i64) -> Vec<Candle> {
        let candles = self.of(interval);
        let later = candles.iter().rev().take_while(|bar| bar.candle.open_time >= open_time).count();
        self.last(interval, later).map(|bar| bar.candle).collect()
    }

    /// When the open candle began; `None` before the first tick.
    pub fn open_time(&self, interval: Interval) -> Option<i64> {
        self.of(interval).back().map(|open| open.candle.open_time)
    }

    /// The reference at the end of each of those candles.
    pub fn references(&self, interval: Interval, most: usize) -> Vec<ReferencePoint> {
        let point = |bar: &Bar| ReferencePoint { open_time: bar.candle.open_time, reference: bar.reference };
        self.last(interval, most).map(point).collect()
    }

    fn last(&self, interval: Interval, most: usize) -> impl Iterator<Item = &Bar> {
        let candles = self.of(interval);
        candles.iter().skip(candles.len().saturating_sub(most))
    }

    fn of(&self, interval: Interval) -> &VecDeque<Bar> {
        let place = Interval::ALL.iter().position(|&other| other == interval).unwrap_or_default();
        &self.candles[place]
    }

    /// Figures of the last [`STATS_TICKS`], and the session's drawdown; `None` before the first tick.
    pub fn stats(&self) -> Option<Stats> {
        let price = self.price()?;
        let window = self.ticks.len().min(STATS_TICKS);
        let mut realised = RealisedVolatility::default();
        let prices = self.ticks.iter().skip(self.ticks.len() - window).map(|row| row.price);
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

    fn rows_after(&self, seq: u64) -> Result<impl Iterator<Item = &Row>, Expired> {
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

/// Adds a tick's price to the candle that begins at `open_time`, closing the one before; that candle.
fn add<'a>(bars: &'a mut VecDeque<Bar>, open_time: i64, row: &Row) -> &'a mut Bar {
    let is_open = bars.back().is_some_and(|bar| bar.candle.open_time == open_time);
    if is_open {
        let last = bars.len() - 1;
        let bar = &mut bars[last];
        bar.candle.push(row.price);
        bar.reference = row.reference;
        return bar;
    }
    if let Some(bar) = bars.back_mut() {
        bar.candle.closed = true;
    }
    if bars.len() == CANDLES {
        bars.pop_front();
    }
    bars.push_back_mut(Bar { candle: Candle::opened(open_time, row.price), reference: row.reference, lots: 0 })
}
