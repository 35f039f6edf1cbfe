//! Prices by cosine series: closed forms, published values, laws that contain each other, parity, convergence.

use closed_form::Kind::{Call, Put};
use closed_form::cos::{CharacteristicFunction, Contract, CosError, Settings, price};
use closed_form::heston::{Bates, Heston};
use closed_form::jump_diffusion::{BlackScholes, Kou, Merton};
use closed_form::merton::Jumps;
use closed_form::{Complex, black_scholes, merton};

use crate::support::market;

const HESTON: Heston = Heston {
    variance: 0.0175,
    mean_reversion: 1.5768,
    long_variance: 0.0398,
    vol_of_vol: 0.5751,
    correlation: -0.5711,
};
const JUMPS: Jumps = Jumps { intensity: 0.1, mean: -0.9, deviation: 0.45 };
const KOU: Kou = Kou { volatility: 0.16, intensity: 1.0, up_probability: 0.4, up_rate: 10.0, down_rate: 5.0 };
const AT: Contract = Contract { spot: 100.0, rate: 0.0, dividend_yield: 0.0, maturity: 1.0, kind: Call, strike: 100.0 };
const STRIKES: [f64; 5] = [20.0, 80.0, 100.0, 125.0, 400.0];

#[track_caller]
fn value(law: &impl CharacteristicFunction, contract: Contract) -> f64 {
    price(law, contract, Settings::default()).unwrap()
}

fn contracts() -> impl Iterator<Item = Contract> {
    let terms = [(0.0, 0.0, 1.0), (0.05, 0.02, 0.1), (-0.02, 0.03, 5.0)];
    let options = STRIKES.into_iter().flat_map(|strike| [(Call, strike), (Put, strike)]);
    options.flat_map(move |(kind, strike)| {
        terms.map(|(rate, dividend_yield, maturity)| Contract { rate, dividend_yield, maturity, kind, strike, ..AT })
    })
}

/// The worst difference over all contracts, which must be allowed.
#[track_caller]
fn same(what: &str, allowed: f64, difference: impl Fn(Contract) -> f64) {
    let mut worst = 0.0_f64;
    for contract in contracts() {
        let error = difference(contract).abs();
        assert!(error <= allowed, "{what}: {contract:?} is off by {error:.1e}");
        worst = worst.max(error);
    }
    println!("{what}: off by {worst:.1e}");
}

fn plain(c: Contract, volatility: f64) -> f64 {
    let market = market(c.spot, c.rate, c.dividend_yield, volatility, c.maturity);
    black_scholes::european(&market, c.kind, c.strike).unwrap()
}

#[test]
fn it_is_black_and_scholes() {
    for volatility in [0.05, 0.25, 0.8] {
        same("black and scholes", 1e-10, |c| value(&BlackScholes { volatility }, c) - plain(c, volatility));
    }
}

#[test]
fn it_is_mertons_series() {
    let fine = Settings { width: 24.0, ..Settings::default() };
    for jumps in [JUMPS, Jumps { intensity: 20.0, mean: -0.02, deviation: 0.05 }] {
        same("merton", 1e-9, |c| {
            let market = market(c.spot, c.rate, c.dividend_yield, 0.15, c.maturity);
            let series = merton::european(&market, c.kind, c.strike, jumps).unwrap();
            price(&Merton { volatility: 0.15, jumps }, c, fine).unwrap() - series
        });
    }
}

/// Fang and Oosterlee (2008) print 5.785155450, whose last digits are their reference program's: 30 digits of mpmath give
/// 5.785155434376…, and the other two values, of which the last are Andersen's (2008) first case.
#[test]
fn hestons_prices_are_published() {
    let ours = value(&HESTON, AT);
    println!("heston: {ours:.12}");
    assert!((ours - 5.785_155_450).abs() < 1e-7, "{ours}");
    assert!((ours - 5.785_155_434_376_189).abs() < 1e-10, "{ours}");
    let ours = value(&HESTON, Contract { maturity: 10.0, ..AT });
    assert!((ours - 22.318_945_791_154_49).abs() < 1e-8, "{ours}");
    let andersen =
        Heston { variance: 0.04, mean_reversion: 0.5, long_variance: 0.04, vol_of_vol: 1.0, correlation: -0.9 };
    // The density's tails are fat, so the range is wide and takes more terms.
    let fine = Settings { terms: 1 << 14, ..Settings::default() };
    let ours = price(&andersen, Contract { maturity: 10.0, ..AT }, fine).unwrap();
    println!("andersen: {ours:.12}");
    assert!((ours - 13.084_670_136_992_36).abs() < 1e-7, "{ours}");
}

/// Kou (2002), the numerical example, prints 9.14732.
#[test]
fn kous_price_is_published() {
    let ours = value(&KOU, Contract { rate: 0.05, maturity: 0.5, strike: 98.0, ..AT });
    println!("kou: {ours:.12}");
    assert!((ours - 9.14732).abs() <= 5e-6, "{ours}");
}

#[test]
fn laws_contain_each_other() {
    let calm = Heston { variance: 0.04, long_variance: 0.04, vol_of_vol: 0.0, ..HESTON };
    same("heston of constant variance", 1e-10, |c| value(&calm, c) - plain(c, 0.2));
    let nearly = Heston { vol_of_vol: 1e-7, ..calm };
    same("heston of nearly constant variance", 1e-5, |c| value(&nearly, c) - plain(c, 0.2));
    let none = Jumps { intensity: 0.0, ..JUMPS };
    same("bates without jumps", 0.0, |c| value(&Bates { heston: HESTON, jumps: none }, c) - value(&HESTON, c));
    let bates = Bates { heston: calm, jumps: JUMPS };
    same("bates of constant variance", 1e-10, |c| {
        value(&bates, c) - value(&Merton { volatility: 0.2, jumps: JUMPS }, c)
    });
    let law = Kou { intensity: 0.0, ..KOU };
    same("kou without jumps", 1e-10, |c| value(&law, c) - plain(c, 0.16));
}

#[track_caller]
fn parity(what: &str, law: &impl CharacteristicFunction) {
    same(what, 1e-12 * 500.0, |c| {
        let [call, put] = [Call, Put].map(|kind| value(law, Contract { kind, ..c }));
        call - put - c.spot * (-c.dividend_yield * c.maturity).exp() + c.strike * (-c.rate * c.maturity).exp()
    });
}

#[test]
fn calls_less_puts_are_forwards() {
    parity("heston's parity", &HESTON);
    parity("kou's parity", &KOU);
    parity("bates' parity", &Bates { heston: HESTON, jumps: JUMPS });
}

/// Each doubling of the terms does more than the last, until the digits end.
#[test]
fn more_terms_are_nearer() {
    let error = |law: &dyn Fn(Settings) -> f64, exact: f64, terms| {
        (law(Settings { terms, tolerance: 1.0, ..Settings::default() }) - exact).abs()
    };
    let normal = |s| price(&BlackScholes { volatility: 0.25 }, AT, s).unwrap();
    let heston = |s| price(&HESTON, AT, s).unwrap();
    let errors = [16, 32, 64, 128].map(|n| error(&normal, plain(AT, 0.25), n));
    println!("black and scholes, 16 to 128 terms: {errors:?}");
    assert!(errors[1] < 0.2 * errors[0] && errors[2] < 1e-2 * errors[1] && errors[3] < 1e-10, "{errors:?}");
    let errors = [64, 128, 256, 512, 1024].map(|n| error(&heston, 5.785_155_434_376_189, n));
    println!("heston, 64 to 1024 terms: {errors:?}");
    assert!(errors.windows(2).take(3).all(|pair| pair[1] < 0.3 * pair[0]) && errors[4] < 1e-9, "{errors:?}");
}

/// What sets the truncation, against derivatives of ln φ in 40 digits of mpmath: T, c₁, c₂, c₄.
#[test]
fn hestons_cumulants_are_derivatives() {
    for (maturity, c1, c2, c4) in [
        (0.1, -0.0009584627679277, 0.00194644184753575, 9.45276887709598e-6),
        (1.0, -0.0142898930160753, 0.0315711520128229, 0.00748678221454828),
        (10.0, -0.191928717391179, 0.470062002201263, 0.572804487455013),
    ] {
        let ours = HESTON.cumulants(maturity);
        let is_near = |ours: f64, exact: f64, share: f64| (ours / exact - 1.0).abs() < share;
        assert!(is_near(ours.c1, c1, 1e-12) && is_near(ours.c2, c2, 1e-3) && is_near(ours.c4, c4, 0.2), "{ours:?}");
    }
}

/// Whatever the numbers, there is a price between the bounds without arbitrage, or the series says that it is too short.
#[test]
fn every_corner_of_the_domains_has_a_price_or_a_reason() {
    let (mut priced, mut refused) = (0, 0);
    let settings = Settings { terms: 128, ..Settings::default() };
    for (variance, long_variance) in [(0.0, 0.04), (0.04, 0.0), (1e-300, 1e-300), (1e4, 1e4), (0.04, 0.04)] {
        for (mean_reversion, vol_of_vol) in [(1e-6, 0.0), (1e-6, 100.0), (1e4, 1e-200), (1e4, 100.0), (2.0, 1e-9)] {
            for correlation in [-1.0, 0.0, 1.0] {
                let heston = Heston { variance, mean_reversion, long_variance, vol_of_vol, correlation };
                for jumps in [Jumps { intensity: 0.0, ..JUMPS }, Jumps { intensity: 1e4, mean: 5.0, deviation: 3.0 }] {
                    for (maturity, strike) in [(1e-9, 100.0), (1.0, 1e-15), (1.0, 110.0), (30.0, 1e15), (30.0, 100.0)] {
                        let contract = Contract { maturity, strike, kind: Put, ..AT };
                        match price(&Bates { heston, jumps }, contract, settings) {
                            Ok(price) => {
                                let low = (strike - 100.0).max(0.0);
                                assert!((low..=strike).contains(&price), "{heston:?} {jumps:?} {contract:?}: {price}");
                                priced += 1;
                            }
                            Err(error) => {
                                assert!(matches!(error, CosError::NotConverged { .. }), "{error}");
                                refused += 1;
                            }
                        }
                    }
                }
            }
        }
    }
    println!("corners: {priced} prices, {refused} series too short");
    assert!(priced > 0 && refused > 0);
}

/// The range by cumulants is wide enough: three times as wide changes less than 10⁻⁷ of the strike.
#[test]
fn a_wider_range_changes_nothing() {
    let harsh = Heston { variance: 0.04, mean_reversion: 0.5, long_variance: 0.04, vol_of_vol: 1.0, correlation: -0.9 };
    let heston = [
        HESTON,
        harsh,
        Heston { correlation: 0.9, ..harsh },
        Heston { mean_reversion: 0.2, ..harsh },
        Heston { mean_reversion: 6.97, long_variance: 0.738, vol_of_vol: 2.51, correlation: 0.0, variance: 0.5 },
    ];
    let narrow = Settings { terms: 1 << 16, tolerance: 1e-8, ..Settings::default() };
    let wide = Settings { width: 48.0, terms: 1 << 18, ..narrow };
    let mut worst = 0.0_f64;
    for heston in heston {
        for maturity in [0.1, 1.0, 10.0] {
            let contract = Contract { maturity, ..AT };
            let [ours, wider] = [narrow, wide].map(|s| price(&heston, contract, s).unwrap());
            worst = worst.max((ours - wider).abs());
            assert!((ours - wider).abs() < 1e-5, "{heston:?} {maturity}: {ours} is not {wider}");
        }
    }
    // A variance that hardly reverts has tails that four cumulants don't tell: the documented limit.
    let wild = Heston { mean_reversion: 1e-3, ..harsh };
    let contract = Contract { maturity: 10.0, ..AT };
    let [ours, wider] = [narrow, wide].map(|s| price(&wild, contract, s).unwrap());
    println!("a variance that hardly reverts: {ours}, {wider}");
    assert!((ours - wider).abs() < 1e-3, "{ours} is not {wider}");
    // An integral in mpmath.
    assert!((wider - 3.863_487_422_763).abs() < 1e-9, "{wider}");
    println!("a wider range: off by {worst:.1e}");
}

#[test]
fn complex_functions_undo_each_other() {
    for (re, im) in [(0.3, 0.4), (-2.0, 1e-9), (-2.0, -3.0), (1e-12, -1e-13), (0.0, 2.0), (5.0, 0.0)] {
        let z = Complex::new(re, im);
        let near =
            |a: Complex, b: Complex| assert!((a - b).abs() <= 1e-15 * (1.0 + 4.0 * b.abs()), "{a:?} is not {b:?}");
        near(z.sqrt() * z.sqrt(), z);
        assert!(z.sqrt().re >= 0.0);
        near(z.exp() - Complex::new(1.0, 0.0), z.exp_m1());
        near(z * z / z, z);
        near(z.ln_1p().exp_m1(), z);
        assert!(z.abs() > 1e-6 || (z.exp_m1().ln_1p() - z).abs() <= 1e-15 * z.abs());
    }
}

#[test]
fn without_randomness_it_is_the_payoff() {
    let still = Heston { variance: 0.0, long_variance: 0.0, ..HESTON };
    for c in contracts() {
        let certain = plain(c, 0.0);
        assert!((value(&still, c) - certain).abs() < 1e-13);
        assert!((value(&BlackScholes { volatility: 0.0 }, c) - certain).abs() < 1e-13);
        let due = Contract { maturity: 0.0, ..c };
        assert!((value(&KOU, due) - plain(due, 0.0)).abs() < 1e-13);
    }
}

#[track_caller]
fn refused(law: &impl CharacteristicFunction, contract: Contract, settings: Settings, error: &str) {
    assert_eq!(price(law, contract, settings).unwrap_err().to_string(), error);
}

#[test]
fn errors_name_the_rule() {
    let usual = Settings::default();
    refused(&HESTON, Contract { maturity: -1.0, ..AT }, usual, "maturity = -1 is outside [0, 30]");
    refused(&HESTON, Contract { rate: f64::NAN, ..AT }, usual, "rate = NaN is outside [-10, 10]");
    refused(&HESTON, AT, Settings { width: 0.0, ..usual }, "width = 0 is outside [1, 100]");
    refused(&HESTON, AT, Settings { terms: 0, ..usual }, "terms = 0 is outside [1, 1048576]");
    refused(&HESTON, AT, Settings { tolerance: 2.0, ..usual }, "tolerance = 2 is outside [0, 1]");
    let law = Heston { mean_reversion: 0.0, ..HESTON };
    refused(&law, AT, usual, "mean_reversion = 0 is outside [0.000001, 10000]");
    refused(&Kou { up_rate: 1.0, ..KOU }, AT, usual, "up_rate = 1 is outside [1.001, 1000000]");
    refused(&BlackScholes { volatility: -1.0 }, AT, usual, "volatility = -1 is outside [0, 100]");
    let law = Bates { heston: HESTON, jumps: Jumps { deviation: 4.0, ..JUMPS } };
    refused(&law, AT, usual, "deviation = 4 is outside [0, 3]");
    // Jumps alone leave an atom, which no series of cosines reaches.
    let atom = price(&Merton { volatility: 0.0, jumps: JUMPS }, AT, usual).unwrap_err();
    assert!(matches!(atom, CosError::NotConverged { terms: 4096, .. }), "{atom}");
}
