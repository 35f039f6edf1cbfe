//! A model that isn't the crate's, with jumps and regimes, under the interventions that need them.

use gbm_core::math::LOG2_E;
use gbm_core::prelude::*;
use gbm_core::process::{Clock, Modifiers, Moments, Noise, When};

use crate::support::{SPOT, at, btc};

/// Two volatilities that change places at random, and jumps down: slot 1 decides on the regime, slot 2 on a jump.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Moody;

const JUMP: f64 = -0.01 * LOG2_E;

#[derive(Clone, Debug)]
struct Step {
    drift: f64,
    deviations: [f64; 2],
    jump: f64,
    switch: f64,
    regime: Option<u32>,
}

impl Process for Moody {
    type State = u32;
    type Step = Step;

    fn budget(&self) -> usize {
        3
    }

    fn diffusion_slot(&self) -> usize {
        0
    }

    fn drift(&self) -> Drift {
        Drift::new(0.0).unwrap()
    }

    fn volatility(&self) -> Volatility {
        Volatility::new(0.5).unwrap()
    }

    fn initial_state(&self, _: Noise<'_>) -> u32 {
        0
    }

    fn step(&self, clock: &Clock, modifiers: &Modifiers) -> Step {
        let dt = clock.dt();
        let factor = modifiers.volatility_factor * dt.get().sqrt() * LOG2_E;
        Step {
            drift: modifiers.drift.get() * dt.get() * LOG2_E,
            deviations: [0.3 * factor, 0.9 * factor],
            jump: 0.01 * modifiers.jump_rate_factor,
            switch: 0.05,
            regime: modifiers.regime,
        }
    }

    fn moments(&self, &state: &u32, step: &Step, _: When) -> Moments {
        let deviation = step.deviations[step.regime.unwrap_or(state) as usize];
        let jumps = step.jump * JUMP * JUMP;
        Moments { mean: step.drift + step.jump * JUMP, deviation: (deviation * deviation + jumps).sqrt() }
    }

    fn has_jumps(&self) -> bool {
        true
    }

    fn regimes(&self) -> u32 {
        2
    }

    fn evolve(&self, state: &mut u32, step: &Step, noise: Noise<'_>) -> f64 {
        let now = step.regime.unwrap_or(*state);
        *state = if noise.uniform(1) < step.switch { 1 - now } else { now };
        let jump = if noise.uniform(2) < step.jump { JUMP } else { 0.0 };
        step.drift + step.deviations[now as usize] * noise.diffusion() + jump
    }
}

fn run(commands: &[Command], count: usize) -> Vec<Tick> {
    let instrument = Instrument {
        name: "BTC-USD".into(),
        asset: 0,
        spot: Price::new(SPOT).unwrap(),
        model: Moody,
        book: Book::btc(),
    };
    let market = Market::new(Seed::from(1), btc(1).grid(), vec![instrument], None).unwrap();
    let mut simulation = Simulation::new(market);
    for command in commands {
        simulation.intervene(command).unwrap_or_else(|error| panic!("{command:?}: {error}"));
    }
    simulation.take(count).collect()
}

fn jumps(ticks: &[Tick], of: fn(&Tick) -> f64) -> usize {
    ticks.windows(2).filter(|pair| (of(&pair[1]) / of(&pair[0])).ln() < -0.008).count()
}

#[test]
fn a_jump_rate_scales_the_jumps_for_its_time() {
    let ticks = run(&[at(1, r#"{"kind":"jump_rate","factor":4,"duration_s":20000}"#)], 40_000);
    let (scaled, plain) = (jumps(&ticks[..20_000], |t| t.price), jumps(&ticks[..20_000], |t| t.reference));
    // 800 and 200 are expected, of deviations 28 and 14; the same noise, so every plain jump is also a scaled one.
    assert!((640..960).contains(&scaled) && (120..280).contains(&plain), "{scaled} {plain}");
    assert_eq!(jumps(&ticks[20_000..], |t| t.price), jumps(&ticks[20_000..], |t| t.reference));
}

#[test]
fn a_regime_is_forced_and_let_go() {
    let deviation = |ticks: &[Tick]| {
        let returns = ticks.windows(2).map(|pair| (pair[1].price / pair[0].price).ln()).filter(|r| *r > -0.008);
        let squares: Vec<f64> = returns.map(|r| r * r).collect();
        (squares.iter().sum::<f64>() / squares.len() as f64).sqrt() * (365.0_f64 * 86_400.0).sqrt()
    };
    for (state, expected) in [(0, 0.3), (1, 0.9)] {
        let ticks = run(&[at(1, &format!(r#"{{"kind":"regime","state":{state},"duration_s":20000}}"#))], 40_000);
        let found = deviation(&ticks[..20_000]);
        assert!((found / expected - 1.0).abs() < 0.03, "{state}: {found}");
        let free = deviation(&ticks[20_100..]);
        assert!((0.55..0.75).contains(&free), "both by turns: {free}");
    }
    // The last one forced counts, and the one before comes back.
    let both = [at(1, r#"{"kind":"regime","state":0}"#), at(1, r#"{"kind":"regime","state":1,"duration_s":10000}"#)];
    let ticks = run(&both, 20_000);
    assert!(deviation(&ticks[..10_000]) > 0.85 && deviation(&ticks[10_001..]) < 0.35);
}

#[test]
fn a_target_keeps_the_models_jumps_and_arrives() {
    let ticks = run(&[at(1, r#"{"kind":"target","price":123456,"duration_s":20000}"#)], 20_000);
    assert!((ticks[19_999].price / 123_456.0 - 1.0).abs() <= 1e-12);
    let (led, plain) = (jumps(&ticks, |t| t.price), jumps(&ticks, |t| t.reference));
    assert!(led.abs_diff(plain) <= 2 && plain > 100, "{led} {plain}");
    // Half-way it is within a few deviations of the straight line.
    assert!(((ticks[9_999].price / SPOT).ln() - 0.5 * 1.23456_f64.ln()).abs() < 0.5);
}
