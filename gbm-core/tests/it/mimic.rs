//! The engine against another one, written from the formulas in natural logarithms and plain loops, and that other one with a fault:
//! each fault must show.

use gbm_core::intervention::Accepted;
use gbm_core::noise::{Domain, NoiseStream, StreamId};
use gbm_core::prelude::*;

use crate::support::{Dice, SPOT, at, btc, id};

/// What a mimic gets wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    /// A tick whose price is set reads no noise, so that all later ones move up.
    OverrideConsumesNoise,
    /// What a set price or a controller has moved is forgotten on the next tick.
    NotAbsorbed,
    /// Excess volume is divided by the liquidity of now, not of when it came.
    LiquidityRevaluesExcess,
    /// A window holds one tick too long.
    OffByOneExpiry,
    /// Impact is a sum of square roots that decay, instead of the root of a sum.
    DecayingRoots,
    /// The bridge takes its tick for one further from the end.
    BridgeClock,
    /// Reopening after a freeze keeps what was missed.
    FreezeForgets,
    /// A crash recovers from its first tick on.
    CrashClock,
}

const FAULTS: [Fault; 8] = [
    Fault::OverrideConsumesNoise,
    Fault::NotAbsorbed,
    Fault::LiquidityRevaluesExcess,
    Fault::OffByOneExpiry,
    Fault::DecayingRoots,
    Fault::BridgeClock,
    Fault::FreezeForgets,
    Fault::CrashClock,
];

const YEAR_S: f64 = 365.0 * 86_400.0;
const SIGMA_D: f64 = 0.042;
const VOLUME: f64 = 25_000.0;
const RESILIENCE_S: f64 = 600.0;

struct Mimic {
    fault: Fault,
    entries: Vec<Accepted>,
}

impl Mimic {
    /// The first tick on which an entry is cancelled.
    fn cancelled(&self, entry: &Accepted) -> u64 {
        let of = |other: &&Accepted| matches!(other.body, Intervention::Cancel(cancel) if cancel.id == entry.id);
        self.entries.iter().filter(of).map(|cancel| cancel.tick).min().unwrap_or(u64::MAX)
    }

    /// Entries that act by a tick and aren't cancelled.
    fn acting(&self, tick: u64) -> impl Iterator<Item = &Accepted> {
        self.entries.iter().filter(move |entry| entry.tick <= tick && tick < self.cancelled(entry))
    }

    fn lasts(&self, entry: &Accepted, tick: u64, duration: Option<Seconds>) -> bool {
        let grace = u64::from(self.fault == Fault::OffByOneExpiry);
        duration.is_none_or(|duration| tick < entry.tick + duration.get().ceil() as u64 + grace)
    }

    fn liquidity(&self, tick: u64) -> f64 {
        let factor = |entry: &Accepted| match entry.body {
            Intervention::InjectLiquidity(injection) => {
                let depth = VOLUME * (injection.within.get() / SIGMA_D).powi(2);
                let age = (tick - entry.tick) as f64 / injection.half_life_s.get();
                if age < 64.0 { 1.0 + injection.quantity.get() / depth * 0.5_f64.powf(age) } else { 1.0 }
            }
            _ => 1.0,
        };
        self.acting(tick).map(factor).product()
    }

    /// μ and σ of a tick.
    fn parameters(&self, tick: u64) -> (f64, f64) {
        let (mut mu, mut sigma, mut factor) = (0.5, 0.8, 1.0);
        for entry in self.acting(tick) {
            match entry.body {
                Intervention::SetDrift(set) => mu = set.mu.get(),
                Intervention::SetVolatility(set) => sigma = set.sigma.get(),
                Intervention::VolatilityScale(scale) => match scale.half_life_s {
                    Some(half_life) => {
                        let age = (tick - entry.tick) as f64 / half_life.get();
                        factor *= if age < 64.0 { 1.0 + (scale.factor.get() - 1.0) * 0.5_f64.powf(age) } else { 1.0 };
                    }
                    None if self.lasts(entry, tick, scale.duration_s) => factor *= scale.factor.get(),
                    None => {}
                },
                Intervention::InjectLiquidity(injection) => {
                    let depth = VOLUME * (injection.within.get() / SIGMA_D).powi(2);
                    let age = (tick - entry.tick) as f64 / injection.half_life_s.get();
                    let extra = injection.quantity.get() / depth * 0.5_f64.powf(age);
                    factor *= if age < 64.0 { (1.0 + extra).powf(-injection.eta.get()) } else { 1.0 };
                }
                _ => {}
            }
        }
        (mu, sigma * factor)
    }

    /// Displacements that are functions of the tick, the part that a cancel leaves included.
    fn profiles(&self, tick: u64) -> f64 {
        let mut sum = 0.0;
        for entry in self.entries.iter().filter(|entry| entry.tick <= tick) {
            let cancelled = self.cancelled(entry);
            if cancelled <= entry.tick {
                continue;
            }
            // As it stood on its last tick, and whether it still acts.
            let (seen, acts) = if tick < cancelled { (tick, true) } else { (cancelled - 1, false) };
            let age = (seen - entry.tick) as f64;
            sum += match entry.body {
                Intervention::Shock(shock) => {
                    let (whole, stays) = (shock.log_return.get(), shock.permanent_fraction.get());
                    let left = shock
                        .half_life_s
                        .map_or(0.0, |h| if age / h.get() < 64.0 { 0.5_f64.powf(age / h.get()) } else { 0.0 });
                    whole * stays + if acts { whole * (1.0 - stays) * left } else { 0.0 }
                }
                Intervention::Ramp(ramp) => {
                    let x = ((age + 1.0) / ramp.duration_s.get().ceil()).min(1.0);
                    let way = if ramp.shape == RampShape::Smooth { x * x * (3.0 - 2.0 * x) } else { x };
                    ramp.log_return.get() * way
                }
                Intervention::FlashCrash(crash) => {
                    let (fall, hold) = (crash.fall_s.get().ceil(), crash.hold_s.map_or(0.0, |hold| hold.get().ceil()));
                    let down = ((age + 1.0) / fall).min(1.0);
                    let clock = if self.fault == Fault::CrashClock { age } else { age + 1.0 - fall - hold };
                    let halvings = clock.max(0.0) / crash.half_life_s.get();
                    let back =
                        crash.recovered_fraction.get() * if halvings < 64.0 { 0.5_f64.powf(halvings) } else { 0.0 };
                    let lost = 1.0 - crash.recovered_fraction.get();
                    -crash.depth.get() * down * (lost + if acts { back } else { 0.0 })
                }
                _ => 0.0,
            };
        }
        sum
    }

    /// What is pushed into the excess volume on a tick, over the liquidity it meets.
    fn pushed(&self, tick: u64) -> f64 {
        let mut sum = 0.0;
        for entry in self.acting(tick) {
            match entry.body {
                Intervention::MetaOrder(order) if self.lasts(entry, tick, Some(order.duration_s)) => {
                    let sign = if order.side == OrderSide::Buy { 1.0 } else { -1.0 };
                    let part = sign * order.quantity.get() / order.duration_s.get().ceil();
                    // Orders that are worked already meet the book before the tick's own injections.
                    let own = |other: &&Accepted| other.tick == tick && (entry.tick < tick || other.id >= entry.id);
                    sum += part / self.without(own).liquidity(tick);
                }
                Intervention::InjectLiquidity(injection) if entry.tick == tick && injection.side != Side::Both => {
                    let sign = if injection.side == Side::Bid { 1.0 } else { -1.0 };
                    let later = |other: &&Accepted| other.tick == tick && other.id >= entry.id;
                    let part = sign * injection.pressure.get() * injection.quantity.get();
                    sum += part / self.without(later).liquidity(tick);
                }
                _ => {}
            }
        }
        sum
    }

    /// Where a pin holds the price, or a target leads it.
    fn led(&self, tick: u64, before: f64, surprise: f64) -> Option<f64> {
        let pinned = self.acting(tick).find_map(|entry| match entry.body {
            Intervention::Pin(pin) if self.lasts(entry, tick, pin.duration_s) => Some((pin.price.get() / SPOT).ln()),
            _ => None,
        });
        pinned.or_else(|| {
            self.acting(tick).find_map(|entry| match entry.body {
                Intervention::Target(target) => {
                    let level = (target.price.get() / SPOT).ln();
                    let left = (entry.tick + target.duration_s?.get().ceil() as u64).checked_sub(tick)?;
                    let n = (left + u64::from(self.fault == Fault::BridgeClock)) as f64;
                    (left > 0).then(|| before + (level - before) / n + (1.0 - 1.0 / n).sqrt() * surprise)
                }
                _ => None,
            })
        })
    }

    fn halted(&self, tick: u64) -> Option<Reopen> {
        self.acting(tick).find_map(|entry| match entry.body {
            Intervention::Halt(halt) if self.lasts(entry, tick, halt.duration_s) => Some(halt.reopen),
            _ => None,
        })
    }

    fn without(&self, gone: impl Fn(&&Accepted) -> bool) -> Self {
        let entries = self.entries.iter().filter(|entry| !gone(entry)).cloned().collect();
        Self { fault: self.fault, entries }
    }

    /// ln(P/S₀) of each tick.
    fn run(&self, seed: u64, ticks: u64) -> Vec<f64> {
        let mut noise = NoiseStream::new(Seed::from(seed), StreamId::live(Domain::Diffusion, 0));
        let (mut base, mut absorbed, mut excess, mut roots) = (0.0, 0.0, 0.0, 0.0);
        let (mut before, mut read) = (0.0, 0);
        let dt = 1.0 / YEAR_S;
        let mut seen = Vec::new();
        for tick in 1..=ticks {
            let set = self.acting(tick).filter(|entry| entry.tick == tick).find_map(|entry| match entry.body {
                Intervention::SetPrice(set) => Some((set.price.get() / SPOT).ln()),
                _ => None,
            });
            let z = if set.is_some() && self.fault == Fault::OverrideConsumesNoise {
                0.0
            } else {
                read += 1;
                noise.normal(read - 1)
            };
            let (mu, sigma) = self.parameters(tick);
            let surprise = sigma * dt.sqrt() * z;
            base += (mu - 0.5 * sigma * sigma) * dt + surprise;
            let pushed = self.pushed(tick);
            excess = excess * 0.5_f64.powf(1.0 / RESILIENCE_S) + pushed;
            roots = roots * 0.5_f64.powf(1.0 / RESILIENCE_S) + pushed.signum() * (pushed.abs() / VOLUME).sqrt();
            let impact = match self.fault {
                Fault::DecayingRoots => SIGMA_D * roots,
                Fault::LiquidityRevaluesExcess => {
                    SIGMA_D * excess.signum() * (excess.abs() / self.liquidity(tick) / VOLUME).sqrt()
                }
                _ => SIGMA_D * excess.signum() * (excess.abs() / VOLUME).sqrt(),
            };
            let mut free = base + absorbed + self.profiles(tick) + impact;
            if let Some(set) = set {
                // Even behind a halt.
                absorbed += if self.fault == Fault::NotAbsorbed { 0.0 } else { set - free };
                free = set;
            }
            let led = if set.is_some() { None } else { self.led(tick, before, surprise) };
            let mut total = led.unwrap_or(free);
            let mut is_led = led.is_some();
            if let Some(reopen) = self.halted(tick) {
                total = before;
                is_led = reopen == Reopen::Freeze && self.fault != Fault::FreezeForgets;
            }
            if is_led && self.fault != Fault::NotAbsorbed {
                absorbed += total - free;
            }
            before = total;
            seen.push(total);
        }
        seen
    }
}

/// The engine's prices, and the commands as they were accepted.
fn engine(seed: u64, commands: &[Command], ticks: usize) -> (Vec<f64>, Vec<Accepted>) {
    let mut simulation = Simulation::new(btc(seed));
    let mut entries: Vec<Accepted> = commands.iter().filter_map(|command| simulation.intervene(command).ok()).collect();
    entries.sort_by_key(|entry| (entry.tick, entry.id));
    (simulation.take(ticks).map(|tick| (tick.price / SPOT).ln()).collect(), entries)
}

/// The largest difference.
fn apart(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| (left - right).abs()).fold(0.0, f64::max)
}

/// A random command of the kinds that the mimic knows; half-lives and durations are whole seconds now and then.
fn command(dice: &mut Dice, number: u64, ticks: u64) -> Command {
    let seconds =
        |dice: &mut Dice| 1.0 + dice.below(200) as f64 - if dice.below(2) == 0 { 0.0 } else { dice.unit() / 2.0 };
    let (first, second, share) = (seconds(dice), seconds(dice), dice.unit());
    let json = match dice.below(14) {
        13 => format!(r#"{{"kind":"pin","price":{},"duration_s":{first}}}"#, dice.between(5e4, 2e5)),
        0 => format!(r#"{{"kind":"set_drift","mu":{}}}"#, dice.between(-5.0, 5.0)),
        1 => format!(r#"{{"kind":"set_volatility","sigma":{}}}"#, dice.between(0.0, 3.0)),
        2 => format!(r#"{{"kind":"set_price","price":{}}}"#, dice.between(5e4, 2e5)),
        3 => format!(
            r#"{{"kind":"shock","log_return":{},"permanent_fraction":{share},"half_life_s":{first}}}"#,
            dice.between(-0.3, 0.3)
        ),
        4 => format!(
            r#"{{"kind":"ramp","log_return":{},"duration_s":{first},"shape":"{}"}}"#,
            dice.between(-0.3, 0.3),
            ["linear", "smooth"][dice.below(2) as usize]
        ),
        5 => format!(
            r#"{{"kind":"flash_crash","depth":{},"fall_s":{first},"hold_s":{second},"half_life_s":{first},"recovered_fraction":{share}}}"#,
            dice.between(0.01, 0.3)
        ),
        6 => format!(
            r#"{{"kind":"meta_order","side":"{}","quantity":{},"duration_s":{first}}}"#,
            ["buy", "sell"][dice.below(2) as usize],
            dice.between(10.0, 5000.0)
        ),
        7 => format!(
            r#"{{"kind":"inject_liquidity","side":"{}","quantity":{},"within":0.01,"half_life_s":{first}}}"#,
            ["both", "bid", "ask"][dice.below(3) as usize],
            dice.between(-500.0, 5000.0)
        ),
        8 => format!(r#"{{"kind":"volatility_scale","factor":{},"duration_s":{first}}}"#, dice.between(0.2, 4.0)),
        9 => format!(r#"{{"kind":"volatility_scale","factor":{},"half_life_s":{first}}}"#, dice.between(0.2, 4.0)),
        10 => format!(r#"{{"kind":"target","price":{},"duration_s":{first}}}"#, dice.between(5e4, 2e5)),
        11 => format!(
            r#"{{"kind":"halt","reopen":"{}","duration_s":{first}}}"#,
            ["catch_up", "freeze"][dice.below(2) as usize]
        ),
        _ => format!(r#"{{"kind":"cancel","id":{}}}"#, 1 + dice.below(number)),
    };
    Command { id: Some(id(number)), ..at(1 + dice.below(ticks), &json) }
}

/// Random commands; those that concern one tick's price alone come one to a tick, since their order would matter.
fn commands(seed: u64, count: u64, ticks: u64) -> Vec<Command> {
    let mut dice = Dice(seed);
    let mut commands: Vec<Command> = Vec::new();
    for number in 1..=count {
        let command = command(&mut dice, number, ticks);
        if commands.iter().all(|other| other.tick != command.tick) {
            commands.push(command);
        }
    }
    commands
}

#[test]
fn the_engine_is_its_formulas() {
    for seed in 0..200 {
        let (found, entries) = engine(seed, &commands(seed, 30, 900), 1000);
        let expected = Mimic { fault: Fault::None, entries }.run(seed, 1000);
        let apart = apart(&found, &expected);
        assert!(apart < 1e-9, "seed {seed}: {apart:e}");
    }
}

#[test]
fn every_fault_shows() {
    for fault in FAULTS {
        let shows = |seed: &u64| {
            let (found, entries) = engine(*seed, &commands(*seed, 30, 900), 1000);
            apart(&found, &Mimic { fault, entries }.run(*seed, 1000)) > 1e-9
        };
        let first = (0..20).find(shows);
        assert!(first.is_some(), "{fault:?} is not seen in 20 random sessions of 1,000 ticks");
    }
}
