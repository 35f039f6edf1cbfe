//! One session after another.

use std::io;

use gbm_core::journal::{CommandLine, Entry, Recorder};
use market_api::clock;
use market_api::session::Session;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::Instant;

use super::commands::Told;
use super::rotation::Rotation;
use super::{Market, Stall};
use crate::clock::Clock;
use crate::handle::{Key, MarketError, Opening, Reply};
use crate::session::{BeginError, Begun};

impl Market {
    /// Begins a session, unless this very request was answered before; gives the new one, to be published.
    pub(super) fn begin_once(
        &mut self,
        opening: Opening,
        clock: clock::Clock,
        Key { name: key, asked }: Key,
        reply: Reply<(Session, String)>,
    ) -> Option<Box<Begun>> {
        match self.told(&key) {
            Some(Told::Begun(session, seed, before)) if *before == asked => {
                drop(reply.send(Ok((session.clone(), seed.clone()))));
                return None;
            }
            Some(_) => {
                drop(reply.send(Err(MarketError::KeyTaken)));
                return None;
            }
            None => {}
        }
        let seed = opening.market().seed().to_string();
        match self.begin(opening, clock) {
            Ok(begun) => {
                let session = begun.session.clone();
                self.remember(key, Told::Begun(session.clone(), seed.clone(), asked));
                drop(reply.send(Ok((session, seed))));
                Some(begun)
            }
            Err(error) => {
                drop(reply.send(Err(error)));
                None
            }
        }
    }

    /// Tries to give this session's journal its place again, if it has lost it and the time has come.
    pub(super) fn restore(&mut self) {
        if self.displaced.as_ref().is_some_and(|stall| stall.retry <= Instant::now()) {
            self.displaced =
                self.disk.restore().err().map(|error| Stall::new(&BeginError::Displaced(error).to_string()));
        }
    }

    /// The session's file has its place no more, so nothing more may be promised in it.
    pub(super) fn stop(&mut self) {
        self.requests.close();
        while self.requests.try_recv().is_ok() {}
    }

    /// Puts this session's journal away, closed, and goes on with another session.
    fn begin(&mut self, opening: Opening, clock: clock::Clock) -> Result<Box<Begun>, MarketError> {
        self.check_disk(0)?;
        let failed = |error: io::Error| MarketError::Disk(error.to_string());
        let name = self.disk.new_name();
        let (recorder, text, lines) = match opening {
            Opening::Market(market) => {
                let (recorder, header) = Recorder::start_session(*market, &name)?;
                (recorder, header, Vec::new())
            }
            Opening::Replay(journal) => {
                let (recorder, text) = Recorder::start_replay(&journal, &name)?;
                (recorder, text, journal.lines)
            }
        };
        let sink = self.disk.begin(&self.session, text.as_bytes()).map_err(|error| {
            let reason = error.to_string();
            if matches!(error, BeginError::Displaced(_)) {
                self.displaced = Some(Stall::new(&reason));
            }
            MarketError::Disk(reason)
        })?;
        // From here on the new journal is the one that a restart finds.
        let (written, outcomes) = unbounded_channel();
        let writer = match self.writer.another(sink, written) {
            Ok(writer) => writer,
            Err(error) => {
                self.stop();
                return Err(failed(error));
            }
        };
        if let Ok(end) = self.recorder.propose_end() {
            self.send(end.line.seq, end.text);
        }
        // Dropping the old writer waits for its last lines; whoever waits for one of them is answered.
        drop(std::mem::replace(&mut self.writer, writer));
        let mut old = std::mem::replace(&mut self.written, outcomes);
        while let Ok(outcome) = old.try_recv() {
            self.settle(outcome);
        }
        self.fail("the session has ended");
        (self.stalled, self.rotation, self.rotate_at) = (None, Rotation::None, self.disk.max_journal_bytes());
        // What was released belongs to lines of the old journal; a new one counts from 1 again.
        self.told.retain(|(_, told)| matches!(told, Told::Begun(..)));

        let begun = Box::new(Begun::new(recorder.simulation().market(), &name, self.disk.tick_size(), clock));
        let interval_ms = recorder.simulation().market().grid().tick_interval_ms();
        self.overrides = begun.overrides();
        for line in lines {
            if let Entry::Command(line) = line.entry {
                self.overrides.add(CommandLine { key: String::new(), replayed: true, more: false, ..line });
            }
        }
        let seq = recorder.seq();
        (self.proposed, self.confirmed, self.watermark, self.keep_at) = (seq, seq, 0, 0);
        self.confirmed_bytes = text.len() as u64;
        self.clock = Clock::new(interval_ms, 0, clock);
        (self.recorder, self.session) = (recorder, name);
        // A clock that couldn't be kept runs on all the same; only a restart would not find it.
        self.is_clock_kept = self.disk.keep_clock(clock).is_ok();
        Ok(begun)
    }
}
