//! Markets and random commands that several tests share.

use gbm_core::intervention::InterventionId;
use gbm_core::prelude::*;

pub(crate) const SPOT: f64 = 100_000.0;

pub(crate) fn instrument(name: &str, asset: u16, drift: f64, volatility: f64) -> Instrument<Model> {
    Instrument {
        name: name.into(),
        asset,
        spot: Price::new(SPOT).unwrap(),
        model: Gbm::new(drift, volatility).unwrap().into(),
        book: Book::btc(),
    }
}

/// BTC with an interval of one second.
pub(crate) fn btc(seed: u64) -> Market<Model> {
    let grid = TimeGrid::new(1_700_000_000_000, 1000).unwrap();
    Market::new(Seed::from(seed), grid, vec![instrument("BTC-USD", 0, 0.5, 0.8)], None).unwrap()
}

/// BTC and ETH, correlated.
pub(crate) fn pair(seed: u64) -> Market<Model> {
    let correlation = Correlation::try_from(vec![vec![1.0, 0.8], vec![0.8, 1.0]]).unwrap();
    let instruments = vec![instrument("BTC-USD", 0, 0.5, 0.8), instrument("ETH-USD", 1, 0.2, 1.1)];
    Market::new(Seed::from(seed), btc(0).grid(), instruments, Some(correlation)).unwrap()
}

/// A body from its wire form.
#[track_caller]
pub(crate) fn body(json: &str) -> Intervention {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

#[track_caller]
pub(crate) fn at(tick: u64, json: &str) -> Command {
    Command::now(body(json)).at(tick)
}

pub(crate) fn id(id: u64) -> InterventionId {
    InterventionId::new(id).unwrap()
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

    pub(crate) fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A random body of the kinds without a controller; some cancel an id up to `ids`, which the market may refuse. Published bits depend
    /// on it.
    pub(crate) fn body(&mut self, ids: u64) -> Intervention {
        let half_life = self.between(1.0, 500.0);
        let ramp =
            if self.below(2) == 0 { String::new() } else { format!(r#","ramp_s":{}"#, self.between(0.1, 300.0)) };
        let json = match self.below(7) {
            0 => format!(r#"{{"kind":"set_drift","mu":{}{ramp}}}"#, self.between(-5.0, 5.0)),
            1 => format!(r#"{{"kind":"set_volatility","sigma":{}{ramp}}}"#, self.between(0.0, 3.0)),
            2 => format!(r#"{{"kind":"set_price","price":{}}}"#, self.between(1e4, 1e6)),
            3 => format!(
                r#"{{"kind":"shock","log_return":{},"permanent_fraction":{},"half_life_s":{half_life}}}"#,
                self.between(-0.5, 0.5),
                self.unit()
            ),
            4 | 5 => format!(
                r#"{{"kind":"inject_liquidity","side":"{}","quantity":{},"within":{},"half_life_s":{half_life}}}"#,
                ["both", "bid", "ask"][self.below(3) as usize],
                self.between(-300.0, 5000.0),
                self.between(0.01, 0.1)
            ),
            _ => format!(r#"{{"kind":"cancel","id":{}}}"#, 1 + self.below(ids.max(1))),
        };
        body(&json)
    }

    /// A random body of any kind that a model without jumps and regimes takes, and as [`Dice::body`].
    pub(crate) fn any_body(&mut self, ids: u64) -> Intervention {
        let half_life = self.between(1.0, 500.0);
        let duration = self.between(0.1, 300.0);
        let for_a_time =
            if self.below(2) == 0 { String::new() } else { format!(r#","duration_s":{}"#, self.between(0.1, 300.0)) };
        let against = ["", r#","on_conflict":"replace""#, r#","on_conflict":"queue""#][self.below(3) as usize];
        let price = self.between(5e4, 2e5);
        let json = match self.below(17) {
            0..6 => return self.body(ids),
            6 => format!(
                r#"{{"kind":"flash_crash","depth":{},"fall_s":{duration},"half_life_s":{half_life},"recovered_fraction":{}}}"#,
                self.between(0.01, 0.5),
                self.unit()
            ),
            7 => format!(
                r#"{{"kind":"ramp","log_return":{},"duration_s":{duration},"shape":"{}"}}"#,
                self.between(-0.5, 0.5),
                ["linear", "smooth"][self.below(2) as usize]
            ),
            8 => format!(
                r#"{{"kind":"meta_order","side":"{}","quantity":{},"duration_s":{duration}}}"#,
                ["buy", "sell"][self.below(2) as usize],
                self.between(1.0, 5000.0)
            ),
            9 => format!(r#"{{"kind":"volatility_scale","factor":{}{for_a_time}}}"#, self.between(0.1, 5.0)),
            10 => format!(
                r#"{{"kind":"volatility_scale","factor":{},"half_life_s":{half_life}}}"#,
                self.between(0.1, 5.0)
            ),
            11 => format!(r#"{{"kind":"spread","factor":{}{for_a_time}}}"#, self.between(0.1, 5.0)),
            12 => format!(r#"{{"kind":"target","price":{price},"duration_s":{duration}{against}}}"#),
            13 => {
                let band = if self.below(3) == 0 { 0.0 } else { self.between(1e-4, 0.05) };
                format!(r#"{{"kind":"pin","price":{price},"band":{band}{for_a_time}{against}}}"#)
            }
            14 => {
                let reopen = ["catch_up", "freeze"][self.below(2) as usize];
                format!(r#"{{"kind":"halt","reopen":"{reopen}"{for_a_time}{against}}}"#)
            }
            15 => format!(
                r#"{{"kind":"price_band","percent":{},"window_s":{},"pause_s":{duration}{for_a_time}{against}}}"#,
                self.between(0.05, 5.0),
                self.between(1.0, 300.0)
            ),
            _ => format!(r#"{{"kind":"cancel","id":{}}}"#, 1 + self.below(ids.max(1))),
        };
        body(&json)
    }
}
