//! What a client is given when it subscribes, and what it holds.

use market_api::stream::{CandleHistory, Channel, Position, StreamError, Subscribe, Subscribed};
use market_api::trade::TradeBatch;
use socketioxide::extract::SocketRef;
use tokio::time::Instant;

use super::line::Line;
use super::{BOOK_LEVELS, Feed, MAX_CHANNELS, is_admin, stream_error};
use crate::allowance::Allowance;
use crate::history::{CANDLES, RESUME_TICKS, RESUME_TRADES, SNAPSHOT_TICKS, SNAPSHOT_TRADES};

impl Feed {
    /// Takes what a subscription costs from its connection's allowance.
    pub(super) fn allow(&self, socket: &SocketRef, body: &Subscribe) -> Result<(), StreamError> {
        let line = self.line(&body.instrument)?;
        let missed = match &body.resume {
            Some(position) => line.history.seq().saturating_sub(position.seq),
            None => SNAPSHOT_TICKS as u64,
        };
        let candles = body.channels.iter().filter(|name| name.starts_with("candles:")).count() * CANDLES;
        let trades = match &body.resume {
            _ if !body.channels.iter().any(|name| name == "trades") => 0,
            None => SNAPSHOT_TRADES as u64,
            Some(position) => line.history.trade_seq().saturating_sub(line.last_trade(position).unwrap_or_default()),
        };
        let rows = |missed: u64, most: usize| usize::try_from(missed).unwrap_or(usize::MAX).min(most);
        let rows = rows(missed, RESUME_TICKS) + rows(trades, RESUME_TRADES) + candles;
        let now = Instant::now();
        let mut allowance = socket.extensions.get::<Allowance>().unwrap_or_else(|| Allowance::new(now));
        let taken = allowance.take(rows, now);
        socket.extensions.insert(allowance);
        taken.map_err(|wait| {
            let message = format!("too much history was asked for: ask again in {:.0} s", wait.as_secs_f64().ceil());
            stream_error("busy", message)
        })
    }

    pub(super) fn subscribe(&self, socket: &SocketRef, body: &Subscribe) -> Result<Subscribed, StreamError> {
        let (line, channels) = self.channels(&body.instrument, &body.channels)?;
        if let Some(channel) = channels.iter().find(|channel| channel.is_for_admins() && !is_admin(socket)) {
            return Err(stream_error("forbidden", format!("channel {:?} is for admins", channel.name())));
        }
        let resumed = body.resume.as_ref().map(|position| {
            let here = position.session == self.session.session;
            here.then(|| line.history.after(position.seq).ok()).flatten()
        });
        let expired = matches!(resumed, Some(None));
        let ticks = match resumed.flatten() {
            Some(missed) => Some(missed),
            None => line.history.after(line.history.snapshot_seq()).ok(),
        };
        let (trades, trades_expired) = line.trades(&self.session.session, body, &channels);
        let reference = ticks.as_ref().filter(|_| channels.contains(&Channel::Reference));
        let reference = reference.and_then(|ticks| line.history.reference_after(ticks.prev_seq).ok());
        let intervals = channels.iter().filter_map(|channel| match channel {
            Channel::Candles(interval) => Some(*interval),
            _ => None,
        });
        let candles = intervals
            .map(|interval| CandleHistory { interval, candles: line.history.candles(interval, CANDLES) })
            .collect();
        for &channel in &channels {
            socket.join(line.room(channel));
        }
        let ticks = ticks.filter(|_| channels.contains(&Channel::Ticks));
        let wants_overrides = channels.contains(&Channel::Overrides);
        let overrides = if wants_overrides {
            self.overrides.values().filter(|known| known.instrument == line.instrument()).cloned().collect()
        } else {
            Vec::new()
        };
        let book = channels.contains(&Channel::Book).then(|| line.history.book(BOOK_LEVELS)).flatten();
        let channels = line.held(socket);
        Ok(Subscribed { channels, expired, ticks, trades, trades_expired, book, candles, reference, overrides })
    }

    fn line(&self, instrument: &str) -> Result<&Line, StreamError> {
        let line = self.lines.iter().find(|line| line.instrument() == instrument);
        line.ok_or_else(|| {
            let message = format!("instrument = {:?} is not one of this market's", shortened(instrument));
            stream_error("unknown-instrument", message)
        })
    }

    /// The line and the channels of a request, all of them known.
    pub(super) fn channels(&self, instrument: &str, names: &[String]) -> Result<(&Line, Vec<Channel>), StreamError> {
        let line = self.line(instrument)?;
        if !(1..=MAX_CHANNELS).contains(&names.len()) {
            let message = format!("channels = {} is outside [1, {MAX_CHANNELS}]", names.len());
            return Err(stream_error("out-of-domain", message));
        }
        let unknown = |name: &String| {
            stream_error("unknown-channel", format!("channel = {:?} is not a channel", shortened(name)))
        };
        let channels: Result<_, _> =
            names.iter().map(|name| Channel::named(name).ok_or_else(|| unknown(name))).collect();
        channels.map(|channels| (line, channels))
    }
}

impl Line {
    /// The last trade that a client holds at a position of this session, if that is known.
    fn last_trade(&self, position: &Position) -> Option<u64> {
        position.trade_seq.or_else(|| self.history.trade_seq_at(position.seq))
    }

    /// The trades that were missed, or the last ones, if they were asked for; whether the position's have expired.
    fn trades(&self, session: &str, body: &Subscribe, channels: &[Channel]) -> (Option<TradeBatch>, bool) {
        if !channels.contains(&Channel::Trades) {
            return (None, false);
        }
        let here = body.resume.as_ref().filter(|position| position.session == session);
        let last = here.and_then(|position| self.last_trade(position));
        let missed = last.and_then(|last| self.history.trades_after(last, RESUME_TRADES).ok());
        let expired = body.resume.is_some() && missed.is_none();
        let newest = || {
            let last = self.history.snapshot_trade_seq();
            self.history.trades_after(last, SNAPSHOT_TRADES).ok()
        };
        (missed.or_else(newest), expired)
    }

    /// The channels that a socket holds, by name.
    pub(super) fn held(&self, socket: &SocketRef) -> Vec<String> {
        let prefix = format!("{}/", self.instrument());
        let mut held: Vec<String> =
            socket.rooms().iter().filter_map(|room| room.strip_prefix(prefix.as_str()).map(str::to_owned)).collect();
        held.sort_unstable();
        held
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}
