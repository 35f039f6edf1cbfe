//! A scorecard on one page: no script, nothing from elsewhere, light or dark as its reader has it.

use std::fmt::Write;

use super::plots::{Picture, pictures};
use super::words::{data, interval, maybe, number, scores, settings, tick, verdict};
use super::{About, PageError};
use crate::score::Scored;
use crate::study::Scorecard;

const STYLE: &str = include_str!("page.css");

/// A text as HTML says it.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            character => escaped.push(character),
        }
    }
    escaped
}

pub(super) fn page(card: &Scorecard, about: &About) -> Result<String, PageError> {
    let title = escaped(&format!("{} against {}", about.model, about.source));
    let mut html = String::new();
    // Writing to a String can't fail.
    let _ = write!(
        html,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title} – realism</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         <p>{} bars of {}; {} simulated paths of the same length{}, at a tick of {}.</p>\n",
        card.data.returns + card.data.stretches,
        card.scale,
        card.paths,
        if card.data.stretches > 1 { " and with the same gaps" } else { "" },
        tick(about.tick_ms),
    );
    for warning in &card.data.warnings {
        let _ = writeln!(html, "<p class=\"warning\">{}.</p>", escaped(&warning.to_string()));
    }
    tiles(&mut html, card);
    facts(&mut html, card);
    for picture in pictures(card)? {
        section(&mut html, &picture);
    }
    html.push_str("<div class=\"pair\">\n");
    table(&mut html, "What was set", &settings(card, about));
    table(&mut html, "The data", &data(card, about));
    let _ = write!(
        html,
        "</div>\n<footer>Facts as numbered in the documentation of the crate realism. Intervals: circular bootstrap of blocks, percentiles. \
         Envelopes and intervals are of each fact alone, so even a true model misses some; a difference of one or two facts means nothing. \
         algo-trading {}</footer>\n</main>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION")
    );
    Ok(html)
}

fn tiles(html: &mut String, card: &Scorecard) {
    let tally = card.tally;
    let mut tiles = vec![
        ("facts matched", format!("{} of {}", tally.matched, tally.of)),
        ("facts centred", format!("{} of {}", tally.centred, tally.centred_of)),
    ];
    if let Some(check) = card.self_check {
        tiles.push(("a true model matches", format!("{:.1} of {}", check.mean, tally.of)));
        tiles.push(("… in 19 of 20 cases", format!("≥ {:.0}", check.low.floor())));
    }
    let mut widths: Vec<f64> = card.facts.iter().filter_map(|fact| fact.relative_width).collect();
    widths.sort_unstable_by(f64::total_cmp);
    if let Some(width) = crate::envelope::quantile(&widths, 0.5) {
        tiles.push(("median relative width", format!("{width:.2}×")));
    }
    html.push_str("<div class=\"tiles\">\n");
    for (name, value) in tiles {
        let _ = writeln!(html, "<div class=\"tile\"><span>{name}</span><b>{}</b></div>", escaped(&value));
    }
    html.push_str("</div>\n");
}

fn facts(html: &mut String, card: &Scorecard) {
    begin(html, "Facts");
    for line in scores(card) {
        let _ = writeln!(html, "<p>{}.</p>", escaped(&capitalised(&line)));
    }
    html.push_str("<table class=\"facts\">\n<thead><tr><th scope=\"col\">fact</th>");
    for head in ["data", "95 % interval", "model", "95 % envelope", "width", "matched", "centred"] {
        let _ = write!(html, "<th scope=\"col\">{head}</th>");
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for scored in &card.facts {
        row(html, scored);
    }
    html.push_str(
        "</tbody>\n</table>\n<p>Model: the paths' median. Width: the envelope's over the interval's.</p>\n</section>\n",
    );
}

fn row(html: &mut String, scored: &Scored) {
    let mark = |is: Option<bool>| {
        let class = match is {
            Some(true) => " class=\"gain\"",
            Some(false) => " class=\"loss\"",
            None => "",
        };
        format!("<td{class}>{}</td>", verdict(is))
    };
    let _ = writeln!(
        html,
        "<tr><th scope=\"row\">{} {}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>{}{}</tr>",
        scored.fact.number,
        escaped(scored.fact.name),
        scored.value.map_or_else(|| "does not apply".into(), number),
        interval(scored.interval),
        maybe(scored.model.map(|model| model.median)),
        interval(scored.model),
        scored.relative_width.map_or_else(|| "–".into(), |width| format!("{width:.2}×")),
        mark(scored.is_matched),
        mark(scored.is_centred),
    );
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// A part with its heading. What is too wide for a narrow window scrolls within it, by keys too.
fn begin(html: &mut String, title: &str) {
    let title = escaped(title);
    let _ = writeln!(html, "<section tabindex=\"0\" aria-label=\"{title}\">\n<h2>{title}</h2>");
}

fn section(html: &mut String, picture: &Picture) {
    let key = |variable: &str, class: &str, name: &str| {
        let colour =
            if variable.is_empty() { String::new() } else { format!(" style=\"background:var(--{variable})\"") };
        format!("<span class=\"key{class}\"{colour}></span>{name}")
    };
    let mut keys = key("data", "", "data");
    if picture.has_band {
        keys += &key("model", "", "model, median");
        keys += &key("model", " band", "model, 95 % of paths");
    } else {
        keys += &key("model", "", "simulated");
    }
    if picture.has_normal {
        keys += &key("", " dashed", "normal law");
    }
    begin(html, picture.title);
    let _ =
        write!(html, "<p>{}</p>\n<p class=\"keys\">{keys}</p>\n{}</section>\n", escaped(&picture.caption), picture.svg);
}

fn table(html: &mut String, title: &str, rows: &[(String, String)]) {
    begin(html, title);
    html.push_str("<table>\n<tbody>\n");
    for (name, value) in rows {
        let _ = writeln!(html, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escaped(name), escaped(value));
    }
    html.push_str("</tbody>\n</table>\n</section>\n");
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_that_a_file_is_called_is_markup() {
        assert_eq!(escaped("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    }
}
