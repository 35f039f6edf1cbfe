//! What acts, what is over, and what was changed: against the prices themselves and written-out expectations.

use gbm_core::prelude::*;

use crate::support::{at, btc, id};

fn standing(simulation: &Simulation<Model>, number: u64) -> Standing {
    simulation.standing(id(number)).unwrap()
}

fn run_to(simulation: &mut Simulation<Model>, tick: u64) {
    while simulation.tick() < tick {
        simulation.next().unwrap();
    }
}

#[test]
fn settings_hide_each_other_and_come_back() {
    let mut simulation = Simulation::new(btc(1));
    let set = |sigma: f64| format!(r#"{{"kind":"set_volatility","sigma":{sigma}}}"#);
    simulation.intervene(&at(10, &set(0.3))).unwrap();
    simulation.intervene(&at(20, &set(0.1))).unwrap();
    simulation.intervene(&at(30, r#"{"kind":"cancel","id":2}"#)).unwrap();
    assert_eq!((standing(&simulation, 1), standing(&simulation, 2)), (Standing::Scheduled, Standing::Scheduled));
    run_to(&mut simulation, 10);
    assert_eq!(standing(&simulation, 1), Standing::Active { until: None });
    run_to(&mut simulation, 20);
    assert_eq!(
        (standing(&simulation, 1), standing(&simulation, 2)),
        (Standing::Superseded, Standing::Active { until: None })
    );
    assert_eq!(simulation.change(id(1)), Some(Change { before: 0.8, after: 0.3 }));
    assert_eq!(simulation.change(id(2)), Some(Change { before: 0.3, after: 0.1 }));
    run_to(&mut simulation, 30);
    assert_eq!(
        (standing(&simulation, 1), standing(&simulation, 2), standing(&simulation, 3)),
        (Standing::Active { until: None }, Standing::Cancelled, Standing::Ended)
    );
    assert_eq!(simulation.change(id(2)), None);
    assert_eq!(simulation.in_force(0).unwrap().volatility, 0.3);
    assert_eq!(simulation.standing(id(9)), None);
}

#[test]
fn a_ramp_is_told_by_its_aim_and_what_is_in_force_moves() {
    let mut simulation = Simulation::new(btc(1));
    simulation.intervene(&at(1, r#"{"kind":"set_drift","mu":10.5,"ramp_s":100}"#)).unwrap();
    run_to(&mut simulation, 50);
    assert_eq!(simulation.change(id(1)), Some(Change { before: 0.5, after: 10.5 }));
    assert_eq!(simulation.in_force(0).unwrap().drift, 5.5);
}

#[test]
fn what_decays_is_active_until_it_is_spent() {
    let mut simulation = Simulation::new(btc(1));
    let book = Book::btc();
    let depth = book.depth(LogDistance::new(0.01).unwrap());
    let inject = |quantity: f64| {
        format!(r#"{{"kind":"inject_liquidity","side":"bid","quantity":{quantity},"within":0.01,"half_life_s":10}}"#)
    };
    simulation.intervene(&at(5, &inject(3.0 * depth))).unwrap();
    simulation.intervene(&at(5, &inject(depth))).unwrap();
    let shock = r#"{"kind":"shock","log_return":0.1,"permanent_fraction":0.5,"half_life_s":1}"#;
    simulation.intervene(&at(6, shock)).unwrap();
    simulation.intervene(&at(6, r#"{"kind":"shock","log_return":0.1,"permanent_fraction":1}"#)).unwrap();
    run_to(&mut simulation, 5);
    // L = 4 · 2, the lean of the second met a book four times as deep; volatility falls by 8^−½.
    let now = simulation.in_force(0).unwrap();
    assert!((now.liquidity - 8.0).abs() < 1e-12 && (now.volatility_factor - 8.0_f64.powf(-0.5)).abs() < 1e-12);
    assert!((now.excess_volume - (1.5 * depth + 0.5 * depth / 4.0)).abs() < 1e-9);
    let change = simulation.change(id(2)).unwrap();
    assert!((change.before - 4.0).abs() < 1e-12 && (change.after - 8.0).abs() < 1e-12);
    assert_eq!(standing(&simulation, 1), Standing::Active { until: Some(5 + 640) });
    run_to(&mut simulation, 6);
    assert_eq!(standing(&simulation, 3), Standing::Active { until: Some(6 + 64) });
    assert_eq!(standing(&simulation, 4), Standing::Ended, "all of it is permanent");
    run_to(&mut simulation, 6 + 64);
    assert_eq!(standing(&simulation, 3), Standing::Ended);
    run_to(&mut simulation, 5 + 640);
    assert_eq!((standing(&simulation, 1), simulation.change(id(1))), (Standing::Ended, None));
}
