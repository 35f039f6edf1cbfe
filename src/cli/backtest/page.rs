//! A back-test on one page: no script, nothing from elsewhere, light or dark as its reader has it.

use std::fmt::Write;

use backtest::seeds::Spread;
use backtest::watch::MAX_FILLS;
use trading_core::strategy::BuiltIn;

use super::words::{self, cash, figures, float, maybe, percent, probability, ratio, spreads};
use super::{Done, plots};
use crate::cli::error::Result;

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

/// The page.
pub(super) fn page(done: &Done) -> Result<String> {
    let title = BuiltIn::title(done.strategy).unwrap_or(done.strategy);
    let description = BuiltIn::description(done.strategy).unwrap_or_default();
    let mut html = String::new();
    // Writing to a String can't fail.
    let _ = write!(
        html,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{} – back-test</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{}</h1>\n<p>{}</p>\n<p>{}</p>\n",
        escaped(title),
        escaped(title),
        escaped(description),
        escaped(&words::source(&done.told)),
    );
    if done.run.stopped.is_some() {
        let _ = writeln!(html, "<p class=\"loss\">It ended early: {}.</p>", words::stopped(done.run.stopped));
    }
    match &done.seeds {
        Some((returns, spread)) => many(&mut html, done, returns, spread)?,
        None => tiles(&mut html, &tiles_of_one(done)),
    }
    one(&mut html, done)?;
    html.push_str("<div class=\"pair\">\n");
    table(&mut html, "Figures", &figures(&done.run.report));
    let mut values: Vec<(&str, String)> =
        done.values.iter().map(|(name, value)| (name.as_str(), value.to_string())).collect();
    let terms = done.setup.terms;
    values.extend([
        ("initial cash", cash(float(terms.initial))),
        ("maker fee", format!("{} bp", terms.maker_bp)),
        ("taker fee", format!("{} bp", terms.taker_bp)),
        ("leverage", terms.leverage.to_string()),
        ("latency, ticks", done.setup.rules.latency_ticks.to_string()),
        ("resting orders", format!("{:?}", done.setup.rules.queue).to_lowercase()),
    ]);
    table(&mut html, "What was set", &values);
    html.push_str("</div>\n");
    let _ = write!(
        html,
        "<footer>Figures as quantstats and empyrical define them, without a risk-free rate; a year has 365 days. \
         A simulated market: nothing here says what a real one will do. algo-trading {}</footer>\n</main>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION")
    );
    Ok(html)
}

/// A name, a figure, and whether it is a gain (or a loss).
type Tile = (&'static str, String, Option<bool>);

fn signed(name: &'static str, value: f64, written: impl FnOnce(f64) -> String) -> Tile {
    let is_gain = if value == 0.0 { None } else { Some(value > 0.0) };
    (name, written(value), is_gain)
}

fn tiles_of_one(done: &Done) -> Vec<Tile> {
    let report = &done.run.report;
    let sharpe = words::is_long(report).then(|| ("Sharpe", maybe(report.figures.sharpe, ratio), None));
    let mut tiles = vec![
        signed("total return", report.figures.total_return, percent),
        ("equity", cash(float(report.equity)), None),
    ];
    tiles.extend(sharpe);
    tiles.extend([
        ("max drawdown", percent(report.figures.max_drawdown), None),
        ("fills", report.fills.to_string(), None),
        ("fees", cash(float(report.fees)), None),
    ]);
    tiles
}

fn tiles(html: &mut String, tiles: &[Tile]) {
    html.push_str("<div class=\"tiles\">\n");
    for (name, value, is_gain) in tiles {
        let class = match is_gain {
            Some(true) => " class=\"gain\"",
            Some(false) => " class=\"loss\"",
            None => "",
        };
        let _ = writeln!(html, "<div class=\"tile\"><span>{name}</span><b{class}>{}</b></div>", escaped(value));
    }
    html.push_str("</div>\n");
}

/// What many seeds say.
fn many(html: &mut String, done: &Done, returns: &[f64], spread: &Spread) -> Result<()> {
    let mut shown = vec![("seeds", spread.runs.to_string(), None)];
    if let Some(total) = &spread.total_return {
        shown.push(signed("mean return", total.mean, percent));
        shown.push(("its standard error", maybe(total.standard_error, percent), None));
        shown.push(signed("median return", total.quantiles[3].1, percent));
    }
    shown.push(("probability of a loss", percent(spread.loss.value), None));
    shown.push(("probability of ruin", percent(spread.ruin.value), None));
    tiles(html, &shown);
    if let Some(total) = &spread.total_return {
        let caption = format!(
            "A loss: {}. Losing {} of the initial cash at any time: {}. The line is the median.",
            probability(spread.loss),
            percent(done.setup.ruin),
            probability(spread.ruin)
        );
        section(html, "Total return over the seeds", &escaped(&caption), &plots::histogram(returns, total)?);
    }
    begin(html, "Figures over the seeds");
    html.push_str("<table>\n<thead><tr><td></td>");
    for head in ["mean", "± error", "5 %", "25 %", "median", "75 %", "95 %"] {
        let _ = write!(html, "<th>{head}</th>");
    }
    html.push_str("</tr></thead>\n");
    for (name, spread, written) in spreads(spread, &done.run.report) {
        let _ = write!(html, "<tr><th>{name}</th><td>{}</td>", escaped(&written(spread.mean)));
        let _ = write!(html, "<td>{}</td>", escaped(&maybe(spread.standard_error, written)));
        for (_, value) in &spread.quantiles[1..6] {
            let _ = write!(html, "<td>{}</td>", escaped(&written(*value)));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</table>\n");
    if let Some(why) = words::left_out(&done.run.report) {
        let _ = writeln!(html, "<p>{why}</p>");
    }
    html.push_str("</section>\n");
    Ok(())
}

/// The pictures of one run: of the first seed, if there are several.
fn one(html: &mut String, done: &Done) -> Result<()> {
    let (run, start_ms, initial) = (&done.run, done.run.report.start_ms, float(done.run.report.initial));
    let which = if done.seeds.is_some() { " of the first seed" } else { "" };
    let key = |variable: &str, name: &str| {
        format!("<span class=\"key\" style=\"background:var(--{variable})\"></span>{name}")
    };
    let mut lines = key("equity", "the account");
    if plots::shows_price(&run.points, initial) {
        lines += &key("price", "the price, from the same start");
    }
    section(html, &format!("Equity{which}"), &lines, &plots::equity(&run.points, start_ms, initial)?);
    let lasting = format!("The deepest is {} at the ends of periods.", percent(run.report.figures.max_drawdown));
    section(html, &format!("Drawdown{which}"), &escaped(&lasting), &plots::drawdown(&run.points, start_ms, initial)?);
    let drawn = run.trades.len().div_ceil(plots::stride(run.trades.len()));
    let mut keys = key("gain", "purchases, below") + &key("loss", "sales, above");
    if run.report.fills > drawn as u64 {
        let kept = if run.report.fills > MAX_FILLS as u64 { ", of the first ones" } else { "" };
        let _ = write!(keys, " – {drawn} of {} fills are drawn{kept}", run.report.fills);
    }
    section(html, &format!("Price and fills{which}"), &keys, &plots::trades(&run.points, start_ms, &run.trades)?);
    Ok(())
}

/// A part with its heading. What is too wide for a narrow window scrolls within it, by keys too.
fn begin(html: &mut String, title: &str) {
    let title = escaped(title);
    let _ = writeln!(html, "<section tabindex=\"0\" aria-label=\"{title}\">\n<h2>{title}</h2>");
}

/// A picture with its caption, which is HTML.
fn section(html: &mut String, title: &str, caption: &str, picture: &str) {
    begin(html, title);
    let _ = write!(html, "<p>{caption}</p>\n{picture}</section>\n");
}

fn table(html: &mut String, title: &str, rows: &[(&str, String)]) {
    begin(html, title);
    html.push_str("<table>\n");
    for (name, value) in rows {
        let _ = writeln!(html, "<tr><th>{}</th><td>{}</td></tr>", escaped(name), escaped(value));
    }
    html.push_str("</table>\n</section>\n");
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_that_a_file_is_called_is_markup() {
        assert_eq!(escaped("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    }
}
