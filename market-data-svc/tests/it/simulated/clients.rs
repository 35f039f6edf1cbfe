//! Clients over a network that delays, reorders and repeats what they ask.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use gbm_core::engine::Quote;
use gbm_core::journal::{Digest, Journal};
use gbm_core::prelude::*;
use market_api::clock::{Clock, ClockChange};
use market_data_svc::handle::{Acted, Asked, Key, MarketError, MarketHandle, Opening, Play};
use scenario::{Overrides, Scenario};
use tokio::task::unconstrained;

use super::dice::Dice;
use crate::support::market;

/// What a client wants, and wants again when it repeats it.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    /// The actor of a command is the command's label.
    Command(Asked),
    Release(String),
    /// A scenario, by the run's label.
    Play(String),
    /// With the place among all arrivals.
    Clock(u64, Clock),
    /// With the same, and what it begins with.
    Begin(String, u64, Opening, Clock),
    Look,
}

/// How many interventions a run has.
pub(super) const STEPS: usize = 5;

fn run(label: &str) -> Play {
    let step = |at: usize| {
        format!("[[steps]]\nat_s = 0.0{at}\nkind = \"shock\"\nlog_return = 0.00{}\npermanent_fraction = 1\n", at + 1)
    };
    let steps: String = (0..STEPS).map(step).collect();
    let scenario = Scenario::from_toml(&format!("name = \"a\"\ntitle = \"T\"\ndescription = \"D.\"\n{steps}")).unwrap();
    let (parameters, instrument, tick) = (Overrides::default(), "BTC-USD".into(), None);
    Play { scenario, parameters, instrument, tick, actor: label.into(), key: label.into() }
}

/// The market as a reader saw it.
#[derive(Clone, Debug)]
pub(super) struct Looked {
    pub(super) session: String,
    pub(super) tick: u64,
    pub(super) quote: Quote,
    pub(super) digest: Digest,
}

#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "a few at a time")]
pub(super) enum Answer {
    Command(Asked, Result<Acted, MarketError>),
    Release(String, Result<Vec<Acted>, MarketError>),
    Play(String, Result<Vec<Acted>, MarketError>),
    Clock(u64, Result<(), MarketError>),
    Begin(Result<String, MarketError>),
    Look(Result<Looked, MarketError>),
}

type Waiting = Pin<Box<dyn Future<Output = Answer>>>;

#[derive(Default)]
pub(super) struct Clients {
    /// Everything that was ever asked for in this run.
    asked: Vec<Wanted>,
    /// On its way to the market.
    travelling: Vec<Wanted>,
    waiting: Vec<Waiting>,
    labels: u64,
    arrivals: u64,
    interval_ms: u64,
}

impl Clients {
    pub(super) fn new(interval_ms: u64) -> Self {
        Self { interval_ms, ..Self::default() }
    }

    fn label(&mut self, of: &str) -> String {
        self.labels += 1;
        format!("{of}{}", self.labels)
    }

    fn send(&mut self, wanted: Wanted) {
        self.asked.push(wanted.clone());
        self.travelling.push(wanted);
    }

    /// A command, half of them by the client that names its requests.
    pub(super) fn command(&mut self, dice: &mut Dice, tick: u64, known: u64) {
        let actor = self.label("c");
        let effect = 0.0001 * dice.in_range(1..200) as f64;
        let shock = Intervention::Shock(Shock {
            log_return: LogReturn::new(effect).unwrap(),
            permanent_fraction: Fraction::new(0.5).unwrap(),
            half_life_s: Some(Seconds::new(0.2).unwrap()),
        });
        let mut command = match dice.below(6) {
            0 => Command::now(Intervention::SetDrift(SetDrift { mu: Drift::new(effect).unwrap(), ramp_s: None })),
            1 if known > 0 => {
                let id = InterventionId::new(dice.in_range(1..known + 1)).unwrap();
                Command::now(Intervention::Cancel(Cancel { id }))
            }
            2 => Command::now(shock).at(tick + dice.in_range(0..200)),
            3 => {
                let (duration_s, on_conflict) = (Some(Seconds::new(0.1).unwrap()), OnConflict::Replace);
                let price = Price::new(100_000.0 * (1.0 + effect)).unwrap();
                Command::now(match dice.below(2) {
                    0 => Intervention::Halt(Halt { reopen: Reopen::CatchUp, duration_s, on_conflict }),
                    _ => Intervention::Target(Target { price, duration_s, at_ms: None, on_conflict }),
                })
            }
            _ => Command::now(shock),
        };
        let mut key = if dice.below(4) == 0 { String::new() } else { actor.clone() };
        if dice.below(16) == 0 {
            // An id of the client's own instead of a key, far above those that the market gives.
            command.id = InterventionId::new(1_000_000 * self.labels).ok();
            key.clear();
        }
        let reason = "some reason, with spaces @ its signs".into();
        self.send(Wanted::Command(Asked { command, actor, reason, key, session: None }));
    }

    pub(super) fn release(&mut self) {
        let label = self.label("r");
        self.send(Wanted::Release(label));
    }

    pub(super) fn play(&mut self) {
        let label = self.label("p");
        self.send(Wanted::Play(label));
    }

    pub(super) fn clock(&mut self, dice: &mut Dice) {
        let clock = Clock { running: dice.below(4) > 0, speed: dice.pick(&[0.5, 1.0, 1.0, 2.0, 10.0]) };
        self.send(Wanted::Clock(0, clock));
    }

    /// A new session, which may replay the journal of the one that runs.
    pub(super) fn begin(&mut self, dice: &mut Dice, journal: Option<Journal<Model>>) {
        let label = self.label("b");
        let seed = dice.word() % 1000;
        let opening = match journal.filter(|_| dice.coin()) {
            Some(journal) => Opening::Replay(Box::new(journal)),
            None => Opening::Market(Box::new(market(seed, self.interval_ms))),
        };
        let clock = Clock { running: true, speed: dice.pick(&[1.0, 2.0]) };
        self.send(Wanted::Begin(label, 0, opening, clock));
    }

    pub(super) fn look(&mut self) {
        self.travelling.push(Wanted::Look);
    }

    /// Asks for something once more. Without a name that is another request, so nobody does it.
    pub(super) fn repeat(&mut self, dice: &mut Dice) {
        if self.asked.is_empty() {
            return;
        }
        // Mostly what was asked for last.
        let among = if dice.coin() { self.asked.len().min(4) } else { self.asked.len() };
        let wanted = self.asked[self.asked.len() - 1 - dice.below(among)].clone();
        let is_named = match &wanted {
            Wanted::Command(asked) => !asked.key.is_empty() || asked.command.id.is_some(),
            Wanted::Clock(..) | Wanted::Look => false,
            Wanted::Release(_) | Wanted::Play(_) | Wanted::Begin(..) => true,
        };
        if is_named {
            self.travelling.push(wanted);
        }
    }

    /// Lets one of those on their way arrive; gives what it is.
    pub(super) fn arrive(&mut self, dice: &mut Dice, handle: &MarketHandle) -> Option<Wanted> {
        if self.travelling.is_empty() {
            return None;
        }
        let mut wanted = self.travelling.swap_remove(dice.below(self.travelling.len()));
        self.arrivals += 1;
        if let Wanted::Clock(order, _) | Wanted::Begin(_, order, _, _) = &mut wanted {
            *order = self.arrivals;
        }
        let handle = handle.clone();
        let mut waiting: Waiting = match wanted.clone() {
            Wanted::Command(asked) => Box::pin(async move {
                let answer = unconstrained(handle.intervene(asked.clone())).await;
                Answer::Command(asked, answer)
            }),
            Wanted::Release(label) => Box::pin(async move {
                let answer = unconstrained(handle.release_all("BTC-USD", &label, &label)).await;
                Answer::Release(label, answer)
            }),
            Wanted::Play(label) => Box::pin(async move {
                let answer = unconstrained(handle.play(run(&label))).await;
                Answer::Play(label, answer)
            }),
            Wanted::Clock(order, clock) => Box::pin(async move {
                let change = ClockChange { running: Some(clock.running), speed: Some(clock.speed) };
                let answer = unconstrained(handle.clock(change)).await;
                Answer::Clock(order, answer.map(drop))
            }),
            Wanted::Begin(label, _, opening, clock) => Box::pin(async move {
                let answer = unconstrained(handle.begin(opening, clock, Key::new(label, 0))).await;
                Answer::Begin(answer.map(|(session, _)| session.session))
            }),
            Wanted::Look => Box::pin(async move {
                let look = handle.look(|view| Looked {
                    session: view.session.into(),
                    tick: view.simulation.tick(),
                    quote: view.quotes[0],
                    digest: view.digest,
                });
                Answer::Look(unconstrained(look).await)
            }),
        };
        if waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            self.waiting.push(waiting);
        }
        Some(wanted)
    }

    /// The answers that were given by now.
    pub(super) fn answers(&mut self) -> Vec<Answer> {
        let mut answers = Vec::new();
        self.waiting.retain_mut(|waiting| match waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => {
                answers.push(answer);
                false
            }
            Poll::Pending => true,
        });
        answers
    }

    /// Whoever waits gets no answer any more; what is on its way may still arrive in the next life.
    pub(super) fn hang_up(&mut self, dice: &mut Dice) {
        self.waiting.clear();
        self.travelling.retain(|_| dice.coin());
        // The key of what leaves no line is good for one life.
        let lasts = |wanted: &Wanted| matches!(wanted, Wanted::Command(_));
        self.asked.retain(lasts);
        self.travelling.retain(lasts);
    }
}
