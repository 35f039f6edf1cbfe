//! A cascade's parameters as coordinates that a search may move freely: each is 0 at the start, in units of a logarithm.

use gbm_core::math::{exp, ln};
use gbm_core::model::{
    Bursts, Cascade, FactorVariance, JumpDeviation, Model, PerYear, Season, Seasonal, Spread, VolatilityFactor,
};
use gbm_core::process::Process;

use super::error::FitPresetError;

/// The most of the variance that jumps may carry.
pub const MOST_JUMP_SHARE: f64 = 0.4;

/// A cascade and the seasons around it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parts {
    pub(super) cascade: Cascade,
    pub(super) season: Option<Season>,
}

impl Parts {
    pub(super) fn of(model: &Model) -> Result<Self, FitPresetError> {
        let (inner, season) = match model {
            Model::Seasonal(seasonal) => (seasonal.model(), Some(seasonal.season().clone())),
            other => (other, None),
        };
        match inner {
            Model::Cascade(cascade) => Ok(Self { cascade: cascade.clone(), season }),
            other => Err(FitPresetError::NotCascade(other.name())),
        }
    }

    pub(super) fn model(self) -> Model {
        match self.season {
            Some(season) => Seasonal::new(self.cascade, season).into(),
            None => self.cascade.into(),
        }
    }
}

/// The parameters around a start: ln sᵢ², ln λ, ln(js/(0.4 − js)) and ln τ_b, each less its own value there.
///
/// A variance of 0, bursts without variance and a spread of 0 stay what they are. σ, μ, the τᵢ and the seasons are the start's; the
/// size of a burst follows from its share: s = σ·√(js/λ).
#[derive(Clone, Debug)]
pub(super) struct Coordinates {
    start: Parts,
    factors: Vec<usize>,
    bursts: Option<Free>,
}

/// Bursts that can be moved.
#[derive(Clone, Copy, Debug)]
struct Free {
    start: Bursts,
    /// js/(0.4 − js).
    odds: f64,
    has_spread: bool,
}

impl Coordinates {
    pub(super) fn around(start: Parts) -> Result<Self, FitPresetError> {
        let moves = |factor: &VolatilityFactor| factor.variance.get() > 0.0;
        let factors = start.cascade.factors().iter().enumerate().filter(|(_, factor)| moves(factor));
        let factors = factors.map(|(place, _)| place).collect();
        let share = start.cascade.jump_share();
        if share >= MOST_JUMP_SHARE {
            return Err(FitPresetError::JumpShare(share));
        }
        let bursts = start.cascade.jumps().filter(|_| share > 0.0).map(|bursts| Free {
            start: *bursts,
            odds: share / (MOST_JUMP_SHARE - share),
            has_spread: bursts.spread_s.get() > 0.0,
        });
        Ok(Self { start, factors, bursts })
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.factors.len() + self.bursts.map_or(0, |bursts| 2 + usize::from(bursts.has_spread))
    }

    /// The model at these coordinates; none where a parameter leaves its domain.
    pub(super) fn model(&self, at: &[f64]) -> Option<Model> {
        let mut moved = at.iter();
        let cascade = &self.start.cascade;
        let mut factors = cascade.factors().to_vec();
        for &place in &self.factors {
            let variance = factors[place].variance.get() * exp(*moved.next()?);
            factors[place].variance = FactorVariance::new(variance).ok()?;
        }
        let jumps = match &self.bursts {
            None => cascade.jumps().copied(),
            Some(free) => Some(free.at(cascade.volatility().get(), &mut moved)?),
        };
        let (drift, volatility) = (cascade.drift().get(), cascade.volatility().get());
        let cascade = Cascade::new(drift, volatility, &factors, jumps).ok()?;
        Some(Parts { cascade, season: self.start.season.clone() }.model())
    }
}

impl Free {
    fn at<'a>(&self, volatility: f64, moved: &mut impl Iterator<Item = &'a f64>) -> Option<Bursts> {
        let per_year = self.start.per_year.get() * exp(*moved.next()?);
        let odds = exp(ln(self.odds) + moved.next()?);
        let share = if odds.is_finite() { MOST_JUMP_SHARE * odds / (1.0 + odds) } else { MOST_JUMP_SHARE };
        let spread_s = self.start.spread_s.get() * if self.has_spread { exp(*moved.next()?) } else { 1.0 };
        Some(Bursts {
            per_year: PerYear::new(per_year).ok()?,
            deviation: JumpDeviation::new(volatility * (share / per_year).sqrt()).ok()?,
            spread_s: Spread::new(spread_s).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use gbm_core::model::Preset;

    use super::*;

    fn btc() -> (Coordinates, Parts) {
        let parts = Parts::of(&Preset::Btc.model()).unwrap();
        (Coordinates::around(parts.clone()).unwrap(), parts)
    }

    #[test]
    fn zero_is_the_start() {
        let (coordinates, parts) = btc();
        assert_eq!(coordinates.count(), 10);
        let same = coordinates.model(&[0.0; 10]).unwrap();
        assert_eq!(Preset::of(&same), Some(Preset::Btc));
        assert_eq!(parts.model(), Preset::Btc.model());
    }

    #[test]
    fn each_moves_its_own_parameter() {
        let (coordinates, parts) = btc();
        for place in 0..10 {
            let mut at = [0.0; 10];
            at[place] = 2.0_f64.ln();
            let moved = Parts::of(&coordinates.model(&at).unwrap()).unwrap().cascade;
            let same = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-12;
            let factors = moved.factors().iter().zip(parts.cascade.factors()).enumerate();
            for (own, (after, before)) in factors {
                let ratio = if own == place { 2.0 } else { 1.0 };
                assert!(same(after.variance.get(), ratio * before.variance.get()) && after.tau_s == before.tau_s);
            }
            let (after, before) = (moved.jumps().unwrap(), parts.cascade.jumps().unwrap());
            let ratio = |own: usize| if own == place { 2.0 } else { 1.0 };
            assert!(same(after.per_year.get(), ratio(7) * before.per_year.get()));
            assert!(same(after.spread_s.get(), ratio(9) * before.spread_s.get()));
            let odds = |share: f64| share / (MOST_JUMP_SHARE - share);
            assert!(same(odds(moved.jump_share()), ratio(8) * odds(parts.cascade.jump_share())));
        }
    }

    #[test]
    fn far_away_the_share_is_still_bounded() {
        let (coordinates, _) = btc();
        for far in [-30.0, 30.0, 800.0] {
            let mut at = [0.0; 10];
            at[8] = far;
            let share = Parts::of(&coordinates.model(&at).unwrap()).unwrap().cascade.jump_share();
            assert!((0.0..=MOST_JUMP_SHARE * (1.0 + 1e-12)).contains(&share), "{share}");
        }
        let mut at = [0.0; 10];
        at[0] = 30.0;
        assert_eq!(coordinates.model(&at), None);
        let wrong = Parts::of(&Preset::EquityIndex.model()).unwrap_err();
        assert_eq!(wrong, FitPresetError::NotCascade("bates"));
    }
}
