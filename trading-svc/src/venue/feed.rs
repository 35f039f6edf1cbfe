//! What the market's stream does to the exchange.

use market_api::instrument::Instrument;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use trading_core::desk::Input;
use trading_core::log::{FORMAT, Header};
use trading_core::quote::{Grid, Quote};
use trading_core::rules::{Book, Impact, Rules};

use super::{Settings, Venue};
use crate::books::Books;
use crate::flow::flows;
use crate::handle::{Feed, Opened, Published};
use crate::ledger::{Restored, Unsteered};
use crate::state::{Session, State};

impl Venue {
    pub(super) fn feed(&mut self, feed: Feed) {
        match feed {
            // What can't be written isn't followed: the market is asked for it again.
            Feed::Ticks { .. } | Feed::Halted | Feed::Live if self.live.trouble.is_some() => {}
            Feed::Session(opened, reply) => {
                if self.open_session(&opened) {
                    let seq = self.current.as_ref().map_or(0, |current| current.state.seq);
                    // A connection that was given up meanwhile asks again.
                    let _ = reply.send(seq);
                }
            }
            Feed::Ticks { prev_seq, last_seq, quotes } => self.follow(prev_seq, last_seq, &quotes),
            Feed::Halted => {
                let is_news = self.current.as_ref().is_some_and(|now| !now.state.desk.exchange().is_halted());
                if is_news {
                    self.log(Input::Halt);
                    self.settle(false);
                    self.publish_venue();
                }
            }
            Feed::Live => {
                self.live.lost = None;
                self.publish_venue();
            }
            Feed::Lost(why) => {
                self.settle(true);
                self.live.lost = Some(why);
                self.traded.send_replace(None);
                self.publish_venue();
            }
        }
    }

    /// Goes on with a session of the market, or begins its exchange; `false` if it can't be.
    fn open_session(&mut self, opened: &Opened) -> bool {
        self.settle(true);
        if self.live.trouble.is_some() {
            return false;
        }
        self.live.preset.clone_from(&opened.instrument.preset);
        if self.current.as_ref().is_some_and(|current| current.session.name == opened.name) {
            self.traded.send_replace(Some(opened.name.clone()));
            self.tell_owed();
            return true;
        }
        self.snapshot();
        let begun = self.ledger.restore(&opened.name).map_err(|error| error.to_string());
        let begun = begun.and_then(|known| known.map_or_else(|| self.begin(opened), Ok));
        match begun {
            Ok(begun) => {
                self.take_up(Some(begun));
                self.traded.send_replace(Some(opened.name.clone()));
                self.tell_owed();
                self.publish(Published::Session);
                self.publish_venue();
                true
            }
            Err(error) => {
                tracing::error!(%error, "the market's session can't be traded");
                self.live.lost = Some(error);
                self.publish_venue();
                false
            }
        }
    }

    fn begin(&mut self, opened: &Opened) -> Result<Restored, String> {
        let rules = rules(&opened.instrument, &self.settings)?;
        let session = Session {
            row: 0,
            name: opened.name.clone(),
            instrument: opened.instrument.id.clone(),
            start_ms: opened.start_ms,
            interval_ms: opened.interval_ms,
        };
        let (name, instrument) = (session.name.clone(), session.instrument.clone());
        let header = Header { format: FORMAT, session: name, instrument, rules: rules.clone() };
        let session = self.ledger.begin(session, &header).map_err(|error| error.to_string())?;
        Ok(Restored { session, state: State::new(rules), books: Books::default() })
    }

    /// What was traded and the market wasn't told of, because a crash or a fault came between, or too much waited.
    pub(super) fn tell_owed(&mut self) {
        let Some(Restored { session, state, .. }) = &self.current else { return };
        if !self.owes_flows || state.desk.exchange().rules().impact != Impact::Shared {
            return;
        }
        match self.ledger.unsteered(session, self.flows.max_capacity()) {
            Ok(Unsteered { fills, more }) => {
                let flows = flows(session, state, &fills);
                // Where all was bought that was sold there is nothing to tell.
                if let (true, Some((_, _, last))) = (flows.is_empty(), fills.last()) {
                    self.batch.steered = self.batch.steered.max(Some(last.tick));
                }
                self.owes_flows = false;
                self.hand_on(flows);
                self.owes_flows |= more;
            }
            Err(error) => tracing::warn!(%error, "what the market wasn't told of can't be read"),
        }
    }

    /// Follows ticks; those that were seen change nothing, and those that nobody can give any more are logged as missed.
    fn follow(&mut self, prev_seq: u64, last_seq: u64, quotes: &[Quote]) {
        let Some(Restored { state, .. }) = &self.current else { return };
        let last_tick = state.desk.last_tick();
        let is_joined = prev_seq <= state.seq;
        if let Some(first) = quotes.first().filter(|first| !is_joined && first.tick > last_tick + 1) {
            self.log(Input::Missed { through: first.tick - 1 });
        }
        let Some(Restored { session, state, books }) = &mut self.current else { return };
        for quote in quotes.iter().filter(|quote| quote.tick > last_tick) {
            self.events.clear();
            state.tick(quote, &mut self.events);
            if !self.events.is_empty() {
                books.note(session, state, &self.events, &mut self.batch.changes);
            }
            self.batch.ticks.push(*quote);
        }
        state.seq = state.seq.max(last_seq);
    }

    /// Asks the exchange for what no client asks for. It accepts it.
    fn log(&mut self, input: Input) {
        let Some(mut acting) = self.acting() else { return };
        if let Err(error) = acting.apply(input) {
            tracing::error!(%error, "the exchange refuses what the market says");
        }
    }
}

/// The rules of an instrument's exchange.
fn rules(instrument: &Instrument, settings: &Settings) -> Result<Rules, String> {
    let book = serde_json::to_value(instrument.book).and_then(serde_json::from_value::<Book>);
    let book = book.map_err(|error| format!("the book of {}: {error}", instrument.id))?;
    let size = |value: f64, what: &str| {
        let size = Decimal::from_f64(value).filter(|size| *size > Decimal::ZERO);
        size.ok_or_else(|| format!("{what} = {value} of {} is no decimal step", instrument.id))
    };
    let grid = Grid {
        tick_size: size(instrument.tick_size.value(), "tick_size")?,
        lot_size: size(instrument.lot_size.value(), "lot_size")?,
    };
    Ok(Rules {
        grid,
        latency_ticks: settings.latency_ticks,
        queue: settings.queue,
        impact: settings.impact,
        ..Rules::btc(book)
    })
}
