use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, ValueEnum};
use market_setup::args::{MARKET_FLAGS, MarketArgs};
use rust_decimal::Decimal;
use trading_core::rules::Queue;

use crate::cli::error::CliError;
use crate::cli::scenario::parse_set;

/// Ticks of a seeded path unless a flag says otherwise.
pub(super) const TICKS: u64 = 100_000;

/// The ids of the flags of an account and its exchange.
const ACCOUNT_FLAGS: [&str; 9] =
    ["initial", "maker_bp", "taker_bp", "leverage", "tick_size", "latency_ticks", "queue", "period", "ruin"];

const SOURCES: &str = "\
Ticks come from one of three:
  a seed           --seed and the other flags of the market, as of `simulate`; --ticks; --seeds for many
  a journal        --journal FILE, with everything that intervened in it; with --log FILE its desk trades again
  candles          --data FILE.csv: timestamp or date, open, high, low, close and perhaps volume; four ticks each
`algo-trading strategies` lists strategies and what can be set of them.
  algo-trading backtest --strategy average_cross --set fast_bars=5 --seed 42 --html report.html
  algo-trading backtest --strategy grid --seed 1 --seeds 1000
  algo-trading backtest --strategy breakout --set bar_s=3600 --data hours.csv";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For reading
    #[default]
    Table,
    /// One object on one line
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum QueueName {
    /// As soon as the other side's best price reaches its own
    Touch,
    /// Once the other side's best price has gone beyond
    Through,
    /// The same, and no more of it than what rests between
    Depth,
}

impl From<QueueName> for Queue {
    fn from(name: QueueName) -> Self {
        match name {
            QueueName::Touch => Self::Touch,
            QueueName::Through => Self::Through,
            QueueName::Depth => Self::Depth,
        }
    }
}

#[derive(Args, Debug)]
#[command(after_help = SOURCES)]
pub(in crate::cli) struct BacktestArgs {
    /// The strategy
    #[arg(long, required_unless_present = "log", conflicts_with = "log", value_name = "NAME")]
    pub(super) strategy: Option<String>,
    /// Set a parameter of the strategy
    #[arg(long, requires = "strategy", value_name = "PARAMETER=VALUE", value_parser = parse_set)]
    pub(super) set: Vec<(String, f64)>,
    /// Trade on a journal's ticks; `-` is standard input
    #[arg(long, conflicts_with = "data", value_name = "FILE")]
    pub(super) journal: Option<PathBuf>,
    /// Let the desk of a trading log trade again, beside its market's journal
    #[arg(long, requires = "journal", value_name = "FILE")]
    pub(super) log: Option<PathBuf>,
    /// Trade on candles
    #[arg(long, value_name = "FILE.csv")]
    pub(super) data: Option<PathBuf>,
    /// The spread around candles, basis points
    #[arg(long, requires = "data", default_value_t = 1.0, allow_negative_numbers = true, value_name = "BP")]
    pub(super) spread_bp: f64,
    /// The journal's instrument, if it has several
    #[arg(long, requires = "journal", value_name = "NAME")]
    pub(super) instrument: Option<String>,
    #[command(flatten)]
    pub(super) market: MarketArgs,
    /// Ticks of a seeded path [default: 100000]
    #[arg(long, value_name = "N")]
    pub(super) ticks: Option<u64>,
    /// Run so many seeds: the one given and those after it
    #[arg(long, value_name = "N")]
    pub(super) seeds: Option<u64>,
    /// Cash at the beginning
    #[arg(long, default_value = "100000", allow_negative_numbers = true, value_name = "CASH")]
    pub(super) initial: Decimal,
    /// Fee of fills that rested, basis points
    #[arg(long, default_value = "2", allow_negative_numbers = true, value_name = "BP")]
    pub(super) maker_bp: Decimal,
    /// Fee of fills that took, basis points
    #[arg(long, default_value = "10", allow_negative_numbers = true, value_name = "BP")]
    pub(super) taker_bp: Decimal,
    /// Times its equity that the position may be worth; 1 is without margin, and never short
    #[arg(long, default_value = "1", allow_negative_numbers = true, value_name = "TIMES")]
    pub(super) leverage: Decimal,
    /// The price increment
    #[arg(long, default_value = "0.01", allow_negative_numbers = true, value_name = "SIZE")]
    pub(super) tick_size: Decimal,
    /// Ticks from a decision to its arrival
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(super) latency_ticks: u64,
    /// When resting orders are filled
    #[arg(long, value_enum, default_value_t = QueueName::Depth)]
    pub(super) queue: QueueName,
    /// The period of the figures: 1d, 1h, 1m, … [default: the longest of 1d, 1h, 1m and 1s that there are 30 of]
    #[arg(long, value_name = "LENGTH")]
    pub(super) period: Option<String>,
    /// The part of the initial cash whose loss counts as ruin
    #[arg(long, default_value_t = 0.5, allow_negative_numbers = true, value_name = "PART")]
    pub(super) ruin: f64,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    /// Write a page with pictures
    #[arg(long, conflicts_with = "log", value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
}

impl BacktestArgs {
    /// A flag of a seeded path beside a file that has ticks of its own, or one of an account beside a log that has accounts. An environment
    /// variable is only a default.
    pub(in crate::cli) fn contradiction(matches: &ArgMatches) -> Option<CliError> {
        let given = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
        let of_path: Vec<&str> = MARKET_FLAGS.into_iter().chain(["ticks", "seeds"]).collect();
        let sources = [
            ("journal", "ticks", &of_path[..]),
            ("data", "ticks", &of_path),
            ("log", "accounts and rules", &ACCOUNT_FLAGS),
        ];
        sources.into_iter().filter(|(source, ..)| given(source)).find_map(|(source, what, flags)| {
            let flag = flags.iter().find(|id| given(id))?.replace('_', "-");
            Some(CliError::OfItsOwn { given: source, what, flag })
        })
    }
}
