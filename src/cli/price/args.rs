use std::path::PathBuf;

use clap::{Args, ValueEnum};
use gbm_core::prelude::Seed;
use market_setup::models::ModelChoice;

use super::report::Format;

const PAYOFFS: &str = "\
Payoffs, with the flags they take beside --spot, --rate, --volatility and --maturity:
  european          --strike [--right]
  digital           --strike [--right] [--cash]          cash if the price ends beyond the strike
  asian-arithmetic  --strike --steps [--right] [--average]
  asian-geometric   --strike --steps [--right] [--average]
  barrier           --strike --steps --direction --knock --level [--right] [--watch]
  one-touch         --steps --direction --level [--pays] [--cash] [--watch]
  lookback          --steps [--strike] [--right] [--watch]   without a strike: floating
  basket            --strike --correlation [--weights] [--right]   one --spot and --volatility an asset
  exchange          --correlation [--receive] [--pay]    one asset for another
Discrete averages and watches count the prices at i·T/steps, i = 1 to steps, and watches the spot too; continuous ones all
prices between.
Closed forms: all of these but arithmetic averages, discrete watches and baskets under --volatility; european under --model
merton, kou, heston and bates.";

/// Where a price comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Method {
    /// Simulated, with its error, beside the closed form where there is one
    #[default]
    Simulation,
    /// The closed form alone, with greeks and implied volatility for european
    Exact,
}

/// A payoff's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    European,
    Digital,
    AsianArithmetic,
    AsianGeometric,
    Barrier,
    OneTouch,
    Lookback,
    Basket,
    Exchange,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RightName {
    Call,
    Put,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DirectionName {
    Up,
    Down,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum KnockName {
    In,
    Out,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PaysName {
    Touch,
    NoTouch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    Discrete,
    Continuous,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ControlName {
    /// The one that says most about the payoff
    Best,
    /// The last price
    Terminal,
    /// The European option: for barriers
    European,
    /// The geometric Asian option: for arithmetic ones
    Geometric,
}

#[derive(Args, Debug)]
#[command(after_help = PAYOFFS)]
pub(in crate::cli) struct PriceArgs {
    /// What is paid
    #[arg(long, value_enum)]
    pub(super) payoff: Kind,
    /// Price today; for several assets one each, with commas
    #[arg(long, required = true, value_delimiter = ',', allow_hyphen_values = true, value_name = "S,…")]
    pub(super) spot: Vec<f64>,
    /// Volatility per square root of a year; for several assets one each, with commas
    #[arg(
        long,
        required_unless_present = "model",
        conflicts_with = "model",
        value_delimiter = ',',
        allow_hyphen_values = true,
        value_name = "SIGMA,…"
    )]
    pub(super) volatility: Vec<f64>,
    /// How the price moves, where it isn't by a constant volatility: a preset's name, a model's JSON, or a
    /// FILE.json with it (`-` is standard input). Its drift is --rate, or --drift, whatever it says
    #[arg(long, value_name = "NAME|JSON|FILE.json")]
    pub(super) model: Option<ModelChoice>,
    /// Whether to simulate
    #[arg(long, value_enum, default_value_t)]
    pub(super) method: Method,
    /// Price that the market asks for a european option: its implied volatility is told
    #[arg(long, allow_negative_numbers = true, value_name = "V")]
    pub(super) market_price: Option<f64>,
    /// Interest rate per year, continuously compounded: the drift of prices, and what payments are discounted by
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    pub(super) rate: f64,
    /// Drift of the price per year, where it is not the rate; one asset only
    #[arg(long, allow_negative_numbers = true)]
    pub(super) drift: Option<f64>,
    /// Time to the payment in years
    #[arg(long, allow_negative_numbers = true, value_name = "YEARS")]
    pub(super) maturity: f64,
    /// Steps of a path [default: 1 where only the last price counts and the model is exact in any step]
    #[arg(long, value_name = "N")]
    pub(super) steps: Option<u64>,
    /// Strike
    #[arg(long, allow_negative_numbers = true)]
    pub(super) strike: Option<f64>,
    /// To buy or to sell [default: call]
    #[arg(long, value_enum)]
    pub(super) right: Option<RightName>,
    /// Payment of digital and one-touch [default: 1]
    #[arg(long, allow_negative_numbers = true)]
    pub(super) cash: Option<f64>,
    /// Which prices make the average [default: discrete]
    #[arg(long, value_enum)]
    pub(super) average: Option<When>,
    /// When barrier or extreme is watched [default: continuous]
    #[arg(long, value_enum)]
    pub(super) watch: Option<When>,
    /// Where the level lies, seen from the spot
    #[arg(long, value_enum)]
    pub(super) direction: Option<DirectionName>,
    /// Whether a touch begins the option or ends it
    #[arg(long, value_enum)]
    pub(super) knock: Option<KnockName>,
    /// Barrier, or level to be touched
    #[arg(long, allow_negative_numbers = true)]
    pub(super) level: Option<f64>,
    /// What one-touch pays for [default: touch]
    #[arg(long, value_enum)]
    pub(super) pays: Option<PaysName>,
    /// Weights of a basket, with commas [default: 1/n each]
    #[arg(long, value_delimiter = ',', allow_hyphen_values = true, value_name = "W,…")]
    pub(super) weights: Vec<f64>,
    /// Asset received in an exchange, counted from 0 [default: 0]
    #[arg(long, value_name = "I")]
    pub(super) receive: Option<usize>,
    /// Asset paid in an exchange, counted from 0 [default: 1]
    #[arg(long, value_name = "J")]
    pub(super) pay: Option<usize>,
    /// Correlation matrix: rows with semicolons, entries with commas, such as "1,0.5;0.5,1"
    #[arg(long, allow_hyphen_values = true, value_name = "ROWS")]
    pub(super) correlation: Option<String>,
    /// The same from a file, a row a line; `-` is standard input
    #[arg(long, conflicts_with = "correlation", value_name = "FILE")]
    pub(super) correlation_file: Option<PathBuf>,
    /// Take the nearest correlation matrix, if the one given is indefinite
    #[arg(long)]
    pub(super) repair_correlation: bool,
    /// Paths, mirrored ones counted; rounded up to whole samples, four at least, and by --sobol to a power of two a scramble
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    pub(super) paths: u64,
    /// Average each path with its mirror image
    #[arg(long, conflicts_with = "sobol")]
    pub(super) antithetic: bool,
    /// Take out what a payment of known mean explains [without a value: best]
    #[arg(long, value_enum, num_args = 0..=1, default_missing_value = "best", value_name = "CONTROL")]
    pub(super) control: Option<ControlName>,
    /// Scrambled Sobol' points instead of independent paths
    #[arg(long)]
    pub(super) sobol: bool,
    /// Independent scrambles, from whose spread the error is told
    #[arg(long, default_value_t = 32, requires = "sobol", value_name = "N")]
    pub(super) replicates: u32,
    /// Stop when the standard error is this small
    #[arg(long, allow_negative_numbers = true, value_name = "E")]
    pub(super) target_error: Option<f64>,
    /// Seed: a decimal integer below 2^64, or 0x and up to 64 hexadecimal digits [default: 256 bits from the OS]
    #[arg(long, env = "ALGO_TRADING_SEED", hide_env_values = true)]
    pub(super) seed: Option<Seed>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}
