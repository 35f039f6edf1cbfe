use plotters::coord::Shift;
use plotters::prelude::*;

use crate::escaped;

/// How wide pictures are; a page shrinks them.
pub const WIDTH: u32 = 960;
/// The font of figures at axes.
pub const FONT: &str = "system-ui, sans-serif";
/// Figures and axes.
pub const INK: RGBColor = RGBColor(1, 2, 3);
/// Rules across.
pub const RULE: RGBColor = RGBColor(1, 2, 4);

/// Where a picture is drawn.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// What drawing it comes to.
pub type Drawing = Result<(), DrawingAreaErrorKind<std::io::Error>>;
/// Colours as they are drawn, and the page's variables in whose place they stand.
pub type Colours<'a> = &'a [(RGBColor, &'a str)];

/// A picture could not be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a picture: {0}")]
pub struct PictureError(String);

/// A picture as SVG in colours that the page decides, with a description for who can't see it.
///
/// [`INK`] and [`RULE`] are `--ink` and `--rule`; of a picture's own colours `colours` says the variables, which a page of
/// [`crate::Page`] has as `first`, `second`, `third`, `gain`, `loss`.
///
/// # Errors
/// [`PictureError`] for axes that can't be drawn.
///
/// ```
/// use plotters::prelude::*;
/// use report_page::svg;
/// const LINE: RGBColor = RGBColor(1, 2, 5);
/// let picture = svg(100, "a line", &[(LINE, "first")], |area| {
///     let mut chart = ChartBuilder::on(area).build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
///     chart.draw_series(LineSeries::new([(0.0, 0.0), (1.0, 1.0)], LINE)).map(drop)
/// })?;
/// assert!(picture.contains("aria-label=\"a line\"") && picture.contains("stroke:var(--first)"));
/// # Ok::<(), report_page::PictureError>(())
/// ```
pub fn svg(
    height: u32,
    description: &str,
    colours: Colours<'_>,
    draw: impl FnOnce(&Area<'_>) -> Drawing,
) -> Result<String, PictureError> {
    let mut text = String::new();
    {
        let root = SVGBackend::with_string(&mut text, (WIDTH, height)).into_drawing_area();
        draw(&root).and_then(|()| root.present()).map_err(|error| PictureError(error.to_string()))?;
    }
    for (RGBColor(red, green, blue), variable) in [(INK, "ink"), (RULE, "rule")].iter().chain(colours) {
        for attribute in ["fill", "stroke"] {
            let drawn = format!("{attribute}=\"#{red:02X}{green:02X}{blue:02X}\"");
            text = text.replace(&drawn, &format!("style=\"{attribute}:var(--{variable})\""));
        }
    }
    Ok(text.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{}\" ", escaped(description)), 1))
}
