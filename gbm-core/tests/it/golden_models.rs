//! Published bits of every preset and of every kind of model, plain and steered: as `golden`, renewed with it.

use std::fmt::Write;

use gbm_core::model::Preset;
use gbm_core::prelude::*;

use crate::replay::session_of;
use crate::support::btc;
use crate::zoo::{self, Animal, any_body, market};

const GOLDEN: &str = include_str!("golden/models.txt");

fn values() -> String {
    let mut text = format!("value_version {}\n", gbm_core::VALUE_VERSION);
    for preset in Preset::ALL {
        let market = market(&preset.model(), 42);
        for tick in Simulation::new(market.clone()).take(3) {
            writeln!(text, "tick {preset} {} {:016x} {}", tick.tick, tick.price.to_bits(), tick.price).unwrap();
        }
        // Past the end of a day, and of an hour three times.
        let (.., digest) = session_of(any_body, market, 42, 0, 10_000);
        writeln!(text, "digest {preset} {digest}").unwrap();
    }
    for Animal { name, model, .. } in zoo::all() {
        for (how, commands) in [("plain", 0), ("steered", 40)] {
            let (.., digest) = session_of(any_body, market(&model, 42), 42, commands, 5000);
            writeln!(text, "digest {name} {how} {digest}").unwrap();
        }
        writeln!(text, "terminal {name} {:016x}", terminal(&model)).unwrap();
    }
    // Steps of an hour and a day, where what is fast is averaged and what is long is over.
    for preset in Preset::ALL {
        for interval_ms in [3_600_000, 86_400_000] {
            let grid = TimeGrid::new(btc(0).grid().start_time_ms(), interval_ms).unwrap();
            let one = vec![zoo::instrument("X-USD", 0, preset.model())];
            let market = Market::new(Seed::from(42), grid, one, None).unwrap();
            let (.., digest) = session_of(any_body, market, 42, 0, 2000);
            writeln!(text, "digest {preset} {} s {digest}", interval_ms / 1000).unwrap();
        }
    }
    text
}

/// The exclusive or of terminal prices, each turned by its place.
fn terminal(model: &Model) -> u64 {
    let mut ends = vec![0.0; 100];
    let paths = Paths { antithetic: true, ..zoo::paths(42, 20) };
    paths.fill_terminal(model, Price::new(100.0).unwrap(), &mut ends).unwrap();
    (0..).zip(ends).fold(0, |all, (place, end): (u32, f64)| all ^ end.to_bits().rotate_left(place % 64))
}

#[test]
fn published_bits_of_models_have_not_changed() {
    let found = values();
    if std::env::var_os("GBM_CORE_RENEW_GOLDEN").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/golden/models.txt"), &found).unwrap();
        return;
    }
    for (found, golden) in found.lines().zip(GOLDEN.lines()) {
        assert_eq!(found, golden, "a published bit has changed");
    }
    assert_eq!(found.lines().count(), GOLDEN.lines().count());
}

/// The steered digests again on the slowest instruction set: kernels read the noise of slices, and others read it tick by tick.
#[test]
fn digests_are_those_of_plain_code() {
    use gbm_core::kernel::Isa;
    let digests = || -> Vec<_> {
        let digest = |Animal { model, .. }: Animal| session_of(any_body, market(&model, 7), 7, 20, 2000).2;
        zoo::all().into_iter().map(digest).collect()
    };
    let expected = Isa::Portable.run(digests);
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        assert_eq!(isa.run(digests), expected, "{isa}");
    }
}
