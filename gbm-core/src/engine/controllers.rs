use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::grid::TimeGrid;
use crate::intervention::{Halt, InterventionId, Pin, PriceBand, Reopen, Target};
use crate::math::{LOG2_E, exp2, log2};
use crate::process::{Moments, price_at};

/// Parts into which the window of a price band's mean is divided.
const PARTS: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Leading {
    id: InterventionId,
    end: u64,
    price: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pinned {
    id: InterventionId,
    until: Option<u64>,
    price: f64,
    /// The stationary deviation, log₂ units.
    band: f64,
}

/// Trading stands still. A price band's pause has the band's id.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Halted {
    id: InterventionId,
    until: Option<u64>,
    reopen: Reopen,
    /// The last price before it.
    price: f64,
}

/// A sum of prices and how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    sum: f64,
    prices: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Banded {
    id: InterventionId,
    until: Option<u64>,
    share: f64,
    pause: u64,
    /// Ticks in a part.
    part: u64,
    parts: VecDeque<Part>,
}

/// What takes the price over, and where the price stood.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Controllers {
    target: Option<Leading>,
    pin: Option<Pinned>,
    halt: Option<Halted>,
    /// Pauses that a price band has begun; beside a halt, so that neither ends the other.
    pause: Option<Halted>,
    band: Option<Banded>,
}

/// What a tick is without controllers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Free {
    /// ln P of the tick before, log₂ units over the spot.
    pub(super) before: f64,
    /// That tick's price.
    pub(super) price_before: f64,
    /// What its own would be.
    pub(super) price: f64,
    /// Whether the price was set on this tick: pins and targets then go on from it.
    pub(super) is_set: bool,
    /// The model's increment.
    pub(super) increment: f64,
    /// What it was expected to be.
    pub(super) moments: Moments,
}

/// What controllers make of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Controlled {
    /// ln P, which A is to make up for; `None` leaves A alone.
    pub(super) total: Option<f64>,
    pub(super) price: f64,
    pub(super) is_halted: bool,
}

impl Controllers {
    /// Whether nothing here has a say in any tick.
    pub(super) fn is_none(&self) -> bool {
        self.target.is_none() && self.pin.is_none() && !self.is_halted() && self.band.is_none()
    }

    fn is_halted(&self) -> bool {
        self.halt.is_some() || self.pause.is_some()
    }

    /// Whether an intervention acts here.
    pub(super) fn holds(&self, id: InterventionId) -> bool {
        let ids = [
            self.target.map(|target| target.id),
            self.pin.map(|pin| pin.id),
            self.halt.map(|halt| halt.id),
            self.band.as_ref().map(|band| band.id),
        ];
        ids.contains(&Some(id))
    }

    /// Drops what is over by this tick.
    pub(super) fn retire(&mut self, tick: u64) {
        let lasts = |until: Option<u64>| until.is_none_or(|until| tick < until);
        self.target.take_if(|target| tick >= target.end);
        self.pin.take_if(|pin| !lasts(pin.until));
        self.halt.take_if(|halt| !lasts(halt.until));
        self.pause.take_if(|pause| !lasts(pause.until));
        self.band.take_if(|band| !lasts(band.until));
    }

    /// Ends an intervention; whether it was one of these.
    pub(super) fn cancel(&mut self, id: InterventionId) -> bool {
        let held = self.holds(id) || self.pause.is_some_and(|pause| pause.id == id);
        self.target.take_if(|target| target.id == id);
        self.pin.take_if(|pin| pin.id == id);
        self.halt.take_if(|halt| halt.id == id);
        self.pause.take_if(|pause| pause.id == id);
        self.band.take_if(|band| band.id == id);
        held
    }

    pub(super) fn lead(&mut self, id: InterventionId, end: u64, target: &Target) {
        self.target = Some(Leading { id, end, price: target.price.get() });
    }

    pub(super) fn hold(&mut self, id: InterventionId, until: Option<u64>, pin: &Pin) {
        self.pin = Some(Pinned { id, until, price: pin.price.get(), band: pin.band.get() * LOG2_E });
    }

    pub(super) fn halt(&mut self, id: InterventionId, until: Option<u64>, halt: &Halt, price: f64) {
        self.halt = Some(Halted { id, until, reopen: halt.reopen, price });
    }

    pub(super) fn limit(
        &mut self,
        id: InterventionId,
        until: Option<u64>,
        band: &PriceBand,
        price: f64,
        grid: &TimeGrid,
    ) {
        self.band = Some(Banded {
            id,
            until,
            share: band.percent.get() / 100.0,
            pause: grid.ticks_in(band.pause_s),
            part: grid.ticks_in(band.window_s).div_ceil(PARTS as u64),
            parts: VecDeque::from([Part { sum: price, prices: 1 }]),
        });
    }

    /// The tick under whatever takes it over, the highest rank first.
    pub(super) fn control(&mut self, tick: u64, spot: f64, free: &Free) -> Controlled {
        let halted = |price, total| Controlled { total, price, is_halted: true };
        if let Some(halt) = self.halt.or(self.pause) {
            let freezes = halt.reopen == Reopen::Freeze;
            return halted(halt.price, freezes.then_some(free.before));
        }
        let led = self.led(tick, spot, free);
        if let Some(band) = &mut self.band {
            if band.allows(led.price) {
                band.note(led.price);
            } else {
                band.parts.clear();
                let (id, until, price) = (band.id, Some(tick.saturating_add(band.pause)), free.price_before);
                self.pause = Some(Halted { id, until, reopen: Reopen::CatchUp, price });
                return halted(price, None);
            }
        }
        led
    }

    /// The tick under a pin or a target.
    fn led(&self, tick: u64, spot: f64, free: &Free) -> Controlled {
        let trading = |total, price| Controlled { total, price, is_halted: false };
        let at = |total: f64| trading(Some(total), price_at(spot, total));
        if free.is_set {
            return trading(None, free.price);
        }
        let surprise = free.increment - free.moments.mean;
        if let Some(pin) = &self.pin {
            let level = log2(pin.price / spot);
            if pin.band == 0.0 {
                return trading(Some(level), pin.price);
            }
            let pull = free.moments.deviation / pin.band;
            let theta = 0.5 * (pull * pull);
            let noise = if free.moments.deviation == 0.0 { 0.0 } else { surprise / free.moments.deviation };
            let drawn = (level - free.before) * one_minus_exp(theta);
            return at((free.before + drawn) + pin.band * one_minus_exp(2.0 * theta).sqrt() * noise);
        }
        if let Some(target) = &self.target {
            let level = log2(target.price / spot);
            let left = target.end - tick;
            if left <= 1 {
                return trading(Some(level), target.price);
            }
            let a = 1.0 / left as f64;
            return at((free.before + a * (level - free.before)) + (1.0 - a).sqrt() * surprise);
        }
        trading(None, free.price)
    }
}

impl Banded {
    fn allows(&self, price: f64) -> bool {
        let sums = self
            .parts
            .iter()
            .fold(Part::default(), |all, part| Part { sum: all.sum + part.sum, prices: all.prices + part.prices });
        sums.prices == 0 || (price / (sums.sum / sums.prices as f64) - 1.0).abs() <= self.share
    }

    fn note(&mut self, price: f64) {
        if self.parts.back().is_none_or(|part| part.prices >= self.part) {
            self.parts.push_back(Part::default());
        }
        if let Some(part) = self.parts.back_mut() {
            part.sum += price;
            part.prices += 1;
        }
        if self.parts.len() > PARTS {
            self.parts.pop_front();
        }
    }
}

/// 1 − e^(−x), x ≥ 0: by its series where the difference would lose digits.
fn one_minus_exp(x: f64) -> f64 {
    if x < 1.0 / 1024.0 {
        x * (1.0 - x / 2.0 * (1.0 - x / 3.0 * (1.0 - x / 4.0 * (1.0 - x / 5.0))))
    } else {
        1.0 - exp2(-(x * LOG2_E))
    }
}
