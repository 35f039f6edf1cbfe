//! Trades and the book on a real socket: what was missed is told once, and interventions are seen in both.

use std::time::Duration;

use gbm_core::journal::Replay;
use gbm_core::prelude::Increment;
use gbm_core::prints::Tape;
use serde_json::{Value, json};
use test_support::http::get;
use test_support::socket::Client;
use tokio::time::sleep;

use crate::live::{Live, join};
use crate::support::read;

const BOOK: &str = "/v1/instruments/BTC-USD/book";

/// One trade, as a client holds it.
#[derive(Clone, Debug, PartialEq)]
struct Trade {
    tick: u64,
    t: i64,
    price: f64,
    lots: u64,
    buy: bool,
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole lots")]
fn lots(quantity: f64) -> u64 {
    let lots = (quantity * 1e5).round();
    assert!(lots / 1e5 == quantity, "{quantity} is a whole number of lots");
    lots as u64
}

fn floats(column: &Value) -> Vec<f64> {
    column.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn trades(batch: &Value) -> Vec<Trade> {
    let rows = batch["price"].as_array().unwrap().len();
    let row = |row: usize| Trade {
        tick: batch["tick"][row].as_u64().unwrap(),
        t: batch["t"][row].as_i64().unwrap(),
        price: batch["price"][row].as_f64().unwrap(),
        lots: lots(batch["quantity"][row].as_f64().unwrap()),
        buy: batch["side"][row] == "buy",
    };
    (0..rows).map(row).collect()
}

/// Appends a batch of trades; it must fit without hole or overlap.
#[track_caller]
fn join_trades(held: &mut Vec<Trade>, batch: &Value) {
    let seqs = (batch["prev_seq"].as_u64(), batch["seq0"].as_u64());
    assert_eq!(seqs, (Some(held.len() as u64), Some(held.len() as u64 + 1)), "a hole or an overlap");
    held.extend(trades(batch));
}

/// All trades of a journal's published ticks.
fn recomputed(journal: &[u8]) -> Vec<Trade> {
    let journal = read(journal);
    let market = &journal.header.market;
    let one = std::num::NonZeroU32::MIN;
    let (cents, lots) = (Increment::new(one, 2), Increment::new(one, 5));
    let mut tape = Tape::new(market.seed(), market.grid(), &market.instruments()[0], cents, lots);
    let mut before = cents.round(market.instruments()[0].spot.get());
    let (mut replay, mut all, mut prints) = (Replay::new(&journal), Vec::new(), Vec::new());
    while let Some(tick) = replay.next() {
        let tick = tick.unwrap();
        if tick.instrument == 0 && !tick.is_halted {
            let price = cents.round(tick.price);
            tape.print(tick.tick, before, price, &replay.simulation().book_state(0).unwrap(), &mut prints);
            let t = market.grid().time_ms(tick.tick - 1).unwrap();
            all.extend(prints.drain(..).map(|print| Trade {
                tick: tick.tick,
                t: t + i64::try_from(print.offset_ms).unwrap(),
                price: print.price,
                lots: print.lots,
                buy: print.side == gbm_core::prelude::OrderSide::Buy,
            }));
            before = price;
        }
    }
    all
}

fn subscribe(channels: &[&str], position: Option<Value>) -> Value {
    let mut body = json!({"instrument": "BTC-USD", "channels": channels});
    if let Some(position) = position {
        body["resume"] = position;
    }
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn no_trade_is_lost_or_told_twice_over_cuts_and_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Live::start(folder.path()).await;
    let (mut held, mut prices, mut volumes) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..30 {
        let (mut client, hello) = Client::connect(service.address).await;
        assert_eq!(hello["trade_resume_limit"], json!(50_000));
        let mut position = json!({"session": hello["session"], "seq": prices.len()});
        // By the ticks that are held, since both came together, or by the trades.
        if round % 2 == 0 {
            position["trade_seq"] = json!(held.len());
        }
        let answer = client.ask("subscribe", subscribe(&["ticks", "trades"], Some(position))).await;
        assert_eq!((&answer["expired"], &answer["trades_expired"]), (&json!(false), &Value::Null), "{answer}");
        join(&mut prices, &answer["ticks"]);
        volumes.extend(floats(&answer["ticks"]["volume"]));
        join_trades(&mut held, &answer["trades"]);
        for _ in 0..3 {
            let ticks = client.event("ticks").await;
            join(&mut prices, &ticks);
            volumes.extend(floats(&ticks["volume"]));
            join_trades(&mut held, &client.event("trades").await);
        }
        match round % 10 {
            3 => drop(service.intervene(json!({"kind": "shock", "log_return": 0.01, "permanent_fraction": 1})).await),
            5 => drop(service.intervene(json!({"kind": "halt", "reopen": "freeze", "duration_s": 0.2})).await),
            7 => {
                let order = json!({"kind": "meta_order", "side": "sell", "quantity": 50, "duration_s": 1});
                service.intervene(order).await;
            }
            _ => {}
        }
        client.cut();
        if round == 15 {
            service.stop().await;
            service = Live::start(folder.path()).await;
        }
    }
    service.stop().await;
    let journal = std::fs::read(folder.path().join("session.jsonl")).unwrap();
    let all = recomputed(&journal);
    assert!(held.len() > 90 && all[..held.len()] == held[..], "what clients saw is what the journal gives");
    assert!(held.is_sorted_by_key(|trade| trade.t));
    // Halted ticks have no row, so that volumes are matched by the ticks that have trades.
    let mut by_tick: std::collections::BTreeMap<u64, u64> = std::collections::BTreeMap::new();
    for trade in &held {
        *by_tick.entry(trade.tick).or_default() += trade.lots;
    }
    let told: Vec<u64> = volumes.into_iter().map(lots).filter(|&lots| lots > 0).collect();
    assert!(by_tick.into_values().eq(told), "trades sum to their ticks' volumes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_the_last_trades_and_the_stream_joins_it() {
    let folder = tempfile::tempdir().unwrap();
    let service = Live::start(folder.path()).await;
    has_begun(&service).await;
    for position in [None, Some(json!({"session": "old", "seq": 7}))] {
        let (mut client, _) = Client::connect(service.address).await;
        let expires = position.is_some();
        let answer = client.ask("subscribe", subscribe(&["trades"], position)).await;
        assert_eq!(answer["trades_expired"].as_bool().unwrap_or_default(), expires);
        assert!(answer["ticks"].is_null() && answer["book"].is_null());
        let last = answer["trades"]["prev_seq"].as_u64().unwrap() + trades(&answer["trades"]).len() as u64;
        assert_eq!(client.event("trades").await["prev_seq"].as_u64(), Some(last));
        // A trade that the session hasn't reached.
        let (mut client, hello) = Client::connect(service.address).await;
        let far = json!({"session": hello["session"], "seq": 1, "trade_seq": 1_000_000});
        let answer = client.ask("subscribe", subscribe(&["trades"], Some(far))).await;
        assert_eq!((&answer["expired"], &answer["trades_expired"]), (&json!(false), &json!(true)));
    }
    service.stop().await;
}

/// Levels of a side as prices and quantities.
fn levels(side: &Value) -> Vec<(f64, f64)> {
    side.as_array().unwrap().iter().map(|level| (level[0].as_f64().unwrap(), level[1].as_f64().unwrap())).collect()
}

#[track_caller]
fn is_a_book(book: &Value) {
    let [price, bid, ask] = ["price", "bid", "ask"].map(|name| book[name].as_f64().unwrap());
    let (bids, asks) = (levels(&book["bids"]), levels(&book["asks"]));
    assert!(bid < price && price < ask, "{book}");
    assert_eq!((bids[0].0, asks[0].0), (bid, ask));
    assert!(bids.is_sorted_by(|a, b| a.0 > b.0) && asks.is_sorted_by(|a, b| a.0 < b.0), "{book}");
    assert!(bids.iter().chain(&asks).all(|level| level.1 > 0.0));
}

fn spread_bp(book: &Value) -> f64 {
    let [price, bid, ask] = ["price", "bid", "ask"].map(|name| book[name].as_f64().unwrap());
    (ask - bid) / price * 1e4
}

fn depth(book: &Value) -> f64 {
    levels(&book["bids"]).iter().chain(&levels(&book["asks"])).map(|level| level.1).sum()
}

/// The book once an intervention acts that changes what is looked at.
async fn book_after(client: &mut Client, is_changed: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..50 {
        let book = client.event("book").await;
        is_a_book(&book);
        if is_changed(&book) {
            return book;
        }
    }
    panic!("the book has not changed");
}

/// Waits for the session's first ticks, which on a slow machine take their time.
async fn has_begun(service: &Live) {
    while get(service.address, "/v1/session").await.json()["tick"].as_u64().unwrap() < 20 {
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn injections_and_spreads_are_seen_in_the_book() {
    let folder = tempfile::tempdir().unwrap();
    let service = Live::start(folder.path()).await;
    has_begun(&service).await;
    let (mut client, _) = Client::connect(service.address).await;
    let answer = client.ask("subscribe", subscribe(&["book", "ticks"], None)).await;
    let calm = answer["book"].clone();
    is_a_book(&calm);
    assert_eq!(calm["liquidity"], json!(1.0));
    assert!((spread_bp(&calm) - 1.0).abs() < 0.01, "{}", spread_bp(&calm));
    // Three times the depth within 1 % is added, for good: L = 4.
    let quantity = 3.0 * 25_000.0 * (0.01_f64 / 0.042).powi(2);
    let injection =
        json!({"kind": "inject_liquidity", "side": "both", "quantity": quantity, "within": 0.01, "half_life_s": 1e12});
    service.intervene(injection).await;
    let deep = book_after(&mut client, |book| book["liquidity"] != json!(1.0)).await;
    let liquidity = deep["liquidity"].as_f64().unwrap();
    assert!((liquidity - 4.0).abs() < 1e-9);
    assert!((depth(&deep) / depth(&calm) - liquidity).abs() < 1e-4, "{}", depth(&deep) / depth(&calm));
    let narrowed = spread_bp(&deep) / spread_bp(&calm);
    assert!((narrowed - liquidity.powf(-0.5)).abs() < 0.01, "{narrowed}");
    service.intervene(json!({"kind": "spread", "factor": 40, "duration_s": 1000})).await;
    let wide = book_after(&mut client, |book| spread_bp(book) > 2.0).await;
    assert!((spread_bp(&wide) / spread_bp(&deep) / 40.0 - 1.0).abs() < 0.02, "{}", spread_bp(&wide));
    assert!((depth(&wide) / depth(&deep) - 1.0).abs() < 1e-6, "a spread leaves the depth alone");
    // REST gives the same, as deep as is asked; ticks have the same quotes.
    let book = get(service.address, &format!("{BOOK}?depth=5")).await.json();
    is_a_book(&book);
    assert_eq!((levels(&book["bids"]).len(), levels(&wide["bids"]).len()), (5, 20));
    let ticks = get(service.address, "/v1/instruments/BTC-USD/ticks?limit=1000").await.json();
    let row = usize::try_from(book["seq"].as_u64().unwrap() - ticks["seq0"].as_u64().unwrap()).unwrap();
    for (name, column) in [("price", "price"), ("bid", "bid"), ("ask", "ask"), ("liquidity", "liquidity")] {
        assert_eq!(book[name], ticks[column][row], "{name}");
    }
    for (path, status, detail) in [
        (format!("{BOOK}?depth=0"), 422, "depth = 0 is outside [1, 100]"),
        (format!("{BOOK}?depth=101"), 422, "depth = 101 is outside [1, 100]"),
        ("/v1/instruments/DOGE/book".into(), 404, "instrument = \"DOGE\" is not one of this market's"),
        ("/v1/instruments/BTC-USD/trades?limit=10001".into(), 422, "limit = 10001 is outside [1, 10000]"),
    ] {
        let answer = get(service.address, &path).await;
        assert_eq!((answer.status, answer.json()["detail"].as_str()), (status, Some(detail)), "{path}");
    }
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_one_sided_injection_and_an_order_print() {
    let folder = tempfile::tempdir().unwrap();
    let service = Live::start(folder.path()).await;
    has_begun(&service).await;
    let (mut client, hello) = Client::connect(service.address).await;
    let position = json!({"session": hello["session"], "seq": 0});
    let answer = client.ask("subscribe", subscribe(&["trades"], Some(position))).await;
    let mut held = Vec::new();
    join_trades(&mut held, &answer["trades"]);
    let bid = json!({"kind": "inject_liquidity", "side": "bid", "quantity": 1000, "within": 0.02, "half_life_s": 60});
    let acted = service.intervene(bid).await["tick"].as_u64().unwrap();
    let order = json!({"kind": "meta_order", "side": "sell", "quantity": 80, "duration_s": 0.4});
    let worked = service.intervene(order).await["tick"].as_u64().unwrap();
    while held.last().is_none_or(|trade: &Trade| trade.tick < worked.max(acted) + 50) {
        join_trades(&mut held, &client.event("trades").await);
    }
    // Half of the bids lean on the price: they buy.
    let of = |buy: bool, ticks: std::ops::Range<u64>| {
        let side = held.iter().filter(|trade| trade.buy == buy && ticks.contains(&trade.tick));
        side.map(|trade| trade.lots).sum::<u64>()
    };
    assert!(of(true, acted..acted + 1) >= 50_000_000, "{}", of(true, acted..acted + 1));
    assert!(of(true, acted - 5..acted) < 1_000_000);
    // 80 coins in 40 ticks of 10 ms, against 0.003 a tick by itself.
    let sold = of(false, worked..worked + 40);
    assert!((8_000_000..8_500_000).contains(&sold), "{sold}");
    // REST gives the same rows.
    let answer = get(service.address, "/v1/instruments/BTC-USD/trades?from_seq=11&limit=30").await.json();
    assert_eq!((answer["prev_seq"].as_u64(), trades(&answer)), (Some(10), held[10..40].to_vec()));
    let newest = get(service.address, "/v1/instruments/BTC-USD/trades?limit=5").await.json();
    assert_eq!(trades(&newest).len(), 5);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_book_is_sent_ten_times_a_second_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let service = Live::start(folder.path()).await;
    let (mut client, _) = Client::connect(service.address).await;
    client.ask("subscribe", subscribe(&["book"], None)).await;
    let began = std::time::Instant::now();
    let mut last = 0;
    for _ in 0..12 {
        let book = client.event("book").await;
        assert!(book["seq"].as_u64().unwrap() > last);
        last = book["seq"].as_u64().unwrap();
    }
    assert!(began.elapsed() >= Duration::from_millis(900), "{:?}", began.elapsed());
    // A market that is paused has told its last book.
    service.post("/v1/clock", json!({"running": false})).await;
    sleep(Duration::from_millis(300)).await;
    let standing = get(service.address, BOOK).await.json();
    while last < standing["seq"].as_u64().unwrap() {
        last = client.event("book").await["seq"].as_u64().unwrap();
    }
    assert_eq!(last, standing["seq"].as_u64().unwrap());
    service.stop().await;
}
