//! `fit-preset`: a cascade refitted to price files.

use std::fmt::Write;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::{ArgGroup, Args};
use gbm_core::model::Model;
use gbm_core::prelude::*;
use realism::fit_preset::{FitPreset, FitPresetError, FittedPreset, Loss, Parameter};
use realism::{Bars, Scale};

use super::error::{CliError, Result, in_file};
use super::output::{self, Progress, WholeFile};

const EXAMPLES: &str = "\
Each file is a CSV with columns timestamp or date, when a row's bar begins, and close or price. What simulate prints is told by its
header, tick,timestamp,…: its times are when ticks end. The same files, flags and seed give the same model, on any number of threads.
  algo-trading fit-preset --daily days.csv --hourly hours.csv --minute minutes.csv --out mine.json
  algo-trading realism --model mine.json --data hours.csv --scale 1h
--rounds 0 fits seasons and volatility alone.";

const CAUTION: &str = "\
Beware of overfitting: dozens of facts of one stretch of one market judge these few parameters. The objective on other paths shows what
the search learned of its own noise, not what it learned of this stretch: judge the model on a stretch that it hasn't seen
(algo-trading realism --model FILE.json).";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
#[command(group = ArgGroup::new("files").args(["daily", "hourly", "minute"]).multiple(true).required(true))]
pub(super) struct FitPresetArgs {
    /// Prices of days
    #[arg(long, value_name = "FILE.csv")]
    daily: Option<PathBuf>,
    /// Prices of hours
    #[arg(long, value_name = "FILE.csv")]
    hourly: Option<PathBuf>,
    /// Prices of minutes
    #[arg(long, value_name = "FILE.csv")]
    minute: Option<PathBuf>,
    /// Preset to start from: btc, btc-calm, btc-crisis or eth
    #[arg(long, default_value_t)]
    preset: Preset,
    /// Seed: a decimal integer below 2^64, or 0x and up to 64 hexadecimal digits
    #[arg(long, default_value = "1")]
    seed: Seed,
    /// Paths of each scale in an evaluation
    #[arg(long, default_value_t = 12, value_name = "N")]
    paths: u64,
    /// Evaluations of the search
    #[arg(long, default_value_t = 60, value_name = "N")]
    rounds: u64,
    /// Write the model, as --model takes it [default: print it]
    #[arg(long, value_name = "FILE.json")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &FitPresetArgs) -> Result<()> {
    let bars = bars(args)?;
    let out = args.out.as_deref().map(WholeFile::create).transpose()?;
    let fit = FitPreset { paths: args.paths, rounds: args.rounds, ..FitPreset::new(args.seed) };
    let progress = Progress::of(args.rounds, "evaluations", false);
    let fitted = fit.run(&args.preset.model(), &bars, |so_far| {
        progress.reach(so_far.done);
        ControlFlow::Continue(())
    });
    progress.finish();
    let fitted = fitted.map_err(|error| named(error, args.preset))?;
    let json = json(&fitted.model)?;
    let mut text = table(args, &fit, &fitted);
    match out {
        Some(file) => file.keep(&json)?,
        None => text = text + "\n" + &json,
    }
    output::print(&text)
}

/// The flag that is to blame.
fn named(error: FitPresetError, preset: Preset) -> CliError {
    match error {
        FitPresetError::NotCascade(_) => {
            CliError::Flag { flag: "--preset", text: preset.to_string(), reason: error.to_string() }
        }
        other => other.into(),
    }
}

fn json(model: &Model) -> Result<String> {
    let text = serde_json::to_string_pretty(model).map_err(|error| CliError::Output(error.into()))?;
    Ok(text + "\n")
}

fn files(args: &FitPresetArgs) -> impl Iterator<Item = (Scale, &PathBuf)> {
    let all = [(Scale::Day, &args.daily), (Scale::Hour, &args.hourly), (Scale::Minute, &args.minute)];
    all.into_iter().filter_map(|(scale, path)| path.as_ref().map(|path| (scale, path)))
}

fn bars(args: &FitPresetArgs) -> Result<Vec<Bars>> {
    let read = |(scale, path): (Scale, &PathBuf)| {
        let bars = Bars::read(in_file(path, File::open(path))?, scale);
        bars.map_err(|error| CliError::Bars { path: path.clone(), error })
    };
    files(args).map(read).collect()
}

fn table(args: &FitPresetArgs, fit: &FitPreset, fitted: &FittedPreset) -> String {
    let mut text = format!("The preset {}, refitted to\n", args.preset);
    for (used, (_, path)) in fitted.used.iter().zip(files(args)) {
        let (scale, returns, facts, tick_s) = (used.scale, used.returns, used.facts, used.tick_ms / 1000);
        let file = path.display();
        line(
            &mut text,
            format_args!("  {scale}  {returns:>7} returns, {facts} facts, paths by ticks of {tick_s} s: {file}"),
        );
    }
    let ended = if fitted.has_converged { ", where the simplex collapsed" } else { "" };
    let (rounds, evaluations) = (args.rounds, fitted.evaluations);
    line(
        &mut text,
        format_args!(
            "by {} paths of each scale, {evaluations} of {rounds} evaluations{ended}, {} resamples, seed {}\n",
            fit.paths, fit.resamples, fit.seed
        ),
    );
    line(&mut text, format_args!("{:<28} {:>10} {:>10}", "", args.preset.name(), "fitted"));
    for parameter in &fitted.parameters {
        line(&mut text, format_args!("{}", row(parameter)));
    }
    let seasons = match fitted.seasons_of {
        Some(scale) => format!("Seasons: mean |r| of {scale}, each kind of root mean square 1."),
        None => "Seasons: the preset's; eight weeks of hours or minutes would tell them.".into(),
    };
    let volatility = format!("Volatility: rms of {} returns, a year of 365 days.", fitted.volatility_of);
    line(&mut text, format_args!("{seasons}\n{volatility}\nThe drift and the times τ are the preset's.\n"));
    text += &objectives(args, fitted);
    line(&mut text, format_args!("\n{CAUTION}"));
    text
}

fn row(parameter: &Parameter) -> String {
    let start = parameter.start.map_or_else(|| "-".into(), number);
    format!("{:<28} {start:>10} {:>10}", parameter.name, number(parameter.fitted))
}

/// Five digits of a small number, two behind the point of a large one.
fn number(value: f64) -> String {
    if value.abs() < 10.0 { format!("{value:.5}") } else { format!("{value:.2}") }
}

/// What the preset lacks, what it lacks in the files' seasons and at their volatility, and what the fitted model lacks.
fn objectives(args: &FitPresetArgs, fitted: &FittedPreset) -> String {
    let head = ["objective, the lower the better", args.preset.name(), "seasons, σ", "fitted"];
    let mut text = String::new();
    let objective = &fitted.objective;
    line(&mut text, format_args!("{:<32} {:>10} {:>10} {:>10}", head[0], head[1], head[2], head[3]));
    let mut told = |name: &str, of: &dyn Fn(&Loss) -> f64, objective: &realism::fit_preset::Objective| {
        let [start, placed, fitted] = [&objective.start, &objective.placed, &objective.fitted].map(of);
        line(&mut text, format_args!("{name:<32} {start:>10.3} {placed:>10.3} {fitted:>10.3}"));
    };
    for (place, used) in fitted.used.iter().enumerate() {
        let of_scale = |loss: &Loss| loss.scales.get(place).map_or(0.0, |(_, loss)| *loss);
        told(&format!("{}, {} facts", used.scale, used.facts), &of_scale, objective);
    }
    told("distance from the preset", &|loss| loss.penalty, objective);
    told("all", &Loss::total, objective);
    told("all, on other paths", &Loss::total, &fitted.fresh);
    text
}

fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string can't fail.
    let _ = writeln!(text, "{arguments}");
}
