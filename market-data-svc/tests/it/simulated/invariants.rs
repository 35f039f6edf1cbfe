//! What must hold: whatever a client was told stays true, through every crash.

use std::collections::{BTreeMap, BTreeSet};

use gbm_core::engine::Quote;
use gbm_core::journal::{self, Entry, Line, Replay};
use gbm_core::model::Model;
use gbm_core::prelude::Tick;
use market_api::clock::Clock;
use market_data_svc::handle::{Acted, MarketError};
use market_data_svc::history::Observed;
use market_data_svc::market::Published;

use super::clients::{Answer, Looked, STEPS, Wanted};
use super::disk::SimulatedDisk;

/// A rule that was broken.
pub(super) type Broken = String;

macro_rules! must {
    ($holds:expr, $($why:tt)+) => {
        if !$holds {
            return Err(format!($($why)+));
        }
    };
}

pub(super) use must;

/// One session, as the world knows it.
#[derive(Debug)]
struct Seen {
    name: String,
    /// Every tick that was published.
    ticks: Vec<Observed>,
    looks: Vec<Looked>,
}

/// What is surely on the disk of one session, or was before its journal was rewritten.
#[derive(Debug, Default)]
struct Sure {
    /// The file it was read from, and how far.
    inode: Option<usize>,
    parsed: usize,
    through: u64,
    ids: BTreeSet<u64>,
    /// Id and tick of each command, by its label.
    commands: BTreeMap<String, BTreeSet<(u64, u64)>>,
}

/// Everything that was told.
#[derive(Debug, Default)]
pub(super) struct Witness {
    sessions: Vec<Seen>,
    sure: BTreeMap<String, Sure>,
    /// Label, id and tick of what was acknowledged, and the journals it may stand in.
    acknowledged: BTreeSet<(String, u64, u64)>,
    /// The answer to each label in each session.
    answers: BTreeMap<(usize, String), String>,
    /// Commands that have arrived, those that have more than once, and of the others those refused for the disk's sake.
    arrived: BTreeSet<String>,
    repeated: BTreeSet<String>,
    refused: BTreeSet<String>,
    /// Sessions that may have begun, since nobody was told otherwise.
    undecided: BTreeSet<String>,
    /// One that whoever asked for it was promised.
    promised: Option<String>,
    /// Clocks that the next start may find, in the order in which they were asked for.
    clocks: Vec<(u64, Clock)>,
    pub(super) acknowledgements: u64,
    pub(super) ticks: u64,
}

impl Witness {
    /// A session's first tick.
    pub(super) fn begin(&mut self, disk: &SimulatedDisk, name: &str) -> Result<(), Broken> {
        must!(disk.journal_of(name).is_some(), "session {name} has no journal");
        self.sessions.push(Seen { name: name.into(), ticks: Vec::new(), looks: Vec::new() });
        // Names are given in order; a later one may have been given already.
        self.undecided.retain(|other| other.as_str() > name);
        self.promised = self.promised.take().filter(|promised| promised.as_str() > name);
        Ok(())
    }

    pub(super) fn session(&self) -> Option<&str> {
        self.sessions.last().map(|seen| seen.name.as_str())
    }

    /// The last tick published, and how many commands its journal surely holds.
    pub(super) fn stands(&self) -> (u64, u64) {
        let Some(seen) = self.sessions.last() else { return (0, 0) };
        (seen.ticks.len() as u64, self.sure.get(&seen.name).map_or(0, |sure| sure.ids.len() as u64))
    }

    /// A name was given to a session that may begin or not.
    pub(super) fn may_begin(&mut self, name: &str) {
        self.undecided.insert(name.into());
    }

    pub(super) fn may_keep_clock(&mut self, order: u64, clock: Clock) {
        self.clocks.push((order, clock));
    }

    /// A request has arrived.
    pub(super) fn asked(&mut self, wanted: &Wanted) {
        match wanted {
            Wanted::Command(asked) => {
                if !self.arrived.insert(asked.actor.clone()) {
                    // Of several attempts, one that isn't refused may be in the journal.
                    self.refused.remove(&asked.actor);
                    self.repeated.insert(asked.actor.clone());
                }
            }
            Wanted::Clock(order, clock) | Wanted::Begin(_, order, _, clock) => self.may_keep_clock(*order, *clock),
            Wanted::Play(label) => {
                if !self.arrived.insert(label.clone()) {
                    self.refused.remove(label);
                    self.repeated.insert(label.clone());
                }
            }
            Wanted::Release(_) | Wanted::Look => {}
        }
    }

    /// Reads what has become sure since.
    fn look_at(&mut self, disk: &SimulatedDisk, session: &str) -> &Sure {
        let sure = self.sure.entry(session.into()).or_default();
        let Some(inode) = disk.journal_of(session) else { return sure };
        if sure.inode.replace(inode) != Some(inode) {
            sure.parsed = 0;
        }
        let bytes = disk.sure(inode, sure.parsed);
        for text in bytes.split_inclusive(|&byte| byte == b'\n').filter(|text| text.ends_with(b"\n")) {
            sure.parsed += text.len();
            match serde_json::from_slice::<Line>(text).map(|line| line.entry) {
                Ok(Entry::Through { tick }) => sure.through = sure.through.max(tick),
                Ok(Entry::Command(line)) => {
                    let (id, tick) = (line.intervention.id.get(), line.intervention.tick);
                    sure.ids.insert(id);
                    sure.commands.entry(line.actor).or_default().insert((id, tick));
                }
                // The header, the end, and what a planted fault has left.
                _ => {}
            }
        }
        sure
    }

    pub(super) fn published(&mut self, disk: &SimulatedDisk, published: Published) -> Result<bool, Broken> {
        match published {
            Published::Ticks { first, ticks } => {
                let Some(session) = self.session().map(str::to_owned) else { return Ok(false) };
                let through = self.look_at(disk, &session).through;
                self.ticks += ticks.len() as u64;
                let Some(seen) = self.sessions.last_mut() else { return Ok(false) };
                let expected = seen.ticks.len() as u64 + 1;
                must!(first == expected, "tick {first} was published, tick {expected} was due");
                seen.ticks.extend(ticks);
                let last = seen.ticks.len() as u64;
                must!(last <= through, "tick {last} was published above the durable watermark {through}");
            }
            Published::Overrides(told) => {
                let Some(session) = self.session().map(str::to_owned) else { return Ok(false) };
                let sure = self.look_at(disk, &session);
                for told in told {
                    must!(sure.ids.contains(&told.id), "intervention {} was told before its line was durable", told.id);
                }
            }
            Published::Session(begun) => {
                self.begin(disk, &begun.session.session)?;
                return Ok(true);
            }
            Published::Clock(_) | Published::Keep(..) => {}
        }
        Ok(false)
    }

    /// `settled` unless a session began while the answers were given.
    pub(super) fn answered(&mut self, disk: &SimulatedDisk, answer: Answer, settled: bool) -> Result<(), Broken> {
        match answer {
            Answer::Command(asked, Ok(acted)) => self.acknowledge(disk, asked.actor, &[acted], settled),
            Answer::Command(asked, Err(MarketError::Disk(why))) => {
                // What couldn't be cut off before its session ended may stand in that session's journal (seed 17823).
                if why != "the session has ended" && !self.repeated.contains(&asked.actor) {
                    self.refused.insert(asked.actor);
                }
                Ok(())
            }
            Answer::Command(asked, Err(MarketError::Refused(error))) => {
                let session = self.sessions.len();
                let before = self.answers.get(&(session, asked.actor.clone())).filter(|_| settled);
                must!(before.is_none(), "{} was acknowledged, and refused when it was repeated: {error}", asked.actor);
                Ok(())
            }
            Answer::Release(label, Ok(acted)) | Answer::Play(label, Ok(acted)) => {
                self.acknowledge(disk, label, &acted, settled)
            }
            Answer::Play(label, Err(MarketError::Disk(why))) => {
                if why != "the session has ended" && !self.repeated.contains(&label) {
                    self.refused.insert(label);
                }
                Ok(())
            }
            Answer::Clock(order, Ok(())) => {
                self.clocks.retain(|&(other, _)| other >= order);
                Ok(())
            }
            Answer::Begin(Ok(name)) => {
                let has_begun = self.sessions.iter().any(|seen| seen.name == name);
                must!(has_begun || self.undecided.contains(&name), "session {name} was promised and never begun");
                self.promised = (!has_begun).then_some(name);
                Ok(())
            }
            // The session before goes on; but a restart may find the other one until its journal has been put back.
            Answer::Begin(Err(MarketError::Disk(why))) => {
                let goes_on = !why.starts_with("the journal has lost its place");
                if goes_on && self.undecided.len() == 1 && self.promised.is_none() {
                    self.undecided.clear();
                }
                Ok(())
            }
            Answer::Look(Ok(looked)) => {
                if let Some(seen) = self.sessions.iter_mut().find(|seen| seen.name == looked.session) {
                    seen.looks.push(looked);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn acknowledge(
        &mut self,
        disk: &SimulatedDisk,
        label: String,
        acted: &[Acted],
        settled: bool,
    ) -> Result<(), Broken> {
        self.acknowledgements += 1;
        let sessions: Vec<String> = self.sessions.iter().rev().map(|seen| seen.name.clone()).collect();
        for acted in acted {
            let place = (acted.accepted.id.get(), acted.accepted.tick);
            let stands = sessions.iter().any(|session| {
                let commands = &self.look_at(disk, session).commands;
                commands.get(&label).is_some_and(|places| places.contains(&place))
            });
            must!(stands, "{label} was acknowledged as {place:?} before its line was durable");
            self.acknowledged.insert((label.clone(), place.0, place.1));
        }
        if settled {
            let text = format!("{acted:?}");
            let before = self.answers.entry((self.sessions.len(), label.clone())).or_insert_with(|| text.clone());
            must!(*before == text, "{label} was answered {before}, and when it was repeated {text}");
        }
        Ok(())
    }

    /// A release is remembered for one life.
    pub(super) fn life_ends(&mut self) {
        self.answers.retain(|(_, label), _| label.starts_with('c'));
    }

    /// What a start has found; gives the session's ticks.
    pub(super) fn restarted(
        &mut self,
        disk: &SimulatedDisk,
        session: &str,
        tick: u64,
        clock: Clock,
    ) -> Result<&[Observed], Broken> {
        if self.session() != Some(session) {
            must!(
                self.sessions.is_empty() || self.undecided.contains(session),
                "session {session} came back instead of {:?}",
                self.session()
            );
            must!(
                // One that was asked for after it may have followed already.
                self.promised.as_deref().is_none_or(|promised| promised <= session),
                "session {:?} was promised, session {session} came back",
                self.promised
            );
            self.begin(disk, session)?;
        }
        must!(self.promised.is_none(), "session {:?} was promised, session {session} came back", self.promised);
        self.undecided.clear();
        must!(
            self.clocks.iter().any(|&(_, kept)| kept == clock),
            "the clock came back as {clock:?}, what was kept is {:?}",
            self.clocks
        );
        let last = self.sessions.len() - 1;
        let ticks = self.holds(disk, last)?;
        must!(ticks.len() as u64 == tick, "a start computed {tick} ticks, a replay {}", ticks.len());
        // They are history now, which anyone may be told.
        self.sessions[last].ticks = ticks;
        Ok(&self.sessions[last].ticks)
    }

    /// At the end: every session that was ever seen.
    pub(super) fn over(&mut self, disk: &SimulatedDisk) -> Result<(), Broken> {
        let mut journaled = BTreeSet::new();
        for session in 0..self.sessions.len() {
            self.holds(disk, session)?;
            let journal = read(disk, &self.sessions[session].name)?;
            journaled.extend(commands(&journal));
        }
        for acknowledged in &self.acknowledged {
            must!(journaled.contains(acknowledged), "{acknowledged:?} was acknowledged, and is in no journal");
        }
        for label in &self.refused {
            let came_back = journaled.iter().find(|(other, ..)| other == label);
            must!(came_back.is_none(), "{label} was refused, and stands in a journal as {came_back:?}");
        }
        Ok(())
    }

    /// A session's journal against what was told of it; gives its ticks.
    fn holds(&self, disk: &SimulatedDisk, session: usize) -> Result<Vec<Observed>, Broken> {
        let Seen { name, ticks, looks } = &self.sessions[session];
        let journal = read(disk, name)?;
        let found = commands(&journal);
        let mut labels = BTreeSet::new();
        for line in &journal.lines {
            // One that is replayed was another session's, and so was its key.
            if let Entry::Command(line) = &line.entry
                && line.actor.starts_with('c')
                && !line.replayed
            {
                must!(labels.insert(&line.actor), "{} stands in the journal of {name} twice", line.actor);
            }
        }
        let mut runs = BTreeMap::<&str, usize>::new();
        for line in &journal.lines {
            if let Entry::Command(line) = &line.entry
                && line.actor.starts_with('p')
                && !line.replayed
            {
                *runs.entry(&line.actor).or_default() += 1;
            }
        }
        for (run, steps) in runs {
            must!(steps % STEPS == 0, "{steps} interventions of {run} stand in the journal of {name}");
        }
        if let Some(sure) = self.sure.get(name) {
            for acknowledged in &self.acknowledged {
                let (label, id, tick) = acknowledged;
                let was_here = sure.commands.get(label).is_some_and(|places| places.contains(&(*id, *tick)));
                let times = found.iter().filter(|found| *found == acknowledged).count();
                must!(!was_here || times == 1, "{acknowledged:?} was acknowledged, and stands {times} times in {name}");
            }
        }
        let mut replay = Replay::new(&journal);
        let mut again = Vec::with_capacity(ticks.len());
        while let Some(tick) = replay.next() {
            let Tick { price, reference, is_halted, tick, .. } = tick.map_err(|error| format!("{name}: {error}"))?;
            let quote = Quote { price, reference, is_halted };
            again.push(Observed::on(replay.simulation(), 0, quote));
            for looked in looks.iter().filter(|looked| looked.tick == tick) {
                must!(looked.digest == replay.digest(), "a reader saw another digest of tick {tick} of {name}");
                must!(looked.quote == quote, "a reader saw another price of tick {tick} of {name}");
            }
        }
        must!(again.len() >= ticks.len(), "{} ticks of {name} were published, {} are left", ticks.len(), again.len());
        let bits = |Observed { quote, book }: &Observed| {
            let numbers = [quote.price, quote.reference, book.liquidity, book.spread_factor, book.bought, book.sold];
            numbers.map(f64::to_bits)
        };
        let differs = again.iter().zip(ticks).position(|(now, told)| bits(now) != bits(told));
        must!(differs.is_none(), "tick {differs:?} (from 0) of {name} is contradicted");
        Ok(again)
    }
}

fn read(disk: &SimulatedDisk, session: &str) -> Result<journal::Journal<Model>, Broken> {
    let inode = disk.journal_of(session).ok_or_else(|| format!("the journal of session {session} is lost"))?;
    journal::read(&disk.bytes(inode)).map_err(|error| error.to_string())
}

/// Label, id and tick of each command.
fn commands(journal: &journal::Journal<Model>) -> Vec<(String, u64, u64)> {
    let commands = journal.lines.iter().filter_map(|line| match &line.entry {
        Entry::Command(line) => Some((line.actor.clone(), line.intervention.id.get(), line.intervention.tick)),
        _ => None,
    });
    commands.collect()
}
