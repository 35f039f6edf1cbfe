//! `realism`: how much a model's paths look like the bars of a price file.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use gbm_core::prelude::*;
use market_setup::args::{fresh_seed, length_ms};
use market_setup::models::ModelChoice;
use realism::report::{About, page, table};
use realism::{Bars, BarsError, Scale, Scorecard, Simulator, Study, fit_gbm};
use serde::Serialize;

use super::error::{CliError, Result, in_file};
use super::output::{self, Progress, WholeFile};

const EXAMPLES: &str = "\
The file is a CSV with columns timestamp or date, when a row's bar begins, and close or price. Finer rows are brought to the scale.
What simulate prints is told by its header, tick,timestamp,…: its times are when ticks end.
  algo-trading realism --data days.csv --scale 1d --seed 42 --html report.html
  algo-trading realism --data hours.csv --scale 1h --model gbm --volatility 0.8 --drift 0 --paths 1000";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ScaleName {
    /// Minutes
    #[value(name = "1m")]
    Minute,
    /// Hours
    #[value(name = "1h")]
    Hour,
    /// Days of UTC
    #[value(name = "1d")]
    Day,
}

impl From<ScaleName> for Scale {
    fn from(name: ScaleName) -> Self {
        match name {
            ScaleName::Minute => Self::Minute,
            ScaleName::Hour => Self::Hour,
            ScaleName::Day => Self::Day,
        }
    }
}

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct RealismArgs {
    /// Model whose paths are judged: btc, btc-calm, btc-crisis, eth, gbm, equity-index or a FILE.json
    #[arg(long, default_value = "btc")]
    model: ModelChoice,
    /// Prices to judge by; `-` is standard input
    #[arg(long, value_name = "FILE.csv")]
    data: PathBuf,
    /// Length of a bar
    #[arg(long, value_enum)]
    scale: ScaleName,
    /// Paths to simulate
    #[arg(long, default_value_t = 200, value_name = "N")]
    paths: u64,
    /// Resamples of the data, for their intervals
    #[arg(long, default_value_t = 1000, value_name = "N")]
    resamples: u64,
    /// Seed: a decimal integer below 2^64, or 0x and up to 64 hexadecimal digits [default: 256 bits from the OS]
    #[arg(long, env = "ALGO_TRADING_SEED", hide_env_values = true)]
    seed: Option<Seed>,
    /// Simulation tick, which divides the bar [default: 1m, for days 15m]
    #[arg(long, value_name = "LENGTH")]
    tick: Option<String>,
    /// Price at the first close [default: the data's]
    #[arg(long, allow_negative_numbers = true)]
    spot: Option<f64>,
    /// Drift per year [default: the model's; for gbm fitted to the data]
    #[arg(long, allow_negative_numbers = true)]
    drift: Option<f64>,
    /// Volatility per square root of a year [default: the model's; for gbm fitted to the data]
    #[arg(long, allow_negative_numbers = true)]
    volatility: Option<f64>,
    /// Frozen factors of |r| in the hours 0 to 23 of UTC, with commas [default: of data and paths themselves]
    #[arg(long, value_delimiter = ',', allow_negative_numbers = true, value_name = "F,…")]
    hour_factors: Vec<f64>,
    /// Write a page with pictures
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write everything for programs
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(Serialize)]
struct Json<'a> {
    about: &'a About,
    #[serde(flatten)]
    card: &'a Scorecard,
}

pub(super) fn run(args: &RealismArgs) -> Result<()> {
    let scale = Scale::from(args.scale);
    let tick_ms = tick_ms(args, scale)?;
    let hour_factors = hour_factors(&args.hour_factors)?;
    let bars = bars(args, scale)?;
    let (model, parameters) = model(args, &bars)?;
    let first = bars.log_closes().first().copied().unwrap_or_default();
    let spot = Price::new(args.spot.unwrap_or_else(|| first.exp()))?;
    let seed = args.seed.map_or_else(fresh_seed, Ok)?;
    let simulator = Simulator::new(&model, bars.pattern(), spot, seed, tick_ms)?;
    let study = Study { paths: args.paths, resamples: args.resamples, hour_factors, ..Study::new(seed) };
    let html = args.html.as_deref().map(WholeFile::create).transpose()?;
    let json = args.json.as_deref().map(WholeFile::create).transpose()?;
    let progress = Progress::of(args.paths.saturating_add(args.resamples), "paths and resamples", false);
    let card = study.run(
        &bars,
        |path| simulator.closes(path),
        |so_far| {
            progress.reach(so_far.done);
            ControlFlow::Continue(())
        },
    );
    progress.finish();
    let card = card?;
    let name = args.data.file_name().filter(|name| *name != "-");
    let source = name.map_or_else(|| "standard input".into(), |name| name.to_string_lossy().into_owned());
    let name = Preset::of(&model).filter(|preset| preset.name() != model.name());
    let name = name.map_or_else(|| model.name().into(), |preset| format!("{preset} ({})", model.name()));
    let about = About { model: name, parameters, source, tick_ms };
    if let Some(file) = html {
        file.keep(&page(&card, &about)?)?;
    }
    if let Some(file) = json {
        let text = serde_json::to_string(&Json { about: &about, card: &card });
        file.keep(&(text.map_err(|error| CliError::Output(error.into()))? + "\n"))?;
    }
    output::print(&table(&card, &about))
}

/// The model that is judged, and its parameters for reading. Brownian motion has the data's drift and volatility unless others are
/// given; every other model has its own.
fn model(args: &RealismArgs, bars: &Bars) -> Result<(Model, Vec<(String, String)>)> {
    let model = args.model.load()?;
    let is_fitted = args.model == ModelChoice::Preset(Preset::Gbm);
    let fitted = if is_fitted { Model::from(fit_gbm(bars)?) } else { model.clone() };
    let drift = args.drift.unwrap_or(fitted.drift().get());
    let volatility = args.volatility.unwrap_or(fitted.volatility().get());
    let model = model.at(drift, volatility)?;
    output::tell_note(model.note());
    let written = |value: f64, given: Option<f64>, unit: &str| {
        let origin = match given {
            Some(_) => "given",
            None if is_fitted => "fitted",
            None => "the model's",
        };
        format!("{value:.4} {unit}, {origin}")
    };
    let mut parameters = vec![
        ("drift".into(), written(drift, args.drift, "a year")),
        ("volatility".into(), written(volatility, args.volatility, "per √year")),
    ];
    if !is_fitted {
        let text = serde_json::to_string(&model).map_err(|error| CliError::Output(error.into()))?;
        parameters.push(("model".into(), text));
        if let ModelChoice::Preset(preset) = args.model {
            parameters.push(("chosen".into(), preset.chosen().into()));
        }
    }
    Ok((model, parameters))
}

fn bars(args: &RealismArgs, scale: Scale) -> Result<Bars> {
    let path = &args.data;
    let bars = if path.as_os_str() == "-" {
        Bars::read(std::io::stdin().lock(), scale)
    } else {
        Bars::read(in_file(path, File::open(path))?, scale)
    };
    bars.map_err(|error: BarsError| CliError::Bars { path: path.clone(), error })
}

fn tick_ms(args: &RealismArgs, scale: Scale) -> Result<i64> {
    let given = args.tick.as_deref().map(|text| length_ms("--tick", text)).transpose()?;
    Ok(given.map_or(scale.tick_ms(), |tick_ms| i64::try_from(tick_ms).unwrap_or(i64::MAX)))
}

fn hour_factors(given: &[f64]) -> Result<Option<[f64; 24]>> {
    if given.is_empty() {
        return Ok(None);
    }
    given.try_into().map(Some).map_err(|_| CliError::Flag {
        flag: "--hour-factors",
        text: given.iter().map(f64::to_string).collect::<Vec<_>>().join(","),
        reason: format!("{} factors, but a day has 24 hours", given.len()),
    })
}
