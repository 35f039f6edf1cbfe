//! Flash crashes, ramps, worked orders and scales against their formulas, computed here another way.

use gbm_core::prelude::*;

use crate::support::{SPOT, at, btc};

/// ln(price/reference) of each tick, tick 1 first.
fn gaps(commands: &[Command], count: usize) -> Vec<f64> {
    let mut simulation = Simulation::new(btc(42));
    for command in commands {
        simulation.intervene(command).unwrap_or_else(|error| panic!("{command:?}: {error}"));
    }
    simulation.take(count).map(|tick| (tick.price / tick.reference).ln()).collect()
}

#[track_caller]
fn close(found: &[f64], expected: impl Fn(f64) -> f64) {
    for (tick, &found) in (1_u32..).zip(found) {
        let expected = expected(tick.into());
        assert!((found - expected).abs() < 1e-12, "tick {tick}: {found} is not {expected}");
    }
}

#[test]
fn a_flash_crash_falls_holds_and_recovers() {
    let crash = at(
        11,
        r#"{"kind":"flash_crash","depth":0.2,"fall_s":10,"hold_s":5,"half_life_s":20,"recovered_fraction":0.75}"#,
    );
    let curve = |tick: f64| match tick - 10.0 {
        before if before <= 0.0 => 0.0,
        falling if falling < 10.0 => -0.2 * falling / 10.0,
        down if down <= 15.0 => -0.2,
        up => -0.05 - 0.15 * 0.5_f64.powf((up - 15.0) / 20.0),
    };
    let found = gaps(std::slice::from_ref(&crash), 2000);
    close(&found, curve);
    // 64 half-lives later only what isn't recovered is left.
    assert!((found[1999] + 0.05).abs() < 1e-15, "{}", found[1999]);

    // Cancelled while it falls, at 8 of 10: three quarters of what had fallen by then are back at once.
    let found = gaps(&[crash, at(19, r#"{"kind":"cancel","id":1}"#)], 100);
    close(&found, |tick| if tick < 19.0 { curve(tick) } else { -0.25 * 0.2 * 0.8 });
}

#[test]
fn a_ramp_arrives_and_stays() {
    let whole = 0.3;
    for shape in ["linear", "smooth"] {
        let way = |x: f64| if shape == "linear" { x } else { x * x * (3.0 - 2.0 * x) };
        let ramp = format!(r#"{{"kind":"ramp","log_return":{whole},"duration_s":40,"shape":"{shape}"}}"#);
        let done = |tick: f64| whole * way(((tick - 4.0) / 40.0).clamp(0.0, 1.0));
        close(&gaps(&[at(5, &ramp)], 200), done);
        let cancelled = gaps(&[at(5, &ramp), at(25, r#"{"kind":"cancel","id":1}"#)], 200);
        close(&cancelled, |tick| done(tick.min(24.0)));
    }
}

#[test]
fn a_worked_order_pushes_and_its_impact_relaxes() {
    let order = at(3, r#"{"kind":"meta_order","side":"sell","quantity":1000,"duration_s":100}"#);
    let relaxation = 0.5_f64.powf(1.0 / 600.0);
    let impact = |per_tick: f64, ticks: f64| {
        move |tick: f64| {
            let mut excess: f64 = 0.0;
            for now in 1..=tick as u32 {
                excess *= relaxation;
                excess += if (3.0..3.0 + ticks).contains(&f64::from(now)) { per_tick } else { 0.0 };
            }
            excess.signum() * 0.042 * (excess.abs() / 25_000.0).sqrt()
        }
    };
    close(&gaps(std::slice::from_ref(&order), 400), impact(-10.0, 100.0));
    let cancelled = gaps(&[order, at(53, r#"{"kind":"cancel","id":1}"#)], 400);
    close(&cancelled, impact(-10.0, 50.0));
}

#[test]
fn a_worked_order_meets_the_book_of_each_tick() {
    let depth = Book::btc().depth(LogDistance::new(0.01).unwrap());
    let inject = format!(
        r#"{{"kind":"inject_liquidity","side":"both","quantity":{},"within":0.01,"half_life_s":1e9,"eta":0}}"#,
        3.0 * depth
    );
    let order = r#"{"kind":"meta_order","side":"buy","quantity":1000,"duration_s":10}"#;
    let plain = gaps(&[at(2, order)], 10);
    let deeper = gaps(&[at(1, &inject), at(2, order)], 10);
    // Four times the depth halves the impact.
    for (plain, deeper) in plain.iter().zip(deeper).skip(1) {
        assert!((deeper / plain - 0.5).abs() < 1e-7, "{deeper} {plain}");
    }
}

#[test]
fn several_displacements_add_up() {
    let ramp = at(10, r#"{"kind":"ramp","log_return":0.1,"duration_s":50}"#);
    let crash = at(20, r#"{"kind":"flash_crash","depth":0.1,"fall_s":5,"half_life_s":9,"recovered_fraction":1}"#);
    let shock = at(30, r#"{"kind":"shock","log_return":-0.2,"permanent_fraction":0.5,"half_life_s":7}"#);
    let each: Vec<Vec<f64>> = [&ramp, &crash, &shock].map(|one| gaps(std::slice::from_ref(one), 1000)).into();
    let together = gaps(&[ramp, crash, shock], 1000);
    for (tick, &together) in together.iter().enumerate() {
        let sum: f64 = each.iter().map(|gaps| gaps[tick]).sum();
        assert!((together - sum).abs() < 1e-12);
    }
}

/// The ratio of the realised volatility to the reference's, over ticks from one to another.
fn volatility_ratio(command: &str, from: usize, to: usize) -> f64 {
    let mut simulation = Simulation::new(btc(5));
    simulation.intervene(&at(1, command)).unwrap();
    let ticks: Vec<Tick> = simulation.take(to).collect();
    let squares = |of: fn(&Tick) -> f64| -> f64 {
        ticks[from..].windows(2).map(|pair| (of(&pair[1]) / of(&pair[0])).ln().powi(2)).sum()
    };
    (squares(|tick| tick.price) / squares(|tick| tick.reference)).sqrt()
}

#[test]
fn a_scale_multiplies_volatility_and_ends() {
    let held = r#"{"kind":"volatility_scale","factor":3,"duration_s":50000}"#;
    assert!((volatility_ratio(held, 0, 50_000) / 3.0 - 1.0).abs() < 1e-3);
    assert!((volatility_ratio(held, 50_000, 60_000) - 1.0).abs() < 1e-9);
    let kept = r#"{"kind":"volatility_scale","factor":0.25}"#;
    assert!((volatility_ratio(kept, 0, 60_000) / 0.25 - 1.0).abs() < 1e-3);
    // Fading: on a given tick 1 + 2·2^(−t/h).
    let fading = r#"{"kind":"volatility_scale","factor":3,"half_life_s":1e7}"#;
    assert!((volatility_ratio(fading, 9_900, 10_000) / (1.0 + 2.0 * 0.5_f64.powf(1e-3)) - 1.0).abs() < 1e-3);
}

#[test]
fn scales_multiply_and_show() {
    let mut simulation = Simulation::new(btc(5));
    simulation.intervene(&at(1, r#"{"kind":"volatility_scale","factor":3}"#)).unwrap();
    simulation.intervene(&at(2, r#"{"kind":"volatility_scale","factor":0.5,"duration_s":2}"#)).unwrap();
    simulation.intervene(&at(2, r#"{"kind":"spread","factor":4,"duration_s":2}"#)).unwrap();
    let seen: Vec<(f64, f64)> = (0..5)
        .map(|_| {
            simulation.next().unwrap();
            let now = simulation.in_force(0).unwrap();
            (now.volatility_factor, now.spread_factor)
        })
        .collect();
    assert_eq!(seen, [(3.0, 1.0), (1.5, 4.0), (1.5, 4.0), (3.0, 1.0), (3.0, 1.0)]);
}

#[test]
fn a_spread_moves_no_price_and_depth_narrows_it() {
    assert!(gaps(&[at(1, r#"{"kind":"spread","factor":9}"#)], 100).iter().all(|&gap| gap == 0.0));
    let mut simulation = Simulation::new(btc(5));
    let depth = Book::btc().depth(LogDistance::new(0.01).unwrap());
    let inject = format!(
        r#"{{"kind":"inject_liquidity","side":"both","quantity":{},"within":0.01,"half_life_s":1e9}}"#,
        3.0 * depth
    );
    simulation.intervene(&at(1, &inject)).unwrap();
    simulation.next().unwrap();
    assert!((simulation.in_force(0).unwrap().spread_factor - 0.5).abs() < 1e-9);
}

#[test]
fn a_set_price_is_hit_beside_what_displaces() {
    let commands = [
        at(2, r#"{"kind":"ramp","log_return":0.1,"duration_s":50}"#),
        at(3, r#"{"kind":"flash_crash","depth":0.1,"fall_s":5,"half_life_s":9,"recovered_fraction":1}"#),
        at(10, r#"{"kind":"set_price","price":123456.789}"#),
    ];
    let mut simulation = Simulation::new(btc(42));
    for command in &commands {
        simulation.intervene(command).unwrap();
    }
    let prices: Vec<f64> = simulation.take(2000).map(|tick| tick.price / SPOT).collect();
    assert_eq!((prices[9] * SPOT).to_bits(), 123_456.789_f64.to_bits());
    // What is left of the ramp goes on from there, and the crash recovers.
    assert!(prices[10] / prices[9] < 1.1 && prices[10] / prices[9] > 0.9);
}
