//! Any JSON is a model that runs, also under the wildest interventions, or an error that says what is wrong.

use gbm_core::intervention::InterventionError;
use gbm_core::model::{
    Garch, GarchParameters, Generator, Innovation, RegimeError, RegimeSwitching, Season, SeasonError, Seasonal,
};
use gbm_core::noise::{Domain as NoiseDomain, NoiseStream, StreamId};
use gbm_core::prelude::*;
use gbm_core::process::{Clock, Modifiers, Noise};
use proptest::prelude::{ProptestConfig, any, proptest};

use crate::support::{Dice, at};
use crate::zoo::{self, instrument, market};

#[track_caller]
fn refused(json: &str, text: &str) {
    match serde_json::from_str::<Model>(json) {
        Ok(model) => panic!("{model:?} was allowed"),
        Err(error) => assert_eq!(error.to_string(), text, "{json}"),
    }
}

/// A model's wire form with one part changed.
#[track_caller]
fn changed(name: &str, path: &str, value: &str) -> String {
    let animal = zoo::all().into_iter().find(|animal| animal.name == name).unwrap();
    let mut json = serde_json::to_value(&animal.model).unwrap();
    let place = json.pointer_mut(path).unwrap_or_else(|| panic!("{name} has no {path}"));
    *place = serde_json::from_str(value).unwrap();
    json.to_string()
}

#[test]
fn numbers_out_of_their_domains_are_named() {
    for (name, path, value, text) in [
        ("gbm", "/drift", "1001", "drift = 1001 is outside [-1000, 1000]"),
        ("merton", "/volatility", "-1", "volatility = -1 is outside [0, 100]"),
        ("merton", "/jumps/per_year", "2e6", "per_year = 2000000 is outside [0, 1000000]"),
        ("merton", "/jumps/mean", "6", "mean = 6 is outside [-5, 5]"),
        ("merton", "/jumps/deviation", "-0.1", "deviation = -0.1 is outside [0, 5]"),
        ("kou", "/jumps/up_probability", "1.5", "fraction = 1.5 is outside [0, 1]"),
        ("kou", "/jumps/up_rate", "1", "up_rate = 1 is outside (1, 1000000]"),
        ("kou", "/jumps/down_rate", "0", "down_rate = 0 is outside [0.001, 1000000]"),
        ("regime_switching", "/volatilities/1", "101", "volatility = 101 is outside [0, 100]"),
        ("garch", "/omega", "0", "omega = 0 is outside (0, 1]"),
        ("garch", "/alpha", "-0.1", "alpha = -0.1 is outside [0, 1]"),
        ("garch", "/gamma", "2", "gamma = 2 is outside [-1, 1]"),
        ("garch", "/beta", "1.5", "beta = 1.5 is outside [0, 1]"),
        ("garch", "/bar_s", "0", "seconds = 0 is outside (0, 1000000000000]"),
        ("garch of Student's t", "/innovation/degrees", "2", "degrees = 2 is outside (2, 1000000]"),
        ("heston", "/initial_variance", "-1", "initial_variance = -1 is outside [0, 10000]"),
        ("heston", "/long_run_variance", "1e5", "long_run_variance = 100000 is outside [0, 10000]"),
        ("heston", "/mean_reversion", "0", "mean_reversion = 0 is outside [0.000001, 10000]"),
        ("heston", "/volatility_of_variance", "0", "volatility_of_variance = 0 is outside [0.000001, 100]"),
        ("heston", "/leverage", "-1.5", "leverage = -1.5 is outside [-1, 1]"),
        ("bates", "/heston/leverage", "2", "leverage = 2 is outside [-1, 1]"),
        ("cascade", "/factors/0/tau_s", "0", "seconds = 0 is outside (0, 1000000000000]"),
        ("cascade", "/factors/0/variance", "5", "variance = 5 is outside [0, 4]"),
        ("cascade with bursts", "/jumps/spread_s", "-1", "spread_s = -1 is outside [0, 10000000]"),
        ("msm", "/multipliers", "17", "multipliers = 17 is outside [1, 16]"),
        ("msm", "/multiplier", "2.5", "multiplier = 2.5 is outside [1, 2]"),
        ("msm", "/renewal", "1", "renewal = 1 is outside (0, 0.999999]"),
        ("msm", "/spacing", "1", "spacing = 1 is outside (1, 100]"),
        ("seasonal heston", "/season/hours/3", "-1", "season = -1 is outside [0, 100]"),
        ("seasonal heston", "/model/leverage", "-2", "leverage = -2 is outside [-1, 1]"),
    ] {
        refused(&changed(name, path, value), text);
    }
}

#[test]
fn parts_that_don_t_fit_together_are_named() {
    let rates = |rates: &str, text: &str| refused(&changed("regime_switching", "/rates", rates), text);
    rates("[[0]]", "rates has 1 rows: outside [2, 8]");
    rates(&format!("[{}]", ["[0,1,1,1,1,1,1,1,1]"; 9].join(",")), "rates has 9 rows: outside [2, 8]");
    rates("[[0,1,1],[1,0],[1,1,0]]", "rates: row 1 has 2 entries, but there are 3 states");
    rates("[[0,1,1],[1,0,-1],[1,1,0]]", "rates: row 1: rate = -1 is outside [0.000000001, 1000000]");
    rates(
        "[[0,1,1],[1e-300,0,1],[1,1,0]]",
        &format!("rates: row 1: rate = {} is outside [0.000000001, 1000000]", 1e-300),
    );
    rates("[[0,1,1],[0,0,0],[1,1,0]]", "rates: state 1 can't be left or can't be reached");
    rates("[[0,1],[1,0]]", "volatilities = 3, but rates has 2 rows");
    refused(
        &changed("garch", "/beta", "0.9"),
        "alpha + gamma/2 + beta = 1.025 is not below 1: the variance has no stationary mean",
    );
    refused(
        &changed("garch", "/gamma", "-0.2"),
        "alpha + gamma = -0.1 is below 0: a fall would make the variance negative",
    );
    refused(
        &changed("cascade", "/factors/1/tau_s", "0.7"),
        "factors: tau_s = 0.7 comes after 0.7, but they must increase",
    );
    let many: Vec<String> = (1..=13).map(|tau| format!(r#"{{"tau_s":{tau},"variance":0.1}}"#)).collect();
    refused(&changed("cascade", "/factors", &format!("[{}]", many.join(","))), "factors = 13 is outside [0, 12]");
    refused(
        &changed("cascade with bursts", "/jumps/deviation", "1"),
        "jumps carry 500000 of the variance per year, but volatility² = 0.6400000000000001",
    );
    refused(
        &changed("seasonal heston", "/season/weekdays", "[0,0,0,0,0,0,0]"),
        "hours and weekdays: at least one of each must be 0.000001 or more",
    );
}

#[test]
fn seasons_in_seasons_are_refused() {
    let animal = zoo::all().into_iter().find(|animal| animal.name == "seasonal heston").unwrap();
    let mut json = serde_json::to_value(&animal.model).unwrap();
    json["model"] = json.clone();
    let nested = "model: kind = \"seasonal\" can't stand within another";
    refused(&json.to_string(), nested);
    let week = Season::new([1.0; 24], [1.0; 7]).unwrap();
    assert_eq!(Model::try_from(Seasonal::new(animal.model, week.clone())).unwrap_err().to_string(), nested);
    let once = Model::try_from(Seasonal::new(Model::from(Gbm::new(0.1, 0.2).unwrap()), week.clone())).unwrap();
    assert_eq!(once, Model::from(Seasonal::new(Gbm::new(0.1, 0.2).unwrap(), week)));
    assert_eq!(serde_json::from_str::<Model>(&serde_json::to_string(&once).unwrap()).unwrap(), once);
}

#[test]
fn constructors_name_the_rule_that_is_broken() {
    let week = [1.0; 7];
    assert_eq!(Season::new([0.0; 24], week).unwrap_err(), SeasonError::Still);
    assert_eq!(Season::new([1e-200; 24], week).unwrap_err(), SeasonError::Still);
    assert!(
        matches!(Season::new([101.0; 24], week).unwrap_err(), SeasonError::Domain(error) if error.field == "season")
    );
    let chain = || Generator::try_from(vec![vec![0.0, 30.0], vec![90.0, 0.0]]).unwrap();
    let regimes = |sigmas: &[f64]| RegimeSwitching::new(0.1, sigmas, chain()).unwrap_err();
    assert_eq!(regimes(&[0.4]), RegimeError::States { volatilities: 1, states: 2 });
    assert!(matches!(regimes(&[0.4, -1.0]), RegimeError::Domain(error) if error.value == -1.0));
}

#[test]
fn a_chain_s_law_is_found_for_the_longest_time_and_the_fastest_rates() {
    let chain = Generator::try_from(vec![vec![0.0, 1e6], vec![5e5, 0.0]]).unwrap();
    for row in chain.transition(Years::new(1e6).unwrap()) {
        assert!((row[0] - 1.0 / 3.0).abs() < 1e-12 && (row[0] + row[1] - 1.0).abs() < 1e-12, "{row:?}");
    }
}

/// The variance after a rise and after a fall, and along a path.
#[test]
fn a_variance_that_rises_move_more_than_falls_stays_positive() {
    for (alpha, gamma) in [(0.3, -0.2), (0.3, -0.3), (1.0, -1.0), (0.0, 0.4)] {
        let parameters = GarchParameters { drift: 0.0, bar_s: 1.0, omega: 1e-8, alpha, gamma, beta: 0.4 };
        let model = Garch::new(parameters, Innovation::Normal {}).unwrap();
        let text = serde_json::to_string(&Model::from(model)).unwrap();
        assert_eq!(serde_json::from_str::<Model>(&text).unwrap(), Model::from(model), "{text}");
        let clock = Clock::from(Years::new(1.0 / (365.0 * 86_400.0)).unwrap());
        let step = model.step(&clock, &Modifiers::neutral(&model));
        let mean = model.unconditional_variance();
        for (z, weight) in [(1.5, alpha), (-1.5, alpha + gamma)] {
            let mut h = mean;
            model.evolve(&mut h, &step, Noise::new(0, z, &[0, 0]));
            let expected = 1e-8 + (weight * 2.25 + 0.4) * mean;
            assert!((h - expected).abs() < 1e-12 * expected, "{z}: {h}, expected {expected}");
        }
        let (mut h, mut noise) = (mean, NoiseStream::new(Seed::from(3), StreamId::live(NoiseDomain::Diffusion, 0)));
        for index in 0..200_000 {
            model.evolve(&mut h, &step, Noise::new(0, noise.normal(index), &[0, 0]));
            assert!(h >= 1e-8 && h.is_finite(), "{h}");
        }
    }
}

#[test]
fn unknown_fields_are_refused_in_every_model() {
    for animal in zoo::all() {
        let mut json = serde_json::to_value(&animal.model).unwrap();
        json["skew"] = 1.into();
        let error = serde_json::from_value::<Model>(json).unwrap_err().to_string();
        assert!(error.starts_with("unknown field `skew`"), "{}: {error}", animal.name);
    }
}

#[test]
fn steps_that_a_model_isn_t_made_for_are_named() {
    let yearly = TimeGrid::new(0, 365 * 86_400_000).unwrap();
    let jumpy = zoo::all().into_iter().filter(|animal| animal.has_jumps && animal.model.name() != "seasonal");
    for animal in jumpy.filter(|animal| !["btc", "equity-index"].contains(&animal.name)) {
        let expected =
            "500000 jumps are expected in a step of 31536000 s: at most 500 can be counted, take shorter steps";
        let one = vec![instrument("X-USD", 0, animal.model.clone())];
        let error = Market::new(Seed::from(1), yearly, one, None).unwrap_err();
        assert_eq!(error.to_string(), format!("instrument \"X-USD\": {expected}"), "{}", animal.name);
        let paths = Paths::new(Seed::from(1), 1, Years::new(1.0).unwrap());
        let error = paths.fill_paths(&animal.model, Price::new(1.0).unwrap(), &mut [0.0]).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    let garch = zoo::all().into_iter().find(|animal| animal.name == "garch").unwrap().model;
    let expected = "the step is 31536000 s, but this model moves by bars of 1 s and no other";
    let paths = Paths::new(Seed::from(1), 1, Years::new(1.0).unwrap());
    let price = Price::new(1.0).unwrap();
    assert_eq!(paths.fill_terminal(&garch, price, &mut [0.0]).unwrap_err().to_string(), expected);
    assert_eq!(paths.stream(&garch, price).unwrap_err().to_string(), expected);
}

/// A number of a domain: its ends, its inside, something tiny, and now and then any number at all.
fn number(dice: &mut Dice, low: f64, high: f64) -> f64 {
    match dice.below(40) {
        0..8 => low,
        8..16 => high,
        16..30 => dice.between(low, high),
        30..36 => (10_f64.powf(dice.between(-320.0, 0.0)) * high).clamp(low, high),
        36..39 => (low + 10_f64.powf(dice.between(-17.0, 0.0)) * (high - low)).clamp(low, high),
        _ => Some(f64::from_bits(dice.word())).filter(|x| x.is_finite()).unwrap_or(-1.0),
    }
}

/// A model's wire form, of any numbers. Its bars are those of the grid, as a rule.
fn any_model(dice: &mut Dice, tick_s: f64) -> String {
    let kind = dice.below(10);
    let mut n = |low, high| number(dice, low, high);
    let jumps = format!(r#"{{"per_year":{},"mean":{},"deviation":{}}}"#, n(0.0, 1e6), n(-5.0, 5.0), n(0.0, 5.0));
    let drift = n(-1000.0, 1000.0);
    let heston = format!(
        r#""drift":{drift},"initial_variance":{},"long_run_variance":{},"mean_reversion":{},"volatility_of_variance":{},"leverage":{}"#,
        n(0.0, 1e4),
        n(0.0, 1e4),
        n(1e-6, 1e4),
        n(1e-6, 100.0),
        n(-1.0, 1.0)
    );
    let sigma = n(0.0, 100.0);
    match kind {
        0 | 1 => format!(r#"{{"kind":"merton","drift":{drift},"volatility":{sigma},"jumps":{jumps}}}"#),
        2 => format!(
            r#"{{"kind":"kou","drift":{drift},"volatility":{sigma},"jumps":{{"per_year":{},"up_probability":{},"up_rate":{},"down_rate":{}}}}}"#,
            n(0.0, 1e6),
            n(0.0, 1.0),
            n(1.0 + f64::EPSILON, 1e6),
            n(0.001, 1e6)
        ),
        3 => {
            let states = 2 + n(0.0, 6.0).abs() as usize % 7;
            let row = |_| format!("[{}]", (0..states).map(|_| n(0.0, 1e6).to_string()).collect::<Vec<_>>().join(","));
            let rows: Vec<String> = (0..states).map(row).collect();
            let sigmas: Vec<String> = (0..states).map(|_| n(0.0, 100.0).to_string()).collect();
            format!(
                r#"{{"kind":"regime_switching","drift":{drift},"volatilities":[{}],"rates":[{}]}}"#,
                sigmas.join(","),
                rows.join(",")
            )
        }
        4 => {
            let student = format!(r#"{{"kind":"student","degrees":{}}}"#, n(2.0 + 1e-9, 1e6));
            let innovation = if n(0.0, 1.0) < 0.5 { r#"{"kind":"normal"}"# } else { &student };
            format!(
                r#"{{"kind":"garch","drift":{drift},"bar_s":{tick_s},"omega":{},"alpha":{},"gamma":{},"beta":{},"innovation":{innovation}}}"#,
                n(1e-300, 1.0),
                0.5 * n(0.0, 1.0),
                0.5 * n(-1.0, 1.0),
                0.5 * n(0.0, 1.0)
            )
        }
        5 => format!(r#"{{"kind":"heston",{heston}}}"#),
        6 => format!(r#"{{"kind":"bates","heston":{{{heston}}},"jumps":{jumps}}}"#),
        7 | 8 => {
            let count = n(0.0, 12.0).abs() as usize % 14;
            let mut tau = 0.0;
            let mut factor = || {
                tau += n(1e-9, 1e8);
                format!(r#"{{"tau_s":{tau},"variance":{}}}"#, n(0.0, 4.0))
            };
            let factors: Vec<String> = (0..count).map(|_| factor()).collect();
            let (rate, share) = (n(1.0, 1e6), n(0.0, 1.0));
            // Jumps of no more variance than there is, unless it is a number at all that isn't in its domain.
            let deviation = (sigma * sigma * share / rate).max(0.0).sqrt().min(f64::MAX);
            let bursts = format!(r#"{{"per_year":{rate},"deviation":{deviation},"spread_s":{}}}"#, n(0.0, 1e7));
            let bursts = if n(0.0, 1.0) < 0.5 { "null" } else { &bursts };
            format!(
                r#"{{"kind":"cascade","drift":{drift},"volatility":{sigma},"factors":[{}],"jumps":{bursts}}}"#,
                factors.join(",")
            )
        }
        _ => format!(
            r#"{{"kind":"msm","drift":{drift},"volatility":{sigma},"bar_s":{},"multipliers":{},"multiplier":{},"renewal":{},"spacing":{}}}"#,
            n(1e-9, 1e8),
            n(1.0, 16.0).abs().round().min(1e9),
            n(1.0, 2.0),
            n(1e-300, 0.999_999),
            n(1.0 + f64::EPSILON, 100.0)
        ),
    }
}

/// The same in seasons that leave most of the week without any volatility.
fn in_a_harsh_season(json: &str) -> String {
    let hours: Vec<&str> = (0..24).map(|hour| if hour == 23 { "100" } else { "0" }).collect();
    let season = format!(r#"{{"hours":[{}],"weekdays":[1e-9,1,0,0,0,0,0]}}"#, hours.join(","));
    format!(r#"{{"kind":"seasonal","season":{season},"model":{json}}}"#)
}

/// What a refusal may say.
const REASONS: [&str; 9] = [
    "is outside",
    "is below 0: a fall would make the variance negative",
    "is not below 1: the variance has no stationary mean",
    "can't be left or can't be reached",
    "but they must increase",
    "of the variance per year, but volatility",
    "jumps are expected in a step of",
    "but this model moves by bars of",
    "entries, but there are",
];

/// The name of the model that has run, if one has.
fn runs_or_says_why(seed: u64) -> Option<&'static str> {
    let mut dice = Dice(seed);
    let interval_ms = [1, 1000, 60_000, 86_400_000, 31_536_000_000][dice.below(5) as usize];
    let grid = TimeGrid::new(1_700_000_000_000, interval_ms).unwrap();
    let mut json = any_model(&mut dice, grid.tick_s());
    if dice.below(4) == 0 {
        json = in_a_harsh_season(&json);
    }
    let clear = |error: String| assert!(REASONS.iter().any(|reason| error.contains(reason)), "{json}: {error}");
    let model: Model = match serde_json::from_str(&json) {
        Ok(model) => model,
        Err(error) => {
            clear(error.to_string());
            return None;
        }
    };
    let name = model.name();
    let market = match Market::new(Seed::from(seed), grid, vec![instrument("X-USD", 0, model)], None) {
        Ok(market) => market,
        Err(error) => {
            clear(error.to_string());
            return None;
        }
    };
    let fifty = 50.0 * grid.tick_s();
    let mut simulation = Simulation::new(market);
    for (tick, body) in [
        (100, r#"{"kind":"set_drift","mu":1000}"#.into()),
        (150, r#"{"kind":"set_drift","mu":-1000}"#.into()),
        (200, r#"{"kind":"set_volatility","sigma":100}"#.into()),
        (250, r#"{"kind":"jump_rate","factor":1e6}"#.into()),
        (250, r#"{"kind":"jump_rate","factor":1e6}"#.into()),
        (260, r#"{"kind":"regime","state":1}"#.into()),
        (300, r#"{"kind":"volatility_scale","factor":1e6}"#.into()),
        (310, r#"{"kind":"volatility_scale","factor":1e6}"#.into()),
        (320, r#"{"kind":"volatility_scale","factor":1e6}"#.into()),
        (330, r#"{"kind":"volatility_scale","factor":1e6}"#.into()),
        (400, format!(r#"{{"kind":"pin","price":90000,"band":0.01,"duration_s":{fifty}}}"#)),
        (500, format!(r#"{{"kind":"target","price":90000,"duration_s":{fifty}}}"#)),
        (600, r#"{"kind":"set_volatility","sigma":0}"#.into()),
        (650, format!(r#"{{"kind":"pin","price":90000,"band":0.01,"duration_s":{fifty}}}"#)),
        (750, r#"{"kind":"set_volatility","sigma":1e-9}"#.into()),
        (800, r#"{"kind":"inject_liquidity","side":"bid","quantity":-1400,"within":0.01,"half_life_s":1e9}"#.into()),
    ] {
        // Some aren't for this model.
        drop(simulation.intervene(&at(tick, &body)));
    }
    for tick in simulation.by_ref().take(1000) {
        let Tick { tick, price, reference, .. } = tick;
        let sound = |x: f64| x.is_finite() && x > 0.0;
        assert!(sound(price) && sound(reference), "seed {seed}, tick {tick}: {price}, {reference} of {json}");
        assert!(tick != 549 || (price / 90_000.0 - 1.0).abs() < 1e-12, "seed {seed}: {price} of {json}");
    }
    // Its state is one that JSON keeps and that the model knows.
    let text = serde_json::to_string(&simulation.snapshot()).unwrap();
    let read = serde_json::from_str::<Snapshot<Model>>(&text).unwrap_or_else(|error| panic!("{json}: {error}: {text}"));
    assert_eq!(Simulation::restore(read).map(drop), Ok(()), "seed {seed}: {json}");
    Some(name)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("ALGO_TRADING_LONG").is_some() { 20_000 } else { 600 }))]

    #[test]
    fn any_model_runs_or_says_why_it_doesn_t(seed in any::<u64>()) {
        runs_or_says_why(seed);
    }
}

#[test]
fn steps_of_no_length_and_of_a_million_years_give_prices() {
    for animal in zoo::all() {
        for years in [1e-300, 1e-12, 1e6] {
            let paths = Paths::new(Seed::from(1), 50, Years::new(years).unwrap());
            let mut prices = vec![0.0; 10 * 50];
            if paths.fill_paths(&animal.model, Price::new(100.0).unwrap(), &mut prices).is_ok() {
                assert!(prices.iter().all(|x| x.is_finite() && *x > 0.0), "{}: steps of {years} years", animal.name);
            }
        }
    }
}

#[test]
fn a_variance_that_hardly_is_one_gives_prices() {
    for variance in ["0", "1e-300", "1e-100", "1e-36", "1e-20", "1e-9"] {
        for (initial, leverage) in [(variance, "-1"), (variance, "0.9"), (variance, "1"), ("1e4", "-1"), ("1e4", "0.5")]
        {
            let json = format!(
                r#"{{"kind":"heston","drift":0,"initial_variance":{initial},"long_run_variance":{variance},"mean_reversion":4000,"volatility_of_variance":100,"leverage":{leverage}}}"#
            );
            let model: Model = serde_json::from_str(&json).unwrap();
            let mut simulation = Simulation::new(market(&model, 1));
            for (tick, wild) in [
                (10, r#"{"kind":"set_volatility","sigma":100}"#),
                (20, r#"{"kind":"volatility_scale","factor":1e6}"#),
                (100, r#"{"kind":"pin","price":90000,"band":0.01,"duration_s":50}"#),
            ] {
                let answer = simulation.intervene(&at(tick, wild));
                // A variance of 0 is no volatility that a setting could scale.
                let has_none = variance == "0" && tick == 10;
                assert_eq!(answer.err(), has_none.then_some(InterventionError::NoVolatility), "{json}");
            }
            assert!(simulation.take(1000).all(|tick| tick.price.is_finite() && tick.price > 0.0), "{json}");
        }
    }
}

#[test]
fn the_draw_reaches_every_kind() {
    let ran: Vec<&str> = (0..600).filter_map(runs_or_says_why).collect();
    assert!(ran.len() > 200, "only {} of 600 ran", ran.len());
    for kind in ["merton", "kou", "regime_switching", "garch", "heston", "bates", "cascade", "msm"] {
        let count = ran.iter().filter(|name| **name == kind).count();
        assert!(count >= 5, "{kind} ran {count} times of {}", ran.len());
    }
}
