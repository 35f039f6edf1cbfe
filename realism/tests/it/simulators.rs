//! Simulated closes: the bits of the engine's paths, at any tick, through gaps.

use gbm_core::prelude::*;
use realism::{Pattern, Scale, Simulator, Stretch};

const DAY: i64 = 86_400_000;

fn simulator<'a>(model: &'a Gbm, pattern: &'a Pattern, tick_ms: i64) -> Simulator<'a, Gbm> {
    Simulator::new(model, pattern, Price::new(100.0).unwrap(), Seed::from(42), tick_ms).unwrap()
}

fn hours(first_close_ms: i64, closes: usize) -> Stretch {
    Stretch { first_close_ms, closes }
}

#[test]
fn closes_are_every_so_many_ticks_of_the_engines_paths() {
    let model = Gbm::new(0.3, 0.9).unwrap();
    let pattern = Pattern::new(Scale::Hour, [hours(5 * DAY, 500)]);
    for (tick_ms, ticks_a_bar) in [(60_000, 60), (3_600_000, 1), (1000, 3600), (100, 36_000)] {
        let closes = simulator(&model, &pattern, tick_ms).closes(3);
        let dt = Years::new(tick_ms as f64 / (365.0 * DAY as f64)).unwrap();
        let paths = Paths { first_path: 3, ..Paths::new(Seed::from(42), 499 * ticks_a_bar, dt) };
        let stream = paths.stream(&model, Price::new(100.0).unwrap()).unwrap();
        let step = usize::try_from(ticks_a_bar).unwrap();
        let expected = std::iter::once(100.0).chain(stream.skip(step - 1).step_by(step)).map(f64::ln);
        assert_eq!(closes, expected.collect::<Vec<_>>(), "tick {tick_ms} ms");
    }
}

#[test]
fn a_path_goes_on_through_a_gap() {
    let model = Gbm::new(0.3, 0.9).unwrap();
    let whole = Pattern::new(Scale::Hour, [hours(0, 24 * 40)]);
    // Days 3 and 17 to 19, and gaps longer than what is simulated in one go.
    let cut = Pattern::new(Scale::Hour, [hours(0, 2), hours(3 * DAY, 24), hours(17 * DAY, 72)]);
    let (whole, cut) = (simulator(&model, &whole, 60_000).closes(0), simulator(&model, &cut, 60_000).closes(0));
    let expected = [&whole[..2], &whole[72..96], &whole[17 * 24..20 * 24]].concat();
    assert_eq!(cut, expected);
}

#[test]
fn a_tick_must_divide_the_bar() {
    let model = Gbm::new(0.3, 0.9).unwrap();
    let pattern = Pattern::new(Scale::Day, [hours(0, 300)]);
    for tick_ms in [0, -1, 7, 86_400_001, 500] {
        let error = Simulator::new(&model, &pattern, Price::new(1.0).unwrap(), Seed::from(1), tick_ms).unwrap_err();
        assert_eq!(error.to_string(), format!("tick = {tick_ms} ms: it must divide a bar of 1d into 1 to 86400 parts"));
    }
}
