//! The book's law: the square root, the role of liquidity, and that round trips cost.

use gbm_core::prelude::*;

use crate::support::{Dice, at, btc};

/// The displacement, in natural units, right after a one-sided push of `quantity` into an undisturbed book.
fn impact(quantity: f64, liquidity: Option<f64>) -> f64 {
    let mut simulation = Simulation::new(btc(1));
    if let Some(multiple) = liquidity {
        let depth = Book::btc().depth(LogDistance::new(0.01).unwrap());
        let json = format!(
            r#"{{"kind":"inject_liquidity","side":"both","quantity":{},"within":0.01,"half_life_s":1e12,"eta":0}}"#,
            (multiple - 1.0) * depth
        );
        simulation.intervene(&at(1, &json)).unwrap();
    }
    // Far from the mid the book is so deep that the push itself doesn't change the liquidity.
    let json = format!(
        r#"{{"kind":"inject_liquidity","side":"{}","quantity":{},"within":20,"half_life_s":1,"eta":0,"pressure":1}}"#,
        if quantity > 0.0 { "bid" } else { "ask" },
        quantity.abs()
    );
    simulation.intervene(&at(2, &json)).unwrap();
    let tick = simulation.nth(1).unwrap();
    gbm_core::math::ln(tick.price / tick.reference)
}

#[test]
fn impact_is_the_square_root_law() {
    let book = Book::btc();
    for quantity in [0.01, 1.0, 100.0, -100.0, 10_000.0] {
        let expected = 0.042 * (quantity / 25_000.0_f64).abs().sqrt() * quantity.signum();
        assert!((impact(quantity, None) / expected - 1.0).abs() < 1e-9, "{quantity}");
        assert!((book.displacement(quantity) * gbm_core::math::LN_2 / expected - 1.0).abs() < 1e-14);
    }
}

#[test]
fn impact_is_monotone_concave_and_has_slope_one_half_over_four_decades() {
    let sizes: Vec<f64> = (0..=40).map(|i| 0.1 * 10_f64.powf(f64::from(i) / 10.0)).collect();
    let impacts: Vec<f64> = sizes.iter().map(|&quantity| impact(quantity, None)).collect();
    for i in 1..sizes.len() - 1 {
        assert!(impacts[i] > impacts[i - 1]);
        let weight = (sizes[i] - sizes[i - 1]) / (sizes[i + 1] - sizes[i - 1]);
        assert!(
            impacts[i] > impacts[i - 1] + weight * (impacts[i + 1] - impacts[i - 1]),
            "not concave at {}",
            sizes[i]
        );
    }
    let (xs, ys): (Vec<f64>, Vec<f64>) = sizes.iter().zip(&impacts).map(|(x, y)| (x.ln(), y.ln())).unzip();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mx, my) = (mean(&xs), mean(&ys));
    let covariance: f64 = xs.iter().zip(&ys).map(|(x, y)| (x - mx) * (y - my)).sum();
    let slope = covariance / xs.iter().map(|x| (x - mx) * (x - mx)).sum::<f64>();
    assert!((slope - 0.5).abs() <= 0.005, "slope {slope}");
}

#[test]
fn four_times_the_liquidity_halves_the_impact() {
    for quantity in [1.0, 500.0, -500.0] {
        let ratio = impact(quantity, Some(4.0)) / impact(quantity, None);
        assert!((ratio - 0.5).abs() < 1e-9, "{quantity}: {ratio}");
    }
    let thin = impact(1.0, Some(0.25)) / impact(1.0, None);
    assert!((thin - 2.0).abs() < 1e-9, "{thin}");
}

#[test]
fn liquidity_added_later_does_not_revalue_what_was_pushed_before() {
    let mut simulation = Simulation::new(btc(1));
    let push = r#"{"kind":"inject_liquidity","side":"bid","quantity":100,"within":20,"half_life_s":1,"eta":0}"#;
    simulation.intervene(&at(1, push)).unwrap();
    let deepen = r#"{"kind":"inject_liquidity","side":"both","quantity":9000,"within":0.02,"half_life_s":1e9,"eta":0}"#;
    simulation.intervene(&at(3, deepen)).unwrap();
    let displaced: Vec<f64> = simulation.take(4).map(|tick| (tick.price / tick.reference).ln()).collect();
    let relaxation = 2_f64.powf(-1.0 / 1200.0);
    for pair in displaced.windows(2) {
        assert!((pair[1] / pair[0] - relaxation).abs() < 1e-10, "{displaced:?}");
    }
}

#[test]
fn the_lean_meets_the_book_before_its_own_injection() {
    let mut simulation = Simulation::new(btc(1));
    let quantity = 3.0 * Book::btc().depth(LogDistance::new(0.01).unwrap());
    let json = format!(
        r#"{{"kind":"inject_liquidity","side":"ask","quantity":{quantity},"within":0.01,"half_life_s":60,"eta":0}}"#
    );
    simulation.intervene(&at(1, &json)).unwrap();
    let tick = simulation.next().unwrap();
    let expected = -0.042 * (0.5 * quantity / 25_000.0).sqrt();
    assert!(((tick.price / tick.reference).ln() / expected - 1.0).abs() < 1e-9);
}

#[test]
fn depth_is_where_the_displacement_reaches() {
    // Buying the depth within δ moves the price by δ: D(depth(δ)) = δ.
    let book = Book::btc();
    for delta in [1e-4, 0.01, 0.3] {
        let depth = book.depth(LogDistance::new(delta).unwrap());
        assert!((book.displacement(depth) * gbm_core::math::LN_2 / delta - 1.0).abs() < 1e-13, "{delta}");
    }
}

/// The cost of a sequence of trades against a law, in log-price × base units: ∫ D dQ, with waiting between trades.
fn cost(trades: &[(f64, f64)], wait: impl Fn(f64, f64) -> f64, potential: impl Fn(f64) -> f64) -> f64 {
    let mut excess = 0.0;
    let mut cost = 0.0;
    for &(quantity, pause_s) in trades {
        excess = wait(excess, pause_s);
        cost += potential(excess + quantity) - potential(excess);
        excess += quantity;
    }
    cost
}

fn round_trip(dice: &mut Dice) -> Vec<(f64, f64)> {
    let count = 2 + dice.below(8) as usize;
    let mut trades: Vec<(f64, f64)> =
        (0..count).map(|_| (dice.between(-500.0, 500.0), dice.between(0.0, 3000.0))).collect();
    let total: f64 = trades.iter().map(|trade| trade.0).sum();
    trades.push((-total, dice.between(0.0, 3000.0)));
    trades
}

/// ∫₀^e D de' in natural units: (2/3)·Y·σ_d·|e|^{3/2}/√V, checked against the engine's own D by differences.
fn potential(excess: f64) -> f64 {
    2.0 / 3.0 * 0.042 * excess.abs() * (excess.abs() / 25_000.0).sqrt()
}

#[test]
fn a_hundred_thousand_round_trips_cost_at_least_nothing() {
    let book = Book::btc();
    for e in [-300.0, -1.0, 20.0, 4000.0] {
        let slope = (potential(e + 1e-4) - potential(e - 1e-4)) / 2e-4;
        assert!((slope / (book.displacement(e) * gbm_core::math::LN_2) - 1.0).abs() < 1e-6);
    }
    let relax = |excess: f64, pause_s: f64| excess * (-std::f64::consts::LN_2 * pause_s / 600.0).exp();
    let mut dice = Dice(11);
    let least = (0..100_000).map(|_| cost(&round_trip(&mut dice), relax, potential)).fold(f64::INFINITY, f64::min);
    assert!(least >= -1e-12, "{least}");
}

#[test]
fn the_engine_moves_the_price_as_those_round_trips_assume() {
    // The same trades pushed into a market without volatility: after each of them and each pause, the engine's
    // displacement is the square root of the volume that the test's own law holds.
    let mut dice = Dice(12);
    for _ in 0..50 {
        let still = Gbm::new(0.0, 0.0).unwrap();
        let instrument = Instrument { model: Model::from(still), ..btc(1).instruments()[0].clone() };
        let market = Market::new(Seed::from(1), btc(1).grid(), vec![instrument], None).unwrap();
        let mut simulation = Simulation::new(market);
        let mut excess = 0.0;
        for (quantity, pause_s) in round_trip(&mut dice) {
            let ticks = 1 + pause_s as usize;
            let json = format!(
                r#"{{"kind":"inject_liquidity","side":"{}","quantity":{},"within":20,"half_life_s":1,"eta":0,"pressure":1}}"#,
                if quantity > 0.0 { "bid" } else { "ask" },
                quantity.abs()
            );
            let tick = simulation.tick() + 1;
            simulation.intervene(&at(tick, &json)).unwrap();
            for (elapsed, tick) in (0..).zip(simulation.by_ref().take(ticks)) {
                excess *= (-std::f64::consts::LN_2 / 600.0).exp();
                if elapsed == 0 {
                    excess += quantity;
                }
                let expected = excess.signum() * 0.042 * (excess.abs() / 25_000.0).sqrt();
                let found = (tick.price / tick.reference).ln();
                assert!((found - expected).abs() < 1e-7 * expected.abs() + 1e-13, "{found} {expected}");
            }
        }
    }
}

#[test]
fn a_decaying_square_root_of_price_would_pay_for_pump_and_dump() {
    // The planted fault: every trade moves the price by ±√|q|, and the price itself decays, instead of a volume that
    // relaxes under one square root. Buying in a hundred pieces and selling at once then earns money.
    let decay = (-std::f64::consts::LN_2 / 600.0).exp();
    let trades = std::iter::repeat_n(1.0_f64, 100).chain([-100.0]);
    let (mut price, mut kernel_cost) = (0.0, 0.0);
    for quantity in trades.clone() {
        let move_ = quantity.signum() * quantity.abs().sqrt();
        kernel_cost += quantity * (price + 2.0 / 3.0 * move_);
        price = (price + move_) * decay;
    }
    assert!(kernel_cost < -1000.0, "{kernel_cost}");
    let ours: Vec<(f64, f64)> = trades.map(|quantity| (quantity, 1.0)).collect();
    let relax = |excess: f64, pause_s: f64| excess * decay.powf(pause_s);
    assert!(cost(&ours, relax, potential) >= 0.0);
}
