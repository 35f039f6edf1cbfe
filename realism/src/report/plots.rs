//! Pictures of a scorecard as SVG, in colours that the page decides: each is a CSS variable.

use std::f64::consts::PI;

use plotters::prelude::*;
pub(super) use report_page::PictureError;
use report_page::{Area, Drawing, FONT, INK, RULE};

use super::axis::Axis;
use crate::curves::{Curve, Kind};
use crate::scale::{DAY_MS, Scale};
use crate::study::{Drawn, Scorecard};

const HEIGHT: u32 = 340;
/// Days above which time is told in years.
const MANY_DAYS: f64 = 800.0;
/// The smallest autocorrelation that is drawn.
const SMALL: f64 = 0.003;

/// Colours as they are drawn, and the page's variables in whose place they stand.
const DATA: RGBColor = RGBColor(1, 2, 5);
const MODEL: RGBColor = RGBColor(1, 2, 6);
const NORMAL: RGBColor = RGBColor(1, 2, 7);
const COLOURS: [(RGBColor, &str); 3] = [(DATA, "first"), (MODEL, "second"), (NORMAL, "third")];

type Chart<'a> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<Axis, Axis>>;
/// Points in stretches.
type Line = Vec<Vec<(f64, f64)>>;

/// A picture with what is told of it.
pub(super) struct Picture {
    /// What it shows.
    pub(super) title: &'static str,
    /// How to read it.
    pub(super) caption: String,
    /// Whether the normal law is among its lines, and the model's band.
    pub(super) has_normal: bool,
    pub(super) has_band: bool,
    /// The SVG itself.
    pub(super) svg: String,
}

/// Axes and their names.
struct Frame {
    x: Axis,
    y: Axis,
    x_name: String,
    y_name: &'static str,
}

/// Draws into a text, with a description for who can't see it.
fn svg(description: &str, frame: Frame, draw: impl FnOnce(&mut Chart<'_>) -> Drawing) -> Result<String, PictureError> {
    report_page::svg(HEIGHT, description, &COLOURS, |area| framed(area, frame, draw))
}

fn framed(area: &Area<'_>, frame: Frame, draw: impl FnOnce(&mut Chart<'_>) -> Drawing) -> Drawing {
    let mut chart = ChartBuilder::on(area)
        .margin(8)
        .margin_right(24)
        .x_label_area_size(48)
        .y_label_area_size(84)
        .build_cartesian_2d(frame.x, frame.y)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(RULE)
        .axis_style(RULE)
        .x_desc(frame.x_name)
        .y_desc(frame.y_name)
        .label_style((FONT, 14).into_font().color(&INK))
        .axis_desc_style((FONT, 14).into_font().color(&INK))
        .draw()?;
    draw(&mut chart)
}

/// The model's envelope with its median, then the data over both.
fn compare(chart: &mut Chart<'_>, curve: &Curve) -> Drawing {
    let known = || curve.x.iter().zip(&curve.model).filter_map(|(&x, model)| model.map(|model| (x, model)));
    let upper = known().map(|(x, model)| (x, model.high));
    let lower: Vec<(f64, f64)> = known().map(|(x, model)| (x, model.low)).collect();
    let outline: Vec<(f64, f64)> = upper.chain(lower.into_iter().rev()).collect();
    chart.draw_series(std::iter::once(Polygon::new(outline, MODEL.mix(0.22))))?;
    chart.draw_series(LineSeries::new(known().map(|(x, model)| (x, model.median)), MODEL.stroke_width(2)))?;
    let data: Vec<(f64, Option<f64>)> = curve.x.iter().copied().zip(curve.data.iter().copied()).collect();
    // A line only between neighbours that are there.
    for run in data.split(|(_, y)| y.is_none()) {
        let run = run.iter().filter_map(|&(x, y)| y.map(|y| (x, y)));
        chart.draw_series(run.clone().map(|at| Circle::new(at, 3, DATA.filled())))?;
        chart.draw_series(LineSeries::new(run, DATA.stroke_width(2)))?;
    }
    Ok(())
}

fn normal_line(chart: &mut Chart<'_>, points: impl Iterator<Item = (f64, f64)> + Clone) -> Drawing {
    chart.draw_series(DashedLineSeries::new(points, 6, 5, NORMAL.stroke_width(2)))?;
    Ok(())
}

/// The bars of a scale, as an axis names them.
fn bars(scale: Scale) -> &'static str {
    match scale {
        Scale::Minute => "minutes",
        Scale::Hour => "hours",
        Scale::Day => "days",
    }
}

/// All pictures of a scorecard.
pub(super) fn pictures(card: &Scorecard) -> Result<Vec<Picture>, PictureError> {
    let mut pictures = Vec::new();
    for curve in &card.curves {
        pictures.push(match curve.kind {
            Kind::Density => density(card, curve)?,
            Kind::Quantiles => quantiles(curve)?,
            Kind::AcfReturns => returns(card, curve)?,
            Kind::AcfSizes => sizes(card, curve)?,
            Kind::Kurtosis => kurtosis(card, curve)?,
        });
    }
    pictures.push(paths(card)?);
    Ok(pictures)
}

fn density(card: &Scorecard, curve: &Curve) -> Result<Picture, PictureError> {
    let width = curve.x.windows(2).next().map_or(1.0, |pair| pair[1] - pair[0]);
    // One return in a bin is the least there is; an empty bin lies below the frame.
    let least = 1.0 / (card.data.returns as f64 * width);
    let filled = |curve: &Curve| {
        let data = curve.x.iter().zip(&curve.data).filter(|(_, y)| y.is_some_and(|y| y > 0.0));
        data.map(|(x, _)| x.abs()).fold(4.0, f64::max)
    };
    let reach = filled(curve);
    let frame = Frame {
        x: Axis::linear(-reach, reach, 10),
        y: Axis::log(0.5 * least, 2.0),
        x_name: "log-return, standard deviations of the data".into(),
        y_name: "density",
    };
    let shown = |x: f64| x.abs() <= reach;
    let inside = curve.x.iter().zip(curve.data.iter().zip(&curve.model)).filter(|(x, _)| shown(**x));
    let (x, (data, model)): (Vec<f64>, (Vec<_>, Vec<_>)) =
        inside.map(|(&x, (&data, &model))| (x, (data.filter(|y| *y > 0.0), model))).unzip();
    let curve = Curve { kind: curve.kind, x, data, model };
    let bell = (-400..=400_i32).map(|place| f64::from(place) / 100.0 * reach / 4.0);
    let bell = bell.map(|x| (x, (-0.5 * x * x).exp() / (2.0 * PI).sqrt())).filter(|(_, y)| *y > 0.5 * least);
    let svg = svg("Distribution of returns: data, model and the normal law on a logarithmic axis", frame, |chart| {
        normal_line(chart, bell)?;
        compare(chart, &curve)
    })?;
    let caption = "How often returns of each size come, on a logarithmic axis: fat tails stay high far out. Bins of half a deviation; at the \
                   lower edge there is none.";
    Ok(Picture { title: "Distribution of returns", caption: caption.into(), has_normal: true, has_band: true, svg })
}

/// The range of what the data do and the model's median, with a margin.
fn range(curve: &Curve) -> (f64, f64) {
    let medians = curve.model.iter().flatten().map(|model| model.median);
    let all = curve.data.iter().flatten().copied().chain(medians);
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
    let margin = (0.1 * (high - low)).max(1e-9);
    (low - margin, high + margin)
}

fn quantiles(curve: &Curve) -> Result<Picture, PictureError> {
    let (low, high) = range(curve);
    let reach = curve.x.iter().fold(1.0_f64, |reach, x| reach.max(x.abs()));
    let frame = Frame {
        x: Axis::linear(-reach, reach, 9),
        y: Axis::linear(low, high, 9),
        x_name: "quantile of the normal law, standard deviations".into(),
        y_name: "quantile, data's sd",
    };
    let svg = svg("Quantiles of returns against those of the normal law: data and model", frame, |chart| {
        normal_line(chart, [(-reach, -reach), (reach, reach)].into_iter())?;
        compare(chart, curve)
    })?;
    let caption = "Each quantile of the returns over the normal law's. A straight line is a normal law; an S with steep ends has fat tails.";
    Ok(Picture {
        title: "Quantiles against the normal law",
        caption: caption.into(),
        has_normal: true,
        has_band: true,
        svg,
    })
}

fn returns(card: &Scorecard, curve: &Curve) -> Result<Picture, PictureError> {
    let bands = curve.model.iter().flatten().flat_map(|model| [model.low, model.high]);
    let reach = curve.data.iter().flatten().copied().chain(bands).fold(0.02_f64, |reach, y| reach.max(y.abs())) * 1.1;
    let last = curve.x.last().copied().unwrap_or(1.0);
    let frame = Frame {
        x: Axis::linear(1.0, last, 12),
        y: Axis::linear(-reach, reach, 6),
        x_name: format!("lag, {}", bars(card.scale)),
        y_name: "autocorrelation",
    };
    let svg = svg("Autocorrelation of returns by lag: data and model", frame, |chart| compare(chart, curve))?;
    let caption = "How far a return tells later ones. Real markets and models alike: hardly at all.";
    Ok(Picture { title: "Autocorrelation of returns", caption: caption.into(), has_normal: false, has_band: true, svg })
}

fn sizes(card: &Scorecard, curve: &Curve) -> Result<Picture, PictureError> {
    let last = curve.x.last().copied().unwrap_or(2.0);
    let most = curve.data.iter().flatten().copied().chain(curve.model.iter().flatten().map(|model| model.high));
    let frame = Frame {
        x: Axis::log(1.0, last),
        y: Axis::log(SMALL, (1.3 * most.fold(0.0, f64::max)).clamp(0.1, 1.0)),
        x_name: format!("lag, {}", bars(card.scale)),
        y_name: "autocorrelation of |r|",
    };
    let svg =
        svg("Autocorrelation of absolute returns by lag, both axes logarithmic", frame, |chart| compare(chart, curve))?;
    let caption = format!(
        "How long calm and storm last: a straight line on these axes is a power law. What is below {SMALL}, or negative, lies on the lower edge."
    );
    Ok(Picture { title: "Autocorrelation of absolute returns", caption, has_normal: false, has_band: true, svg })
}

fn kurtosis(card: &Scorecard, curve: &Curve) -> Result<Picture, PictureError> {
    let (low, high) = range(curve);
    let last = curve.x.last().copied().unwrap_or(2.0);
    let frame = Frame {
        x: Axis::log(1.0, last).with_ticks(&curve.x),
        y: Axis::linear(low.min(-1.0), high.max(1.0), 6),
        x_name: format!("horizon, {} in a return", bars(card.scale)),
        y_name: "excess kurtosis",
    };
    let svg = svg("Excess kurtosis of returns by horizon", frame, |chart| {
        normal_line(chart, [(1.0, 0.0), (last, 0.0)].into_iter())?;
        compare(chart, curve)
    })?;
    let caption = "Over longer horizons returns become more normal (0), and how fast that goes is a fact of its own. A band that leaves the \
                   frame goes on beyond it.";
    Ok(Picture { title: "Kurtosis by horizon", caption: caption.into(), has_normal: true, has_band: true, svg })
}

fn paths(card: &Scorecard) -> Result<Picture, PictureError> {
    let lines: Vec<(bool, Line)> =
        card.drawn.iter().map(|drawn| (drawn.path.is_none(), gaps_left_out(drawn))).collect();
    let points = || lines.iter().flat_map(|(_, stretches)| stretches.iter().flatten());
    let (low, high) = points().fold((f64::INFINITY, 0.0_f64), |(low, high), (_, y)| (low.min(*y), high.max(*y)));
    let days = points().fold(0.0_f64, |last, (x, _)| last.max(*x));
    let (unit, name) = if days > MANY_DAYS { (365.25, "years") } else { (1.0, "days") };
    let end = (days / unit).max(1e-9);
    let frame = Frame {
        x: Axis::linear(0.0, end, 10),
        y: Axis::log(low / 1.1, high * 1.1),
        x_name: format!("{name} of data"),
        y_name: "price over the first",
    };
    let svg = svg("The real path and a few simulated ones on a logarithmic axis", frame, |chart| {
        // The data last, over the others.
        for (is_data, stretches) in lines.iter().rev() {
            let style = if *is_data { DATA.stroke_width(2) } else { MODEL.mix(0.75).stroke_width(1) };
            for stretch in stretches {
                chart.draw_series(LineSeries::new(stretch.iter().map(|(x, y)| (x / unit, *y)), style))?;
            }
        }
        Ok(())
    })?;
    let simulated = card.drawn.len().saturating_sub(1);
    let gaps = if card.data.stretches > 1 { " Gaps are left out, and what prices did in them." } else { "" };
    let caption = format!("The data beside the first {simulated} simulated paths.{gaps}");
    Ok(Picture { title: "Paths", caption, has_normal: false, has_band: false, svg })
}

/// Points in days since the first, each stretch going on where the one before ended.
fn gaps_left_out(drawn: &Drawn) -> Line {
    let (mut before_ms, mut level) = (0, 1.0);
    let stretch = |points: &Vec<(i64, f64)>| {
        let (first_ms, first) = points.first().copied().unwrap_or((0, 1.0));
        let at = |time_ms: i64| (before_ms + time_ms - first_ms) as f64 / DAY_MS as f64;
        let placed = points.iter().map(|&(time_ms, price)| (at(time_ms), level * price / first)).collect();
        if let Some((last_ms, last)) = points.last() {
            before_ms += last_ms - first_ms;
            level *= last / first;
        }
        placed
    };
    drawn.stretches.iter().map(stretch).collect()
}
