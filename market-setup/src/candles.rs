//! Candle files: CSV with columns found by name.

use std::io::Read;

use gbm_core::units::Price;

use crate::prices::{MAX_ROWS, PricesError, TIME_COLUMNS, Table, shortened};

const VOLUME_COLUMNS: [&str; 2] = ["volume", "volume_btc"];

/// What a price did in a stretch of time, as a file says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CandleRow {
    /// When it began, Unix milliseconds.
    pub open_time_ms: i64,
    /// The first price.
    pub open: f64,
    /// The highest.
    pub high: f64,
    /// The lowest.
    pub low: f64,
    /// The last.
    pub close: f64,
    /// Base units traded; none without such a column.
    pub volume: Option<f64>,
}

/// Reads a CSV file with a header: a column `timestamp` or `date`, which is when a candle begins, columns `open`, `high`, `low` and
/// `close`, and perhaps `volume` or `volume_btc`; others are ignored, as are blank lines, and case and spaces around names.
///
/// Times are those of [`crate::prices::read_prices`]; they must increase. Whether low and high hold the others is not looked at.
///
/// # Errors
/// [`PricesError`] naming the line and the reason.
///
/// ```
/// use market_setup::candles::read_candles;
/// let rows = read_candles("date,open,high,low,close\n2021-12-30,46464.6,47901.2,46003.0,47161.0\n".as_bytes())?;
/// assert_eq!((rows[0].high, rows[0].volume), (47901.2, None));
/// let error = read_candles("date,open,high,low,close\n2021-12-30,1,x,1,1\n".as_bytes()).unwrap_err();
/// assert_eq!(error.to_string(), "line 2: high = \"x\" is not a number in [0.000000000000001, 1000000000000000]");
/// # Ok::<(), market_setup::prices::PricesError>(())
/// ```
pub fn read_candles(reader: impl Read) -> Result<Vec<CandleRow>, PricesError> {
    let mut table = Table::new(reader)?;
    let time = table.column(&TIME_COLUMNS)?;
    let (open, high) = (table.column(&["open"])?, table.column(&["high"])?);
    let (low, close) = (table.column(&["low"])?, table.column(&["close"])?);
    let volume = table.find(&VOLUME_COLUMNS);
    let mut rows: Vec<CandleRow> = Vec::new();
    while let Some(line) = table.next_row()? {
        if rows.len() == MAX_ROWS {
            return Err(PricesError::TooMany { line });
        }
        let open_time_ms = table.time_ms(line, time, rows.last().map(|row| row.open_time_ms))?;
        let number = |name: &'static str, column: usize, domain: String, is_in: fn(f64) -> bool| {
            let text = table.field(column);
            let value = text.parse().ok().filter(|value| is_in(*value));
            value.ok_or_else(|| PricesError::Number { line, name, text: shortened(text), domain })
        };
        let price = |name, column| number(name, column, Price::DOMAIN.to_string(), |value| Price::new(value).is_ok());
        rows.push(CandleRow {
            open_time_ms,
            open: price("open", open)?,
            high: price("high", high)?,
            low: price("low", low)?,
            close: price("close", close)?,
            volume: volume
                .map(|column| {
                    number("volume", column, "[0, \u{221e})".into(), |value| (0.0..f64::INFINITY).contains(&value))
                })
                .transpose()?,
        });
    }
    Ok(rows)
}
