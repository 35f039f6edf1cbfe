//! Many steps have the law of one: no discretisation error, nothing lost between blocks of the running sum.

use gbm_core::noise::Seed;
use statistical_tests::{moments, serial};

use crate::batteries::{STEPS, increments, kolmogorov_smirnov, serial_tests, steps_against_one, terminals};
use crate::engine::Engine;
use crate::source::{HOUR, SECOND};
use crate::suite::{level, pass, seed};

#[test]
fn many_steps_have_the_law_of_one() {
    let engine = Engine(Seed::from(seed()));
    pass("250 x 1 h against 250 h", [steps_against_one(&engine, 100_000)]);
    let sample = terminals(&engine, HOUR, STEPS, 1 << 20, 100_000);
    pass("250 x 1 h", [moments::moment(&sample, 1, level()), moments::moment(&sample, 2, level())]);
    pass("250 x 1 h", [kolmogorov_smirnov(sample)]);
}

/// Ten million ticks of one path.
#[test]
fn steps_of_a_path_are_independent() {
    let sample = increments(&Engine(Seed::from(seed())), SECOND, 10_000_000);
    pass("a path of 10^7 s", serial_tests(&sample));
    pass("a path of 10^7 s", [serial::variance_ratio(&sample, 250, level())]);
}
