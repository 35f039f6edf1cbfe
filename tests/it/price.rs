//! `price`: estimates beside closed forms, and every kind of bad flag.

use serde_json::Value;

use crate::support::{Folder, fails, succeeds};

/// What a check of wiring needs: a wrong formula is hundreds of errors away. The crate's own tests judge the laws.
const FAR: f64 = 5.0;

const MARKET: [&str; 9] = ["price", "--seed", "42", "--spot", "100", "--volatility", "0.3", "--maturity", "1"];
const PAIR: [&str; 9] = ["price", "--seed", "42", "--spot", "22,20", "--volatility", "0.2,0.25", "--maturity", "0.5"];

fn priced<'a>(market: &[&'a str], rest: &[&'a str]) -> Value {
    let args = [market, rest, &["--format", "json"]].concat();
    serde_json::from_str(&succeeds(&args)).unwrap()
}

fn number(value: &Value, field: &str) -> f64 {
    value[field].as_f64().unwrap_or_else(|| panic!("{field} is missing from {value}"))
}

/// The estimate lies near its closed form, and its error is a small part of it.
#[track_caller]
fn agrees(market: &[&str], rest: &[&str]) -> Value {
    let value = priced(market, rest);
    assert!(number(&value, "distance").abs() < FAR, "{rest:?}: {value}");
    assert!((0.0..0.02).contains(&(number(&value, "standard_error") / number(&value, "price"))), "{rest:?}: {value}");
    value
}

#[test]
fn every_payoff_agrees_with_its_closed_form() {
    let payoffs: [&[&str]; 8] = [
        &["european", "--strike", "105"],
        &["digital", "--strike", "105", "--right", "put", "--cash", "10"],
        &["asian-geometric", "--strike", "100", "--steps", "12"],
        &["asian-geometric", "--strike", "100", "--steps", "4", "--average", "continuous", "--right", "put"],
        &["barrier", "--strike", "100", "--steps", "4", "--direction", "down", "--knock", "in", "--level", "90"],
        &["one-touch", "--level", "85", "--steps", "4", "--direction", "down", "--pays", "no-touch", "--cash", "7"],
        &["lookback", "--steps", "2"],
        &["lookback", "--steps", "2", "--strike", "110", "--right", "put"],
    ];
    for payoff in payoffs {
        let payoff = [&["--rate", "0.05", "--paths", "100000", "--payoff"], payoff].concat();
        for more in [&[][..], &["--antithetic"], &["--control"], &["--sobol"], &["--drift", "0.1"]] {
            agrees(&MARKET, &[payoff.as_slice(), more].concat());
        }
    }
}

#[test]
fn a_touch_has_its_published_probability() {
    let touch = ["--payoff", "one-touch", "--drift", "0.1", "--direction", "up", "--level", "120", "--steps", "8"];
    let value = agrees(&MARKET, &touch);
    assert!((number(&value, "closed_form") - 0.603_616_916_9).abs() < 1e-10);
    // Watched at the fixings alone, an eighth of a year apart, it misses touches, and no formula is told.
    let discrete = priced(&MARKET, &[&touch[..], &["--watch", "discrete"]].concat());
    assert!(number(&discrete, "price") < 0.55 && discrete["closed_form"].is_null(), "{discrete}");
}

#[test]
fn an_exchange_agrees_with_margrabe() {
    let exchange = ["--payoff", "exchange", "--correlation", "1,-0.5;-0.5,1", "--rate", "0.05", "--paths", "100000"];
    for more in [&[][..], &["--antithetic", "--control"], &["--sobol"], &["--receive", "1", "--pay", "0"]] {
        agrees(&PAIR, &[&exchange[..], more].concat());
    }
}

#[test]
fn controls_and_points_shrink_the_error() {
    let error = |rest: &[&str]| {
        let asian = ["--payoff", "asian-arithmetic", "--strike", "100", "--steps", "16", "--paths", "100000"];
        number(&priced(&MARKET, &[&asian[..], rest].concat()), "standard_error")
    };
    let plain = error(&[]);
    assert!(error(&["--control"]) < plain / 10.0);
    assert!(error(&["--sobol"]) < plain / 10.0);
    assert!(error(&["--control", "terminal"]) < plain / 1.2);
}

#[test]
fn a_basket_takes_its_matrix_from_a_file_and_repairs_it() {
    let folder = Folder::new();
    let file = folder.write("matrix.csv", "1, 1, 0\n1, 1, 1\n\n0, 1, 1\n");
    let market = ["price", "--seed", "1", "--spot", "9,10,11", "--volatility", "0.1,0.2,0.3", "--maturity", "1"];
    let basket = ["--payoff", "basket", "--strike", "10", "--paths", "10000"];
    let inline =
        priced(&market, &[&basket[..], &["--correlation", "1,1,0;1,1,1;0,1,1", "--repair-correlation"]].concat());
    let read = priced(&market, &[&basket[..], &["--correlation-file", &file, "--repair-correlation"]].concat());
    assert_eq!(inline["price"], read["price"]);
    assert!((number(&read, "correlation_distance") - 0.5278).abs() < 5e-5);
    let refused = "correlation is not positive semidefinite: asset 2 contradicts the ones before it";
    fails(&[&market[..], &basket, &["--correlation-file", &file]].concat(), refused);
    // One asset of weight 1 is a European option.
    let one = ["price", "--seed", "1", "--spot", "9", "--volatility", "0.1", "--maturity", "1"];
    let alone = priced(&one, &[&basket[..], &["--correlation", "1"]].concat());
    let european = priced(&one, &["--payoff", "european", "--strike", "10"]);
    let error = number(&alone, "standard_error").hypot(number(&european, "standard_error"));
    assert!((number(&alone, "price") - number(&european, "price")).abs() < FAR * error);
}

#[test]
fn a_target_stops_early_and_certainty_needs_one_path() {
    let european = ["--payoff", "european", "--strike", "100"];
    let target = priced(&MARKET, &[&european[..], &["--target-error", "0.02", "--paths", "100000000000"]].concat());
    assert_eq!(target["stopped"], "target_error");
    assert!(number(&target, "standard_error") <= 0.02 && number(&target, "paths") < 1e7);
    let certain =
        priced(&["price", "--spot", "100", "--volatility", "0", "--maturity", "1", "--rate", "0.1"], &european);
    assert_eq!((certain["stopped"].as_str(), certain["paths"].as_u64()), (Some("certain"), Some(1)));
    assert!((number(&certain, "price") - 100.0 * (1.0 - (-0.1_f64).exp())).abs() < 1e-12);
}

#[test]
fn threads_and_repetitions_give_the_same_numbers() {
    let run = |threads: &str| {
        let lookback = ["--payoff", "lookback", "--steps", "3", "--paths", "600000", "--format", "json"];
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_algo-trading"));
        let output = command.args(MARKET).args(lookback).env("RAYON_NUM_THREADS", threads).output().unwrap();
        let value: Value = serde_json::from_slice(&output.stdout).unwrap();
        (value["price"].to_string(), value["standard_error"].to_string())
    };
    assert_eq!(run("1"), run("2"));
    assert_eq!(run("7"), run("2"));
}

#[test]
fn a_table_is_for_reading() {
    let table = succeeds(&[&MARKET[..], &["--payoff", "european", "--strike", "100", "--paths", "10000"]].concat());
    let names: Vec<&str> = table.lines().filter_map(|line| line.split("  ").next()).collect();
    assert_eq!(names, ["price", "standard error", "95 % interval", "closed form", "source", "paths", "time", "seed"]);
    assert!(table.contains("standard errors away)") && table.ends_with("seed            42\n"), "{table}");
}

#[test]
fn a_flag_is_missing_or_means_nothing() {
    let one = |rest: &[&'static str], line: &str| fails(&[&MARKET[..], rest].concat(), line);
    one(&["--payoff", "european"], "--strike is needed by --payoff european");
    one(&["--payoff", "european", "--strike", "1", "--level", "3"], "--level means nothing to --payoff european");
    one(&["--payoff", "lookback"], "--steps is needed by --payoff lookback");
    let level = ["--payoff", "barrier", "--strike", "1", "--level", "3"];
    one(&level, "--direction is needed by --payoff barrier");
    one(&[&level[..], &["--direction", "up"]].concat(), "--knock is needed by --payoff barrier");
    one(&["--payoff", "basket", "--strike", "1"], "--correlation is needed by --payoff basket");
    one(
        &["--payoff", "european", "--strike", "1", "--antithetic", "--sobol"],
        "the argument '--antithetic' cannot be used with '--sobol'",
    );
    fails(
        &[&PAIR[..], &["--payoff", "european", "--strike", "1"]].concat(),
        "--spot has 2 values: --payoff european takes one",
    );
}

#[test]
fn bad_numbers_are_named() {
    let prices = "is outside [0.000000000000001, 1000000000000000]";
    let one = |rest: &[&'static str], line: &str| {
        fails(&[&MARKET[..], &["--payoff", "european"], rest].concat(), line);
    };
    one(&["--strike", "NaN"], &format!("strike = NaN {prices}"));
    one(&["--strike", "-1"], &format!("strike = -1 {prices}"));
    one(&["--strike", "1", "--paths", "0"], "paths = 0 is outside [2, 1099511627776]");
    one(&["--strike", "1", "--steps", "0"], "steps = 0 is outside [1, 1048576]");
    one(
        &["--strike", "1", "--steps", "1048576", "--paths", "1099511627776"],
        "paths x steps = 1099511627776 x 1048576 is outside [2, 281474976710656]",
    );
    one(&["--strike", "1", "--rate", "inf"], "rate = inf is outside [-10, 10]");
    one(&["--strike", "1", "--drift", "1001"], "drift = 1001 is outside [-1000, 1000]");
    one(&["--strike", "1", "--target-error", "0"], "target_error = 0 is outside (0, 1000000000000000]");
    one(&["--strike", "1", "--sobol", "--replicates", "3"], "replicates = 3 is outside [4, 1024]");
    one(&["--strike", "1", "--control", "geometric"], "control = geometric is not one of european's");
    let market = ["price", "--payoff", "european", "--strike", "1", "--volatility", "0.1"];
    fails(&[&market[..], &["--spot", "-1", "--maturity", "1"]].concat(), &format!("price = -1 {prices}"));
    fails(&[&market[..], &["--spot", "1", "--maturity", "-1"]].concat(), "maturity = -1 is outside [0, 30]");
}

#[test]
fn bad_baskets_are_named() {
    let basket = |rest: &[&'static str], line: &str| {
        fails(&[&PAIR[..], &["--payoff", "basket", "--strike", "1"], rest].concat(), line);
    };
    basket(&["--correlation", "1"], "assets = 2, but the correlation matrix has 1 rows");
    basket(
        &["--correlation", "1,0.5;0.5", "--repair-correlation"],
        "correlation is 2 x 1: it must be square, with 1 to 256 rows",
    );
    basket(&["--correlation", "1,x;0.5,1"], "--correlation \"1,x;0.5,1\": correlation[0][1] = \"x\" is not a number");
    basket(&["--correlation", "1,2;2,1"], "correlation[0][1] = 2 is outside [-1, 1]");
    basket(&["--correlation", "1,0;0,1", "--weights", "1,2,3"], "weights = 3, but the model has 2 assets");
    basket(&["--correlation", "1,0;0,1", "--weights", "1,NaN"], "weight = NaN is outside [-1000000, 1000000]");
    let exchange = [&PAIR[..], &["--payoff", "exchange", "--correlation", "1,0;0,1", "--receive", "2"]].concat();
    fails(&exchange, "receive = 2 is outside [0, 1]");
    let short = ["price", "--payoff", "exchange", "--spot", "1,2", "--volatility", "0.1", "--maturity", "1"];
    fails(&short, "volatility = 1, but the model has 2 assets");
}

const MERTON: &str = r#"{"kind":"merton","volatility":0.15,"jumps":{"per_year":0.1,"mean":-0.9,"deviation":0.45}}"#;
const KOU: &str =
    r#"{"kind":"kou","volatility":0.16,"jumps":{"per_year":1,"up_probability":0.4,"up_rate":10,"down_rate":5}}"#;
const HESTON: &str = r#"{"kind":"heston","initial_variance":0.0175,"long_run_variance":0.0398,"mean_reversion":1.5768,"volatility_of_variance":0.5751,"leverage":-0.5711}"#;
const AT_100: [&str; 7] = ["price", "--payoff", "european", "--spot", "100", "--strike", "100"];

/// Published prices by the closed form alone.
#[test]
fn a_closed_form_needs_no_simulation() {
    let heston = "Heston (1993), by cosines";
    let cases: [(&[&str], &str, f64); 5] = [
        (&["--volatility", "0.25", "--rate", "0.1", "--maturity", "0.1"], "Black and Scholes (1973)", 3.6599684533),
        (&["--model", MERTON, "--rate", "0.05", "--maturity", "0.25"], "Merton (1976), his series", 4.391245689),
        (
            &["--model", KOU, "--rate", "0.05", "--maturity", "0.5", "--strike", "98"],
            "Kou (2002), by cosines",
            9.147317304,
        ),
        (&["--model", HESTON, "--maturity", "1"], heston, 5.785155434),
        (&["--model", HESTON, "--maturity", "1", "--right", "put"], heston, 5.785155434),
    ];
    for (rest, source, published) in cases {
        // A strike of the case's own comes instead of the market's.
        let market = if rest.contains(&"--strike") { &AT_100[..5] } else { &AT_100[..] };
        let value = priced(market, &[rest, &["--method", "exact"]].concat());
        assert!((number(&value, "price") - published).abs() < 1e-7, "{value}");
        assert_eq!(value["source"], source);
        assert_eq!(value["greeks"].is_null(), rest[0] != "--volatility", "{value}");
    }
}

/// Greeks and implied volatility: Hull's examples.
#[test]
fn greeks_and_implied_volatility_are_hulls() {
    let hull = ["price", "--payoff", "european", "--method", "exact"];
    let greeks = ["--spot", "49", "--strike", "50", "--rate", "0.05", "--volatility", "0.2", "--maturity", "0.3846"];
    let value = priced(&hull, &greeks);
    for (name, published, digits) in [
        ("delta", 0.522, 5e-4),
        ("gamma", 0.066, 5e-4),
        ("vega", 12.1, 0.05),
        ("theta", -4.31, 5e-3),
        ("rho", 8.91, 5e-3),
    ] {
        assert!((number(&value["greeks"], name) - published).abs() < digits, "{name}: {value}");
    }
    assert!((number(&value, "implied_volatility") - 0.2).abs() < 1e-12, "{value}");
    let quoted = ["--spot", "21", "--strike", "20", "--rate", "0.1", "--volatility", "0.2", "--maturity", "0.25"];
    let quoted = [&quoted[..], &["--market-price", "1.875"]].concat();
    let exact = number(&priced(&hull, &quoted), "implied_volatility");
    assert!((exact - 0.235).abs() < 5e-4, "{exact}");
    let simulated = priced(&hull[..3], &[&quoted[..], &["--paths", "10000", "--seed", "1"]].concat());
    assert_eq!(number(&simulated, "implied_volatility").to_bits(), exact.to_bits());
    let table = succeeds(&[&hull[..], &quoted].concat());
    let names: Vec<&str> = table.lines().filter_map(|line| line.split("  ").next()).collect();
    assert_eq!(names, ["price", "source", "delta", "gamma", "vega", "theta", "rho", "implied volatility"]);
    assert!(table.ends_with("(of the price 1.875)\n"), "{table}");
    fails(
        &[
            &hull[..],
            &["--spot", "21", "--strike", "20", "--volatility", "0.2", "--maturity", "1", "--market-price", "22"],
        ]
        .concat(),
        "price = 22 is outside (1, 21), the prices without arbitrage",
    );
}

/// A model by JSON, by a file and by a preset's name; beside its closed form where it has one.
#[test]
fn models_are_simulated_beside_their_closed_forms() {
    let folder = Folder::new();
    let file = folder.write("kou.json", KOU);
    let with = |rest: &[&str]| {
        let paths = ["--seed", "42", "--rate", "0.05", "--maturity", "0.5", "--paths", "100000"];
        priced(&AT_100, &[&paths[..], rest].concat())
    };
    for (rest, source) in [
        (&["--model", MERTON][..], "Merton (1976), his series"),
        (&["--model", &file, "--antithetic"], "Kou (2002), by cosines"),
        (&["--model", HESTON, "--steps", "16", "--control", "terminal"], "Heston (1993), by cosines"),
        (&["--model", "equity-index", "--steps", "8"], "Bates (1996), by cosines"),
        (&["--model", "gbm"], "Black and Scholes (1973)"),
        (&["--model", "gbm", "--drift", "0.2"], "Black and Scholes (1973)"),
    ] {
        let value = with(rest);
        assert!(number(&value, "distance").abs() < FAR, "{rest:?}: {value}");
        assert_eq!(value["source"], source);
    }
    let btc = with(&["--model", "btc", "--steps", "180"]);
    assert!(number(&btc, "price") > 10.0 && btc["closed_form"].is_null() && btc["source"].is_null(), "{btc}");
}

#[test]
fn bad_models_and_methods_are_named() {
    let european = |rest: &[&str], line: &str| fails(&[&AT_100[..], &["--maturity", "1"], rest].concat(), line);
    let presets = "btc, btc-calm, btc-crisis, eth, gbm, equity-index";
    european(
        &["--model", "hestn"],
        &format!(
            "invalid value 'hestn' for '--model <NAME|JSON|FILE.json>': preset \"hestn\" is none of {presets}, nor JSON, nor a file \
             that ends in .json"
        ),
    );
    let bad = r#"{"kind":"kou","volatility":-1}"#;
    european(&["--model", bad], "--model: volatility = -1 is outside [0, 100]");
    european(&["--model", "none.json"], "none.json: No such file or directory (os error 2)");
    european(&["--model", HESTON], "--steps is needed by --model heston, whose law depends on the length of a step");
    european(&["--model", "gbm", "--method", "exact", "--sobol"], "--sobol means nothing to --method exact");
    for given in [["--paths", "1000000"], ["--seed", "1"], ["--replicates", "32"]] {
        let sobol = if given[0] == "--replicates" { &["--sobol"][..] } else { &[] };
        let line = format!("{} means nothing to --method exact", given[0]);
        european(&[&["--model", "gbm", "--method", "exact"], &given[..], sobol].concat(), &line);
    }
    european(
        &["--model", "btc", "--method", "exact"],
        "--payoff european has no closed form under cascade: --method simulation has its price",
    );
    european(
        &["--model", "gbm", "--volatility", "0.2"],
        "the argument '--model <NAME|JSON|FILE.json>' cannot be used with '--volatility <SIGMA,…>'",
    );
    let market = ["price", "--spot", "100", "--maturity", "1", "--strike", "100", "--steps", "4"];
    let asian = [&market[..], &["--payoff", "asian-arithmetic", "--volatility", "0.2"]].concat();
    fails(
        &[&asian[..], &["--method", "exact"]].concat(),
        "--payoff asian-arithmetic has no closed form under gbm: --method simulation has its price",
    );
    fails(
        &[&asian[..], &["--market-price", "3"]].concat(),
        "--market-price means nothing to --payoff asian-arithmetic",
    );
    let lookback =
        ["price", "--payoff", "lookback", "--spot", "100", "--maturity", "1", "--steps", "4", "--model", MERTON];
    fails(&lookback, "a payoff between fixings needs a model whose log-price moves by independent normals of one size");
}
