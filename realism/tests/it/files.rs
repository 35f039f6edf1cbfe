//! Price files: what is refused, what is warned of, how bars are made and cut.

use std::fmt::Write;

use market_setup::prices::PriceSeries;
use proptest::prelude::*;
use realism::{Bars, Returns, Scale, Warning};

const HEADER: &str = "timestamp,close\n";
const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// A file of rows at these Unix seconds, whose prices go up and down.
fn file(times_s: impl IntoIterator<Item = i64>) -> String {
    (0_i64..).zip(times_s).fold(HEADER.into(), |text, (row, time_s)| with_row(text, time_s, 100 + row * row % 17))
}

fn with_row(mut text: String, time_s: i64, price: i64) -> String {
    writeln!(text, "{time_s},{price}").unwrap();
    text
}

fn read(text: &str, scale: Scale) -> Bars {
    Bars::read(text.as_bytes(), scale).unwrap()
}

#[track_caller]
fn refused(text: &str, scale: Scale, reason: &str) {
    assert_eq!(Bars::read(text.as_bytes(), scale).unwrap_err().to_string(), reason);
}

#[test]
fn bad_files_are_refused_with_the_reason() {
    let every = |step: i64, rows: i64| (0..rows).map(move |row| row * step);
    refused(&file(every(DAY, 250)), Scale::Day, "249 returns of 1d: at least 250 are needed");
    refused("timestamp,close\n", Scale::Day, "0 returns of 1d: at least 250 are needed");
    refused("timestamp,close\n1,1\n", Scale::Day, "0 returns of 1d: at least 250 are needed");
    refused("time,close\n1,1\n", Scale::Day, "line 1: no column named timestamp or date; found: \"time, close\"");
    refused(&file([0, DAY, DAY]), Scale::Day, "line 4: time = \"86400\" does not come after the line before");
    refused(&file([0, 2 * DAY, DAY]), Scale::Day, "line 4: time = \"86400\" does not come after the line before");
    for price in ["0", "-1", "NaN", "inf", ""] {
        let text = format!("timestamp,close\n0,1\n60,{price}\n");
        let reason = format!("line 3: price = {price:?} is not a number in [0.000000000000001, 1000000000000000]");
        refused(&text, Scale::Minute, &reason);
    }
    refused(&file(every(DAY, 400)), Scale::Hour, "rows are 1d apart: bars of 1h can't be made of them");
    refused(&file(every(7 * MINUTE, 400)), Scale::Hour, "rows are 7m apart, which doesn't divide bars of 1h");
    let odd = every(HOUR, 400).chain([400 * HOUR + 7]);
    let reason = "row 401: 3607s after the row before, where rows are 1h apart: mixed frequencies";
    refused(&file(odd), Scale::Hour, reason);
    let coarser = every(HOUR, 300).chain((300..600).map(|row| 300 * HOUR + (row - 299) * 4 * HOUR));
    let reason = "row 302: 4h after the row before, where rows are 1h apart: mixed frequencies";
    refused(&file(coarser), Scale::Hour, reason);
    let flat = (0..400).fold(HEADER.into(), |text, row| with_row(text, row * DAY, 5));
    refused(&flat, Scale::Day, "every close is the same");
    let reason = "row 1: time = -9223372036854775808 ms is outside [-9007199254740991, 9007199254740991]";
    refused("timestamp,close\n-9223372036854775808,1\n9223372036854775807,2\n", Scale::Day, reason);
}

#[test]
fn a_gap_cuts_and_no_return_is_made_across() {
    let text = file((0..300).map(|row| HOUR * (row + if row >= 200 { 1000 } else { 0 })));
    let bars = read(&text, Scale::Hour);
    assert_eq!(bars.pattern().stretches().iter().map(|part| part.closes).collect::<Vec<_>>(), [200, 100]);
    assert_eq!((bars.pattern().returns(), bars.log_closes().len()), (298, 300));
    assert_eq!(bars.warnings()[0], Warning::Gaps { gaps: 1, missing: 1000, stretches: 2 });
    let returns = Returns::of(bars.pattern(), bars.log_closes()).unwrap();
    let across = bars.log_closes()[200] - bars.log_closes()[199];
    assert!((returns.values()[199] - across).abs() > 1e-9);
    // Sums begin anew: 199 = 8·24 + 7 and 99 = 4·24 + 3.
    assert_eq!(returns.sums(24).values().len(), 12);
    assert_eq!(bars.pattern().close_times_ms().nth(200), Some((1200 + 1) * HOUR * 1000));
}

#[test]
fn minutes_without_a_trade_hold_the_last_close_and_longer_gaps_do_not() {
    let missing =
        |gone: std::ops::Range<i64>| file((0..400).filter(move |row| !gone.contains(row)).map(|row| row * MINUTE));
    let held = read(&missing(100..105), Scale::Minute);
    assert_eq!((held.pattern().stretches().len(), held.pattern().closes()), (1, 400));
    assert_eq!(held.warnings()[0], Warning::Held { rows: 5 });
    assert_eq!(held.log_closes()[99..105], [held.log_closes()[99]; 6]);
    let cut = read(&missing(100..106), Scale::Minute);
    assert_eq!(cut.warnings()[0], Warning::Gaps { gaps: 1, missing: 6, stretches: 2 });
    let hours = file((0..400).filter(|row| *row != 100).map(|row| row * HOUR));
    assert_eq!(read(&hours, Scale::Hour).warnings()[0], Warning::Gaps { gaps: 1, missing: 1, stretches: 2 });
}

#[test]
fn rows_that_are_often_missing_are_no_other_frequency() {
    let text = file((0..1000).filter(|row| row * row % 7 != 2).map(|row| row * MINUTE));
    let bars = read(&text, Scale::Minute);
    assert_eq!((bars.pattern().stretches().len(), bars.pattern().closes()), (1, 1000));
}

#[test]
fn finer_rows_make_bars_by_their_last_close() {
    // From 00:30 on, so that the first hour is half there and its close is known.
    let text = file((30..60 * 300 + 20).map(|row| row * MINUTE));
    let bars = read(&text, Scale::Hour);
    assert_eq!(bars.pattern().closes(), 300);
    assert_eq!(bars.pattern().first_close_ms(), Some(HOUR * 1000));
    let close = |row: i64| ((100 + row * row % 17) as f64).ln();
    assert_eq!(bars.log_closes()[..2], [close(29), close(89)]);
    // Without its last minutes, more than are held, an hour has no close.
    let text = file((0..60 * 300).filter(|row| !(654..660).contains(row)).map(|row| row * MINUTE));
    let bars = read(&text, Scale::Hour);
    assert_eq!(bars.pattern().stretches().iter().map(|part| part.closes).collect::<Vec<_>>(), [10, 289]);
}

/// Ticks as `simulate` prints them, from when they begin on: their times are when they end.
fn ticks(begins_s: impl IntoIterator<Item = i64>, length_s: i64) -> String {
    let header = "tick,timestamp,instrument,price,reference\n".to_owned();
    (0_i64..).zip(begins_s).fold(header, |mut text, (row, time_s)| {
        let price = 100 + row * row % 17;
        writeln!(text, "{},{},BTC-USD,{price},{price}", row + 1, time_s + length_s).unwrap();
        text
    })
}

#[test]
fn ticks_are_told_by_their_header_to_be_stamped_at_the_end() {
    for (scale, step) in [(Scale::Hour, HOUR), (Scale::Hour, MINUTE), (Scale::Day, DAY)] {
        let times = || (0..60 * 500).map(|row| row * step);
        assert_eq!(read(&ticks(times(), step), scale), read(&file(times()), scale), "{scale} of rows of {step} s");
    }
    // The same columns in another order are somebody else's.
    let text = ticks((0..300).map(|row| row * HOUR), HOUR).replacen("tick,timestamp,", "tick ,timestamp,", 1);
    assert_eq!(read(&text, Scale::Hour).pattern().first_close_ms(), Some(2 * HOUR * 1000));
    let odd = ticks([i64::MIN / 1000 + 10, i64::MAX / 1000 - 10], 0);
    assert!(Bars::read(odd.as_bytes(), Scale::Day).unwrap_err().to_string().starts_with("row 1: time = -92233"));
    refused("tick,timestamp,price\n1,2,3\n", Scale::Day, "0 returns of 1d: at least 250 are needed");
}

#[test]
fn a_bar_without_its_last_row_is_told_as_missing() {
    // The hours 10, 12 and 20 end six minutes early; 11 is alone.
    let is_there = |row: &i64| ![11, 13, 21].iter().any(|hour| (60 * hour - 6..60 * hour).contains(row));
    let bars = read(&file((0..60 * 400).filter(is_there).map(|row| row * MINUTE)), Scale::Hour);
    let expected = [Warning::Gaps { gaps: 3, missing: 3, stretches: 3 }, Warning::Dropped { bars: 1 }];
    assert_eq!(bars.warnings()[..2], expected);
    assert_eq!(bars.warnings()[1].to_string(), "1 bars are left out: both their neighbours are missing");
}

#[test]
fn a_bar_without_neighbours_is_left_out() {
    let text = file((0..300).chain([310]).chain(320..600).map(|day| day * DAY));
    let bars = read(&text, Scale::Day);
    assert_eq!(bars.pattern().closes(), 580);
    assert_eq!(bars.warnings()[1], Warning::Dropped { bars: 1 });
}

#[test]
fn many_zero_returns_are_warned_of() {
    let slow = (0..400).fold(HEADER.into(), |text, day| with_row(text, day * DAY, 100 + day / 4 % 9));
    let bars = read(&slow, Scale::Day);
    assert!(
        matches!(bars.warnings(), [Warning::Zeros { share }] if (0.7..0.8).contains(share)),
        "{:?}",
        bars.warnings()
    );
}

#[test]
fn rows_that_were_never_in_a_file_are_checked_too() {
    let rows = |times: &[i64], prices: &[f64]| PriceSeries { times_ms: times.to_vec(), prices: prices.to_vec() };
    let refused = |series: &PriceSeries, reason: &str| {
        assert_eq!(Bars::new(series, Scale::Day).unwrap_err().to_string(), reason);
    };
    refused(&rows(&[0, 1], &[1.0]), "times_ms has 2 entries, but there are 1 prices");
    refused(&rows(&[5, 5], &[1.0, 2.0]), "row 2: time = 5 ms does not come after 5 ms");
    refused(&rows(&[5, 4], &[1.0, 2.0]), "row 2: time = 4 ms does not come after 5 ms");
    refused(&rows(&[5, 6], &[1.0, -2.0]), "row 2: price = -2 is outside [0.000000000000001, 1000000000000000]");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever the gaps: as many closes as the pattern says, at increasing times, and a return for each pair of neighbours.
    #[test]
    fn bars_and_pattern_agree(
        steps in proptest::collection::vec(1_i64..9, 1..900),
        by_hour in any::<bool>(),
        every in 1_i64..4,
    ) {
        let times = steps.iter().scan(0, |time, step| {
            *time += if *step < 6 { every } else { every * *step };
            Some(*time * 60_000)
        });
        let times_ms: Vec<i64> = times.collect();
        let prices = (0_u32..).take(times_ms.len()).map(|row| f64::from(100 + row * row % 17)).collect();
        let scale = if by_hour { Scale::Hour } else { Scale::Minute };
        if let Ok(bars) = Bars::new(&PriceSeries { times_ms, prices }, scale) {
            let closes: Vec<i64> = bars.pattern().close_times_ms().collect();
            prop_assert_eq!(closes.len(), bars.log_closes().len());
            prop_assert!(closes.windows(2).all(|pair| pair[1] > pair[0] && (pair[1] - pair[0]) % scale.bar_ms() == 0));
            let neighbours = closes.windows(2).filter(|pair| pair[1] - pair[0] == scale.bar_ms()).count();
            prop_assert_eq!(neighbours, bars.pattern().returns());
            prop_assert_eq!(closes.last().copied(), bars.pattern().last_close_ms());
        }
    }
}
