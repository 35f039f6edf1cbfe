//! A scorecard on one page.

use report_page::{Cell, Key, Look, Page, Tile};

use super::About;
use super::plots::{Picture, PictureError, pictures};
use super::words::{data, interval, maybe, number, scores, settings, tick, verdict};
use crate::score::Scored;
use crate::study::Scorecard;

pub(super) fn page(card: &Scorecard, about: &About) -> Result<String, PictureError> {
    let mut page = Page::new(&format!("{} against {}", about.model, about.source), "realism");
    page.text(&format!(
        "{} bars of {}; {} simulated paths of the same length{}, at a tick of {}.",
        card.data.returns + card.data.stretches,
        card.scale,
        card.paths,
        if card.data.stretches > 1 { " and with the same gaps" } else { "" },
        tick(about.tick_ms),
    ));
    for warning in &card.data.warnings {
        page.warning(&format!("{warning}."));
    }
    page.tiles(&tiles(card));
    facts(&mut page, card);
    for picture in pictures(card)? {
        page.picture(picture.title, &picture.caption, &keys(&picture), &picture.svg);
    }
    page.side_by_side(|page| {
        page.table("What was set", &settings(card, about));
        page.table("The data", &data(card, about));
    });
    Ok(page.end(concat!(
        "Facts as numbered in the documentation of the crate realism. Intervals: circular bootstrap of blocks, percentiles. \
         Envelopes and intervals are of each fact alone, so even a true model misses some; a difference of one or two facts means nothing. \
         algo-trading ",
        env!("CARGO_PKG_VERSION")
    )))
}

fn tiles(card: &Scorecard) -> Vec<Tile> {
    let tally = card.tally;
    let mut tiles = vec![
        Tile::new("facts matched", format!("{} of {}", tally.matched, tally.of)),
        Tile::new("facts centred", format!("{} of {}", tally.centred, tally.centred_of)),
    ];
    if let Some(check) = card.self_check {
        tiles.push(Tile::new("a true model matches", format!("{:.1} of {}", check.mean, tally.of)));
        tiles.push(Tile::new("… in 19 of 20 cases", format!("≥ {:.0}", check.low.floor())));
    }
    let mut widths: Vec<f64> = card.facts.iter().filter_map(|fact| fact.relative_width).collect();
    widths.sort_unstable_by(f64::total_cmp);
    if let Some(width) = crate::envelope::quantile(&widths, 0.5) {
        tiles.push(Tile::new("median relative width", format!("{width:.2}×")));
    }
    tiles
}

fn facts(page: &mut Page, card: &Scorecard) {
    page.section("Facts", |page| {
        for line in scores(card) {
            page.text(&format!("{}.", capitalised(&line)));
        }
        let heads = ["data", "95 % interval", "model", "95 % envelope", "width", "matched", "centred"];
        page.grid("fact", &heads, &card.facts.iter().map(row).collect::<Vec<_>>());
        page.text("Model: the paths' median. Width: the envelope's over the interval's.");
    });
}

fn row(scored: &Scored) -> (String, Vec<Cell>) {
    let name = format!("{} {}", scored.fact.number, scored.fact.name);
    let figures = [
        scored.value.map_or_else(|| "does not apply".into(), number),
        interval(scored.interval),
        maybe(scored.model.map(|model| model.median)),
        interval(scored.model),
        scored.relative_width.map_or_else(|| "–".into(), |width| format!("{width:.2}×")),
    ];
    let verdicts =
        [scored.is_matched, scored.is_centred].map(|is_gain| Cell { value: verdict(is_gain).into(), is_gain });
    (name, figures.map(Cell::from).into_iter().chain(verdicts).collect())
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn keys(picture: &Picture) -> Vec<Key> {
    let key = |colour, look, name| Key { colour, look, name };
    let mut keys = vec![key("first", Look::Line, "data")];
    if picture.has_band {
        keys.push(key("second", Look::Line, "model, median"));
        keys.push(key("second", Look::Band, "model, 95 % of paths"));
    } else {
        keys.push(key("second", Look::Line, "simulated"));
    }
    if picture.has_normal {
        keys.push(key("third", Look::Dashed, "normal law"));
    }
    keys
}
