//! Orders, one kind and rule at a time.

use rust_decimal::Decimal;
use trading_core::account::Terms;
use trading_core::events::Event;
use trading_core::order::{AccountId, Ending, Kind, NewOrder, OrderId, Rejection, Side, TimeInForce};
use trading_core::quote::Quote;
use trading_core::rules::{Impact, Queue, Rules};

use crate::support::{Desk, Dice, ME, dec, fills, free_margin, limit, order};

fn desk() -> Desk {
    Desk::new(Terms { initial: dec("100000"), ..Terms::paper() }, Queue::Through)
}

/// With coins of its own already.
fn holding(coins: &str) -> Desk {
    let mut desk = desk();
    desk.exchange.submit(ME, order(Side::Buy, coins, Kind::Market)).unwrap();
    desk.at(100.0);
    desk
}

/// What the first fill was of.
fn fill_of(desk: &Desk) -> Decimal {
    desk.fills()[0].quantity
}

fn endings(events: &[Event]) -> Vec<(u64, Ending)> {
    let ending = |event: &Event| match event {
        Event::Cancelled { order, reason } => Some((order.0, *reason)),
        _ => None,
    };
    events.iter().filter_map(ending).collect()
}

#[test]
fn every_bad_order_has_its_reason_and_changes_nothing() {
    let market = |quantity| order(Side::Buy, quantity, Kind::Market);
    let stop = |stop| order(Side::Buy, "1", Kind::Stop { stop: dec(stop) });
    let cases: Vec<(NewOrder, Rejection)> = vec![
        (market("0"), Rejection::QuantityNotPositive),
        (market("-1"), Rejection::QuantityNotPositive),
        (market("1000.00001"), Rejection::QuantityTooLarge),
        (market("0.000001"), Rejection::WrongLotSize),
        (limit(Side::Buy, "1", "0"), Rejection::PriceNotPositive),
        (limit(Side::Buy, "1", "-5"), Rejection::PriceNotPositive),
        (limit(Side::Buy, "0.1", "1000000000.01"), Rejection::PriceTooLarge),
        (limit(Side::Buy, "1", "99.995"), Rejection::WrongTickSize),
        (stop("0"), Rejection::PriceNotPositive),
        (stop("101.001"), Rejection::WrongTickSize),
        (NewOrder { client_id: Some(String::new()), ..market("1") }, Rejection::BadClientId),
        (NewOrder { client_id: Some("x".repeat(37)), ..market("1") }, Rejection::BadClientId),
        (NewOrder { post_only: true, ..market("1") }, Rejection::PostOnlyNeedsLimit),
        (
            NewOrder { post_only: true, time_in_force: TimeInForce::Ioc, ..limit(Side::Buy, "1", "99") },
            Rejection::PostOnlyNeedsLimit,
        ),
        (NewOrder { time_in_force: TimeInForce::Ioc, ..stop("101") }, Rejection::WaitsForTrigger),
        (NewOrder { time_in_force: TimeInForce::Fok, ..stop("101") }, Rejection::WaitsForTrigger),
        (NewOrder { expires_tick: Some(1), ..market("1") }, Rejection::AlreadyExpired),
        (market("1000"), Rejection::InsufficientFunds),
        (order(Side::Sell, "0.00001", Kind::Market), Rejection::InsufficientFunds),
        (NewOrder { reduce_only: true, ..market("1") }, Rejection::NothingToReduce),
    ];
    let mut desk = desk();
    let before = desk.exchange.account(ME).unwrap().clone();
    for (asked, why) in cases {
        assert_eq!(desk.exchange.submit(ME, asked.clone()), Err(why), "{asked:?}");
    }
    assert_eq!(desk.exchange.submit(AccountId(2), market("1")), Err(Rejection::UnknownAccount));
    assert_eq!(desk.exchange.cancel(ME, OrderId(1)), Err(Rejection::UnknownOrder));
    desk.exchange.halt();
    assert_eq!(desk.exchange.submit(ME, market("1")), Err(Rejection::Halted));
    assert!(desk.at(100.0).is_empty() && desk.exchange.open_orders(ME).next().is_none());
    assert_eq!(desk.exchange.account(ME).unwrap(), &before);
    // The first that is accepted is the first order.
    assert_eq!(desk.exchange.submit(ME, market("1")), Ok(OrderId(1)));
    let resting = desk.exchange.submit(ME, limit(Side::Buy, "1", "90")).unwrap();
    desk.exchange.open(AccountId(2), Terms::paper());
    assert_eq!(desk.exchange.cancel(AccountId(2), resting), Err(Rejection::UnknownOrder));
    desk.at(100.0);
    assert_eq!(desk.exchange.submit(ME, limit(Side::Sell, "1", "90")), Err(Rejection::SelfCrossing));
    assert_eq!(desk.exchange.submit(ME, limit(Side::Sell, "1", "90.01")).map(|_| ()), Ok(()));
}

#[test]
fn an_order_is_written_and_read_and_numbers_that_are_none_are_not() {
    let asked = NewOrder { client_id: Some("mine".into()), post_only: true, ..limit(Side::Buy, "0.10", "99.50") };
    let text = serde_json::to_string(&asked).unwrap();
    assert_eq!(serde_json::from_str::<NewOrder>(&text).unwrap(), asked);
    for (from, to) in
        [("0.10", "NaN"), ("0.10", "inf"), ("99.50", ""), ("quantity", "quantitty"), ("\"price\"", "\"prize\"")]
    {
        let changed = text.replace(from, to);
        assert_ne!(changed, text);
        assert!(serde_json::from_str::<NewOrder>(&changed).is_err(), "{changed}");
    }
}

#[test]
fn asking_for_an_end_again_changes_nothing() {
    let mut desk = desk();
    let id = desk.exchange.submit(ME, limit(Side::Buy, "1", "99.50")).unwrap();
    desk.at(100.0);
    desk.exchange.halt();
    for _ in 0..3 {
        desk.exchange.cancel(ME, id).unwrap();
    }
    assert_eq!(desk.at(100.0), [Event::Cancelled { order: id, reason: Ending::Asked }]);
    assert_eq!(desk.exchange.cancel(ME, id), Err(Rejection::UnknownOrder));
}

#[test]
fn a_market_order_arrives_with_the_next_tick() {
    let mut desk = desk();
    desk.exchange.submit(ME, order(Side::Buy, "10", Kind::Market)).unwrap();
    let events = desk.at(101.0);
    let [fill] = fills(&events)[..] else { panic!("{events:?}") };
    assert!(fill.price >= dec("101.01") && fill.price < dec("101.10") && !fill.is_maker, "{fill:?}");
    // 10 basis points of the value, rounded up.
    assert_eq!(fill.fee, fill.price * dec("10") * dec("0.001"));
    let account = desk.exchange.account(ME).unwrap();
    assert_eq!(account.cash, dec("100000") - fill.price * dec("10") - fill.fee);
    assert_eq!(account.unrealised(dec("102")), dec("10") * (dec("102") - fill.price));
}

#[test]
fn a_limit_order_rests_and_is_filled_at_its_price_once_the_market_has_gone_through() {
    for (queue, touch) in [(Queue::Touch, true), (Queue::Through, false)] {
        let mut desk = Desk::new(Terms::paper(), queue);
        let id = desk.exchange.submit(ME, limit(Side::Buy, "1", "99.50")).unwrap();
        assert_eq!(desk.at(100.0), [Event::Rests { order: id }]);
        assert_eq!(fills(&desk.at(99.49)).len(), usize::from(touch), "the ask is 99.50");
        let through = desk.at(99.00);
        assert_eq!(fills(&through).len(), usize::from(!touch));
        let all = desk.fills();
        assert_eq!((all[0].price, all[0].is_maker, all[0].fee), (dec("99.50"), true, dec("0.0199")));
    }
}

#[test]
fn a_marketable_limit_order_takes_what_is_within_and_rests_with_the_others() {
    let mut desk = Desk::new(free_margin(), Queue::Through);
    let id = desk.exchange.submit(ME, limit(Side::Buy, "1000", "100.11")).unwrap();
    let events = desk.at(100.0);
    let [fill] = fills(&events)[..] else { panic!("{events:?}") };
    // V·(ln(100.11/100.01)/(Y·σ_d))², in whole lots.
    let within = 25_000.0 * ((100.11_f64 / 100.01).ln() / 0.042).powi(2);
    let taken: f64 = fill.quantity.to_string().parse().unwrap();
    assert!(taken <= within && taken > within - 2e-5, "{taken} {within}");
    assert!(fill.price > dec("100.01") && fill.price < dec("100.11"));
    assert!(events.contains(&Event::Rests { order: id }));
    // It has moved its own book up to its price, so nothing more comes of the same tick. As that relaxes it gets what comes back, at its price, and all of it once the market has gone far below.
    for _ in 0..600 {
        desk.at(100.0);
    }
    let back: Decimal = desk.fills()[1..].iter().map(|fill| fill.quantity).sum();
    // The excess stands at what is within; what relaxes of it in 600 s is ln 2 of that.
    let relaxed: f64 = (back / fill_of(&desk)).to_string().parse().unwrap();
    assert!((relaxed - std::f64::consts::LN_2).abs() < 2e-3, "{relaxed}");
    assert!(desk.fills()[1..].iter().all(|fill| fill.price == dec("100.11") && fill.is_maker));
    desk.at(90.0);
    assert!(desk.exchange.order(id).is_none());
}

#[test]
fn what_is_not_filled_at_once_is_cancelled_or_killed() {
    let mut desk = Desk::new(free_margin(), Queue::Through);
    let now = |time_in_force, price| NewOrder { time_in_force, ..limit(Side::Buy, "1000", price) };
    let ioc = desk.exchange.submit(ME, now(TimeInForce::Ioc, "100.11")).unwrap();
    let fok = desk.exchange.submit(ME, now(TimeInForce::Fok, "100.12")).unwrap();
    let whole = desk.exchange.submit(ME, now(TimeInForce::Fok, "103.00")).unwrap();
    let events = desk.at(100.0);
    assert_eq!(endings(&events), [(ioc.0, Ending::Ioc), (fok.0, Ending::Fok)]);
    let filled: Vec<u64> = fills(&events).iter().map(|fill| fill.order.0).collect();
    assert_eq!(filled, [ioc.0, whole.0]);
    assert_eq!(fills(&events)[1].quantity, dec("1000"));
}

#[test]
fn post_only_never_takes() {
    let mut desk = desk();
    let post = |price| NewOrder { post_only: true, ..limit(Side::Buy, "1", price) };
    let taking = desk.exchange.submit(ME, post("100.02")).unwrap();
    let resting = desk.exchange.submit(ME, post("99.99")).unwrap();
    let events = desk.at(100.0);
    assert_eq!(endings(&events), [(taking.0, Ending::PostOnly)]);
    assert!(events.contains(&Event::Rests { order: resting }) && fills(&events).is_empty());
}

#[test]
fn stops_and_profits_wait_for_their_price() {
    let mut desk = holding("4");
    let reduce = |kind| NewOrder { reduce_only: true, ..order(Side::Sell, "4", kind) };
    let stop = desk.exchange.submit(ME, reduce(Kind::Stop { stop: dec("95") })).unwrap();
    let profit = desk.exchange.submit(ME, reduce(Kind::TakeProfit { stop: dec("110") })).unwrap();
    assert_eq!(desk.at(100.0), [Event::Waits { order: stop }, Event::Waits { order: profit }]);
    assert!(desk.at(109.0).is_empty() && desk.at(95.01).is_empty());
    let events = desk.at(94.0);
    assert_eq!(events[0], Event::Triggered { order: stop });
    let [fill] = fills(&events)[..] else { panic!("{events:?}") };
    // The bid, and what its own purchase has left above it.
    assert!(fill.price > dec("93.99") && fill.price < dec("94.05") && fill.quantity == dec("4"), "{fill:?}");
    // What is left has nothing to reduce when its time comes.
    assert_eq!(endings(&desk.at(111.0)), [(profit.0, Ending::NothingToReduce)]);
    let account = desk.exchange.account(ME).unwrap();
    assert!(account.position.is_zero() && account.cost.is_zero() && account.realised < dec("-20"));
}

#[test]
fn a_stop_limit_becomes_a_limit() {
    let mut desk = desk();
    let asked = Kind::StopLimit { stop: dec("105"), price: dec("105.50") };
    let id = desk.exchange.submit(ME, order(Side::Buy, "1", asked)).unwrap();
    desk.at(100.0);
    // A gap beyond its limit: it rests there.
    assert_eq!(desk.at(107.0), [Event::Triggered { order: id }, Event::Rests { order: id }]);
    assert_eq!(fills(&desk.at(105.0))[0].price, dec("105.50"));
}

#[test]
fn what_only_reduces_is_cut_to_the_position() {
    let mut desk = Desk::new(free_margin(), Queue::Through);
    desk.exchange.submit(ME, order(Side::Buy, "3", Kind::Market)).unwrap();
    desk.at(100.0);
    let id = desk.exchange.submit(ME, NewOrder { reduce_only: true, ..order(Side::Sell, "5", Kind::Market) }).unwrap();
    let events = desk.at(100.0);
    assert_eq!(fills(&events)[0].quantity, dec("3"));
    assert_eq!(endings(&events), [(id.0, Ending::NothingToReduce)]);
    assert!(desk.exchange.account(ME).unwrap().position.is_zero());
}

#[test]
fn an_order_expires_after_its_last_tick() {
    let mut desk = desk();
    let asked = NewOrder { expires_tick: Some(4), ..limit(Side::Buy, "1", "99.50") };
    let id = desk.exchange.submit(ME, asked).unwrap();
    for _ in 2..=4 {
        desk.at(100.0);
    }
    assert_eq!(desk.tick, 4);
    assert_eq!(desk.at(99.0), [Event::Expired { order: id }]);
}

#[test]
fn of_a_cancel_and_a_fill_one_wins() {
    // The cancel arrives on the tick that would fill: it comes first.
    let mut desk = desk();
    let id = desk.exchange.submit(ME, limit(Side::Buy, "1", "99.50")).unwrap();
    desk.at(100.0);
    desk.exchange.cancel(ME, id).unwrap();
    assert_eq!(desk.at(99.0), [Event::Cancelled { order: id, reason: Ending::Asked }]);
    // A tick later it has been filled.
    let id = desk.exchange.submit(ME, limit(Side::Buy, "1", "98.50")).unwrap();
    desk.at(99.0);
    assert_eq!(fills(&desk.at(98.0)).len(), 1);
    assert_eq!(desk.exchange.cancel(ME, id), Err(Rejection::UnknownOrder));
    assert!(desk.at(98.0).is_empty());
}

#[test]
fn better_prices_come_first_and_then_the_older() {
    let mut desk = desk();
    for price in ["99.10", "99.30", "99.20", "99.30"] {
        desk.exchange.submit(ME, limit(Side::Buy, "1", price)).unwrap();
    }
    desk.at(100.0);
    let filled: Vec<u64> = fills(&desk.at(98.0)).iter().map(|fill| fill.order.0).collect();
    assert_eq!(filled, [2, 4, 3, 1]);
}

#[test]
fn a_name_belongs_to_one_order() {
    let mut desk = desk();
    let named = |quantity| NewOrder { client_id: Some("mine".into()), ..limit(Side::Buy, quantity, "90") };
    let id = desk.exchange.submit(ME, named("1")).unwrap();
    assert_eq!(desk.exchange.submit(ME, named("1")), Ok(id));
    assert_eq!(desk.exchange.submit(ME, named("2")), Err(Rejection::ClientIdTaken));
    desk.at(100.0);
    assert_eq!(desk.exchange.open_orders(ME).count(), 1);
    // In a halt the answer is the same: nothing new is asked for.
    desk.exchange.halt();
    assert_eq!(desk.exchange.submit(ME, named("1")), Ok(id));
}

#[test]
fn a_margin_that_is_spent_closes_the_position_and_the_house_bears_the_rest() {
    let terms = Terms { initial: dec("1000"), leverage: dec("10"), ..Terms::paper() };
    let mut desk = Desk::new(terms, Queue::Through);
    desk.exchange.submit(ME, order(Side::Buy, "90", Kind::Market)).unwrap();
    desk.exchange.submit(ME, limit(Side::Buy, "1", "50")).unwrap();
    desk.at(100.0);
    assert!(desk.at(96.0).is_empty(), "half of the margin is left");
    let events = desk.at(80.0);
    assert_eq!(endings(&events), [(2, Ending::Liquidated)]);
    let Some(Event::Liquidated { account: ME, written_off }) = events.last() else { panic!("{events:?}") };
    assert!(*written_off > dec("700"), "{written_off}");
    let account = desk.exchange.account(ME).unwrap();
    assert!(account.cash.is_zero() && account.position.is_zero());
    // A short position is closed by a rise.
    let mut desk = Desk::new(terms, Queue::Through);
    desk.exchange.submit(ME, order(Side::Sell, "90", Kind::Market)).unwrap();
    desk.at(100.0);
    assert!(desk.at(104.0).is_empty());
    assert!(matches!(desk.at(106.0)[..], [Event::Filled(_), Event::Liquidated { .. }]));
}

#[test]
fn the_last_of_a_position_takes_what_is_left_of_its_cost() {
    let terms = Terms { maker_bp: Decimal::ZERO, taker_bp: Decimal::ZERO, ..Terms::paper() };
    let mut desk = Desk::new(terms, Queue::Through);
    for quantity in ["0.33333", "0.33333", "0.00001"] {
        desk.exchange.submit(ME, order(Side::Buy, quantity, Kind::Market)).unwrap();
        desk.at(100.37);
    }
    for quantity in ["0.11111", "0.33333", "0.22223"] {
        desk.exchange.submit(ME, order(Side::Sell, quantity, Kind::Market)).unwrap();
        desk.at(99.83);
    }
    let account = desk.exchange.account(ME).unwrap();
    assert!(account.position.is_zero() && account.cost.is_zero());
    assert_eq!(account.cash, account.terms.initial + account.realised);
}

#[test]
fn an_estimate_is_what_the_order_then_costs() {
    let mut dice = Dice(11);
    let mut taken = [0, 0];
    for _ in 0..2000 {
        let mut desk = holding("100");
        for _ in 0..800 {
            // What the purchase has left in the book relaxes.
            desk.at(100.0);
        }
        let side = if dice.coin() { Side::Buy } else { Side::Sell };
        let kind = match dice.below(2) {
            0 => Kind::Market,
            _ => Kind::Limit { price: Decimal::new(9_950 + dice.below(100).cast_signed(), 2) },
        };
        let asked = order(side, &(1 + dice.below(90)).to_string(), kind);
        desk.at(100.0);
        desk.exchange.submit(ME, asked.clone()).unwrap();
        // The way is relaxed by a second more when the order arrives; a tick of the same time isn't.
        let estimate = desk.exchange.estimate(ME, &asked).unwrap();
        let quote = Quote { tick: desk.tick + 1, ..*desk.exchange.quote().unwrap() };
        let mut events = Vec::new();
        desk.exchange.on_tick(&quote, &mut events);
        let fill = events.iter().find_map(|event| if let Event::Filled(fill) = event { Some(fill) } else { None });
        assert_eq!(fill.map_or(Decimal::ZERO, |fill| fill.quantity), estimate.taken);
        assert_eq!(fill.map(|fill| fill.price), estimate.average);
        taken[usize::from(fill.is_some())] += 1;
        if let Some(fill) = fill {
            let worst = estimate.worst.unwrap();
            assert!(if side == Side::Buy { worst >= fill.price } else { worst <= fill.price }, "{worst} {fill:?}");
            assert!(estimate.taken < asked.quantity || estimate.fee == fill.fee);
        }
    }
    assert!(taken[0] > 300 && taken[1] > 1000, "{taken:?}");
}

#[test]
fn there_is_room_for_what_is_accepted_and_no_more() {
    for leverage in ["1", "5"] {
        let terms = Terms { leverage: dec(leverage), taker_bp: dec("0"), maker_bp: dec("0"), ..Terms::paper() };
        let mut desk = Desk::new(terms, Queue::Through);
        desk.exchange.submit(ME, order(Side::Buy, "100", Kind::Market)).unwrap();
        desk.at(100.0);
        desk.exchange.submit(ME, limit(Side::Buy, "50", "90")).unwrap();
        desk.exchange.submit(ME, limit(Side::Sell, "30", "120")).unwrap();
        let (buy, sell) = desk.exchange.room(ME).unwrap();
        let lots = |quantity: Decimal| quantity.trunc_with_scale(5).to_string();
        let accepts = |order: &NewOrder| desk.exchange.check(ME, order).is_ok();
        let most = lots((buy / dec("80")).min(dec("900")));
        assert!(accepts(&limit(Side::Buy, &most, "80")), "{buy}");
        let more = lots(buy / dec("80") + dec("0.01"));
        assert!(dec(&more) > dec("1000") || !accepts(&limit(Side::Buy, &more, "80")));
        let priced = |quantity: Decimal| limit(Side::Sell, &lots(quantity), "100");
        assert!(accepts(&priced(sell)) || leverage == "5" && sell > dec("1000"));
        assert!(!accepts(&priced(sell + dec("0.01"))));
    }
}

#[test]
fn a_position_is_closed_where_it_was_said() {
    for (side, quantity) in [(Side::Buy, "40"), (Side::Sell, "40")] {
        let terms = Terms { initial: dec("1000"), leverage: dec("10"), ..Terms::paper() };
        let mut desk = Desk::new(terms, Queue::Through);
        desk.exchange.submit(ME, order(side, quantity, Kind::Market)).unwrap();
        desk.at(100.0);
        let price: f64 = desk.exchange.liquidation_price(ME).unwrap().to_string().parse().unwrap();
        let away = if side == Side::Buy { 1.0 } else { -1.0 };
        desk.at(price + 0.01 * away);
        assert!(!desk.exchange.account(ME).unwrap().position.is_zero(), "{price}");
        desk.at(price - 0.01 * away);
        assert!(desk.exchange.account(ME).unwrap().position.is_zero(), "{price}");
    }
}

#[test]
fn with_shared_impact_the_market_alone_moves_the_book() {
    let second = |impact| {
        let mut desk = desk();
        let rules = Rules { impact, ..desk.exchange.rules().clone() };
        desk.exchange = trading_core::exchange::Exchange::new(rules);
        desk.exchange.open(ME, Terms::paper());
        desk.at(100.0);
        for _ in 0..2 {
            desk.exchange.submit(ME, order(Side::Buy, "100", Kind::Market)).unwrap();
            desk.at(100.0);
        }
        let prices: Vec<Decimal> = desk.fills().iter().map(|fill| fill.price).collect();
        (prices[0], prices[1])
    };
    let (first, own) = second(Impact::Own);
    assert!(own > first, "its own trade has moved its book: {first} {own}");
    let (first, shared) = second(Impact::Shared);
    assert_eq!(first, shared);
}

#[test]
fn a_losing_position_on_margin_can_always_be_left() {
    for side in [Side::Buy, Side::Sell] {
        let fall = if side == Side::Buy { 98.0 } else { 102.0 };
        let back = side.opposite();
        let kinds = [
            Kind::Market,
            Kind::Limit { price: dec("90") },
            Kind::Limit { price: dec("110") },
            Kind::Stop { stop: if side == Side::Buy { dec("97") } else { dec("103") } },
        ];
        for kind in kinds {
            let terms = Terms { initial: dec("5000"), leverage: dec("10"), ..Terms::paper() };
            let mut desk = Desk::new(terms, Queue::Through);
            let most = desk.exchange.most(ME, side).unwrap();
            desk.exchange.submit(ME, order(side, &(most * dec("0.99")).round_dp(5).to_string(), Kind::Market)).unwrap();
            desk.at(100.0);
            desk.at(fall);
            let held = desk.exchange.account(ME).unwrap().position;
            assert!(!held.is_zero());
            let accepted = desk.exchange.submit(ME, order(back, &held.abs().to_string(), kind));
            assert!(accepted.is_ok(), "{side:?} {kind:?}: {accepted:?}");
            // And a second one, which would turn it over, isn't free.
            assert!(
                desk.exchange
                    .check(ME, &order(back, &(held.abs() * dec("9")).min(dec("1000")).to_string(), kind))
                    .is_err()
            );
        }
    }
}

#[test]
fn a_ticks_depth_is_given_once_and_to_the_older_order() {
    let mut desk = Desk::new(Terms::paper(), Queue::Depth);
    let other = AccountId(2);
    desk.exchange.open(other, Terms::paper());
    desk.exchange.submit(other, limit(Side::Buy, "500", "99")).unwrap();
    desk.at(100.0);
    desk.exchange.submit(ME, limit(Side::Buy, "500", "99")).unwrap();
    desk.at(100.0);
    // A cent below: what rests between 98.99 and 99 is some lots of the book, for both together.
    desk.at(98.98);
    let fills = desk.fills();
    let depth = trading_core::depth::Depth::new(gbm_core::market::Book::btc(), 1.0);
    let within = depth.quantity_within(0.0, 99.0 / 98.99, Side::Buy);
    let given: f64 = fills.iter().map(|fill| fill.quantity.to_string().parse::<f64>().unwrap()).sum();
    assert!(given <= within && given > within - 1e-4, "{given} {within}");
    assert!(fills.iter().all(|fill| fill.account == other), "{fills:?}");
    // Far below, the older has all that it asked for, and the younger what is left.
    desk.at(60.0);
    let of = |account| -> Decimal {
        desk.fills().iter().filter(|fill| fill.account == account).map(|fill| fill.quantity).sum()
    };
    assert_eq!(of(other), dec("500"));
    assert!(of(ME) > Decimal::ZERO);
}
