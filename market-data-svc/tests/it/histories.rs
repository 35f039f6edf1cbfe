//! History against a recomputation from all ticks.

use gbm_core::engine::{BookState, Quote};
use gbm_core::prelude::*;
use market_api::candle::{Candle, Interval};
use market_api::instrument::TickSize;
use market_data_svc::history::{
    CANDLES, Expired, History, Observed, RESUME_TICKS, RESUME_TRADES, SNAPSHOT_TICKS, SNAPSHOT_TRADES,
};

use crate::support::market;

/// A history, and the prices that it was given.
fn history(interval_ms: u64, ticks: usize) -> (History, Vec<f64>) {
    let market = market(3, interval_ms);
    let mut history = History::new(&market, &market.instruments()[0], "s1", TickSize::new(1, 2).unwrap());
    let mut prices = Vec::new();
    for Tick { price, reference, .. } in Simulation::new(market).take(ticks) {
        let quote = Quote { price, reference, ..Quote::default() };
        history.push(&Observed { quote, book: BookState::default() });
        prices.push((price * 100.0).round() / 100.0);
    }
    (history, prices)
}

#[test]
fn candles_of_all_intervals_are_those_of_all_ticks() {
    let (history, prices) = history(700, 50_000);
    let lots: Vec<f64> = history.after(0).unwrap().volume.iter().map(|volume| (volume * 1e5).round()).collect();
    for interval in Interval::ALL {
        let mut expected: Vec<Candle> = Vec::new();
        let mut traded: Vec<f64> = Vec::new();
        for ((tick, &price), lots) in (1..).zip(&prices).zip(&lots) {
            let time: i64 = tick * 700;
            let open_time = time / interval.ms() * interval.ms();
            match expected.last_mut() {
                Some(last) if last.open_time == open_time => {
                    last.high = last.high.max(price);
                    last.low = last.low.min(price);
                    last.close = price;
                    last.ticks += 1;
                    traded[expected.len() - 1] += lots;
                }
                _ => {
                    traded.push(*lots);
                    let [open, high, low, close] = [price; 4];
                    let (volume, trades) = (0.0, 0);
                    expected.push(Candle { open_time, open, high, low, close, volume, trades, ticks: 1, closed: true });
                }
            }
        }
        expected.last_mut().unwrap().closed = false;
        for (candle, lots) in expected.iter_mut().zip(&traded) {
            candle.volume = lots / 1e5;
        }
        let kept = expected.len().saturating_sub(CANDLES);
        let found = history.candles(interval, CANDLES);
        // A tick is a few trades.
        assert!(found.iter().all(|candle| (candle.ticks..=8 * candle.ticks).contains(&candle.trades)), "{interval:?}");
        let untraded = found.iter().map(|&candle| Candle { trades: 0, ..candle });
        assert!(untraded.eq(expected[kept..].iter().copied()), "{interval:?}");
        assert_eq!(history.candles(interval, 3), found[found.len() - 3.min(found.len())..]);
    }
}

#[test]
fn a_resume_is_the_ticks_that_were_missed() {
    let (history, prices) = history(100, 5000);
    for seq in [0, 1, 777, 4999, 5000] {
        let batch = history.after(seq).unwrap();
        let place = usize::try_from(seq).unwrap();
        assert_eq!(batch.price, prices[place..]);
        assert_eq!((batch.prev_seq, batch.seq0, batch.last_seq()), (seq, seq + 1, 5000));
        assert_eq!(batch.t0, i64::try_from(seq + 1).unwrap() * 100);
        assert_eq!(history.reference_after(seq).unwrap().reference.len(), batch.price.len());
    }
    assert_eq!(history.after(5001), Err(Expired { seq: 5001, first: 0, last: 5000 }));
    assert_eq!(history.after(history.snapshot_seq()).unwrap().price.len(), SNAPSHOT_TICKS);
}

#[test]
fn what_is_too_old_is_named_and_memory_is_bounded() {
    let (history, prices) = history(1, RESUME_TICKS + 500);
    assert_eq!(history.after(499), Err(Expired { seq: 499, first: 500, last: RESUME_TICKS as u64 + 500 }));
    assert_eq!(history.after(500).unwrap().price, prices[500..]);
}

#[test]
fn stats_find_the_models_volatility_and_the_drawdown() {
    let (history, prices) = history(60_000, 20_000);
    let stats = history.stats().unwrap();
    // One standard error of 3,000 returns is 0.8/√6000 = 0.0103.
    assert!((stats.realised_volatility.unwrap() - 0.8).abs() < 0.06, "{stats:?}");
    let mut peak = 0.0_f64;
    let drawdown = prices.iter().fold(0.0_f64, |worst, &price| {
        peak = peak.max(price);
        worst.max(1.0 - price / peak)
    });
    assert!((stats.drawdown - drawdown).abs() < 1e-15);
    assert_eq!(History::of_market(&market(1, 1), "s", TickSize::new(1, 2).unwrap())[0].stats(), None);
}

#[test]
fn halts_withhold_ticks_and_leave_their_gaps() {
    let market = market(3, 100);
    let grid = market.grid();
    let mut history = History::new(&market, &market.instruments()[0], "s1", TickSize::new(1, 2).unwrap());
    let mut simulation = Simulation::new(market);
    for (tick, length) in [(1, 3), (500, 20), (99_990, 40)] {
        let halt = format!(r#"{{"kind":"halt","reopen":"freeze","duration_s":{}}}"#, f64::from(length) / 10.0);
        simulation.intervene(&Command::now(serde_json::from_str(&halt).unwrap()).at(tick)).unwrap();
    }
    let mut published = Vec::new();
    for Tick { tick, price, reference, is_halted, .. } in simulation.take(RESUME_TICKS + 1000) {
        history.push(&Observed { quote: Quote { price, reference, is_halted }, book: BookState::default() });
        assert_eq!((history.tick(), history.is_halted()), (tick, is_halted));
        if !is_halted {
            published.push((tick, (price * 100.0).round() / 100.0));
        }
    }
    let last = published.len() as u64;
    assert_eq!(history.seq(), last);
    // From any seq on, rows and gaps give every tick its place and time.
    for seq in [last - RESUME_TICKS as u64, last - 99_700, last - 1001, last - 1000, last - 1, last] {
        let batch = history.after(seq).unwrap();
        let mut later = 0;
        for (row, &price) in batch.price.iter().enumerate() {
            let gap = batch.gaps.iter().find(|gap| gap.seq == batch.seq0 + row as u64);
            later += gap.map_or(0, |gap| gap.ticks);
            let tick = batch.tick0 + row as u64 + later;
            assert_eq!((tick, price), published[usize::try_from(seq).unwrap() + row], "seq {seq}, row {row}");
            assert_eq!(batch.t0 + ((row as u64 + later) * 100).cast_signed(), grid.time_ms(tick).unwrap());
        }
        assert_eq!(history.reference_after(seq).unwrap().gaps, batch.gaps);
    }
    let kept: History = serde_json::from_str(&serde_json::to_string(&history).unwrap()).unwrap();
    assert_eq!(kept, history);
}

#[test]
fn trades_go_back_by_their_own_limit_and_by_ticks() {
    let (history, _) = history(1000, 30_000);
    let last = history.trade_seq();
    assert!(last > RESUME_TRADES as u64, "{last}");
    let first = last - RESUME_TRADES as u64;
    assert_eq!(history.trades_after(first - 1, 1), Err(Expired { seq: first - 1, first, last }));
    assert_eq!(history.trades_after(last + 1, 1), Err(Expired { seq: last + 1, first, last }));
    let all = history.trades_after(first, RESUME_TRADES).unwrap();
    assert_eq!((all.prev_seq, all.seq0, all.last_seq()), (first, first + 1, last));
    assert_eq!(history.trades_after(history.snapshot_trade_seq(), RESUME_TRADES).unwrap().price.len(), SNAPSHOT_TRADES);
    for seq in (0..=30_000).step_by(379) {
        let later = all.tick.iter().filter(|&&tick| tick > seq).count() as u64;
        match history.trade_seq_at(seq) {
            Some(trade) => assert_eq!(trade, last - later, "seq {seq}"),
            None => assert!(seq < all.tick[0], "seq {seq}"),
        }
    }
    assert_eq!(history.trade_seq_at(30_000), Some(last));
    assert_eq!(history.trade_seq_at(30_001), None);
    let again: History = serde_json::from_str(&serde_json::to_string(&history).unwrap()).unwrap();
    assert!(again == history);
}

#[test]
fn the_book_is_the_depth_law_behind_the_quotes_of_the_last_tick() {
    let (history, prices) = history(100, 50);
    let last = history.after(49).unwrap();
    let book = history.book(100).unwrap();
    assert_eq!((book.seq, book.tick, book.t, book.price), (50, 50, 5000, prices[49]));
    assert_eq!((book.bid, book.ask, book.liquidity), (last.bid[0], last.ask[0], last.liquidity[0]));
    let law = Book::btc();
    for side in [&book.bids, &book.asks] {
        let best = side[0].0;
        let mut depth = 0.0;
        for (&(_, quantity), &(next, _)) in side.iter().zip(&side[1..]) {
            depth += quantity;
            // Up to where the next level begins, whose price is rounded to a cent.
            let reach = (next / best).ln().abs();
            let expected = law.depth(LogDistance::new(reach).unwrap());
            assert!((depth / expected - 1.0).abs() < 3.0 * 0.01 / (best * reach) + 1e-4, "{depth} {expected}");
        }
    }
    assert_eq!(History::of_market(&market(1, 1), "s", TickSize::new(1, 2).unwrap())[0].book(5), None);
}
