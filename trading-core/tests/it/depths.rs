//! The book against its own integral, by another method.

use gbm_core::market::Book;
use trading_core::depth::Depth;
use trading_core::order::Side;
use trading_core::quote::Quote;
use trading_core::rules::Queue;

use crate::support::{Desk, Dice, ME, dec, fills, free_margin, order};
use trading_core::order::Kind;

/// e^D by the platform's own functions.
fn factor(book: &Book, excess: f64) -> f64 {
    let root = (excess.abs() / book.daily_volume.get()).sqrt();
    (excess.signum() * book.impact.get() * book.daily_volatility.get() * root).exp()
}

/// The mean by the substitution x = s·|s|, which removes the kink at zero, and the midpoint rule with Richardson's extrapolation.
fn mean(book: &Book, from: f64, to: f64) -> f64 {
    let root = |x: f64| x.signum() * x.abs().sqrt();
    let (low, high) = (root(from), root(to));
    let midpoint = |steps: u32| {
        let step = (high - low) / f64::from(steps);
        let at = |place: u32| low + step * (f64::from(place) + 0.5);
        (0..steps).map(at).map(|s| factor(book, s * s.abs()) * 2.0 * s.abs()).sum::<f64>() * step
    };
    // Zero is an end of a step for an even number of them only by chance, so each side is summed by itself.
    if low * high < 0.0 {
        return (mean(book, from, 0.0) * -from + mean(book, 0.0, to) * to) / (to - from);
    }
    let (coarse, fine) = (midpoint(2000), midpoint(4000));
    (fine + (fine - coarse) / 3.0) / (to - from)
}

#[test]
fn an_average_price_is_the_integral_along_the_book() {
    let mut dice = Dice(1);
    let mut worst: f64 = 0.0;
    for case in 0..2000 {
        let book = Book::btc();
        let liquidity = 10_f64.powf(4.0 * dice.unit() - 2.0);
        let depth = Depth::new(book, liquidity);
        let excess = if case % 3 == 0 { 0.0 } else { (dice.unit() - 0.5) * 10_f64.powf(8.0 * dice.unit() - 2.0) };
        let quantity = (dice.unit() - 0.5) * 10_f64.powf(6.0 * dice.unit() - 3.0);
        let found = depth.mean_factor(excess, quantity);
        let to = excess + quantity / liquidity;
        if (to - excess).abs() < 1e-6 * excess.abs() {
            // The oracle loses such a step; the mean lies between its ends.
            let (low, high) = (factor(&book, excess.min(to)), factor(&book, excess.max(to)));
            assert!(found >= low * (1.0 - 1e-14) && found <= high * (1.0 + 1e-14));
            continue;
        }
        let expected = mean(&book, excess, to);
        worst = worst.max((found / expected - 1.0).abs());
        assert!((found / expected - 1.0).abs() < 1e-9, "{excess} {quantity} {liquidity}: {found} {expected}");
        let within =
            depth.quantity_within(excess, depth.factor(to), if quantity > 0.0 { Side::Buy } else { Side::Sell });
        assert!(
            (within - quantity).abs() <= 1e-9 * (quantity.abs() + (excess * liquidity).abs()),
            "{within} {quantity}"
        );
    }
    println!("worst {worst:e}");
}

#[test]
fn impact_relaxes_by_half_in_a_half_life() {
    let depth = Depth::new(Book::btc(), 1.0);
    let half_life_s = Book::btc().resilience_half_life_s.get();
    assert!((depth.relaxed(8.0, half_life_s) - 4.0).abs() < 1e-12);
    assert!((depth.relaxed(-8.0, 3.0 * half_life_s) + 1.0).abs() < 1e-12);
}

/// Average fill, slippage and what is left of the impact, through the exchange, before the price is rounded.
#[test]
fn a_market_order_costs_what_the_book_says() {
    let mut dice = Dice(2);
    for _ in 0..200 {
        let mut desk = Desk::new(free_margin(), Queue::Through);
        let (book, depth) = (Book::btc(), Depth::new(Book::btc(), 1.0));
        let quantity = format!("{:.5}", 0.001 + 500.0 * dice.unit());
        let again = format!("{:.5}", 0.001 + 500.0 * dice.unit());
        desk.exchange.submit(ME, order(Side::Buy, &quantity, Kind::Market)).unwrap();
        let first = desk.at(100_000.0);
        let bought: f64 = quantity.parse().unwrap();
        let cents = |found: &[&trading_core::events::Fill], expected: f64| {
            let found: f64 = found[0].price.to_string().parse().unwrap();
            assert!(found >= expected - 1e-4 && found < expected + 0.01 + 1e-4, "{found} {expected}");
        };
        cents(&fills(&first), 100_000.01 * mean(&book, 0.0, bought));
        let wait = dice.below(2000);
        for _ in 0..wait {
            desk.at(100_000.0);
        }
        desk.exchange.submit(ME, order(Side::Buy, &again, Kind::Market)).unwrap();
        let second = desk.at(100_000.0);
        let left = bought * 2_f64.powf(-((wait + 1) as f64) / 600.0);
        assert!((depth.relaxed(bought, (wait + 1) as f64) / left - 1.0).abs() < 1e-9);
        cents(&fills(&second), 100_000.01 * mean(&book, left, left + again.parse::<f64>().unwrap()));
    }
}

#[test]
fn buying_and_selling_on_one_tick_never_profits() {
    let mut dice = Dice(3);
    for _ in 0..100_000 / 50 {
        let mut desk = Desk::new(free_margin(), Queue::Through);
        let mut before = dec("1000000000");
        for _ in 0..50 {
            let quantity = format!("{:.5}", 0.00001 + 10_f64.powf(4.0 * dice.unit() - 2.0));
            let sides = if dice.below(2) == 0 { [Side::Buy, Side::Sell] } else { [Side::Sell, Side::Buy] };
            for side in sides {
                desk.exchange.submit(ME, order(side, &quantity, Kind::Market)).unwrap();
            }
            let events = desk.at(50_000.0 + 1000.0 * dice.unit());
            assert_eq!(fills(&events).len(), 2);
            let account = desk.exchange.account(ME).unwrap();
            assert!(account.position.is_zero() && account.cash < before, "{} {before}", account.cash);
            before = account.cash;
        }
    }
}

#[test]
fn more_liquidity_costs_less() {
    let cost = |liquidity: f64| {
        let mut desk = Desk::new(free_margin(), Queue::Through);
        desk.exchange.submit(ME, order(Side::Buy, "100", Kind::Market)).unwrap();
        let quote = Quote { tick: 5, time_ms: 5000, price: 1e5, bid: 1e5 - 0.01, ask: 1e5 + 0.01, liquidity };
        let mut events = Vec::new();
        desk.exchange.on_tick(&quote, &mut events);
        fills(&events)[0].price
    };
    let slippage = |liquidity| cost(liquidity) - dec("100000.01");
    assert!(slippage(4.0) < slippage(1.0) * dec("0.501") && slippage(4.0) > slippage(1.0) * dec("0.499"));
}
