//! Markets, texts and dice that several tests share.

use gbm_core::prelude::*;
use scenario::{Scenario, Start};

pub(crate) const SPOT: f64 = 100_000.0;
pub(crate) const DRIFT: f64 = 0.5;
pub(crate) const VOLATILITY: f64 = 0.8;

pub(crate) fn instrument(name: &str, asset: u16) -> Instrument<Model> {
    Instrument {
        name: name.into(),
        asset,
        spot: Price::new(SPOT).unwrap(),
        model: Gbm::new(DRIFT, VOLATILITY).unwrap().into(),
        book: Book::btc(),
    }
}

/// BTC with an interval of one second, so that seconds are ticks.
pub(crate) fn btc(seed: u64) -> Market<Model> {
    let grid = TimeGrid::new(1_700_000_000_000, 1000).unwrap();
    Market::new(Seed::from(seed), grid, vec![instrument("BTC-USD", 0)], None).unwrap()
}

/// A simulation after so many ticks.
pub(crate) fn after(ticks: usize, seed: u64) -> Simulation<Model> {
    let mut simulation = Simulation::new(btc(seed));
    simulation.by_ref().take(ticks).for_each(drop);
    simulation
}

pub(crate) fn id(id: u64) -> InterventionId {
    InterventionId::new(id).unwrap()
}

/// A scenario of these steps and parameters.
pub(crate) fn text(rest: &str) -> String {
    format!("name = \"a_test\"\ntitle = \"A test\"\ndescription = \"What a test needs.\"\n{rest}")
}

#[track_caller]
pub(crate) fn scenario(rest: &str) -> Scenario {
    Scenario::from_toml(&text(rest)).unwrap_or_else(|error| panic!("{error} in {rest}"))
}

/// The start on the next tick.
pub(crate) fn next(scenario: &Scenario, simulation: &Simulation<Model>) -> Start {
    scenario.start(simulation, None, simulation.tick() + 1).unwrap()
}

/// A small generator for tests, unrelated to the code under test (SplitMix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.word() % n
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * ((self.word() >> 11) as f64 / (1_u64 << 53) as f64)
    }

    pub(crate) fn one_of<T: Copy>(&mut self, among: &[T]) -> T {
        among[usize::try_from(self.below(among.len() as u64)).unwrap()]
    }

    /// The fields of a random body as JSON, `kind` first; prices, ends and conflicts of every sort.
    pub(crate) fn body(&mut self) -> serde_json::Value {
        let mut d = |low, high| self.between(low, high);
        let mut bodies = vec![
            serde_json::json!({"kind": "set_drift", "mu": d(-5.0, 5.0)}),
            serde_json::json!({"kind": "set_volatility", "sigma": d(0.0, 3.0), "ramp_s": d(0.1, 99.0)}),
            serde_json::json!({"kind": "set_price", "price": d(5e4, 2e5)}),
            serde_json::json!({"kind": "shock", "log_return": d(-0.5, 0.5), "permanent_fraction": d(0.0, 1.0),
                "half_life_s": d(1.0, 99.0)}),
            serde_json::json!({"kind": "inject_liquidity", "side": "both", "quantity": d(-300.0, 5000.0),
                "within": d(0.01, 0.1), "half_life_s": d(1.0, 99.0)}),
            serde_json::json!({"kind": "inject_liquidity", "side": "ask", "quantity": d(-300.0, 5000.0),
                "within": d(0.01, 0.1), "half_life_s": d(1.0, 99.0), "eta": d(0.0, 2.0), "pressure": d(0.0, 1.0)}),
            serde_json::json!({"kind": "flash_crash", "depth": d(0.01, 0.5), "fall_s": d(1.0, 30.0), "hold_s": d(1.0, 30.0),
                "half_life_s": d(1.0, 30.0), "recovered_fraction": d(0.0, 1.0)}),
            serde_json::json!({"kind": "ramp", "log_return": d(-0.5, 0.5), "duration_s": d(1.0, 99.0), "shape": "smooth"}),
            serde_json::json!({"kind": "meta_order", "side": "buy", "quantity": d(1.0, 5e3), "duration_s": d(1.0, 99.0)}),
            serde_json::json!({"kind": "volatility_scale", "factor": d(0.1, 5.0), "half_life_s": d(1.0, 99.0)}),
            serde_json::json!({"kind": "volatility_scale", "factor": d(0.1, 5.0)}),
            serde_json::json!({"kind": "spread", "factor": d(0.1, 5.0), "duration_s": d(1.0, 99.0)}),
            serde_json::json!({"kind": "target", "price": d(5e4, 2e5), "duration_s": d(1.0, 99.0)}),
            serde_json::json!({"kind": "pin", "price": d(5e4, 2e5), "band": d(1e-4, 0.05), "duration_s": d(1.0, 99.0)}),
            serde_json::json!({"kind": "pin", "price": d(5e4, 2e5)}),
            serde_json::json!({"kind": "halt", "reopen": "freeze", "duration_s": d(1.0, 99.0)}),
            serde_json::json!({"kind": "price_band", "percent": d(0.05, 5.0), "window_s": d(1.0, 99.0), "pause_s": d(1.0, 30.0),
                "duration_s": d(1.0, 99.0)}),
        ];
        let mut body = bodies.swap_remove(usize::try_from(self.below(17)).unwrap());
        if ["target", "pin", "halt", "price_band"].contains(&body["kind"].as_str().unwrap()) {
            body["on_conflict"] = self.one_of(&["reject", "replace", "queue"]).into();
        }
        body
    }
}
