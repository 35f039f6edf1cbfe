//! Ticks as bytes: six little-endian words each.

use trading_core::quote::Quote;

/// Bytes of a tick.
const TICK_BYTES: usize = 48;

/// Ticks as the ledger keeps them.
pub(super) fn write_ticks(quotes: &[Quote]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(TICK_BYTES * quotes.len());
    for quote in quotes {
        let floats = [quote.price, quote.bid, quote.ask, quote.liquidity].map(f64::to_bits);
        for word in [quote.tick, quote.time_ms.cast_unsigned()].into_iter().chain(floats) {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
    }
    bytes
}

/// Ticks as they were written; none if the bytes are no whole ticks.
pub(super) fn read_ticks(bytes: &[u8]) -> Option<Vec<Quote>> {
    let (rows, rest) = bytes.as_chunks::<TICK_BYTES>();
    let read = |row: &[u8; TICK_BYTES]| {
        let (words, _) = row.as_chunks::<8>();
        let word = |at: usize| words.get(at).map_or(0, |word| u64::from_le_bytes(*word));
        let float = |at| f64::from_bits(word(at));
        Quote {
            tick: word(0),
            time_ms: word(1).cast_signed(),
            price: float(2),
            bid: float(3),
            ask: float(4),
            liquidity: float(5),
        }
    };
    rest.is_empty().then(|| rows.iter().map(read).collect())
}
