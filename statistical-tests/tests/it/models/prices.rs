//! European options by simulation against their series and integrals, and the price as a martingale but for its drift.

use closed_form::Kind;
use closed_form::cos::{CharacteristicFunction, Contract, Settings};
use closed_form::{Market, Parameters, cos, heston, jump_diffusion, merton};
use gbm_core::model::{Bates, ExponentialJumps, Heston, HestonParameters, Kou, Merton, NormalJumps, Preset};
use gbm_core::process::Process;
use statistical_tests::uniformity::kolmogorov_smirnov_two;
use statistical_tests::{Outcome, moments};

use super::{mean, paths, sorted_returns, terminals};
use crate::source::SPOT;
use crate::suite::{level, pass};

const MILLION: usize = 1_000_000;
/// What Andersen's scheme may add to the error of a price at Δ = 1/8.
pub(super) const BIAS: f64 = 0.02;

/// Merton's market: λ, mean and deviation of a jump.
pub(super) const MERTON: (f64, f64, f64) = (0.1, -0.9, 0.45);
pub(super) const MERTON_RATE: f64 = 0.05;
pub(super) const MERTON_SIGMA: f64 = 0.15;

pub(super) fn merton_model(drift: f64) -> Merton {
    let (per_year, mean, deviation) = MERTON;
    Merton::new(drift, MERTON_SIGMA, NormalJumps::new(per_year, mean, deviation).unwrap()).unwrap()
}

pub(super) fn merton_price(kind: Kind, strike: f64, maturity: f64) -> f64 {
    let (intensity, mean, deviation) = MERTON;
    let parameters =
        Parameters { spot: SPOT, rate: MERTON_RATE, dividend_yield: 0.0, volatility: MERTON_SIGMA, maturity };
    let jumps = merton::Jumps { intensity, mean, deviation };
    merton::european(&Market::new(parameters).unwrap(), kind, strike, jumps).unwrap()
}

/// Kou's own example.
pub(super) const KOU: jump_diffusion::Kou =
    jump_diffusion::Kou { volatility: 0.16, intensity: 1.0, up_probability: 0.4, up_rate: 10.0, down_rate: 5.0 };

pub(super) fn kou_model(drift: f64) -> Kou {
    let jumps = ExponentialJumps::new(KOU.intensity, KOU.up_probability, KOU.up_rate, KOU.down_rate).unwrap();
    Kou::new(drift, KOU.volatility, jumps).unwrap()
}

/// One of Andersen's (2008) cases.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) law: heston::Heston,
    pub(super) maturity: u32,
    /// Calls of strikes 70, 100 and 140, by an integral in 22 digits and by QuantLib (closed-form/tools/fourier_values.py).
    calls: [f64; 3],
}

const fn law(mean_reversion: f64, vol_of_vol: f64, correlation: f64, variance: f64) -> heston::Heston {
    heston::Heston { variance, mean_reversion, long_variance: variance, vol_of_vol, correlation }
}

pub(super) const ANDERSEN: [Case; 3] = [
    Case {
        name: "I",
        law: law(0.5, 1.0, -0.9, 0.04),
        maturity: 10,
        calls: [35.84976970383796, 13.08467013699236, 0.2957744357980306],
    },
    Case {
        name: "II",
        law: law(0.3, 0.9, -0.5, 0.04),
        maturity: 15,
        calls: [37.16966471776944, 16.64922292035864, 5.138190493784826],
    },
    Case {
        name: "III",
        law: law(1.0, 1.0, -0.3, 0.09),
        maturity: 5,
        calls: [38.77204410297984, 21.79528774247355, 9.983067823798454],
    },
];

pub(super) fn heston_parameters(law: &heston::Heston, drift: f64) -> HestonParameters {
    HestonParameters {
        drift,
        initial_variance: law.variance,
        long_run_variance: law.long_variance,
        mean_reversion: law.mean_reversion,
        volatility_of_variance: law.vol_of_vol,
        leverage: law.correlation,
    }
}

pub(super) fn heston_model(law: &heston::Heston, drift: f64) -> Heston {
    Heston::new(heston_parameters(law, drift)).unwrap()
}

/// A European option by cosines, over a range for the fat tails of Andersen's cases.
pub(super) fn exact(law: &impl CharacteristicFunction, rate: f64, maturity: f64, kind: Kind, strike: f64) -> f64 {
    let contract = Contract { spot: SPOT, rate, dividend_yield: 0.0, maturity, kind, strike };
    cos::price(law, contract, Settings { width: 32.0, terms: 1 << 15, ..Settings::default() }).unwrap()
}

pub(super) fn payoffs(prices: &[f64], kind: Kind, strike: f64, discount: f64) -> Vec<f64> {
    let sign = if kind == Kind::Call { 1.0 } else { -1.0 };
    prices.iter().map(|price| discount * (sign * (price - strike)).max(0.0)).collect()
}

/// Calls and puts against their exact prices, and the mean against the forward.
fn agree(what: &str, prices: &[f64], rate: f64, maturity: f64, strikes: &[f64], exact: impl Fn(Kind, f64) -> f64) {
    let discount = (-rate * maturity).exp();
    for &strike in strikes {
        for kind in [Kind::Call, Kind::Put] {
            let payoffs = payoffs(prices, kind, strike, discount);
            pass(what, [mean(&format!("{kind:?} {strike}"), &payoffs, exact(kind, strike))]);
        }
    }
    pass(what, [mean("E[S]", prices, SPOT * (rate * maturity).exp())]);
}

#[test]
fn mertons_prices_are_his_series() {
    let price = |kind, strike| merton_price(kind, strike, 0.25);
    assert!((price(Kind::Call, 100.0) - 4.391245689).abs() < 1e-8);
    for steps in [1, 5] {
        let prices = terminals(&merton_model(MERTON_RATE), steps, 0.25, MILLION);
        agree(&format!("Merton, {steps} steps"), &prices, MERTON_RATE, 0.25, &[75.0, 100.0, 110.0], price);
    }
}

#[test]
fn kous_prices_are_the_integral() {
    let price = |kind, strike| exact(&KOU, 0.05, 0.5, kind, strike);
    assert!((price(Kind::Call, 98.0) - 9.147317304).abs() < 1e-8);
    for steps in [1, 5] {
        let prices = terminals(&kou_model(0.05), steps, 0.5, MILLION);
        agree(&format!("Kou, {steps} steps"), &prices, 0.05, 0.5, &[75.0, 98.0, 120.0], price);
    }
}

/// Exact models have one law, in however many steps.
#[test]
fn jump_diffusions_have_one_law_in_any_steps() {
    fn check<P: Process + Sync>(what: &str, model: &P, n: usize) {
        let [one, two, many] = [1, 2, 60].map(|steps| sorted_returns(&terminals(model, steps, 0.5, n)));
        pass(what, [kolmogorov_smirnov_two(&one, &many, level()), kolmogorov_smirnov_two(&two, &many, level())]);
    }
    check("Merton, 1 and 60 steps", &merton_model(0.1), 300_000);
    check("Kou, 1 and 60 steps", &kou_model(0.1), 300_000);
    let often = ExponentialJumps::new(458.0, 0.499, 40.7, 39.3).unwrap();
    check("Kou, 229 jumps", &Kou::new(0.1, 0.186, often).unwrap(), 30_000);
}

/// Within the critical value of its standard error, and the scheme's bias.
pub(super) fn near(what: String, sample: &[f64], exact: f64, bias: f64) -> Outcome {
    let z = moments::mean(sample, exact, level());
    let n = sample.len() as f64;
    let average = sample.iter().sum::<f64>() / n;
    let error = (sample.iter().map(|x| (x - average).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt();
    Outcome::two_sided(what, average - exact, z.high * error + bias)
}

/// Puts, whose payments are bounded: the square of a call's has no mean in case II. Strikes 70 to 140.
#[test]
fn andersens_cases_have_their_prices() {
    let n = paths(100_000);
    for case in ANDERSEN {
        let maturity = f64::from(case.maturity);
        for (strike, published) in [70.0, 100.0, 140.0].into_iter().zip(case.calls) {
            let ours = exact(&case.law, 0.0, maturity, Kind::Call, strike);
            assert!((ours - published).abs() < 1e-7, "{}: {ours} is not {published}", case.name);
        }
        let steps = u64::from(8 * case.maturity);
        let prices = terminals(&heston_model(&case.law, 0.0), steps, maturity, n);
        for strike in [70.0, 80.0, 90.0, 100.0, 110.0, 120.0, 130.0, 140.0] {
            let put = exact(&case.law, 0.0, maturity, Kind::Put, strike);
            let outcome = near(format!("put {strike}"), &payoffs(&prices, Kind::Put, strike, 1.0), put, BIAS);
            pass(&format!("Andersen {}", case.name), [outcome]);
        }
    }
}

/// E[S_T] = S₀e^{μT}, over times for which the fourth moment of S is finite (Andersen and Piterbarg 2007, *Finance and Stochastics*
/// 11(1)), so that a mean has a normal error.
#[test]
fn stochastic_variance_leaves_a_martingale() {
    let n = paths(200_000);
    for (case, maturity) in ANDERSEN.iter().zip([10_u32, 1, 1]) {
        let years = f64::from(maturity);
        for per_year in [1, 8] {
            let prices = terminals(&heston_model(&case.law, 0.07), u64::from(per_year * maturity), years, n);
            let what = format!("Andersen {}, {per_year} steps a year", case.name);
            pass(&what, [mean("E[S]", &prices, SPOT * (0.07 * years).exp())]);
        }
    }
}

/// The equity preset's kind of law: v₀ κ θ ξ ρ, λ m s.
#[test]
fn bates_prices_are_the_integral() {
    let equity = heston::Heston {
        variance: 0.027,
        mean_reversion: 5.0,
        long_variance: 0.027,
        vol_of_vol: 0.45,
        correlation: -0.7,
    };
    let wild = ANDERSEN[0].law;
    let n = paths(200_000);
    for (what, heston, (intensity, mean, deviation)) in
        [("Bates, equity", equity, (4.0, -0.01, 0.02)), ("Bates, wild", wild, (2.0, 0.05, 0.1))]
    {
        let (rate, maturity) = (0.02, 2.0);
        let jumps = NormalJumps::new(intensity, mean, deviation).unwrap();
        let model = Bates::new(heston_model(&heston, rate), jumps);
        let law = heston::Bates { heston, jumps: merton::Jumps { intensity, mean, deviation } };
        let prices = terminals(&model, 16, maturity, n);
        let discount = (-rate * maturity).exp();
        for strike in [75.0, 98.0, 150.0] {
            let put = exact(&law, rate, maturity, Kind::Put, strike);
            pass(what, [near(format!("put {strike}"), &payoffs(&prices, Kind::Put, strike, discount), put, BIAS)]);
        }
        pass(what, [super::mean("E[S]", &prices, SPOT * (rate * maturity).exp())]);
    }
}

/// Every preset keeps its drift over a week of hours, seasons, bursts and memory included.
#[test]
fn presets_keep_their_drift() {
    for preset in Preset::ALL {
        let model = preset.model();
        let week = 7.0 / 365.0;
        let prices = terminals(&model, 168, week, paths(20_000));
        pass(preset.name(), [mean("E[S]", &prices, SPOT * (model.drift().get() * week).exp())]);
    }
}
