//! A batch's rows as the exchange takes them.

use market_api::tick::TickBatch;
use trading_core::quote::Quote;

/// The rows of a batch; none if its columns are of different lengths.
pub fn quotes(batch: &TickBatch) -> Option<Vec<Quote>> {
    let rows = batch.price.len();
    if [batch.bid.len(), batch.ask.len(), batch.liquidity.len()] != [rows; 3] {
        return None;
    }
    let mut gaps = batch.gaps.iter().peekable();
    let mut withheld = 0;
    let row = |at: usize| {
        let seq = batch.seq0 + at as u64;
        while let Some(gap) = gaps.next_if(|gap| gap.seq <= seq) {
            withheld += gap.ticks;
        }
        let steps = at as u64 + withheld;
        Quote {
            tick: batch.tick0 + steps,
            time_ms: batch.t0.saturating_add(steps.saturating_mul(batch.dt).cast_signed()),
            price: batch.price[at],
            bid: batch.bid[at],
            ask: batch.ask[at],
            liquidity: batch.liquidity[at],
        }
    };
    Some((0..rows).map(row).collect())
}

#[cfg(test)]
mod tests {
    use market_api::tick::Gap;

    use super::*;

    #[test]
    fn rows_after_a_halt_are_later() {
        let column = |first: f64| vec![first, first + 1.0, first + 2.0];
        let batch = TickBatch {
            instrument: "BTC-USD".into(),
            session: "s".into(),
            prev_seq: 9,
            seq0: 10,
            tick0: 15,
            t0: 1000,
            dt: 100,
            price: column(1.0),
            bid: column(0.5),
            ask: column(1.5),
            volume: column(0.0),
            liquidity: column(1.0),
            gaps: vec![Gap { seq: 11, ticks: 7 }],
        };
        let rows = quotes(&batch).unwrap();
        let told: Vec<(u64, i64, f64, f64)> =
            rows.iter().map(|row| (row.tick, row.time_ms, row.price, row.ask)).collect();
        assert_eq!(told, [(15, 1000, 1.0, 1.5), (23, 1800, 2.0, 2.5), (24, 1900, 3.0, 3.5)]);
        assert_eq!(quotes(&TickBatch { bid: Vec::new(), ..batch }), None);
    }
}
