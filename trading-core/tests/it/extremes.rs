//! Markets beyond reason: whatever a tick says, the exchange answers, and a decimal that has no digits left is no panic.

use gbm_core::market::Book;
use gbm_core::units::Volatility;
use rust_decimal::Decimal;
use trading_core::account::Terms;
use trading_core::desk::{Desk, Input, RunId};
use trading_core::events::Event;
use trading_core::exchange::Exchange;
use trading_core::order::{AccountId, Ending, Kind, NewOrder, Rejection, Side, TimeInForce};
use trading_core::quote::{Grid, MAX_PRICE, Quote};
use trading_core::rules::{Impact, Queue, Rules};

use crate::support::{Dice, ME, dec, fills, limit, order};

fn grid(tick_size: &str, lot_size: &str) -> Grid {
    Grid { tick_size: dec(tick_size), lot_size: dec(lot_size) }
}

#[test]
fn lots_end_where_a_decimal_does() {
    for (lot, most) in [("0.00001", "792281625142643375935439.50335"), ("1.1", "7922816251426433759354395032.7")] {
        let grid = grid("0.01", lot);
        for quantity in [7.93e28, 1e30, 1e300, f64::INFINITY] {
            assert_eq!(grid.lots(quantity), dec(most), "{quantity} {lot}");
        }
        assert!((dec(most) % dec(lot)).is_zero());
        assert_eq!(grid.lots(f64::NAN), Decimal::ZERO);
    }
    assert_eq!(grid("0.01", "0.00001").lots(1.234_567), dec("1.23456"));
    assert!(grid("0.01", "0").lots(1.0) > Decimal::ZERO);
}

#[test]
fn a_price_beyond_the_most_is_none() {
    let grid = grid("0.01", "0.00001");
    for price in [1.1e12, 1e27, 7.9e28, 1e300, f64::INFINITY, f64::NAN] {
        assert_eq!(grid.price(price), None, "{price}");
        for side in [Side::Buy, Side::Sell] {
            assert_eq!(grid.against(price, side), None, "{price}");
        }
    }
    assert_eq!((MAX_PRICE, grid.price(1e12)), (dec("1000000000000"), Some(MAX_PRICE)));
}

fn quote(tick: u64, price: f64, liquidity: f64) -> Quote {
    let (bid, ask) = (price * 0.9999, price * 1.0001);
    Quote { tick, time_ms: 1000 * tick.cast_signed(), price, bid, ask, liquidity }
}

fn flat() -> Book {
    Book { daily_volatility: Volatility::new(0.0).unwrap(), ..Book::btc() }
}

/// Whatever crosses is filled wholly and at the best price where nothing displaces the book.
#[test]
fn a_book_without_volatility_has_no_end() {
    for (side, price, is_filled) in [(Side::Buy, "101", true), (Side::Buy, "99", false), (Side::Buy, "100.01", true)] {
        let mut exchange = Exchange::new(Rules::btc(flat()));
        exchange.open(ME, Terms::paper());
        exchange.on_tick(&quote(1, 100.0, 1.0), &mut Vec::new());
        exchange.submit(ME, limit(side, "500", price)).unwrap();
        let mut events = Vec::new();
        exchange.on_tick(&quote(2, 100.0, 1.0), &mut events);
        let filled: Decimal = fills(&events).iter().map(|fill| fill.quantity).sum();
        assert_eq!(filled, if is_filled { dec("500") } else { Decimal::ZERO }, "{price}");
        // The ask's float is a little above it, and is rounded up.
        assert!(fills(&events).iter().all(|fill| fill.price <= dec("100.02")));
    }
}

#[test]
fn what_no_money_could_pay_is_refused_and_ends() {
    let mut exchange = Exchange::new(Rules::btc(Book::btc()));
    exchange.open(ME, Terms { initial: dec("1000000000"), ..Terms::paper() });
    exchange.on_tick(&quote(1, 100.0, 1e-8), &mut Vec::new());
    let market = order(Side::Buy, "1000", Kind::Market);
    assert_eq!(exchange.check(ME, &market), Err(Rejection::NoPrice));
    assert_eq!(exchange.estimate(ME, &market).unwrap().taken, Decimal::ZERO);
    exchange.on_tick(&quote(2, 100.0, 1.0), &mut Vec::new());
    let id = exchange.submit(ME, market).unwrap();
    let mut events = Vec::new();
    exchange.on_tick(&quote(3, 100.0, 1e-8), &mut events);
    assert_eq!(events, [Event::Cancelled { order: id, reason: Ending::InsufficientFunds }]);
}

#[test]
fn a_position_that_has_no_price_is_closed_once_it_has() {
    let mut exchange = Exchange::new(Rules::btc(Book::btc()));
    exchange.open(ME, Terms { leverage: dec("10"), ..Terms::paper() });
    exchange.on_tick(&quote(1, 100.0, 1.0), &mut Vec::new());
    exchange.submit(ME, order(Side::Sell, "1000", Kind::Market)).unwrap();
    exchange.on_tick(&quote(2, 100.0, 1.0), &mut Vec::new());
    let stop = exchange.submit(ME, order(Side::Buy, "1", Kind::Stop { stop: dec("900") })).unwrap();
    let mut events = Vec::new();
    exchange.on_tick(&quote(3, 800.0, 1e-8), &mut events);
    assert_eq!(events, [Event::Waits { order: stop }]);
    exchange.on_tick(&quote(4, 800.0, 1.0), &mut events);
    assert!(events.iter().any(|event| matches!(event, Event::Liquidated { .. })));
    assert!(exchange.account(ME).unwrap().position.is_zero());
}

/// A market that jumps to the ends of what a float says, and traders who ask for anything.
#[test]
fn no_tick_and_no_order_ends_the_exchange() {
    let prices = [1e-300, 0.0, 0.01, 1.0, 100.0, 1e9, 9e11, 1e13, 8e23, 7.9e26, 7.9e28, 1e300, f64::INFINITY];
    let liquidities = [1e-300, 1e-8, 1e-3, 1.0, 1e3, 2_f64.powi(64), 1e300];
    let quantities = ["0.00001", "1", "1000", "79228162514264337593543950335"];
    let limits = ["0.01", "100", "1000000000", "79228162514264337593543950335"];
    let books = [Book::btc(), flat()];
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let impact = if dice.coin() { Impact::Own } else { Impact::Shared };
        let queue = dice.pick(&[Queue::Touch, Queue::Through, Queue::Depth]);
        let rules = Rules { queue, impact, latency_ticks: 1, ..Rules::btc(dice.pick(&books)) };
        let mut desk = Desk::new(rules);
        let mut events = Vec::new();
        for account in 1..=3 {
            let (initial, leverage) = (dec("1000000000"), dec(dice.pick(&["1", "2", "100"])));
            let terms = Terms { initial, leverage, ..Terms::paper() };
            desk.apply(&Input::Open { account: AccountId(account), terms }, &mut events).unwrap();
        }
        for (number, strategy) in trading_core::strategy::NAMES.iter().enumerate() {
            let (run, account) = (RunId(1 + number as u64), AccountId(100 + number as u64));
            let (strategy, terms) = ((*strategy).into(), Terms { leverage: dec("100"), ..Terms::paper() });
            let (owner, values, loss_limit) = (ME, [].into(), None);
            desk.apply(&Input::Start { run, owner, account, strategy, values, terms, loss_limit }, &mut events)
                .unwrap();
        }
        let mut tick = 0;
        for _ in 0..300 {
            let price = if dice.below(4) == 0 { dice.pick(&prices) } else { 100.0 + dice.unit() };
            tick += 1;
            desk.on_tick(&quote(tick, price, dice.pick(&liquidities)), &mut events);
            for _ in 0..3 {
                let account = AccountId(1 + dice.below(3));
                let asked = anything(&mut dice, &quantities, &limits);
                if desk.exchange().rules().check(&asked).is_ok() {
                    desk.exchange().estimate(account, &asked);
                }
                // Refused or not.
                let _ = desk.apply(&Input::Submit { account, order: asked }, &mut events);
                let exchange = desk.exchange();
                exchange.room(account);
                exchange.liquidation_price(account);
                assert!(exchange.most(account, Side::Buy).is_none_or(|most| most >= Decimal::ZERO));
                exchange.most(account, Side::Sell);
            }
        }
        assert!(!fills(&events).is_empty(), "{seed}");
    }
}

fn anything(dice: &mut Dice, quantities: &[&str], limits: &[&str]) -> NewOrder {
    let side = if dice.coin() { Side::Buy } else { Side::Sell };
    let (price, stop) = (dec(dice.pick(limits)), dec(dice.pick(limits)));
    let kinds = [
        Kind::Market,
        Kind::Limit { price },
        Kind::Stop { stop },
        Kind::StopLimit { stop, price },
        Kind::TakeProfit { stop },
    ];
    let kind = dice.pick(&kinds);
    let acts = matches!(kind, Kind::Market | Kind::Limit { .. });
    let time_in_force = if acts { dice.pick(&[TimeInForce::Gtc, TimeInForce::Ioc]) } else { TimeInForce::Gtc };
    NewOrder { time_in_force, reduce_only: dice.below(4) == 0, ..order(side, dice.pick(quantities), kind) }
}
