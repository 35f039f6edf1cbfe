//! Several assets: their spots, volatilities and correlation.

use gbm_core::correlation::{Correlation, CorrelationError, MAX_ASSETS};
use market_setup::files::read_limited;
use monte_carlo::payoff::{Basket, BasketPayoff, Exchange, Right};
use monte_carlo::units::{Maturity, Rate, Strike, Weight};
use monte_carlo::{Asset, BasketMarket, PriceError};
use nalgebra::DMatrix;

use super::args::PriceArgs;
use super::contract::Contract;
use crate::cli::error::{CliError, Result, in_file};

/// The largest file of a correlation matrix: 256 rows of numbers with 17 digits take a sixteenth of it.
const MAX_BYTES: u64 = 32 << 20;

/// A call or put on the assets' weighted sum.
pub(super) fn basket(args: &PriceArgs, right: Right, strike: Strike) -> Result<Contract> {
    let assets = args.spot.len();
    let equal = vec![1.0 / assets as f64; assets];
    let given = if args.weights.is_empty() { &equal } else { &args.weights };
    let weights = given.iter().map(|&weight| Weight::new(weight)).collect::<std::result::Result<_, _>>()?;
    contract(args, Basket { right, strike, weights }.into())
}

/// One of the assets for another.
pub(super) fn exchange(args: &PriceArgs) -> Result<Contract> {
    contract(args, Exchange { receive: args.receive.unwrap_or(0), pay: args.pay.unwrap_or(1) }.into())
}

fn contract(args: &PriceArgs, payoff: BasketPayoff) -> Result<Contract> {
    let (given, assets) = (args.volatility.len(), args.spot.len());
    if given != assets {
        return Err(CliError::Price(PriceError::Assets { field: "volatility", given, assets }));
    }
    let (correlation, repair) = correlation(args)?;
    let pairs = args.spot.iter().zip(&args.volatility);
    let pairs: Vec<Asset> = pairs.map(|(&spot, &volatility)| Asset { spot, volatility }).collect();
    let rate = Rate::new(args.rate)?;
    let maturity = Maturity::new(args.maturity)?;
    let market = BasketMarket::black_scholes(&pairs, correlation, rate, maturity)?;
    Ok(Contract::Several { market, payoff, repair })
}

/// The matrix given, or the one nearest to it and how far that is.
fn correlation(args: &PriceArgs) -> Result<(Correlation, Option<f64>)> {
    let rows = match (&args.correlation, &args.correlation_file) {
        (None, Some(path)) => {
            let bytes = in_file(path, read_limited(path, MAX_BYTES))?;
            let text = String::from_utf8(bytes).map_err(std::io::Error::other);
            let text = in_file(path, text)?;
            let rows = parse(text.lines().filter(|line| !line.trim().is_empty()));
            rows.map_err(|reason| CliError::File { path: path.clone(), error: std::io::Error::other(reason) })?
        }
        (inline, _) => {
            let text = args.needed("--correlation", inline.as_ref())?;
            let flag = |reason| CliError::Flag { flag: "--correlation", text: text.clone(), reason };
            parse(text.split(';')).map_err(flag)?
        }
    };
    if !args.repair_correlation {
        return Ok((Correlation::try_from(rows)?, None));
    }
    // Only a square can be written as a matrix.
    let n = rows.len();
    if let Some(columns) = rows.iter().map(Vec::len).find(|&columns| columns != n) {
        return Err(CorrelationError::Shape { rows: n, columns }.into());
    }
    let repaired = Correlation::nearest(DMatrix::from_row_iterator(n, n, rows.into_iter().flatten()))?;
    Ok((repaired.correlation, Some(repaired.distance)))
}

/// Rows of numbers with commas between them.
fn parse<'a>(rows: impl Iterator<Item = &'a str>) -> std::result::Result<Vec<Vec<f64>>, String> {
    let number = |row: usize, column: usize, text: &str| {
        text.trim().parse().map_err(|_| format!("correlation[{row}][{column}] = {:?} is not a number", text.trim()))
    };
    let numbers = |(row, text): (usize, &str)| {
        text.split(',').take(MAX_ASSETS + 1).enumerate().map(|(column, text)| number(row, column, text)).collect()
    };
    // One more than a matrix may have, so that too many are still refused for what they are.
    rows.take(MAX_ASSETS + 1).enumerate().map(numbers).collect()
}
