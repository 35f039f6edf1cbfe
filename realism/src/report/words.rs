//! A scorecard in words and figures.

use std::fmt::Write;

use jiff::Timestamp;

use super::About;
use crate::envelope::Envelope;
use crate::study::Scorecard;

/// A number with four digits that count.
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(5e-6..1e6).contains(&size) {
        return format!("{value:.2e}").replace('-', "\u{2212}");
    }
    let decimals = if size >= 1000.0 {
        0
    } else if size >= 100.0 {
        1
    } else if size >= 10.0 {
        2
    } else if size >= 0.01 || size == 0.0 {
        3
    } else {
        5
    };
    format!("{value:.decimals$}").replace('-', "\u{2212}")
}

pub(super) fn maybe(value: Option<f64>) -> String {
    value.map_or_else(|| "\u{2013}".into(), number)
}

/// From the one end to the other.
pub(super) fn interval(range: Option<Envelope>) -> String {
    range.map_or_else(|| "\u{2013}".into(), |range| format!("{} to {}", number(range.low), number(range.high)))
}

pub(super) fn verdict(is: Option<bool>) -> &'static str {
    match is {
        Some(true) => "yes",
        Some(false) => "no",
        None => "\u{2013}",
    }
}

pub(super) fn time(time_ms: i64) -> String {
    Timestamp::from_millisecond(time_ms).map_or_else(|_| format!("{time_ms} ms"), |time| time.to_string())
}

/// A tick's length.
pub(super) fn tick(tick_ms: i64) -> String {
    let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s")];
    let fits = units.into_iter().find(|(length, _)| tick_ms % length == 0);
    fits.map_or_else(|| format!("{tick_ms} ms"), |(length, unit)| format!("{} {unit}", tick_ms / length))
}

/// Model, parameters, paths, tick and seed, name by name.
pub(super) fn settings(card: &Scorecard, about: &About) -> Vec<(String, String)> {
    let mut settings = vec![("model".into(), about.model.clone())];
    settings.extend(about.parameters.iter().cloned());
    settings.extend([
        ("simulation tick".into(), tick(about.tick_ms)),
        ("paths".into(), card.paths.to_string()),
        ("seed".into(), card.seed.clone()),
        ("resamples of the data".into(), format!("{}, blocks of {} bars", card.resamples, card.block_bars)),
    ]);
    settings
}

/// What the data are.
pub(super) fn data(card: &Scorecard, about: &About) -> Vec<(String, String)> {
    let data = &card.data;
    let returns = match data.stretches {
        1 => format!("{} without a gap", data.returns),
        several => format!("{} in {several} stretches", data.returns),
    };
    vec![
        ("file".into(), about.source.clone()),
        ("bars".into(), card.scale.to_string()),
        ("first close".into(), time(data.first_close_ms)),
        ("last close".into(), time(data.last_close_ms)),
        ("returns".into(), returns),
        ("zero returns".into(), format!("{:.1} %", 100.0 * data.zero_share)),
    ]
}

/// The scores as sentences.
pub(super) fn scores(card: &Scorecard) -> Vec<String> {
    let tally = card.tally;
    let mut lines = vec![
        format!("matched {} of {}: the data lie within the paths' 95 % envelope", tally.matched, tally.of),
        format!(
            "centred {} of {}: the paths' median lies within the data's 95 % interval",
            tally.centred, tally.centred_of
        ),
    ];
    if let Some(check) = card.self_check {
        lines.push(format!(
            "a path of the model itself matches {:.1} of {} on average, {:.0} or more in 19 cases of 20",
            check.mean,
            tally.of,
            check.low.floor()
        ));
    }
    lines
}

pub(super) fn table(card: &Scorecard, about: &About) -> String {
    let mut text = String::new();
    let (data, settings) = (data(card, about), settings(card, about));
    let name = data.iter().chain(&settings).map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (key, value) in data.iter().chain(&settings) {
        // Writing to a String can't fail.
        let _ = writeln!(text, "{key:<name$}  {value}");
    }
    for warning in &card.data.warnings {
        let _ = writeln!(text, "warning: {warning}");
    }
    let _ = writeln!(
        text,
        "\n{:>2} {:<51} {:>9}  {:<20} {:>9}  {:<20} {:>7} {:>7} {:>7}",
        "#", "fact", "data", "95 % interval", "model", "95 % envelope", "width", "matched", "centred"
    );
    for scored in &card.facts {
        let _ = writeln!(
            text,
            "{:>2} {:<51} {:>9}  {:<20} {:>9}  {:<20} {:>7} {:>7} {:>7}",
            scored.fact.number,
            scored.fact.name,
            scored.value.map_or_else(|| "n/a".into(), number),
            interval(scored.interval),
            maybe(scored.model.map(|model| model.median)),
            interval(scored.model),
            scored.relative_width.map_or_else(|| "\u{2013}".into(), |width| format!("{width:.2}×")),
            verdict(scored.is_matched),
            verdict(scored.is_centred),
        );
    }
    text.push('\n');
    for line in scores(card) {
        let _ = writeln!(text, "{line}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{number, tick};

    #[test]
    fn numbers_have_four_digits_that_count() {
        for (value, text) in [
            (0.0, "0.000"),
            (0.812_9, "0.813"),
            (-0.021_47, "−0.021"),
            (0.002_523, "0.00252"),
            (13.153, "13.15"),
            (147.04, "147.0"),
            (52_314.4, "52314"),
            (-3.2e-7, "−3.20e−7"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn a_tick_is_told_in_its_largest_unit() {
        assert_eq!([60_000, 900_000, 500, 86_400_000].map(tick), ["1 min", "15 min", "500 ms", "1 d"]);
    }
}
