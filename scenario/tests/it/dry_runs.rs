//! What a dry run shows is what comes.

use gbm_core::prelude::*;
use scenario::{Horizon, NAMES, Overrides, built_in};

use crate::support::{after, next, scenario};

#[test]
fn the_later_run_equals_it() {
    for name in NAMES {
        let read = built_in(name).unwrap().unwrap();
        let mut simulation = after(137, 9);
        let crash = Shock {
            log_return: LogReturn::new(0.1).unwrap(),
            permanent_fraction: Fraction::new(1.0).unwrap(),
            half_life_s: None,
        };
        simulation.intervene(&Command::now(Intervention::Shock(crash)).at(500)).unwrap();
        let start = read.start(&simulation, None, 200).unwrap();
        let horizon = Horizon { ticks: 1000, points: 1000 };
        let dry = read.dry_run(&simulation, &Overrides::new(), &start, horizon).unwrap();
        let mut without = simulation.clone();
        assert_eq!(read.play(&mut simulation, &Overrides::new(), &start).unwrap(), dry.accepted);
        assert_eq!(dry.points.len(), 1000);
        for point in dry.points {
            let (tick, plain) = (simulation.next().unwrap(), without.next().unwrap());
            assert_eq!(
                (tick.tick, tick.price.to_bits(), tick.is_halted),
                (point.tick, point.price.to_bits(), point.is_halted),
                "{name}"
            );
            assert_eq!(plain.price.to_bits(), point.without.to_bits());
        }
    }
}

#[test]
fn thinning_loses_no_extreme() {
    let read = scenario(
        "[[steps]]\nat_s = 42\nkind = \"set_price\"\nprice = 1\n[[steps]]\nat_s = 43\nkind = \"set_price\"\nprice = 500000\n",
    );
    let simulation = after(10, 2);
    let run = |points| {
        read.dry_run(&simulation, &Overrides::new(), &next(&read, &simulation), Horizon { ticks: 105, points })
            .unwrap()
            .points
    };
    let thin = run(10);
    assert_eq!(thin.iter().map(|point| point.tick).collect::<Vec<_>>(), [21, 32, 43, 54, 65, 76, 87, 98, 109, 115]);
    assert_eq!((thin[3].low, thin[3].high), (1.0, 500_000.0));
    let fine = run(10_000);
    assert_eq!(fine.len(), 105);
    for (point, ticks) in thin.iter().zip(fine.chunks(11)) {
        assert_eq!((point.price, point.without), (ticks[ticks.len() - 1].price, ticks[ticks.len() - 1].without));
        assert_eq!(point.low, ticks.iter().fold(f64::INFINITY, |low, tick| low.min(tick.price)));
        assert_eq!(point.high, ticks.iter().fold(0.0, |high, tick| tick.price.max(high)));
    }
}

#[test]
fn a_dry_run_is_bounded_and_changes_nothing() {
    let read = built_in("bear").unwrap().unwrap();
    let simulation = after(10, 2);
    let before = simulation.snapshot();
    let start = next(&read, &simulation);
    let run = |ticks, points| read.dry_run(&simulation, &Overrides::new(), &start, Horizon { ticks, points });
    assert_eq!(run(1, 0).unwrap_err().to_string(), "points = 0 is outside [1, 10000]");
    assert_eq!(run(1, 10_001).unwrap_err().to_string(), "points = 10001 is outside [1, 10000]");
    assert!(run(100_000_001, 1).unwrap_err().to_string().contains("looked ahead"));
    assert_eq!(run(0, 5).unwrap().points, []);
    assert_eq!(run(7, 5).unwrap().points.len(), 4);
    assert_eq!(simulation.snapshot(), before);
}
