//! Strategies, one scenario each, computed by hand.

use gbm_core::market::Book;
use rust_decimal::Decimal;
use trading_core::account::Terms;
use trading_core::desk::{Desk, Input, RunId};
use trading_core::events::Event;
use trading_core::order::{AccountId, Kind, Side};
use trading_core::quote::Quote;
use trading_core::rules::Rules;
use trading_core::strategy::{BuiltIn, NAMES};

use crate::support::dec;

const RUN: RunId = RunId(1);

/// A strategy on a market of a tick a second, with a spread of two cents.
struct Stage {
    desk: Desk,
    events: Vec<Event>,
    price: f64,
}

impl Stage {
    fn new(strategy: &str, values: &[(&str, f64)], leverage: &str) -> Self {
        let mut desk = Desk::new(Rules::btc(Book::btc()));
        let owner = AccountId(1);
        desk.apply(&Input::Open { account: owner, terms: Terms::paper() }, &mut Vec::new()).unwrap();
        let values = values.iter().map(|(name, value)| ((*name).to_string(), *value)).collect();
        let terms = Terms { leverage: dec(leverage), ..Terms::paper() };
        let (run, account, strategy) = (RUN, AccountId(2), strategy.to_string());
        let start = Input::Start { run, owner, account, strategy, values, terms, loss_limit: None };
        desk.apply(&start, &mut Vec::new()).unwrap();
        Self { desk, events: Vec::new(), price: 0.0 }
    }

    fn at(&mut self, prices: &[f64]) {
        for &price in prices {
            let tick = self.desk.last_tick() + 1;
            let cents = |price: f64| (price * 100.0).round() / 100.0;
            let (bid, ask) = (cents(price - 0.01), cents(price + 0.01));
            let quote = Quote { tick, time_ms: 1000 * tick.cast_signed(), price, bid, ask, liquidity: 1.0 };
            self.desk.on_tick(&quote, &mut self.events);
            self.price = price;
        }
    }

    /// Tick, side and quantity of each fill.
    fn fills(&self) -> Vec<(u64, Side, Decimal)> {
        crate::support::fills(&self.events).iter().map(|fill| (fill.tick, fill.side, fill.quantity)).collect()
    }

    /// Side and price of each order that is open.
    fn open(&self) -> Vec<(Side, Decimal)> {
        let orders = self.desk.exchange().open_orders(AccountId(2));
        let mut open: Vec<_> =
            orders.map(|order| (order.asked.side, order.asked.kind.limit().unwrap_or_default())).collect();
        open.sort_by_key(|(_, price)| *price);
        open
    }

    fn last_reason(&self) -> &str {
        &self.desk.run(RUN).unwrap().decisions.back().unwrap().reason
    }

    fn position(&self) -> Decimal {
        self.desk.exchange().account(AccountId(2)).unwrap().position
    }
}

const BARS: (&str, f64) = ("bar_s", 1.0);
const SHORT: (&str, f64) = ("short", 1.0);

#[test]
fn mean_reversion_buys_far_below_and_sells_near_the_average() {
    let values = [BARS, ("bars", 4.0), ("entry", 1.2), ("exit", 0.4)];
    let mut stage = Stage::new("mean_reversion", &values, "1");
    // 100, 100, 100, 90: mean 97.5, s = √(75/3) = 5, z = −1.5. The next tick closes the bar, the one after trades.
    stage.at(&[100.0, 100.0, 100.0, 90.0, 95.0]);
    assert_eq!(
        stage.last_reason(),
        "a close of 90.00 is -1.50 deviations off, so far below the average that it is bought"
    );
    assert!(stage.fills().is_empty());
    stage.at(&[94.0]);
    assert_eq!(stage.fills(), [(6, Side::Buy, dec("0.5"))]);
    // 100, 100, 90, 95: z = −0.26, which is within 0.4; so it had decided to leave when it was filled.
    stage.at(&[94.0]);
    assert_eq!(
        stage.last_reason(),
        "a close of 95.00 is -0.26 deviations off, back near the average, where it is sold again"
    );
    assert_eq!(stage.fills()[1..], [(7, Side::Sell, dec("0.5"))]);
    // Far above is nothing to who can't be short.
    stage.at(&[94.0, 94.0, 94.0, 110.0, 110.0, 110.0]);
    assert_eq!((stage.fills().len(), stage.position()), (2, dec("0")));
}

#[test]
fn mean_reversion_may_be_short() {
    let values = [BARS, SHORT, ("bars", 4.0), ("entry", 1.2), ("exit", 0.4)];
    let mut stage = Stage::new("mean_reversion", &values, "2");
    stage.at(&[100.0, 100.0, 100.0, 110.0, 109.0, 109.0]);
    assert_eq!(stage.position(), dec("-0.5"));
    // The window 110, 109, 109, 90 turns it over at once.
    stage.at(&[90.0, 90.0, 90.0]);
    assert_eq!(stage.position(), dec("0.5"));
    assert_eq!(stage.fills().last(), Some(&(9, Side::Buy, dec("1.0"))));
    // All alike: no deviation, no decision.
    stage.at(&[90.0; 10]);
    assert_eq!(stage.fills().len(), 2);
}

#[test]
fn a_breakout_enters_beyond_its_channel_and_leaves_by_the_shorter_one() {
    let values = [BARS, ("entry_bars", 3.0), ("exit_bars", 2.0)];
    let mut stage = Stage::new("breakout", &values, "1");
    stage.at(&[100.0, 102.0, 101.0, 102.0, 102.0]);
    // 102 is at the highest of 100, 102, 101 and not above it.
    assert_eq!(stage.desk.run(RUN).unwrap().decided, 0);
    stage.at(&[103.0, 104.0]);
    assert_eq!(stage.last_reason(), "a close of 103.00 is above the highest of 3 bars, 102.00");
    stage.at(&[104.5]);
    assert_eq!(stage.fills(), [(8, Side::Buy, dec("0.5"))]);
    // 103.5 is below the lowest of the two before it (104.5, 104), though within the three.
    stage.at(&[103.5, 103.6, 103.6]);
    assert_eq!(stage.last_reason(), "a close of 103.50 is below the lowest of 2 bars, 104.00");
    assert_eq!((stage.fills().len(), stage.position()), (2, dec("0")));
    // Below the lowest of three is nothing to who can't be short.
    stage.at(&[90.0, 90.0, 90.0]);
    assert_eq!(stage.fills().len(), 2);
    let mut short = Stage::new("breakout", &[BARS, SHORT, ("entry_bars", 3.0), ("exit_bars", 2.0)], "2");
    short.at(&[100.0, 100.0, 100.0, 90.0, 90.0, 90.0]);
    assert_eq!(
        (short.position(), short.last_reason()),
        (dec("-0.5"), "a close of 90.00 is below the lowest of 3 bars, 100.00")
    );
}

#[test]
fn a_grid_sells_each_purchase_a_level_higher() {
    let values = [("step_bp", 100.0), ("levels", 2.0), ("quantity", 1.0)];
    let mut stage = Stage::new("grid", &values, "1");
    let (buy, sell) = (|price| (Side::Buy, dec(price)), |price| (Side::Sell, dec(price)));
    stage.at(&[100.0, 100.0]);
    assert_eq!(stage.open(), [buy("98.00"), buy("99.00")]);
    stage.at(&[98.9]);
    assert_eq!(stage.fills(), [(3, Side::Buy, dec("1"))]);
    assert_eq!(
        (stage.open(), stage.last_reason()),
        (vec![buy("98.00"), sell("100.00")], "bought at 99.00: the other way at 100.00")
    );
    // Down to the lowest level, and up again over both.
    stage.at(&[97.9, 97.9, 99.1, 99.1, 100.1, 100.1]);
    assert_eq!(stage.open(), [buy("98.00"), buy("99.00")]);
    let fills: Vec<_> = crate::support::fills(&stage.events).iter().map(|fill| (fill.side, fill.price)).collect();
    assert_eq!(fills, [buy("99"), buy("98"), sell("99"), sell("100")]);
    // Two round trips of 1 each, less 2 bp of 99, 98, 99 and 100.
    let account = stage.desk.exchange().account(AccountId(2)).unwrap();
    assert_eq!((account.realised, account.fees, account.cash), (dec("2"), dec("0.0792"), dec("100001.9208")));
}

#[test]
fn a_grid_with_margin_begins_on_both_sides() {
    let values = [("step_bp", 100.0), ("levels", 2.0), ("quantity", 1.0), SHORT];
    let mut stage = Stage::new("grid", &values, "2");
    stage.at(&[100.0, 101.1]);
    let prices: Vec<Decimal> = stage.open().iter().map(|(_, price)| *price).collect();
    // Nothing was sold at 101 by an order that came too late to be a maker; it is missing until it is sent again.
    assert_eq!(prices, [dec("98"), dec("99"), dec("102")]);
    stage.at(&[100.0; 11]);
    assert_eq!(stage.open().len(), 4);
    stage.at(&[101.1, 101.1]);
    assert_eq!((stage.position(), stage.open()[2]), (dec("-1"), (Side::Buy, dec("100.00"))));
}

#[test]
fn a_market_maker_quotes_around_its_own_price() {
    // 10 s is a half-life; γ·σ²·τ = 0.1·1·10 = 1 bp, and (1/γ)·ln(1 + γ/κ) = 10·ln 1.1 bp.
    let values = [
        ("gamma", 0.1),
        ("kappa", 1.0),
        ("horizon_s", 10.0),
        ("half_life_s", 10.0),
        ("quantity", 1.0),
        ("interval_s", 1.0),
        ("max_orders", 1.0),
    ];
    let mut stage = Stage::new("market_maker", &values, "2");
    let half = 0.5 + 10.0 * 1.1_f64.ln();
    let path: Vec<f64> = (0..10).map(|step| 10_000.0 + f64::from(step)).collect();
    stage.at(&path);
    assert!(stage.open().is_empty());
    stage.at(&[10_010.0]);
    let near = |(_, price): (Side, Decimal), bp: f64, mid: f64| {
        let price: f64 = price.to_string().parse().unwrap();
        assert!((price - mid * (1.0 + bp * 1e-4)).abs() < 0.015, "{price} {bp} {mid}");
    };
    let open = stage.open();
    assert_eq!((open[0].0, open[1].0), (Side::Buy, Side::Sell));
    near(open[0], -half, 10_010.0);
    near(open[1], half, 10_010.0);
    assert!(
        stage.last_reason().starts_with("its own price is 0.00 bp off 10010.00, and the volatility 1.0"),
        "{}",
        stage.last_reason()
    );
    // Moved by half a basis point it keeps them; moved by more it takes them back, and then quotes anew.
    stage.at(&[10_010.5]);
    assert_eq!(stage.open(), open);
    stage.at(&[10_011.2, 10_011.2, 10_011.2, 10_011.2]);
    assert_ne!(stage.open(), open);
    // Bought once, it is at its limit and wants no more; what it asks for is less by γ·σ²·τ.
    let bid: f64 = stage.open()[0].1.to_string().parse().unwrap();
    stage.at(&[bid - 20.0]);
    assert_eq!(stage.position(), dec("1"));
    stage.at(&[bid, bid, bid, bid]);
    assert_eq!(stage.open().iter().map(|(side, _)| *side).collect::<Vec<_>>(), [Side::Sell]);
    let orders: Vec<_> = stage.desk.exchange().open_orders(AccountId(2)).collect();
    assert!(orders.iter().all(|order| order.asked.post_only && matches!(order.asked.kind, Kind::Limit { .. })));
}

#[test]
fn a_market_maker_without_margin_sells_only_what_it_has() {
    let mut stage = Stage::new("market_maker", &[("half_life_s", 1.0), ("quantity", 1.0)], "1");
    stage.at(&[100.0, 100.01, 100.0, 100.0]);
    assert_eq!(stage.open().iter().map(|(side, _)| *side).collect::<Vec<_>>(), [Side::Buy]);
}

#[test]
fn values_that_contradict_each_other_are_refused() {
    let refused = |name: &str, values: &[(&str, f64)], why: &str| {
        let values = values.iter().map(|(name, value)| ((*name).to_string(), *value)).collect();
        assert_eq!(BuiltIn::new(name, &values).unwrap_err().to_string(), why);
    };
    refused("mean_reversion", &[("entry", 1.0), ("exit", 1.0)], "exit must be below entry");
    refused(
        "mean_reversion",
        &[("bars", 5.0), ("entry", 1.8)],
        "entry must be below (bars - 1)/sqrt(bars), beyond which no close can be",
    );
    refused("breakout", &[("entry_bars", 5.0), ("exit_bars", 6.0)], "exit_bars must not be above entry_bars");
    refused(
        "grid",
        &[("levels", 5.0), ("step_bp", 2000.0)],
        "levels x step_bp must be below 10000, where the lowest level is 0",
    );
    refused("market_maker", &[("gamma", 0.0)], "gamma = 0 is outside [0.000001, 100]");
}

#[test]
fn every_strategy_has_a_title_and_one_sentence() {
    for name in NAMES {
        let (title, description) = (BuiltIn::title(name).unwrap(), BuiltIn::description(name).unwrap());
        assert!(title.starts_with(char::is_uppercase) && !title.ends_with('.'), "{title}");
        assert!(description.ends_with('.') && description.matches('.').count() == 1, "{description}");
    }
    assert_eq!((BuiltIn::title("martingale"), BuiltIn::description("martingale")), (None, None));
}
