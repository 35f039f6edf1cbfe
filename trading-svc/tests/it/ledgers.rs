//! The ledger makes the state again: whatever was asked, wherever it was cut off.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use trading_core::account::Terms;
use trading_core::desk::{Input, RunId};
use trading_core::log::{FORMAT, Header, Line};
use trading_core::order::{AccountId, Kind, NewOrder, OrderId, Side, TimeInForce};
use trading_core::quote::Quote;
use trading_core::rules::{Book, Rules};
use trading_svc::LedgerError;
use trading_svc::books::Books;
use trading_svc::ledger::{Batch, Ledger, Page, Reader, Restored};
use trading_svc::state::{Session, State};

/// A generator for tests: splitmix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)) % sides
    }
}

fn book() -> Book {
    serde_json::from_value(serde_json::json!({
        "daily_volatility": 0.042, "daily_volume": 25000.0, "impact": 1.0, "resilience_half_life_s": 600.0
    }))
    .unwrap()
}

fn session() -> (Session, Header) {
    let session = Session { row: 0, name: "s".into(), instrument: "BTC-USD".into(), start_ms: 0, interval_ms: 100 };
    let header =
        Header { format: FORMAT, session: "s".into(), instrument: "BTC-USD".into(), rules: Rules::btc(book()) };
    (session, header)
}

fn order(side: Side, kind: Kind) -> NewOrder {
    let quantity = Decimal::new(1, 1);
    let (client_id, expires_tick, time_in_force) = (None, None, TimeInForce::Gtc);
    NewOrder { client_id, side, quantity, kind, time_in_force, post_only: false, reduce_only: false, expires_tick }
}

fn input(dice: &mut Dice, state: &State, price: f64) -> Input {
    let account = AccountId(1 + dice.below(3));
    let side = if dice.below(2) == 0 { Side::Buy } else { Side::Sell };
    let near = Decimal::from(price as u64 - 60 + dice.below(120));
    match dice.below(9) {
        0 => Input::Open { account: state.next_account(), terms: Terms::paper() },
        1..=3 => Input::Submit { account, order: order(side, Kind::Limit { price: near }) },
        4 => Input::Submit { account, order: order(side, Kind::Market) },
        5 => Input::Cancel { account, order: OrderId(1 + dice.below(40)) },
        6 => {
            let names = trading_core::strategy::NAMES;
            let strategy = names[dice.below(names.len() as u64) as usize].into();
            let (run, owner, values) = (state.next_run(), account, BTreeMap::default());
            let (account, terms) = (state.next_account(), Terms::paper());
            Input::Start { run, owner, account, strategy, values, terms, loss_limit: None }
        }
        7 => Input::Stop { run: RunId(1 + dice.below(5)) },
        _ => Input::Reset { account, terms: None },
    }
}

/// Lets a session live, and cuts it off now and then: what comes back must be what was written last.
fn live(seed: u64) -> usize {
    let directory = tempfile::tempdir().unwrap();
    let mut dice = Dice(seed);
    let (begun, header) = session();
    let mut ledger = Ledger::open(directory.path()).unwrap();
    let session = ledger.begin(begun, &header).unwrap();
    let (mut state, mut books) = (State::new(header.rules.clone()), Books::default());
    let mut batch = Batch::default();
    let (mut price, mut tick, mut cuts) = (60_000.0, 0_u64, 0);
    for _ in 0..400 {
        let mut events = Vec::new();
        match dice.below(20) {
            0..=11 => {
                (tick, price) = (tick + 1, price + dice.below(101) as f64 - 50.0);
                let time_ms = 100 * tick.cast_signed();
                let quote = Quote { tick, time_ms, price, bid: price - 1.0, ask: price + 1.0, liquidity: 1.0 };
                state.tick(&quote, &mut events);
                state.seq += 1;
                batch.ticks.push(quote);
                books.note(&session, &state, &events, &mut batch.changes);
            }
            12..=15 => {
                let (input, after) = (input(&mut dice, &state, price), state.desk.last_tick());
                if state.apply(&input, &mut events).is_ok() {
                    if let Input::Start { run, account, owner, .. } = &input {
                        books.start(&state, *account, *run, *owner);
                    }
                    books.note(&session, &state, &events, &mut batch.changes);
                    batch.lines.push(Line { after, input });
                }
            }
            16 | 17 => {
                ledger.commit(&session, &state, &std::mem::take(&mut batch)).unwrap();
                if dice.below(4) == 0 {
                    ledger.snapshot(&session, &state).unwrap();
                }
            }
            _ => {
                // Half of the time what wasn't written is lost with the process.
                let expected = if dice.below(2) == 0 {
                    ledger.commit(&session, &state, &std::mem::take(&mut batch)).unwrap();
                    Some(serde_json::to_string(&state).unwrap())
                } else {
                    None
                };
                drop(ledger);
                ledger = Ledger::open(directory.path()).unwrap();
                let restored = ledger.last().unwrap().unwrap();
                let Restored { session: found, .. } = &restored;
                assert_eq!(found, &session);
                let written = serde_json::to_string(&restored.state).unwrap();
                assert!(expected.is_none_or(|expected| expected == written), "seed {seed}");
                (state, books, batch) = (restored.state, restored.books, Batch::default());
                // The market tells the ticks after it again, or others: it is asked from there.
                tick = state.desk.last_tick();
                price = state.desk.exchange().quote().map_or(60_000.0, |quote| quote.price);
                cuts += 1;
            }
        }
    }
    ledger.commit(&session, &state, &batch).unwrap();
    agrees(&Reader::open(directory.path()).unwrap(), &session, &state, &books);
    cuts
}

/// Orders, fills and money that are told agree with each other and with the exchange.
fn agrees(reader: &Reader, session: &Session, state: &State, books: &Books) {
    let page = Page { before: None, limit: 100_000 };
    for (id, account) in state.desk.exchange().accounts() {
        let is_trader = !state.desk.runs().any(|(_, run)| run.account == id);
        let owner = state.desk.runs().find(|(_, run)| run.account == id).map_or(id, |(_, run)| run.owner);
        let fills = reader.fills(session, owner.0, page).unwrap();
        let orders = reader.orders(session, owner.0, page).unwrap();
        let mut numbers: Vec<u64> = fills.iter().map(|fill| fill.id).collect();
        numbers.dedup();
        assert_eq!(numbers.len(), fills.len());
        for order in &orders {
            let filled: Decimal = fills.iter().filter(|fill| fill.order == order.id).map(|fill| fill.quantity).sum();
            assert_eq!(filled, order.filled, "{order:?}");
            assert_eq!(order.status.is_open(), books.order(OrderId(order.id)).is_some(), "{order:?}");
            assert_eq!(order.status.is_open(), state.desk.exchange().order(OrderId(order.id)).is_some());
        }
        let balance = reader.balances(session, id.0, &[u64::MAX >> 1]).unwrap()[0];
        if let Some(balance) = balance {
            assert!(!is_trader || balance.cash == account.cash || account.cash == account.terms.initial);
            assert!(balance.position == account.position || account.position.is_zero());
        }
    }
}

#[test]
fn what_was_written_comes_back() {
    let cuts: usize = (0..30).map(live).sum();
    println!("{cuts} cuts");
    assert!(cuts > 500, "{cuts}");
}

#[test]
fn one_process_writes() {
    let directory = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(directory.path()).unwrap();
    assert!(matches!(Ledger::open(directory.path()), Err(LedgerError::Locked { .. })));
    drop(ledger);
    assert!(Ledger::open(directory.path()).unwrap().last().unwrap().is_none());
}

#[test]
fn a_torn_piece_is_damage() {
    let directory = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(directory.path()).unwrap();
    let (begun, header) = session();
    let session = ledger.begin(begun, &header).unwrap();
    let mut state = State::new(header.rules.clone());
    let quote = Quote { tick: 1, time_ms: 100, price: 2.0, bid: 1.0, ask: 3.0, liquidity: 1.0 };
    state.tick(&quote, &mut Vec::new());
    ledger.commit(&session, &state, &Batch { ticks: vec![quote], ..Batch::default() }).unwrap();
    drop(ledger);
    let raw = rusqlite::Connection::open(directory.path().join("trading.sqlite")).unwrap();
    raw.execute("UPDATE piece SET ticks = x'00'", []).unwrap();
    let error = Ledger::open(directory.path()).unwrap().last().err().unwrap();
    assert!(error.to_string().contains("torn"), "{error}");
    raw.execute("PRAGMA user_version = 9", []).unwrap();
    assert!(matches!(Ledger::open(directory.path()), Err(LedgerError::Version(9))));
}

#[test]
fn what_accounts_had_goes_with_the_fills_before_it() {
    let directory = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(directory.path()).unwrap();
    let (begun, header) = session();
    let session = ledger.begin(begun, &header).unwrap();
    let state = State::new(header.rules.clone());
    let raw = rusqlite::Connection::open(directory.path().join("trading.sqlite")).unwrap();
    for tick in 1..=10 {
        raw.execute("INSERT INTO balance VALUES (?1, 1, ?2, '1', '0')", [session.row, tick]).unwrap();
        raw.execute("INSERT INTO fill VALUES (?1, ?2, 1, '{\"tick\":' || ?2 || '}')", [session.row, tick]).unwrap();
    }
    raw.execute("INSERT INTO balance VALUES (?1, 2, 3, '1', '0')", [session.row]).unwrap();
    let ticks = || -> Vec<(i64, i64)> {
        let mut rows = raw.prepare("SELECT account, tick FROM balance ORDER BY account, tick").unwrap();
        let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    ledger.snapshot(&session, &state).unwrap();
    assert_eq!(ticks().len(), 11, "as long as the first fill is there, nothing goes");
    raw.execute("DELETE FROM fill WHERE id < 6", []).unwrap();
    ledger.snapshot(&session, &state).unwrap();
    assert_eq!(ticks(), [(1, 6), (1, 7), (1, 8), (1, 9), (1, 10), (2, 3)]);
}
