//! One run at a time: a scenario by hand, samples, candles, a journal with its log.

use backtest::feed::{Candle, Candles, Feed, Making, Path, Recorded, Replayed, Step};
use backtest::figures::Figures;
use backtest::period::Period;
use backtest::run::{Setup, play, run};
use gbm_core::journal::{self, Proposed, Recorder};
use gbm_core::prelude::*;
use rust_decimal::Decimal;
use std::ops::ControlFlow;
use trading_core::account::Terms;
use trading_core::desk::{Desk, Input, RunId};
use trading_core::events::Event;
use trading_core::log::{FORMAT, Header, Line, Log};
use trading_core::order::{AccountId, Kind, NewOrder, Side, TimeInForce};
use trading_core::rules::Rules;
use trading_core::strategy::NAMES;

use crate::support::{Told, built, cents, dec, go, market, path, run_on, setup};

#[test]
fn a_grid_earns_what_was_computed_by_hand() {
    // The scenario of trading-core's own test: 99 and 98 bought, sold at 99 and 100.
    let grid = built("grid", &[("step_bp", 100.0), ("levels", 2.0), ("quantity", 1.0)]);
    let setup = Setup { period: Period::new(2000).unwrap(), ..setup("1") };
    let prices = [100.0, 100.0, 98.9, 97.9, 97.9, 99.1, 99.1, 100.1, 100.1];
    let run = run_on(&setup, grid, &mut Told::new(&prices, 1000));
    let report = run.report;
    assert_eq!((report.fills, report.makers, report.ticks), (4, 4, 9));
    assert_eq!((report.fees, report.traded), (dec("0.0792"), dec("396")));
    assert_eq!(report.equity, dec("100001.9208"));
    // Bought at 99 on the tick of 98.9, at 98 on 97.9, sold at 99 on 99.1 and at 100 on 100.1: below or above each mid by 0.1.
    assert_eq!((report.split.holding, report.split.execution), (dec("2.4"), dec("-0.4")));
    assert_eq!((report.trips.closed, report.trips.won, report.trips.gains), (1, 1, dec("1.9208")));
    assert_eq!((report.win_rate, report.profit_factor), (Some(1.0), None));
    assert!((report.exposure.unwrap() - 5.0 / 9.0).abs() < 1e-15);
    assert_eq!((report.figures.periods, run.points.len(), run.trades.len()), (4, 9, 4));
    // 98.9·1 and 97.9·2 less what was paid for them: the least it was worth.
    let lowest = 100_000.0 - 99.0 * 1.0002 - 98.0 * 1.0002 + 2.0 * 97.9;
    assert!((report.lowest_equity - lowest).abs() < 1e-9, "{}", report.lowest_equity);
    assert!(!report.is_ruined && (report.turnover.unwrap() - 396.0 / 100_000.0).abs() < 1e-6);
}

#[test]
fn samples_are_of_the_last_tick_of_each_period() {
    let setup = Setup { period: Period::new(3000).unwrap(), ..setup("1") };
    let hold = built("buy_and_hold", &[("fraction", 0.9)]);
    let prices = [100.0, 100.0, 110.0, 120.0, 130.0, 140.0, 150.0];
    let run = run_on(&setup, hold, &mut Told::new(&prices, 1000));
    // Samples at 3 s and 6 s; 150 is left over. Bought on the second tick with 90 % of the cash.
    let points = run.points;
    let samples = [100_000.0, points[2].equity, points[5].equity];
    let mut curve = backtest::curve::Curve::whole(samples.to_vec(), setup.period);
    (curve.last, curve.elapsed) = (points[6].equity, 7.0 / 3.0);
    assert_eq!(run.report.figures, Figures::of(&curve));
    assert_eq!((run.report.start_ms, run.report.end_ms), (0, 7000));
}

#[test]
fn profit_is_holding_and_execution_less_fees() {
    for (seed, name) in (1..).zip(NAMES.iter().cycle().take(21)) {
        let run = run_on(&setup("3"), built(name, &[]), &mut path(seed, 0.5, 1000, 20_000));
        let report = run.report;
        let parts = report.split.holding + report.split.execution - report.fees + report.written_off;
        assert_eq!(report.equity - report.initial, parts, "{name} {seed}");
    }
}

#[test]
fn a_callback_may_stop_it_and_what_is_outside_is_named() {
    let hold = || built("buy_and_hold", &[]);
    let error = |setup: &Setup, ticks| run(setup, hold(), &mut path(1, 0.0, 1000, ticks), go).unwrap_err().to_string();
    let stopped = run(&setup("1"), hold(), &mut path(1, 0.0, 1000, 100_000), |_| ControlFlow::Break(()));
    assert_eq!(stopped.unwrap_err().to_string(), "it was stopped before its end");
    assert_eq!(error(&Setup { ruin: 0.0, ..setup("1") }, 10), "ruin = 0 is outside (0, 1]");
    assert_eq!(error(&setup("0.5"), 10), "leverage = 0.5 is outside [1, 100]");
    let mut hasty = setup("1");
    hasty.rules.latency_ticks = 0;
    assert_eq!(error(&hasty, 10), "latency_ticks = 0 is outside [1, ∞)");
    let none = Path::new(Simulation::new(market(1, 0.0, 100)), 0, cents(), 0).unwrap_err();
    assert_eq!(none.to_string(), "there is no tick to trade on");
    let other = Path::new(Simulation::new(market(1, 0.0, 100)), 1, cents(), 9).unwrap_err();
    assert_eq!(other.to_string(), "instrument = 1 is none of this market's");
}

fn candle(minute: i64, [open, high, low, close]: [f64; 4], volume: Option<f64>) -> Candle {
    Candle { open_time_ms: 60_000 * minute, open, high, low, close, volume }
}

#[test]
fn candles_become_bars_again() {
    let mut rows = Vec::new();
    let mut feed = path(5, 0.0, 1000, 6000);
    let mut open = None;
    while let Some(Step::Quote(quote)) = feed.step().unwrap() {
        let row: &mut Candle = match &mut open {
            Some(row) if quote.time_ms < 60_000 + i64::from(*row) => continue_row(&mut rows),
            _ => {
                let minute = quote.time_ms / 60_000;
                open = Some(i32::try_from(60_000 * minute).unwrap());
                rows.push(candle(minute, [quote.price; 4], None));
                continue_row(&mut rows)
            }
        };
        (row.high, row.low, row.close) = (row.high.max(quote.price), row.low.min(quote.price), quote.price);
    }
    let mut candles = Candles::new(&rows, Making::default(), &Book::btc(), cents()).unwrap();
    assert_eq!(candles.ticks(), 4 * rows.len() as u64);
    let mut bars = trading_core::strategy::Bars::new(60_000);
    let mut closed = Vec::new();
    while let Some(Step::Quote(quote)) = candles.step().unwrap() {
        assert!(quote.bid < quote.price && quote.price < quote.ask);
        closed.extend(bars.push(&quote));
    }
    for (bar, row) in closed.iter().zip(&rows) {
        let of_bar = (bar.open_time_ms, bar.open, bar.high, bar.low, bar.close);
        assert_eq!(of_bar, (row.open_time_ms, row.open, row.high, row.low, row.close));
    }
    assert_eq!(closed.len() + 1, rows.len());
    assert_eq!((candles.start_ms(), candles.end_ms()), (0, 60_000 * i64::try_from(rows.len()).unwrap()));
}

fn continue_row(rows: &mut [Candle]) -> &mut Candle {
    rows.last_mut().unwrap()
}

#[test]
fn a_candles_volume_is_its_liquidity() {
    // 25,000 a day are 17.36 a minute.
    let minute = 25_000.0 / 1440.0;
    let rows = [
        candle(0, [100.0; 4], Some(minute)),
        candle(1, [100.0; 4], Some(2.0 * minute)),
        candle(2, [100.0; 4], Some(0.0)),
        candle(3, [100.0; 4], None),
    ];
    let mut feed = Candles::new(&rows, Making { spread_bp: 10.0 }, &Book::btc(), cents()).unwrap();
    let mut found = Vec::new();
    while let Some(Step::Quote(quote)) = feed.step().unwrap() {
        assert_eq!((quote.bid, quote.ask), (99.95, 100.05));
        found.push(quote.liquidity);
    }
    let first: Vec<f64> = found.into_iter().step_by(4).collect();
    assert!((first[0] - 1.0).abs() < 1e-12 && (first[1] - 2.0).abs() < 1e-12, "{first:?}");
    assert_eq!(first[2..], [0.01, 1.0]);
}

#[test]
fn bad_candles_are_named() {
    let good = candle(0, [100.0, 101.0, 99.0, 100.5], None);
    let refused = |row: Candle| {
        let rows = [good, row];
        Candles::new(&rows, Making::default(), &Book::btc(), cents()).unwrap_err().to_string()
    };
    assert_eq!(refused(candle(1, [0.0, 1.0, 1.0, 1.0], None)), "candle 2: open = 0 is outside (0, ∞)");
    assert_eq!(refused(candle(1, [1.0, 1.0, 1.0, f64::NAN], None)), "candle 2: close = NaN is outside (0, ∞)");
    assert_eq!(refused(candle(1, [5.0, 4.0, 3.0, 3.5], None)), "candle 2: low = 3 and high = 4 don't hold open = 5");
    assert_eq!(refused(candle(1, [1.0; 4], Some(-1.0))), "candle 2: volume = -1 is outside [0, ∞)");
    let late = "candle 2: open_time_ms = 0 isn't 4 ms or more after the one before";
    assert_eq!(refused(candle(0, [1.0; 4], None)), late);
    let making = Making { spread_bp: -1.0 };
    let error = Candles::new(&[good, good], making, &Book::btc(), cents()).unwrap_err();
    assert_eq!(error.to_string(), "spread_bp = -1 is outside [0, 10000]");
    let one = Candles::new(&[good], Making::default(), &Book::btc(), cents()).unwrap_err();
    assert_eq!(one.to_string(), "candles = 1 is outside [2, ∞)");
}

/// What acts on the journal's market, by tick.
const ACTS: [(u64, &str); 5] = [
    (300, r#"{"kind":"inject_liquidity","side":"both","quantity":-5,"within":0.001,"half_life_s":60}"#),
    (700, r#"{"kind":"shock","log_return":-0.02,"permanent_fraction":0.5,"half_life_s":30}"#),
    (1100, r#"{"kind":"spread","factor":6,"duration_s":40}"#),
    (1500, r#"{"kind":"halt","reopen":"catch_up","duration_s":5}"#),
    (2000, r#"{"kind":"set_volatility","sigma":2.0}"#),
];
const TICKS: u64 = 3000;

/// A journal's text of a market that was intervened in.
fn journal_text() -> String {
    let btc = market(11, 0.0, 100);
    let instrument = btc.instruments()[0].clone();
    let (model, Instrument { name, asset, spot, book, .. }) = (Model::from(instrument.model), instrument);
    let market =
        Market::new(btc.seed(), btc.grid(), vec![Instrument { name, asset, spot, model, book }], None).unwrap();
    let (mut recorder, mut text) = Recorder::start(market).unwrap();
    for (tick, body) in ACTS {
        let command = Command { tick: Some(tick), ..Command::now(serde_json::from_str(body).unwrap()) };
        let Proposed::Line(proposal) = recorder.propose_command(&command, "test", "").unwrap() else { panic!() };
        text += &proposal.text;
        recorder.confirm(proposal.line.seq);
    }
    text + &recorder.propose_through(TICKS).unwrap().text
}

/// A live desk on that market, its log and what it told: a trader with orders of every kind, and every strategy.
fn lived(journal: &gbm_core::journal::Journal<Model>) -> (String, Vec<Event>) {
    let rules = Rules::btc(Book::btc());
    let header = Header { format: FORMAT, session: "s".into(), instrument: "BTC-USD".into(), rules: rules.clone() };
    let mut text = serde_json::to_string(&header).unwrap() + "\n";
    let (mut desk, mut events) = (Desk::new(rules), Vec::new());
    let mut ask = |desk: &mut Desk, events: &mut Vec<Event>, input: Input| {
        let after = desk.last_tick();
        if desk.apply(&input, events).is_ok() {
            text += &(serde_json::to_string(&Line { after, input }).unwrap() + "\n");
        }
    };
    let me = AccountId(1);
    ask(&mut desk, &mut events, Input::Open { account: me, terms: Terms::paper() });
    let quick = |name: &str| match name {
        "average_cross" => vec![("bar_s", 1.0), ("fast_bars", 2.0), ("slow_bars", 5.0)],
        "breakout" | "mean_reversion" => vec![("bar_s", 2.0)],
        "grid" => vec![("step_bp", 3.0)],
        _ => Vec::new(),
    };
    for (number, name) in (1..).zip(NAMES) {
        let (run, account) = (RunId(number), AccountId(100 + number));
        let values = quick(name).into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        let strategy = (*name).to_string();
        let start = Input::Start { run, owner: me, account, strategy, values, terms: Terms::paper(), loss_limit: None };
        ask(&mut desk, &mut events, start);
    }
    // A desk that trades live, written down without the feed under test.
    let mut simulation = Simulation::new(journal.header.market.clone());
    for (tick, body) in ACTS {
        let command = Command { tick: Some(tick), ..Command::now(serde_json::from_str(body).unwrap()) };
        simulation.intervene(&command).unwrap();
    }
    let mut quotes = [Quote::default()];
    let mut was_halted = false;
    for _ in 0..TICKS {
        let tick = simulation.step_into(&mut quotes).unwrap();
        if quotes[0].is_halted {
            if !was_halted {
                ask(&mut desk, &mut events, Input::Halt);
            }
            was_halted = true;
            continue;
        }
        was_halted = false;
        let (price, quoting) = (cents().round(quotes[0].price), simulation.quoting(0).unwrap());
        let Best { bid, ask: offered } = Best::around(price, quoting, cents());
        let time_ms = journal.header.market.grid().time_ms(tick).unwrap();
        let liquidity = quoting.liquidity;
        let quote = trading_core::quote::Quote { tick, time_ms, price, bid, ask: offered, liquidity };
        desk.on_tick(&quote, &mut events);
        if tick.is_multiple_of(97) {
            let near = Decimal::from_f64_retain(price - 5.0).unwrap().round_dp(2);
            let kinds = [Kind::Market, Kind::Limit { price: near }, Kind::Stop { stop: near + dec("20") }];
            let kind = kinds[usize::try_from(tick / 97 % 3).unwrap()];
            let order = NewOrder {
                client_id: None,
                side: Side::Buy,
                quantity: dec("0.02"),
                kind,
                time_in_force: TimeInForce::Gtc,
                post_only: false,
                reduce_only: false,
                expires_tick: None,
            };
            ask(&mut desk, &mut events, Input::Submit { account: me, order });
        }
    }
    (text, events)
}

#[test]
fn a_journal_and_its_log_give_the_live_fills_bit_for_bit() {
    let journal = journal::read::<Model>(journal_text().as_bytes()).unwrap();
    let (log, expected) = lived(&journal);
    let log = Log::read(&log).unwrap();
    let played = play(&log, &mut Replayed::new(&journal, 0, cents()).unwrap(), go).unwrap();
    assert_eq!(played.events, expected);
    let fills = expected.iter().filter(|event| matches!(event, Event::Filled(_))).count();
    let (mut makers, mut halted) = (0, 0);
    let mut feed = Replayed::new(&journal, 0, cents()).unwrap();
    while let Some(step) = feed.step().unwrap() {
        halted += u64::from(step == Step::Halt);
    }
    makers += expected.iter().filter(|event| matches!(event, Event::Filled(fill) if fill.is_maker)).count();
    println!("{fills} fills, {makers} of resting orders, {halted} ticks halted");
    assert!(fills > 100 && makers > 20 && halted == 50, "{fills} {makers} {halted}");
    // A part of the ticks is said to be one.
    let (mut feed, mut first) = (Replayed::new(&journal, 0, cents()).unwrap(), Vec::new());
    while let Some(step) = feed.step().unwrap().filter(|_| first.len() < 500) {
        first.extend(if let Step::Quote(quote) = step { Some(quote) } else { None });
    }
    let (last, interval_ms) = (first[499].tick, journal.header.market.grid().tick_interval_ms());
    let error = play(&log, &mut Recorded::new(first, interval_ms).unwrap(), go).unwrap_err().to_string();
    assert!(error.ends_with(&format!("are of ticks beyond the last that there is, {last}")), "{error}");
    // On other ticks the same log tells something else.
    let other = play(&log, &mut path(12, 0.0, 100, TICKS), go);
    assert!(other.is_err() || other.is_ok_and(|played| played.events != expected));
}

#[test]
fn a_strategy_on_a_journal_trades_as_the_live_one_did() {
    let journal = journal::read::<Model>(journal_text().as_bytes()).unwrap();
    let (_, expected) = lived(&journal);
    for (number, name) in (1..).zip(NAMES).filter(|(_, name)| ["buy_and_hold", "dca", "market_maker"].contains(name)) {
        let run = run_on(&setup("1"), built(name, &[]), &mut Replayed::new(&journal, 0, cents()).unwrap());
        let live: Vec<_> = expected
            .iter()
            .filter_map(|event| match event {
                Event::Filled(fill) if fill.account == AccountId(100 + number) => {
                    Some((fill.tick, fill.side, fill.quantity, fill.price, fill.fee))
                }
                _ => None,
            })
            .collect();
        let ours: Vec<_> = run
            .trades
            .iter()
            .map(|trade| &trade.fill)
            .map(|fill| (fill.tick, fill.side, fill.quantity, fill.price, fill.fee))
            .collect();
        assert_eq!(ours, live, "{name}");
    }
}
