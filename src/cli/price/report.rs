use std::fmt::Write;
use std::ops::ControlFlow;

use clap::ValueEnum;
use gbm_core::prelude::Seed;
use indicatif::{ProgressDrawTarget, ProgressStyle};
use monte_carlo::{Estimate, Progress, Stopped};
use serde::Serialize;

use super::oracle::Exact;
use crate::cli::error::{CliError, Result};
use crate::cli::output;

/// How to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For reading
    #[default]
    Table,
    /// One object on one line
    Json,
}

/// A bar on standard error, of paths, with the error so far; nothing where that is no terminal.
pub(super) struct ProgressBar(indicatif::ProgressBar);

impl ProgressBar {
    pub(super) fn new() -> Self {
        let bar = indicatif::ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} paths  ± {msg}  {eta}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Shows the progress, and never stops it.
    pub(super) fn show(&mut self, progress: &Progress) -> ControlFlow<()> {
        if !self.0.is_hidden() {
            self.0.set_length(progress.of);
            self.0.set_position(progress.paths);
            self.0.set_message(format!("{:.2e}", progress.standard_error));
        }
        ControlFlow::Continue(())
    }

    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// An estimate with what is told beside it.
pub(super) struct Priced {
    pub(super) estimate: Estimate,
    pub(super) seconds: f64,
    pub(super) seed: Seed,
    pub(super) closed_form: Option<Exact>,
    /// How far the correlation matrix is from the one given.
    pub(super) repair: Option<f64>,
    /// The implied volatility of the market's price.
    pub(super) implied: Option<f64>,
}

#[derive(Serialize)]
struct Json {
    price: f64,
    /// null where it is not known: see `Priced::error`.
    standard_error: Option<f64>,
    interval_95: Option<(f64, f64)>,
    paths: u64,
    stopped: &'static str,
    seconds: f64,
    paths_per_second: Option<f64>,
    seed: String,
    /// null without a formula.
    closed_form: Option<f64>,
    /// Whose the formula is; null without one.
    source: Option<&'static str>,
    /// price − closed form, in standard errors; null without a formula, or without an error.
    distance: Option<f64>,
    /// null unless the matrix was to be repaired.
    correlation_distance: Option<f64>,
    /// null unless a market's price was given.
    implied_volatility: Option<f64>,
}

impl Priced {
    /// The difference from the closed form in standard errors. Where nothing is random it is rounding alone.
    fn distance(&self) -> Option<f64> {
        self.closed_form.map(|exact| self.estimate.distance(exact.price)).filter(|distance| distance.is_finite())
    }

    /// The standard error, unless the samples leave it unknown: a spread of zero is certain only where nothing is random. A
    /// digital may count alike in every scramble, a far option not pay in any sample, a control explain all that was seen.
    fn error(&self) -> Option<f64> {
        let Estimate { standard_error, stopped, .. } = self.estimate;
        Some(standard_error).filter(|&error| error != 0.0 || stopped == Stopped::Certain)
    }

    /// Without a time that can be told there is no speed.
    fn paths_per_second(&self) -> Option<f64> {
        Some(self.estimate.paths as f64 / self.seconds).filter(|speed| speed.is_finite())
    }

    fn json(&self) -> Json {
        let Estimate { mean, paths, stopped, .. } = self.estimate;
        Json {
            price: mean,
            standard_error: self.error(),
            interval_95: self.error().map(|_| self.estimate.interval_95()),
            paths,
            stopped: match stopped {
                Stopped::TargetError => "target_error",
                Stopped::Callback => "callback",
                Stopped::Certain => "certain",
                _ => "paths",
            },
            seconds: self.seconds,
            paths_per_second: self.paths_per_second(),
            seed: self.seed.to_string(),
            closed_form: self.closed_form.map(|exact| exact.price),
            source: self.closed_form.map(|exact| exact.source),
            distance: self.distance(),
            correlation_distance: self.repair,
            implied_volatility: self.implied,
        }
    }

    fn table(&self) -> String {
        let Estimate { mean, standard_error, paths, stopped, .. } = self.estimate;
        let (low, high) = self.estimate.interval_95();
        let number = |value: f64| number(value, standard_error);
        let why = match stopped {
            Stopped::TargetError => "the error is reached",
            Stopped::Callback => "stopped",
            Stopped::Certain => "nothing is random",
            _ => "all of them",
        };
        let mut text = format!("price           {}\n", number(mean));
        // Writing to a String can't fail.
        let _ = match self.error() {
            Some(error) => {
                writeln!(text, "standard error  {}\n95 % interval   {} to {}", number(error), number(low), number(high))
            }
            None => writeln!(
                text,
                "standard error  not known: the samples don't differ, or not by more than the control explains"
            ),
        };
        // Writing to a String can't fail.
        if let Some(exact) = self.closed_form {
            let distance =
                self.distance().map_or_else(String::new, |far| format!("  ({far:+.2} standard errors away)"));
            let Exact { price, source } = exact;
            let _ = writeln!(text, "closed form     {}{distance}\nsource          {source}", number(price));
        }
        if let Some(volatility) = self.implied {
            let _ = writeln!(text, "implied vol.    {volatility:.6}  (of the market's price)");
        }
        if let Some(distance) = self.repair {
            let _ = writeln!(text, "correlation     {distance:.3e} from the matrix given");
        }
        let speed = self.paths_per_second().map_or_else(String::new, |speed| format!("  {speed:.3e} paths/s"));
        let _ = writeln!(
            text,
            "paths           {paths}  ({why})\ntime            {:.3} s{speed}\nseed            {}",
            self.seconds, self.seed
        );
        text
    }
}

/// A number to the second digit of its error; all of its digits, if it has none.
fn number(value: f64, error: f64) -> String {
    let decimals = 1.0 - error.log10().floor();
    if error > 0.0 && decimals <= 15.0 {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 15")]
        let decimals = decimals.max(0.0) as usize;
        format!("{value:.decimals$}")
    } else {
        value.to_string()
    }
}

pub(super) fn print(format: Format, priced: &Priced) -> Result<()> {
    match format {
        Format::Table => output::print(&priced.table()),
        Format::Json => {
            let text = serde_json::to_string(&priced.json());
            output::print(&(text.map_err(|error| CliError::Output(error.into()))? + "\n"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_number_ends_where_its_error_does() {
        for (value, error, text) in [
            (8.431_27, 0.0123, "8.431"),
            (8.431_27, 0.1, "8.43"),
            (1234.56, 300.0, "1235"),
            (0.25, 0.0, "0.25"),
            (-0.001_234_5, 1e-6, "-0.0012345"),
            (1.5, 1e-20, "1.5"),
        ] {
            assert_eq!(number(value, error), text);
        }
    }
}
