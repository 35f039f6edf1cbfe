use serde::{Deserialize, Serialize};

use super::standing::Change;
use crate::grid::TimeGrid;
use crate::intervention::{InjectLiquidity, InterventionId, VolatilityScale};
use crate::market::Book;
use crate::math::{exp2, log2};
use crate::process::{Modifiers, Process};
use crate::units::{Drift, Seconds, Volatility};

/// Products of factors are held within 2^±64, so that no number of injections can make one zero or infinite.
const LEAST: f64 = 1.0 / MOST;
const MOST: f64 = 18_446_744_073_709_551_616.0;

/// How far through its half-lives something is: (tick − start)·Δ/h.
pub(super) fn half_lives(start: u64, tick: u64, tick_s: f64, half_life: Seconds) -> f64 {
    tick.saturating_sub(start) as f64 * tick_s / half_life.get()
}

/// One value of a parameter, reached linearly.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    id: InterventionId,
    start: u64,
    ramp_ticks: u64,
    from: f64,
    to: f64,
}

impl Setting {
    fn value(&self, tick: u64) -> f64 {
        let done = tick.saturating_sub(self.start).saturating_add(1);
        if done >= self.ramp_ticks {
            return self.to;
        }
        let value = self.from + (self.to - self.from) * (done as f64 / self.ramp_ticks as f64);
        value.clamp(self.from.min(self.to), self.from.max(self.to))
    }
}

/// The values a parameter has been set to, the one in force last. Cancelling one restores what was before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Settings(Vec<Setting>);

impl Settings {
    fn value(&self, tick: u64, declared: f64) -> f64 {
        self.0.last().map_or(declared, |setting| setting.value(tick))
    }

    fn is_ramping(&self, tick: u64) -> bool {
        self.0.last().is_some_and(|setting| tick.saturating_sub(setting.start) < setting.ramp_ticks)
    }

    /// The setting that a tick sees.
    pub(super) fn in_force(&self) -> Option<InterventionId> {
        self.0.last().map(|setting| setting.id)
    }

    fn change(&self, id: InterventionId) -> Option<Change> {
        let setting = self.0.iter().find(|setting| setting.id == id)?;
        Some(Change { before: setting.from, after: setting.to })
    }

    /// `declared` is the model's own value, in force before any setting.
    pub(super) fn set(&mut self, id: InterventionId, tick: u64, to: f64, ramp_ticks: u64, declared: f64) {
        // A setting that began on this very tick has no value before it.
        let before = |last: &Setting| last.value(if last.start < tick { tick - 1 } else { tick });
        let from = self.0.last().map_or(declared, before);
        self.0.push(Setting { id, start: tick, ramp_ticks, from, to });
    }
}

/// Liquidity injected: L = 1 + extra·2^(−t/h).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Injection {
    id: InterventionId,
    start: u64,
    spent: u64,
    extra: f64,
    half_life_s: Seconds,
    eta: f64,
}

impl Injection {
    fn liquidity(&self, tick: u64, tick_s: f64) -> f64 {
        1.0 + self.extra * exp2(-half_lives(self.start, tick, tick_s, self.half_life_s))
    }
}

/// A value that holds until a tick, or until cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Held<T> {
    pub(super) id: InterventionId,
    pub(super) until: Option<u64>,
    pub(super) value: T,
}

/// A factor of the volatility: 1 + extra·2^(−t/h), or 1 + extra.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scale {
    start: u64,
    factor: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    half_life_s: Option<Seconds>,
}

impl Scale {
    fn factor(&self, tick: u64, tick_s: f64) -> f64 {
        match self.half_life_s {
            Some(half_life) => 1.0 + (self.factor - 1.0) * exp2(-half_lives(self.start, tick, tick_s, half_life)),
            None => self.factor,
        }
    }
}

/// Everything that bends the model: settings replace its parameters, factors multiply.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Steering {
    pub(super) drift: Settings,
    pub(super) volatility: Settings,
    injections: Vec<Injection>,
    scales: Vec<Held<Scale>>,
    pub(super) jump_rates: Vec<Held<f64>>,
    pub(super) regimes: Vec<Held<u32>>,
    pub(super) spreads: Vec<Held<f64>>,
}

impl Steering {
    pub(super) fn inject(
        &mut self,
        id: InterventionId,
        tick: u64,
        injection: &InjectLiquidity,
        book: &Book,
        grid: &TimeGrid,
    ) {
        self.injections.push(Injection {
            id,
            start: tick,
            spent: grid.tick_spent(tick, injection.half_life_s),
            extra: injection.extra_depth(book),
            half_life_s: injection.half_life_s,
            eta: injection.eta.get(),
        });
    }

    pub(super) fn scale(&mut self, id: InterventionId, tick: u64, until: Option<u64>, scale: &VolatilityScale) {
        let value = Scale { start: tick, factor: scale.factor.get(), half_life_s: scale.half_life_s };
        self.scales.push(Held { id, until, value });
    }

    /// By how much quotes are wider than the instrument's own: L^−½ times every factor.
    pub(super) fn spread_factor(&self, tick: u64, tick_s: f64) -> f64 {
        let depth = 1.0 / self.liquidity(tick, tick_s).sqrt();
        self.spreads.iter().fold(depth, |product, spread| product * spread.value).clamp(LEAST, MOST)
    }

    /// The depth multiplier L of the tick: the product of all injections, in the order they acted.
    pub(super) fn liquidity(&self, tick: u64, tick_s: f64) -> f64 {
        let product =
            self.injections.iter().fold(1.0, |product, injection| product * injection.liquidity(tick, tick_s));
        product.clamp(LEAST, MOST)
    }

    /// What an intervention has changed, while it is a setting, an injection or a scale.
    pub(super) fn change(&self, id: InterventionId, tick: u64, tick_s: f64) -> Option<Change> {
        let injected = || {
            let injection = self.injections.iter().find(|injection| injection.id == id)?;
            let after = self.liquidity(tick, tick_s);
            Some(Change { before: after / injection.liquidity(tick, tick_s), after })
        };
        let scaled = || {
            let scale = self.scales.iter().find(|scale| scale.id == id)?;
            Some(Change { before: 1.0, after: scale.value.factor(tick, tick_s) })
        };
        self.drift.change(id).or_else(|| self.volatility.change(id)).or_else(injected).or_else(scaled)
    }

    /// Drops what is over by this tick; whether anything was.
    pub(super) fn retire(&mut self, tick: u64) -> bool {
        self.keep(|_, until| until.is_none_or(|until| tick < until))
    }

    /// Ends an intervention; whether it was one of these.
    pub(super) fn cancel(&mut self, id: InterventionId) -> bool {
        let before = self.drift.0.len() + self.volatility.0.len();
        self.drift.0.retain(|setting| setting.id != id);
        self.volatility.0.retain(|setting| setting.id != id);
        let was_set = self.drift.0.len() + self.volatility.0.len() != before;
        self.keep(|other, _| other != id) || was_set
    }

    /// Keeps, by id and end, some of what isn't a setting; whether anything went.
    fn keep(&mut self, stays: impl Fn(InterventionId, Option<u64>) -> bool) -> bool {
        let before = self.count();
        if before > 0 {
            self.injections.retain(|injection| stays(injection.id, Some(injection.spent)));
            self.scales.retain(|scale| stays(scale.id, scale.until));
            self.jump_rates.retain(|rate| stays(rate.id, rate.until));
            self.regimes.retain(|regime| stays(regime.id, regime.until));
            self.spreads.retain(|spread| stays(spread.id, spread.until));
        }
        self.count() != before
    }

    /// Whether the modifiers of this tick may differ from those of the tick before without a new command.
    pub(super) fn varies(&self, tick: u64) -> bool {
        !self.injections.is_empty()
            || self.drift.is_ramping(tick)
            || self.volatility.is_ramping(tick)
            || self.scales.iter().any(|scale| scale.value.half_life_s.is_some())
    }

    /// The first tick after this one on which something ends by itself; this one if something has ended.
    pub(super) fn next_end(&self, tick: u64) -> u64 {
        let scales = self.scales.iter().map(|scale| scale.until);
        let others = self.jump_rates.iter().chain(&self.spreads).map(|held| held.until);
        let regimes = self.regimes.iter().map(|regime| regime.until);
        scales.chain(others).chain(regimes).flatten().min().unwrap_or(u64::MAX).max(tick)
    }

    pub(super) fn modifiers<P: Process>(&self, model: &P, tick: u64, tick_s: f64) -> Modifiers {
        let mut modifiers = Modifiers::neutral(model);
        let (mu, sigma) = (modifiers.drift, modifiers.volatility);
        modifiers.drift = Drift::new(self.drift.value(tick, mu.get())).unwrap_or(mu);
        modifiers.volatility = Volatility::new(self.volatility.value(tick, sigma.get())).unwrap_or(sigma);
        for injection in &self.injections {
            modifiers.volatility_factor *= exp2(-injection.eta * log2(injection.liquidity(tick, tick_s)));
        }
        for scale in &self.scales {
            modifiers.volatility_factor *= scale.value.factor(tick, tick_s);
        }
        modifiers.volatility_factor = modifiers.volatility_factor.clamp(LEAST, MOST);
        let rates = self.jump_rates.iter().fold(1.0, |product, rate| product * rate.value);
        modifiers.jump_rate_factor = rates.clamp(LEAST, MOST);
        modifiers.regime = self.regimes.last().map(|regime| regime.value);
        modifiers
    }

    /// How many there are that aren't settings.
    fn count(&self) -> usize {
        self.injections.len() + self.scales.len() + self.jump_rates.len() + self.regimes.len() + self.spreads.len()
    }
}
