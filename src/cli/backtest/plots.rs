//! Pictures of a back-test as SVG, in colours that the page decides: each is a CSS variable.

use backtest::curve::Point;
use backtest::distribution::Distribution;
use backtest::watch::Trade;
use plotters::prelude::*;
use report_page::{FONT, INK, PictureError, RULE, svg};
use trading_core::order::Side;

use super::words::{cash, float, percent, time};

/// The most fills that are drawn; of more, every k-th.
const MAX_MARKS: usize = 600;
const BINS: usize = 41;

/// Colours as they are drawn, and the page's variables in whose place they stand.
const EQUITY: RGBColor = RGBColor(1, 2, 5);
const PRICE: RGBColor = RGBColor(1, 2, 6);
const GAIN: RGBColor = RGBColor(1, 2, 7);
const LOSS: RGBColor = RGBColor(1, 2, 8);
const COLOURS: [(RGBColor, &str); 4] = [(EQUITY, "first"), (PRICE, "third"), (GAIN, "gain"), (LOSS, "loss")];

type Picture = Result<String, PictureError>;

/// Simulated time in a unit of which a run has some.
#[derive(Clone, Copy)]
struct Axis {
    start_ms: i64,
    unit_ms: f64,
    end: f64,
}

impl Axis {
    fn of(points: &[Point], start_ms: i64) -> (Self, String) {
        let span = points.last().map_or(0, |point| point.time_ms.saturating_sub(start_ms)).max(1) as f64;
        let units =
            [("years", 31_536_000_000.0), ("days", 86_400_000.0), ("hours", 3_600_000.0), ("minutes", 60_000.0)];
        let (name, unit_ms) = units.into_iter().find(|(_, unit)| span >= 2.5 * unit).unwrap_or(("seconds", 1000.0));
        (Self { start_ms, unit_ms, end: span / unit_ms }, format!("{name} since {}", time(start_ms)))
    }

    fn at(&self, time_ms: i64) -> f64 {
        time_ms.saturating_sub(self.start_ms) as f64 / self.unit_ms
    }
}

/// The frame that all of them have: rules across, figures at both axes.
macro_rules! framed {
    ($area:expr, $x:expr, $y:expr, $unit:expr, $written:expr) => {{
        let mut chart = ChartBuilder::on($area)
            .margin(8)
            .margin_right(20)
            .x_label_area_size(44)
            .y_label_area_size(92)
            .build_cartesian_2d($x, $y)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(RULE)
            .axis_style(RULE)
            .y_labels(6)
            .x_labels(9)
            .x_label_formatter(&|value| short(*value))
            .y_label_formatter(&$written)
            .x_desc($unit)
            .label_style((FONT, 14).into_font().color(&INK))
            .axis_desc_style((FONT, 14).into_font().color(&INK))
            .draw()?;
        chart
    }};
}

/// A number with as many digits as it needs.
fn short(value: f64) -> String {
    let rounded = (value * 1000.0).round() / 1000.0;
    (rounded + 0.0).to_string()
}

/// A range with a margin, which isn't empty.
fn around(values: impl Iterator<Item = f64> + Clone) -> std::ops::Range<f64> {
    let (low, high) = (values.clone().fold(f64::INFINITY, f64::min), values.fold(f64::NEG_INFINITY, f64::max));
    let margin = (0.06 * (high - low)).max(1e-6 * high.abs()).max(1e-9);
    low - margin..high + margin
}

/// Whether the price goes beside the equity: not where it would leave nothing to be seen of it.
pub(super) fn shows_price(points: &[Point], initial: f64) -> bool {
    let first = points.first().map_or(1.0, |point| point.price);
    let length = |range: std::ops::Range<f64>| range.end - range.start;
    let own = length(around(points.iter().map(|point| point.equity)));
    length(around(points.iter().map(|point| initial * point.price / first))) <= 8.0 * own
}

/// Amounts at an axis, with cents where they differ.
fn amounts(range: &std::ops::Range<f64>) -> impl Fn(&f64) -> String + use<> {
    let is_wide = range.end - range.start >= 50.0;
    move |value| {
        let text = cash(*value);
        if is_wide { text.trim_end_matches(".00").into() } else { text }
    }
}

/// Equity, and what the price has come to from the same start, if that can be seen beside it.
pub(super) fn equity(points: &[Point], start_ms: i64, initial: f64) -> Picture {
    let (axis, unit) = Axis::of(points, start_ms);
    let first = points.first().map_or(1.0, |point| point.price);
    let price = |point: &Point| initial * point.price / first;
    let own = around(points.iter().map(|point| point.equity));
    let with_price = around(points.iter().flat_map(|point| [point.equity, price(point)]));
    let is_beside = shows_price(points, initial);
    let range = if is_beside { with_price } else { own };
    let written = amounts(&range);
    svg(300, "Equity over time", &COLOURS, |area| {
        let mut chart = framed!(area, 0.0..axis.end, range, unit, written);
        if is_beside {
            let scaled = points.iter().map(|point| (axis.at(point.time_ms), price(point)));
            chart.draw_series(LineSeries::new(scaled, PRICE.stroke_width(1)))?;
        }
        let equity = points.iter().map(|point| (axis.at(point.time_ms), point.equity));
        chart.draw_series(LineSeries::new(equity, EQUITY.stroke_width(2)))?;
        Ok(())
    })
}

/// How far equity is below its highest so far.
pub(super) fn drawdown(points: &[Point], start_ms: i64, initial: f64) -> Picture {
    let (axis, unit) = Axis::of(points, start_ms);
    let mut high = initial;
    let falls: Vec<(f64, f64)> = points
        .iter()
        .map(|point| {
            high = high.max(point.equity);
            (axis.at(point.time_ms), if high > 0.0 { point.equity / high - 1.0 } else { 0.0 })
        })
        .collect();
    let deepest = falls.iter().fold(0.0_f64, |deepest, (_, fall)| deepest.min(*fall)).min(-1e-4);
    let decimals = if deepest > -2e-3 { 3 } else { 2 };
    let written = |value: &f64| format!("{:.decimals$} %", 100.0 * value);
    svg(190, "Drawdown: how far equity is below its highest so far", &COLOURS, |area| {
        let mut chart = framed!(area, 0.0..axis.end, 1.08 * deepest..0.0, unit, written);
        let last = falls.last().map_or(0.0, |(at, _)| *at);
        let outline = std::iter::once((0.0, 0.0)).chain(falls.iter().copied()).chain(std::iter::once((last, 0.0)));
        chart.draw_series(std::iter::once(Polygon::new(outline.collect::<Vec<_>>(), LOSS.mix(0.25))))?;
        chart.draw_series(LineSeries::new(falls.iter().copied(), LOSS.stroke_width(1)))?;
        Ok(())
    })
}

/// Every how many fills one is drawn: an odd number, since purchases and sales take turns.
pub(super) fn stride(trades: usize) -> usize {
    trades.div_ceil(MAX_MARKS).max(1) | 1
}

/// The price with purchases and sales.
pub(super) fn trades(points: &[Point], start_ms: i64, trades: &[Trade]) -> Picture {
    let (axis, unit) = Axis::of(points, start_ms);
    let prices = || points.iter().map(|point| point.price);
    let marked = || trades.iter().step_by(stride(trades.len()));
    let range = around(prices().chain(marked().map(|trade| float(trade.fill.price))));
    let written = amounts(&range);
    svg(320, "The price, with purchases below and sales above it", &COLOURS, |area| {
        let mut chart = framed!(area, 0.0..axis.end, range, unit, written);
        let line = points.iter().map(|point| (axis.at(point.time_ms), point.price));
        chart.draw_series(LineSeries::new(line, PRICE.stroke_width(1)))?;
        chart.draw_series(marked().map(|Trade { time_ms, fill }| {
            let at = (axis.at(*time_ms), float(fill.price));
            let (colour, way) = if fill.side == Side::Buy { (GAIN, 1) } else { (LOSS, -1) };
            EmptyElement::at(at) + Polygon::new(vec![(0, 2 * way), (-4, 9 * way), (4, 9 * way)], colour.filled())
        }))?;
        Ok(())
    })
}

/// How a figure is spread over seeds.
pub(super) fn histogram(values: &[f64], spread: &Distribution) -> Picture {
    let width = ((spread.max - spread.min) / (BINS - 1) as f64).max(1e-12);
    // An edge at 0, so that no bar has losses and gains.
    let low = (spread.min / width).floor() * width;
    let mut counts = [0_u32; BINS];
    for value in values {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the bins")]
        let bin = (((value - low) / width) as usize).min(BINS - 1);
        counts[bin] += 1;
    }
    let most = f64::from(counts.iter().copied().max().unwrap_or(1));
    let x = (low - width)..(low + width * (BINS as f64 + 1.0));
    svg(300, "How total returns are spread over the seeds", &COLOURS, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(8)
            .margin_right(20)
            .x_label_area_size(44)
            .y_label_area_size(92)
            .build_cartesian_2d(x, 0.0..1.1 * most)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(RULE)
            .axis_style(RULE)
            .y_labels(6)
            .x_labels(9)
            .x_label_formatter(&|value| percent(*value))
            .y_label_formatter(&|value| short(*value))
            .x_desc("total return")
            .y_desc("seeds")
            .label_style((FONT, 14).into_font().color(&INK))
            .axis_desc_style((FONT, 14).into_font().color(&INK))
            .draw()?;
        chart.draw_series((0_u32..).zip(counts).filter(|(_, count)| *count > 0).map(|(bin, count)| {
            let from = low + width * f64::from(bin);
            let colour = if from + 0.5 * width < 0.0 { LOSS } else { GAIN };
            let mut bar = Rectangle::new([(from, 0.0), (from + width, f64::from(count))], colour.mix(0.75).filled());
            bar.set_margin(0, 0, 1, 1);
            bar
        }))?;
        let median = spread.quantiles[3].1;
        chart.draw_series(LineSeries::new([(median, 0.0), (median, 1.1 * most)], INK.stroke_width(1)))?;
        Ok(())
    })
}
