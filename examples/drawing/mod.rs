//! Lines over simulated time, drawn to an SVG.

use std::error::Error;

use plotters::prelude::*;

pub(crate) const PRICE: RGBColor = RGBColor(37, 99, 235);
pub(crate) const REFERENCE: RGBColor = RGBColor(156, 163, 175);
#[allow(dead_code, reason = "not every example has a third line")]
pub(crate) const OTHER: RGBColor = RGBColor(217, 119, 6);

/// A line: label, colour, and a price for each row.
pub(crate) type Line<'a> = (&'a str, RGBColor, Vec<f64>);

/// Draws lines whose rows are so many seconds apart, with a label at some times.
pub(crate) fn draw(path: &str, row_s: f64, lines: &[Line<'_>], marks: &[(f64, &str)]) -> Result<(), Box<dyn Error>> {
    let values = || lines.iter().flat_map(|(_, _, prices)| prices.iter().copied());
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max));
    let margin = 0.06 * (high - low);
    let rows = lines.iter().map(|(_, _, prices)| prices.len()).max().unwrap_or_default();
    let hours = |seconds: f64| seconds / 3600.0;
    let root = SVGBackend::new(path, (960, 420)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .margin(16)
        .x_label_area_size(40)
        .y_label_area_size(80)
        .build_cartesian_2d(0.0..hours(rows as f64 * row_s), low - margin..high + margin)?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .bold_line_style(RGBColor(229, 231, 235))
        .axis_style(RGBColor(107, 114, 128))
        .x_label_formatter(&|hours| format!("{hours:.1}"))
        .x_desc("hours of simulated time")
        .y_desc("USD")
        .y_label_formatter(&|price| format!("{price:.0}"))
        .label_style(("sans-serif", 14))
        .draw()?;
    for (label, colour, prices) in lines {
        let points = (0_u32..).zip(prices).map(|(row, &price)| (hours(f64::from(row) * row_s), price));
        let colour = *colour;
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
            .label(*label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], colour.stroke_width(2)));
    }
    for &(seconds, label) in marks {
        let at = hours(seconds);
        let line = [(at, low - margin), (at, high + margin)];
        chart.draw_series(LineSeries::new(line, RGBColor(107, 114, 128).stroke_width(1)))?;
        let text = Text::new(label.to_owned(), (at, high + 0.9 * margin), ("sans-serif", 13).into_font());
        chart.draw_series(std::iter::once(text))?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .background_style(WHITE)
        .border_style(RGBColor(229, 231, 235))
        .label_font(("sans-serif", 14))
        .draw()?;
    root.present()?;
    Ok(())
}
