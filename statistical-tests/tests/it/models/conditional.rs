//! What a model promises of a step, given its state, is what its steps do: mean and deviation, as declared and as bent by every
//! kind of intervention; and E[e^x] = e^{μΔt}.

use gbm_core::model::{
    Bates, Bursts, Cascade, ExponentialJumps, FactorVariance, Garch, GarchParameters, Gbm, Heston, Innovation,
    JumpDeviation, Kou, Msm, MsmParameters, NormalJumps, PerYear, RegimeSwitching, Season, Seasonal, Spread,
    VolatilityFactor,
};
use gbm_core::process::{Modifiers, Process, When};
use gbm_core::units::{Drift, Seconds, Volatility};

use super::prices::{ANDERSEN, heston_model, kou_model, merton_model};
use super::{clock, from_one_state, mean};
use crate::suite::pass;

const N: usize = 200_000;
const DAY: f64 = 1.0 / 365.0;

/// A way to bend a model, and a season.
struct Bend {
    name: &'static str,
    apply: fn(&mut Modifiers),
    season: f64,
}

const BENDS: [Bend; 4] = [
    Bend { name: "as declared", apply: |_| {}, season: 1.0 },
    Bend { name: "volatility halved and doubled, drift", apply: volatile, season: 1.0 },
    Bend { name: "jumps thrice, season 1.4", apply: |modifiers| modifiers.jump_rate_factor = 3.0, season: 1.4 },
    Bend { name: "regime 1", apply: |modifiers| modifiers.regime = Some(1), season: 0.7 },
];

fn volatile(modifiers: &mut Modifiers) {
    modifiers.drift = Drift::new(-3.0).unwrap();
    modifiers.volatility = Volatility::new(0.5 * modifiers.volatility.get()).unwrap();
    modifiers.volatility_factor = 3.0;
}

/// Whether E[e^x] exists and is what the drift says.
#[derive(Clone, Copy, PartialEq)]
enum Growth {
    Drift,
    Infinite,
}

/// The checks of one model in one state.
fn check<P: Process>(what: &str, model: &P, state: &P::State, dt: f64, growth: Growth) {
    assert!(model.fits(state), "{what}");
    for (Bend { name, apply, season }, asset) in BENDS.iter().zip(50..) {
        let mut modifiers = Modifiers::neutral(model);
        apply(&mut modifiers);
        let step = model.step(&clock(dt), &modifiers);
        // The middle of a Friday.
        let when = When { step: 36, season: *season };
        let promised = model.moments(state, &step, when);
        let ln_2 = std::f64::consts::LN_2;
        let (centre, deviation) = (promised.mean * ln_2, promised.deviation * ln_2);
        let increments = from_one_state(model, (state, &step, when), asset, N);
        let squares: Vec<f64> = increments.iter().map(|x| ((x - centre) / deviation).powi(2)).collect();
        let what = format!("{what}, {name}");
        pass(&what, [mean("mean", &increments, centre), mean("variance", &squares, 1.0)]);
        if growth == Growth::Drift {
            let grown: Vec<f64> = increments.iter().map(|x| x.exp()).collect();
            pass(&what, [mean("E[e^x]", &grown, (modifiers.drift.get() * dt).exp())]);
        }
    }
}

/// A state from its serde form: models keep theirs to themselves.
fn state<P: Process>(_: &P, json: &str) -> P::State {
    serde_json::from_str(json).unwrap()
}

#[test]
fn jump_diffusions() {
    check("GBM", &Gbm::new(0.5, 0.8).unwrap(), &(), DAY, Growth::Drift);
    check("Merton", &merton_model(0.5), &(), 1.0, Growth::Drift);
    check("Kou", &kou_model(0.5), &(), 1.0, Growth::Drift);
    let often = ExponentialJumps::new(458.0, 0.499, 40.7, 39.3).unwrap();
    check("Kou of many jumps", &Kou::new(0.5, 0.186, often).unwrap(), &(), DAY, Growth::Drift);
}

/// A variance of 0, low, usual and high: both branches of the scheme.
#[test]
fn stochastic_variance() {
    let heston: Heston = heston_model(&ANDERSEN[2].law, 0.5);
    for v in [0.0, 0.002, 0.09, 0.8] {
        check(&format!("Heston, v = {v}"), &heston, &v, 0.125, Growth::Drift);
    }
    let bates = Bates::new(heston, NormalJumps::new(4.0, -0.05, 0.1).unwrap());
    check("Bates", &bates, &0.09, 0.125, Growth::Drift);
}

#[test]
fn regimes_and_multipliers() {
    let chain = vec![vec![0.0, 30.0], vec![90.0, 0.0]].try_into().unwrap();
    let model = RegimeSwitching::new(0.5, &[0.4, 1.2], chain).unwrap();
    check("regimes", &model, &0, DAY, Growth::Drift);
    let parameters = MsmParameters {
        drift: 0.5,
        volatility: 0.763,
        bar_s: 86_400.0,
        multipliers: 7,
        multiplier: 1.502,
        renewal: 0.944,
        spacing: 2.66,
    };
    check("MSM", &Msm::new(parameters).unwrap(), &0b101_1011, DAY, Growth::Drift);
}

#[test]
fn garch() {
    let daily = GarchParameters { drift: 0.5, bar_s: 86_400.0, omega: 2.3e-5, alpha: 0.08, gamma: 0.05, beta: 0.85 };
    let normal = Garch::new(daily, Innovation::Normal {}).unwrap();
    check("GJR", &normal, &0.003, DAY, Growth::Drift);
    // Of many degrees of freedom: of fewer, the fourth power has no normal error.
    let student = serde_json::from_str(r#"{"kind":"student","degrees":15}"#).unwrap();
    check("GJR-t", &Garch::new(daily, student).unwrap(), &0.003, DAY, Growth::Infinite);
}

/// Bursts as large as a day's diffusion, spread and at once, with and without some under way.
#[test]
fn the_cascade() {
    for spread_s in [0.0, 40_000.0] {
        let factor = |tau_s, variance| VolatilityFactor {
            tau_s: Seconds::new(tau_s).unwrap(),
            variance: FactorVariance::new(variance).unwrap(),
        };
        let bursts = Bursts {
            per_year: PerYear::new(180.0).unwrap(),
            deviation: JumpDeviation::new(0.05).unwrap(),
            spread_s: Spread::new(spread_s).unwrap(),
        };
        let factors = [factor(60_000.0, 0.1), factor(1e7, 0.2)];
        let model = Cascade::new(0.5, 0.8, &factors, Some(bursts)).unwrap();
        for reservoir in ["0", "0.004"] {
            let json = format!(r#"{{"factors":[0.5,-1.2,0,0,0,0,0,0,0,0,0,0],"reservoir":{reservoir}}}"#);
            let what = format!("cascade, spread {spread_s}, reservoir {reservoir}");
            check(&what, &model, &state(&model, &json), DAY, Growth::Drift);
        }
    }
}

/// Bursts so large that what their variance does to the mean counts: ¼·Var(V) beside E[V].
#[test]
fn a_cascade_of_large_bursts() {
    let bursts = Bursts {
        per_year: PerYear::new(1.0).unwrap(),
        deviation: JumpDeviation::new(0.7).unwrap(),
        spread_s: Spread::new(0.0).unwrap(),
    };
    let model = Cascade::new(0.5, 0.8, &[], Some(bursts)).unwrap();
    let json = r#"{"factors":[0,0,0,0,0,0,0,0,0,0,0,0],"reservoir":0}"#;
    check("cascade of large bursts", &model, &state(&model, json), 0.5, Growth::Drift);
}

#[test]
fn seasons() {
    let hours = std::array::from_fn(|hour| if hour < 12 { 0.5 } else { 1.5 });
    let week = Season::new(hours, [1.0, 1.0, 1.0, 1.0, 1.2, 0.5, 0.5]).unwrap();
    check("Merton in seasons", &Seasonal::new(merton_model(0.5), week.clone()), &(), 1.0 / 8760.0, Growth::Drift);
    check("Heston in seasons", &Seasonal::new(heston_model(&ANDERSEN[2].law, 0.5), week), &0.09, DAY, Growth::Drift);
}
