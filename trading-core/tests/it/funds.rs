//! All that an account has: enough for what was accepted, to the last unit.

use rust_decimal::{Decimal, RoundingStrategy};
use trading_core::account::Terms;
use trading_core::order::{Kind, Side};
use trading_core::rules::Queue;

use crate::support::{Desk, ME, dec, limit, order};

#[test]
fn all_that_there_is_room_for_is_filled() {
    for leverage in ["1", "2", "3", "5", "10", "50", "100"] {
        for side in [Side::Buy, Side::Sell] {
            let terms = Terms { initial: dec("1000"), leverage: dec(leverage), ..Terms::paper() };
            let mut desk = Desk::new(terms, Queue::Through);
            let most = desk.exchange.most(ME, side).unwrap();
            let more = order(side, &(most * dec("1.02")).round_dp(5).to_string(), Kind::Market);
            assert!(most == dec("1000") || desk.exchange.check(ME, &more).is_err(), "{leverage} {side:?} {most}");
            // The price of the tick on which it arrives may be another.
            let all = (most * dec("0.998")).round_dp_with_strategy(5, RoundingStrategy::ToZero);
            if all.is_zero() {
                assert_eq!((leverage, side), ("1", Side::Sell));
                continue;
            }
            desk.exchange.submit(ME, order(side, &all.to_string(), Kind::Market)).unwrap();
            desk.at(100.0);
            let position = desk.exchange.account(ME).unwrap().position;
            assert_eq!(position.abs(), all, "{leverage} {side:?}: {:?}", desk.events.last());
        }
    }
}

/// An order that takes all of an account's cash, in many fills: their fees come to no more than was kept for it.
#[test]
fn all_cash_is_enough_for_an_order_in_many_fills() {
    let (price, quantity, bp) = (dec("99.99"), dec("0.70001"), dec("7"));
    let value = price * quantity;
    let fee = (value * bp / dec("10000")).round_dp_with_strategy(8, RoundingStrategy::AwayFromZero);
    let terms = Terms { initial: value + fee, maker_bp: bp, taker_bp: bp, leverage: Decimal::ONE };
    let mut desk = Desk::new(terms, Queue::Depth);
    desk.exchange.submit(ME, limit(Side::Buy, "0.70001", "99.99")).unwrap();
    for _ in 0..20_000 {
        desk.at(99.97);
        assert!(desk.exchange.free_cash(ME).unwrap() >= Decimal::ZERO, "after {} fills", desk.fills().len());
    }
    assert!(desk.fills().len() > 20, "{}", desk.fills().len());
    assert_eq!(desk.fills().iter().map(|fill| fill.quantity).sum::<Decimal>(), quantity);
}
