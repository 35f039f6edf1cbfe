//! One instrument's part of the stream: its history, and how much of it was sent.

use market_api::candle::Interval;
use market_api::stream::{CandleUpdate, Channel, event};
use serde::Serialize;
use socketioxide::SocketIo;
use tokio::time::Instant;

use super::{BOOK_EVERY, BOOK_LEVELS};
use crate::history::{History, Observed, RESUME_TRADES};

pub(super) struct Line {
    io: SocketIo,
    pub(super) history: History,
    /// The last seq sent to subscribers.
    pub(super) sent: u64,
    /// The last trade sent.
    sent_trades: u64,
    /// The seq of the book as last sent, and when the next one may be.
    sent_book: u64,
    book_at: Instant,
    /// The open time of each interval's candle as last sent.
    sent_candles: [i64; Interval::ALL.len()],
}

impl Line {
    /// A line that goes on with a history, of which nobody needs to be sent anything.
    pub(super) fn new(io: SocketIo, history: History) -> Self {
        let (sent, sent_trades) = (history.seq(), history.trade_seq());
        let sent_candles = [i64::MIN; Interval::ALL.len()];
        Self { io, history, sent, sent_trades, sent_book: sent, book_at: Instant::now(), sent_candles }
    }

    pub(super) fn instrument(&self) -> &str {
        self.history.instrument()
    }

    pub(super) fn push(&mut self, tick: &Observed) {
        self.history.push(tick);
    }

    /// Sends what has gathered: one batch to each room.
    pub(super) async fn flush(&mut self) {
        if self.sent == self.history.seq() {
            return;
        }
        if let (true, Ok(batch)) = (self.is_wanted(Channel::Ticks), self.history.after(self.sent)) {
            self.send(Channel::Ticks, event::TICKS, &batch).await;
        }
        if self.is_wanted(Channel::Trades)
            && let Ok(batch) = self.history.trades_after(self.sent_trades, RESUME_TRADES)
            && !batch.price.is_empty()
        {
            self.send(Channel::Trades, event::TRADES, &batch).await;
        }
        self.sent_trades = self.history.trade_seq();
        if let (true, Ok(batch)) = (self.is_wanted(Channel::Reference), self.history.reference_after(self.sent)) {
            self.send(Channel::Reference, event::REFERENCE, &batch).await;
        }
        for (place, interval) in Interval::ALL.into_iter().enumerate() {
            let channel = Channel::Candles(interval);
            let since = self.sent_candles[place];
            self.sent_candles[place] = self.history.open_time(interval).unwrap_or(since);
            if self.is_wanted(channel) {
                let candles = self.history.candles_since(interval, since);
                let update = CandleUpdate { instrument: self.instrument().into(), interval, candles };
                self.send(channel, event::CANDLES, &update).await;
            }
        }
        self.sent = self.history.seq();
        if self.book_at <= Instant::now() {
            self.send_book().await;
        }
    }

    /// When the book is to be sent that the last flush has left, if none comes before.
    pub(super) fn book_due(&self) -> Option<Instant> {
        (self.sent_book < self.sent).then_some(self.book_at)
    }

    /// Sends the book as it stands after what was sent.
    pub(super) async fn send_book(&mut self) {
        (self.sent_book, self.book_at) = (self.sent, Instant::now() + BOOK_EVERY);
        if let (true, Some(book)) = (self.is_wanted(Channel::Book), self.history.book(BOOK_LEVELS)) {
            self.send(Channel::Book, event::BOOK, &book).await;
        }
    }

    /// Sends the figures of the last minutes to whoever wants them.
    pub(super) async fn send_stats(&self) {
        if let (true, Some(stats)) = (self.is_wanted(Channel::Stats), self.history.stats()) {
            self.send(Channel::Stats, event::STATS, &stats).await;
        }
    }

    pub(super) fn room(&self, channel: Channel) -> String {
        format!("{}/{}", self.instrument(), channel.name())
    }

    pub(super) fn is_wanted(&self, channel: Channel) -> bool {
        !self.io.within(self.room(channel)).sockets().is_empty()
    }

    /// A client whose buffer is full misses the batch; the next one's `prev_seq` tells it so, and it resumes.
    pub(super) async fn send<T: Serialize>(&self, channel: Channel, event: &'static str, payload: &T) {
        drop(self.io.within(self.room(channel)).emit(event, payload).await);
    }
}
