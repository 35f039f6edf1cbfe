//! Paths on their way from noise to a payoff.

use crate::law::exp;
use crate::payoff::{PathBlock, View};

/// What the rows of a chunk are kept in.
#[derive(Default)]
pub(crate) struct Rows {
    pub(crate) terminal: Vec<f64>,
    pub(crate) prices: Vec<f64>,
    pub(crate) log_prices: Vec<f64>,
}

impl Rows {
    /// What has been filled, as a payoff sees it.
    pub(crate) fn show<'a>(&'a self, block: PathBlock<'a>) -> PathBlock<'a> {
        let values = block.terminal.len() * block.steps;
        let whole = |rows: &'a Vec<f64>| rows.get(..values).unwrap_or_default();
        PathBlock { prices: whole(&self.prices), log_prices: whole(&self.log_prices), ..block }
    }

    /// Room for rows of a view.
    pub(crate) fn new(view: View, rows: usize, steps: usize) -> Self {
        let of = |is_there| if is_there { vec![0.0; rows * steps] } else { Vec::new() };
        Self {
            terminal: vec![0.0; rows],
            prices: of(matches!(view, View::Prices | View::Both)),
            log_prices: of(matches!(view, View::LogPrices | View::Both)),
        }
    }

    /// Prices and last prices from what has been filled.
    pub(crate) fn finish(&mut self, view: View, rows: usize, steps: usize) {
        let values = rows * steps;
        if view == View::Both {
            for (price, log_price) in self.prices[..values].iter_mut().zip(&self.log_prices[..values]) {
                *price = exp(*log_price);
            }
        }
        let source = if view == View::LogPrices { &self.log_prices[..values] } else { &self.prices };
        if view != View::Terminal {
            for (last, row) in self.terminal[..rows].iter_mut().zip(source.chunks_exact(steps)) {
                *last = row[steps - 1];
            }
        }
        if view == View::LogPrices {
            for last in &mut self.terminal[..rows] {
                *last = exp(*last);
            }
        }
    }
}
