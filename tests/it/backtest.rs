//! `strategies` and `backtest`: what they print, what they write, and every kind of bad flag.

use gbm_core::prelude::Book;
use rust_decimal::Decimal;
use serde_json::Value;
use trading_core::account::Terms;
use trading_core::desk::{Input, RunId};
use trading_core::log::{FORMAT, Header, Line};
use trading_core::order::{AccountId, Kind, NewOrder, Side, TimeInForce};
use trading_core::rules::Rules;
use trading_core::strategy::NAMES;

use crate::support::{Folder, fails, run, succeeds};

const CROSS: [&str; 8] = ["backtest", "--strategy", "average_cross", "--set", "bar_s=5", "--seed", "42", "--period"];

fn tested(args: &[&str]) -> Value {
    serde_json::from_str(&succeeds(&[&["backtest"], args, &["--format", "json"]].concat())).unwrap()
}

#[test]
fn strategies_are_listed_with_what_can_be_set() {
    let listed: Value = serde_json::from_str(&succeeds(&["strategies", "--json"])).unwrap();
    let names: Vec<&str> = listed.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, NAMES);
    assert_eq!(listed[2]["title"], "Moving-average crossover");
    assert_eq!(listed[2]["parameters"][2]["name"], "fast_bars");
    assert_eq!(listed[2]["parameters"][2]["default"], 10.0);
    let table = succeeds(&["strategies"]);
    for name in NAMES {
        assert!(table.contains(&format!("{name}  ")), "{name} is missing from:\n{table}");
    }
}

#[test]
fn a_run_is_repeated_by_its_seed() {
    let args = ["--strategy", "market_maker", "--seed", "42", "--ticks", "20000", "--leverage", "3"];
    let one = tested(&args);
    assert_eq!(one, tested(&args));
    assert_eq!(
        (&one["strategy"], &one["source"], &one["seed"]),
        (&"market_maker".into(), &"seed".into(), &"42".into())
    );
    assert_eq!(one["report"]["ticks"], 20_000);
    assert_eq!(one["values"]["gamma"], 0.01);
    assert!(one["report"]["fills"].as_u64().unwrap() > 10 && one["spread"].is_null(), "{one}");
    // 2,000 s hold thirty minutes.
    assert_eq!(one["report"]["period_ms"], 60_000);
    let seedless = run(&["backtest", "--strategy", "dca", "--ticks", "100"]);
    assert!(seedless.stderr.starts_with("seed: 0x"), "{}", seedless.stderr);
}

#[test]
fn many_seeds_are_as_they_are_alone_and_with_any_number_of_threads() {
    let args = ["--strategy", "grid", "--set", "step_bp=3", "--ticks", "3000", "--seeds", "40", "--seed", "7"];
    let many = |threads: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_algo-trading"));
        let command = command.arg("backtest").args(args).args(["--format", "json"]);
        let output = command.env("RAYON_NUM_THREADS", threads).output().unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let found = many("1");
    assert_eq!(found, many("3"));
    assert_eq!(found["spread"]["runs"], 40);
    let last = tested(&["--strategy", "grid", "--set", "step_bp=3", "--ticks", "3000", "--seed", "46"]);
    let of_last = last["report"]["total_return"].as_f64().unwrap();
    let spread = &found["spread"]["total_return"];
    assert!((spread["min"].as_f64().unwrap()..=spread["max"].as_f64().unwrap()).contains(&of_last));
    let table = succeeds(&[&["backtest"], &args[..]].concat());
    assert!(table.contains("probability of a loss") && table.contains("total return"), "{table}");
}

#[test]
fn a_journal_is_traded_on_as_its_seed_was() {
    let folder = Folder::new();
    let journal = folder.text("j.jsonl");
    succeeds(&["simulate", "--seed", "42", "--ticks", "5000", "--journal", &journal, "--format", "digest"]);
    let strategy = ["--strategy", "mean_reversion", "--set", "bar_s=1"];
    let of_journal = tested(&[&strategy[..], &["--journal", &journal]].concat());
    let of_seed = tested(&[&strategy[..], &["--seed", "42", "--ticks", "5000"]].concat());
    assert_eq!(of_journal["report"], of_seed["report"]);
    assert!(of_seed["report"]["fills"].as_u64().unwrap() > 3);
    assert_eq!(of_journal["file"].as_str(), Some(journal.as_str()));
}

fn log(folder: &Folder, name: &str, after: u64) -> String {
    let header =
        Header { format: FORMAT, session: "s".into(), instrument: "BTC-USD".into(), rules: Rules::btc(Book::btc()) };
    let order = NewOrder {
        client_id: None,
        side: Side::Buy,
        quantity: Decimal::new(2, 1),
        kind: Kind::Market,
        time_in_force: TimeInForce::Gtc,
        post_only: false,
        reduce_only: false,
        expires_tick: None,
    };
    let (me, terms) = (AccountId(1), Terms::paper());
    let (run, strategy) = (RunId(1), "dca".to_string());
    let lines = [
        Line { after: 0, input: Input::Open { account: me, terms } },
        Line {
            after: 0,
            input: Input::Start {
                run,
                owner: me,
                account: AccountId(2),
                strategy,
                values: [("every_s".to_string(), 60.0)].into(),
                terms,
                loss_limit: None,
            },
        },
        Line { after, input: Input::Submit { account: me, order } },
    ];
    let mut text = serde_json::to_string(&header).unwrap() + "\n";
    for line in lines {
        text += &(serde_json::to_string(&line).unwrap() + "\n");
    }
    folder.write(name, text)
}

#[test]
fn a_log_trades_again_beside_its_journal() {
    let folder = Folder::new();
    let journal = folder.text("j.jsonl");
    succeeds(&["simulate", "--seed", "42", "--ticks", "2000", "--journal", &journal, "--format", "digest"]);
    let played = tested(&["--journal", &journal, "--log", &log(&folder, "l.jsonl", 700)]);
    let fills = played["fills"].as_array().unwrap();
    let mine: Vec<&Value> = fills.iter().filter(|fill| fill["account"] == 1).collect();
    assert_eq!((mine.len(), &mine[0]["tick"], &mine[0]["quantity"]), (1, &701.into(), &"0.2".into()));
    // Bought at the first tick and every minute after it: 200 s hold four.
    assert_eq!(fills.len(), 1 + 4);
    assert_eq!((&played["accounts"][0]["strategy"], &played["accounts"][1]["strategy"]), (&Value::Null, &"dca".into()));
    let table = succeeds(&["backtest", "--journal", &journal, "--log", &folder.text("l.jsonl")]);
    assert_eq!(table.lines().count(), 3, "{table}");
    // Without a tick yet there is no price.
    let early = log(&folder, "early.jsonl", 0);
    fails(
        &["backtest", "--journal", &journal, "--log", &early],
        &format!("{early}: line 4: there is no price yet; the log isn't of these ticks"),
    );
    let torn = folder.write("torn.jsonl", "{}");
    let outcome = run(&["backtest", "--journal", &journal, "--log", &torn]);
    assert!(
        outcome.code == Some(2) && outcome.stderr.contains("torn.jsonl: line 1: missing field"),
        "{}",
        outcome.stderr
    );
}

const CANDLES: &str = "date,open,high,low,close,volume\n\
    2026-01-01,100,104,99,103,5000\n2026-01-02,103,110,102,109,5000\n2026-01-03,109,111,101,102,5000\n";

#[test]
fn candles_are_traded_on() {
    let folder = Folder::new();
    let data = folder.write("c.csv", CANDLES);
    let hold = tested(&["--strategy", "buy_and_hold", "--data", &data, "--taker-bp", "0"]);
    assert_eq!(
        (&hold["source"], &hold["candles"], &hold["report"]["ticks"]),
        (&"candles".into(), &3.into(), &12.into())
    );
    // Decided at the open, bought at the first candle's low: the ask of 99 and what the book takes.
    assert_eq!((&hold["report"]["period_ms"], &hold["report"]["periods"]), (&86_400_000.into(), &3.into()));
    let worth = hold["report"]["total_return"].as_f64().unwrap();
    assert!(worth > 0.0 && worth < 0.95 * (102.0 / 99.0 - 1.0), "{worth}");
    let bad = folder.write("bad.csv", "date,open,high,low,close\n2026-01-01,1,2,1,1\n2026-01-02,5,4,3,3.5\n");
    let dca = ["backtest", "--strategy", "dca"];
    fails(
        &[&dca[..], &["--data", &bad]].concat(),
        &format!("{bad}: candle 2: low = 3 and high = 4 don't hold open = 5"),
    );
    let narrow = folder.write("narrow.csv", "date,open,high,close\n");
    fails(
        &[&dca[..], &["--data", &narrow]].concat(),
        &format!("{narrow}: line 1: no column named low; found: \"date, open, high, close\""),
    );
    fails(
        &[&dca[..], &["--data", &data, "--spread-bp", "-1"]].concat(),
        &format!("{data}: spread_bp = -1 is outside [0, 10000]"),
    );
}

#[test]
fn a_page_needs_nothing_from_elsewhere() {
    let folder = Folder::new();
    let data = folder.write("<b>&.csv", CANDLES);
    let page = folder.text("page.html");
    succeeds(&["backtest", "--strategy", "buy_and_hold", "--data", &data, "--html", &page]);
    let html = folder.read("page.html");
    assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"));
    assert!(html.contains("&lt;b&gt;&amp;.csv") && !html.contains("<b>&"), "a name is markup");
    assert_eq!(html.matches("<svg ").count(), 3);
    for foreign in ["<script", "<link", "<img", "src=", "url(", "@import", "<iframe"] {
        assert!(!html.contains(foreign), "{foreign}");
    }
    // The one address is the name of SVG's vocabulary.
    let addresses = html.replace("http://www.w3.org/2000/svg", "");
    assert!(!addresses.contains("http:") && !addresses.contains("https:"));
    // Colours are the page's alone, so that they follow light and dark.
    assert!(!html.contains("fill=\"#") && !html.contains("stroke=\"#"), "a colour of its own");
    let seeds = ["backtest", "--strategy", "grid", "--seed", "1", "--ticks", "500", "--seeds", "5", "--html", &page];
    succeeds(&seeds);
    assert_eq!(folder.read("page.html").matches("<svg ").count(), 4);
    // A run that fails leaves the page as it was.
    let before = folder.read("page.html");
    let outcome = run(&["backtest", "--strategy", "grid", "--seed", "1", "--ruin", "7", "--html", &page]);
    assert_eq!((outcome.code, folder.read("page.html") == before), (Some(2), true));
    let entries = std::fs::read_dir(folder.root()).unwrap().count();
    assert_eq!(entries, 2, "something was left behind");
}

#[test]
fn what_holds_for_a_year_is_left_out_of_shorter_runs_and_why_is_said() {
    let folder = Folder::new();
    let page = folder.text("page.html");
    let hold = ["backtest", "--strategy", "buy_and_hold", "--seed", "1", "--ticks", "300", "--html", &page];
    let (of_one, of_many) = (succeeds(&hold), succeeds(&[&hold[..], &["--seeds", "5"]].concat()));
    for name in ["a year (CAGR)", "Sharpe", "Sortino", "Calmar"] {
        assert!(of_one.contains(&format!("{name:<26}– (shorter than 30 days)\n")), "{name} of\n{of_one}");
    }
    let why = "CAGR, Sharpe and Sortino are left out of runs shorter than 30 days.";
    assert!(of_many.ends_with(&format!("{why}\n")) && of_many.matches("Sharpe").count() == 1, "{of_many}");
    let html = folder.read("page.html");
    assert!(html.contains(&format!("<p>{why}</p>")) && !html.contains("<th scope=\"row\">Sharpe</th><td>-"), "{html}");
    assert!(html.contains("<tr><th scope=\"row\">Sharpe</th><td>– (shorter than 30 days)</td></tr>"), "{html}");
    // A tick a day: these are two months.
    let long = [&hold[..6], &["60", "--tick-interval", "1d", "--html", &page]].concat();
    let long = succeeds(&long);
    assert!(long.contains("Sharpe") && !long.contains("shorter than"), "{long}");
    assert!(folder.read("page.html").contains("<span>Sharpe</span>"));
}

#[test]
fn bad_flags_are_named() {
    let one = |rest: &[&str], line: &str| fails(&[&["backtest", "--seed", "1"], rest].concat(), line);
    one(
        &["--strategy", "martingale"],
        "--strategy \"martingale\": is none of buy_and_hold, dca, average_cross, mean_reversion, breakout, grid, market_maker",
    );
    one(&["--strategy", "dca", "--set", "x=1"], "--set \"x\": dca has amount, every_s");
    one(&["--strategy", "dca", "--set", "amount=0"], "amount = 0 is outside [1, 1000000]");
    one(&["--strategy", "dca", "--set", "amount=1", "--set", "amount=2"], "--set \"amount\": is given twice");
    one(&["--strategy", "average_cross", "--set", "fast_bars=30"], "fast_bars must be below slow_bars");
    one(&["--strategy", "average_cross", "--set", "fast_bars=2.5"], "fast_bars = 2.5 is no whole number");
    let dca = |rest: &[&'static str], line: &str| one(&[&["--strategy", "dca"], rest].concat(), line);
    dca(&["--initial", "-1"], "initial = -1 is outside (0, 1000000000], or has more than 8 decimals");
    dca(&["--taker-bp", "2000"], "taker_bp = 2000 is outside [0, 1000]");
    dca(&["--leverage", "0.5"], "leverage = 0.5 is outside [1, 100]");
    dca(&["--latency-ticks", "0"], "latency_ticks = 0 is outside [1, ∞)");
    dca(&["--ruin", "0"], "ruin = 0 is outside (0, 1]");
    dca(&["--tick-size", "0"], "--tick-size \"0\": must be above 0");
    dca(&["--ticks", "0"], "--ticks \"0\": must be at least 1");
    dca(&["--seeds", "0"], "seeds = 0 is outside [1, 100000]");
    dca(&["--period", "soon"], "--period \"soon\": write a length of time such as 100ms, 1s, 5m, 1h or 1d");
    dca(&["--period", "400d"], "--period \"400d\": period_ms = 34560000000 is outside [1, 31536000000]");
    dca(&["--journal", "j"], "--journal has ticks of its own: --seed can't be given with it");
    dca(&["--data", "c.csv"], "--data has ticks of its own: --seed can't be given with it");
    fails(
        &["backtest", "--strategy", "dca", "--data", "c.csv", "--seeds", "9"],
        "--data has ticks of its own: --seeds can't be given with it",
    );
    fails(
        &["backtest", "--journal", "j", "--log", "l", "--leverage", "2"],
        "--log has accounts and rules of its own: --leverage can't be given with it",
    );
    fails(&["backtest", "--seed", "1"], "the following required arguments were not provided: --strategy <NAME>");
    assert!(run(&[&CROSS[..], &["1h", "--ticks", "1000"]].concat()).code == Some(0));
}
