//! Bid and ask: the spread's law, their order on any journal, and that they cost no published bit.

use std::num::NonZeroU32;

use gbm_core::prelude::*;
use gbm_core::quoting::{Ladder, Level};
use gbm_core::units::{SpreadBp, Volume};
use proptest::prelude::{ProptestConfig, any, prop_assert, proptest};

use crate::support::{Dice, at, btc};

pub(crate) fn increment(decimals: u8) -> Increment {
    Increment::new(NonZeroU32::MIN, decimals)
}

#[track_caller]
fn quoted_bp(simulation: &Simulation<Model>) -> f64 {
    simulation.quoting(0).unwrap().half_spread * 2e4
}

#[test]
fn the_spread_follows_liquidity_and_its_factors() {
    let mut simulation = Simulation::new(btc(1));
    let depth = Book::btc().depth(LogDistance::new(0.01).unwrap());
    let inject = |times: f64| {
        let quantity = (times - 1.0) * depth;
        format!(r#"{{"kind":"inject_liquidity","side":"both","quantity":{quantity},"within":0.01,"half_life_s":1e12}}"#)
    };
    for (tick, json, expected) in [
        (1, inject(4.0), 0.5),
        (2, r#"{"kind":"spread","factor":10,"duration_s":2}"#.to_owned(), 5.0),
        // The injection alone again.
        (5, inject(1.0), 0.5),
        (6, inject(1.0 / 16.0), 2.0),
        (7, r#"{"kind":"spread","factor":1000000}"#.to_owned(), 2e4),
    ] {
        simulation.intervene(&at(tick, &json)).unwrap();
        while simulation.tick() < tick {
            simulation.next();
        }
        assert!((quoted_bp(&simulation) / expected - 1.0).abs() < 1e-9, "tick {tick}: {}", quoted_bp(&simulation));
    }
    assert_eq!(simulation.quoting(1), None);
}

#[test]
fn a_spread_is_in_force_on_its_ticks_also_where_they_are_computed_ahead() {
    let mut simulation = Simulation::new(btc(1));
    simulation.intervene(&at(40, r#"{"kind":"spread","factor":3,"duration_s":200}"#)).unwrap();
    for tick in 1..400 {
        simulation.next();
        let expected = if (40..240).contains(&tick) { 3.0 } else { 1.0 };
        assert!((quoted_bp(&simulation) - expected).abs() < 1e-12, "tick {tick}");
    }
}

#[test]
fn a_header_without_a_spread_means_one_basis_point_and_stays_as_it_was() {
    let old = r#"{"daily_volatility":0.042,"daily_volume":25000.0,"impact":1.0,"resilience_half_life_s":600.0}"#;
    assert_eq!(serde_json::from_str::<Book>(old).unwrap(), Book::btc());
    assert_eq!(serde_json::to_string(&Book::btc()).unwrap(), old);
    let wide = Book { spread_bp: SpreadBp::new(7.5).unwrap(), ..Book::btc() };
    let text = serde_json::to_string(&wide).unwrap();
    assert!(text.ends_with(r#""spread_bp":7.5}"#), "{text}");
    assert_eq!(serde_json::from_str::<Book>(&text).unwrap(), wide);
    assert!(serde_json::from_str::<Book>(&text.replace("7.5", "1000.1")).is_err());
}

#[test]
fn rounding_never_narrows_a_spread() {
    let cents = increment(2);
    for (price, bp, bid, ask) in [
        (63_666.62, 1.0, 63_663.43, 63_669.81),
        (63_666.62, 0.0, 63_666.61, 63_666.63),
        (0.02, 1.0, 0.01, 0.03),
        (0.01, 1000.0, 0.01, 0.02),
    ] {
        let quoting = Quoting { liquidity: 1.0, half_spread: bp * 0.5e-4 };
        assert_eq!(Best::around(price, quoting, cents), Best { bid, ask }, "{price}, {bp} bp");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    /// From prices of one increment to those that no increment can tell apart.
    #[test]
    fn bid_is_below_ask_for_any_price(
        exponent in -40.0..950.0_f64, half_spread in 0.0..=1.0_f64, step in 1..=1_000_000_u32, decimals in 0..=12_u8,
    ) {
        let increment = Increment::new(NonZeroU32::new(step).unwrap(), decimals);
        let price = increment.round(exponent.exp2());
        let Best { bid, ask } = Best::around(price, Quoting { liquidity: 1.0, half_spread }, increment);
        let least = increment.multiple(1.0);
        prop_assert!(least <= bid && bid <= price && price < ask && ask.is_finite(), "{bid} {price} {ask}");
        prop_assert!(bid < price || price == least || increment.steps(price) > 1e15);
        let wide = 1.0 + half_spread;
        prop_assert!(bid <= (price / wide).max(least) * (1.0 + 1e-15) && ask >= price * wide * (1.0 - 1e-15));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    /// Any book's levels: in order, from the best price on, growing with L, and no more than the depth law has.
    #[test]
    fn a_ladder_is_the_depth_law_cut_into_levels(
        exponent in -20.0..60.0_f64, liquidity in -20.0..30.0_f64, half_spread in 0.0..=1.0_f64, volatility in 0.0..=100.0_f64,
        volume in -9.0..15.0_f64, impact in -9.0..6.0_f64, levels in 0..=120_usize, decimals in 0..=12_u8,
    ) {
        let (price_step, lot) = (increment(decimals), increment(5));
        let quoting = Quoting { liquidity: liquidity.exp2(), half_spread };
        let best = Best::around(price_step.round(exponent.exp2()), quoting, price_step);
        let book = Book {
            daily_volatility: Volatility::new(volatility).unwrap(),
            daily_volume: Volume::new(10_f64.powf(volume).clamp(1e-9, 1e15)).unwrap(),
            impact: Factor::new(10_f64.powf(impact).clamp(1e-9, 1e6)).unwrap(),
            ..Book::btc()
        };
        let ladder = Ladder::new(best, quoting, &book, levels, price_step, lot);
        for (side, best, sign) in [(&ladder.bids, best.bid, -1.0), (&ladder.asks, best.ask, 1.0)] {
            prop_assert!(side.len() <= levels.min(100));
            prop_assert!(side.iter().all(|level| level.lots > 0 && level.price >= price_step.multiple(1.0) && level.price.is_finite()));
            prop_assert!(side.is_sorted_by(|a, b| a.price * sign < b.price * sign));
            prop_assert!(side.first().is_none_or(|level| level.price * sign >= best * sign));
            // The levels end at 5050/400 of Y·σ_d, unless one is further away than prices go.
            let whole = lot.steps(quoting.liquidity * book.daily_volume.get() * (5050.0_f64 / 400.0).powi(2));
            prop_assert!(side.iter().map(|level| level.lots as f64).sum::<f64>() <= whole * (1.0 + 1e-9));
        }
        let deeper = Quoting { liquidity: 4.0 * quoting.liquidity, ..quoting };
        let again = Ladder::new(best, deeper, &book, levels, price_step, lot);
        let sum = |side: &[Level]| side.iter().map(|level| level.lots).sum::<u64>();
        let (thin, deep) = (sum(&ladder.asks), sum(&again.asks));
        prop_assert!(deep >= 4 * thin.min(1 << 50) && (deep <= 4 * thin + 4 || thin >= 1 << 50), "{thin} {deep}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever acts, quotes are in order; a simulation that was restored quotes the same.
    #[test]
    fn quotes_are_in_order_on_any_journal(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let mut simulation = Simulation::new(btc(seed));
        for _ in 0..30 {
            let command = Command::now(dice.any_body(30)).at(1 + dice.below(2000));
            drop(simulation.intervene(&command));
        }
        let (cents, cut) = (increment(2), dice.below(2000));
        let mut quotes = [Quote::default()];
        let mut restored: Option<Simulation<Model>> = None;
        while simulation.tick() < 2000 {
            let tick = simulation.step_into(&mut quotes).unwrap();
            let quoting = simulation.quoting(0).unwrap();
            let price = cents.round(quotes[0].price);
            let Best { bid, ask } = Best::around(price, quoting, cents);
            prop_assert!(0.01 <= bid && bid <= price && price < ask && ask.is_finite(), "tick {tick}: {bid} {price} {ask}");
            if let Some(restored) = &mut restored {
                restored.step_into(&mut quotes).unwrap();
                prop_assert!(restored.book_state(0) == simulation.book_state(0), "tick {tick}");
            }
            if tick == cut {
                restored = Some(Simulation::restore(simulation.snapshot()).unwrap());
                prop_assert!(restored.as_ref().unwrap().quoting(0) == Some(quoting));
            }
        }
    }
}
