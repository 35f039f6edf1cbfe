//! `--method exact`: the closed form, and what else is exact about a European option.

use std::fmt::Write;

use clap::ArgMatches;
use clap::parser::ValueSource;
use closed_form::greeks::Greeks;
use serde::Serialize;

use super::args::{Kind, Method, PriceArgs};
use super::contract::Contract;
use super::oracle::{self, Exact};
use super::report::Format;
use crate::cli::error::{CliError, Result};
use crate::cli::output;

/// The closed form with what is told beside it.
#[derive(Serialize)]
struct Json {
    price: f64,
    source: &'static str,
    /// null but for European options on a price of constant volatility.
    greeks: Option<Sensitivities>,
    /// Of the market's price, or without one of this price; null but for European options.
    implied_volatility: Option<f64>,
    market_price: Option<f64>,
}

#[derive(Clone, Copy, Serialize)]
struct Sensitivities {
    delta: f64,
    gamma: f64,
    vega: f64,
    theta: f64,
    rho: f64,
}

impl From<Greeks> for Sensitivities {
    fn from(Greeks { delta, gamma, vega, theta, rho }: Greeks) -> Self {
        Self { delta, gamma, vega, theta, rho }
    }
}

pub(super) fn run(args: &PriceArgs, contract: &Contract, implied: Option<f64>) -> Result<()> {
    if let Some(flag) = simulated(args) {
        return Err(CliError::Exact { flag });
    }
    let Some(answer) = oracle::price(contract, args.steps.unwrap_or(1)) else {
        let model = if let Contract::One { market, .. } = contract { market.model.name() } else { "gbm" };
        return Err(CliError::NoClosedForm { payoff: args.payoff_name(), model });
    };
    let Exact { price, source } = answer.map_err(|error| CliError::ClosedForm(error.to_string()))?;
    let json = Json {
        price,
        source,
        greeks: oracle::sensitivities(contract).map(Sensitivities::from),
        // A price that any low volatility explains has none of its own.
        implied_volatility: implied.or_else(|| oracle::implied(contract, price)?.ok()),
        market_price: args.market_price,
    };
    match args.format {
        Format::Table => output::print(&json.table()),
        Format::Json => {
            let text = serde_json::to_string(&json);
            output::print(&(text.map_err(|error| CliError::Output(error.into()))? + "\n"))
        }
    }
}

impl PriceArgs {
    /// A flag with a default that was given though nothing is simulated. An environment variable is only a default.
    pub(in crate::cli) fn contradiction(matches: &ArgMatches) -> Option<CliError> {
        let is_exact = matches.get_one::<Method>("method") == Some(&Method::Exact);
        let given = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
        let flags = [("paths", "--paths"), ("replicates", "--replicates"), ("seed", "--seed")];
        let unused = flags.into_iter().find(|(id, _)| is_exact && given(id));
        unused.map(|(_, flag)| CliError::Exact { flag })
    }
}

/// The first flag that is about simulating alone.
fn simulated(args: &PriceArgs) -> Option<&'static str> {
    // European options and digitals have one law in any steps.
    let steps = args.steps.is_some() && matches!(args.payoff, Kind::European | Kind::Digital);
    let given = [
        ("--steps", steps),
        ("--antithetic", args.antithetic),
        ("--control", args.control.is_some()),
        ("--sobol", args.sobol),
        ("--target-error", args.target_error.is_some()),
    ];
    given.into_iter().find(|(_, is_given)| *is_given).map(|(flag, _)| flag)
}

impl Json {
    fn table(&self) -> String {
        let mut text = format!("price               {:.10}\nsource              {}\n", self.price, self.source);
        // Writing to a String can't fail.
        if let Some(Sensitivities { delta, gamma, vega, theta, rho }) = self.greeks {
            let _ = writeln!(text, "delta               {delta:.10}\ngamma               {gamma:.10}");
            let _ = writeln!(text, "vega                {vega:.10}  (for a volatility of 1)");
            let _ = writeln!(text, "theta               {theta:.10}  (a year)");
            let _ = writeln!(text, "rho                 {rho:.10}  (for a rate of 1)");
        }
        if let Some(volatility) = self.implied_volatility {
            let whose = self.market_price.map_or_else(|| "this price".into(), |price| format!("the price {price}"));
            let _ = writeln!(text, "implied volatility  {volatility:.10}  (of {whose})");
        }
        text
    }
}
