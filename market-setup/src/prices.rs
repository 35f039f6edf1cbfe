//! Price files: CSV with columns found by name.

use std::io::Read;

use gbm_core::units::Price;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::lines::Lines;

pub(crate) const TIME_COLUMNS: [&str; 2] = ["timestamp", "date"];
const PRICE_COLUMNS: [&str; 2] = ["close", "price"];
/// Ten years of seconds are 315 million rows; a file beyond this is a mistake.
pub(crate) const MAX_ROWS: usize = 400_000_000;
/// Unix times of this size and more are milliseconds: as seconds they would lie beyond the year 5100.
const FIRST_MS: u64 = 100_000_000_000;

/// Prices in the order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PriceSeries {
    /// Unix milliseconds, strictly increasing.
    pub times_ms: Vec<i64>,
    /// Positive, finite, as many as times.
    pub prices: Vec<f64>,
}

/// A price file that can't be used. Lines count from 1, the header's.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PricesError {
    /// No column of a needed name.
    #[error("line 1: no column named {wanted}; found: {found:?}")]
    Column {
        /// The names looked for.
        wanted: String,
        /// The names in the header.
        found: String,
    },
    /// A row that isn't CSV, or is shorter or longer than the header.
    #[error("line {line}: {reason}")]
    Row {
        /// The line.
        line: usize,
        /// What the reader said.
        reason: String,
    },
    /// A time in no known form.
    #[error("line {line}: time = {text:?} is neither a date, an RFC 3339 time nor a Unix time")]
    Time {
        /// The line.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// A time that doesn't come after the one before.
    #[error("line {line}: time = {text:?} does not come after the line before")]
    Order {
        /// The line.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// A price that isn't a number in the domain of prices.
    #[error("line {line}: price = {text:?} is not a number in {}", Price::DOMAIN)]
    Price {
        /// The line.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// A number that isn't one, or is outside its domain.
    #[error("line {line}: {name} = {text:?} is not a number in {domain}")]
    Number {
        /// The line.
        line: usize,
        /// The column.
        name: &'static str,
        /// What stands there.
        text: String,
        /// What may stand there.
        domain: String,
    },
    /// More rows than any market has seconds.
    #[error("line {line}: more than {MAX_ROWS} rows")]
    TooMany {
        /// The line.
        line: usize,
    },
}

/// Reads a CSV file with a header: a column `timestamp` or `date`, and a column `close` or `price`; others are
/// ignored, as are blank lines, and case and spaces around names.
///
/// Times are RFC 3339, `2016-10-07 00:00:00` or a date (both UTC), or Unix seconds or milliseconds; they must increase.
///
/// # Errors
/// [`PricesError`] naming the line and the reason.
///
/// ```
/// use market_setup::prices::read_prices;
/// let series = read_prices("date,close\n2021-12-30,47161.0\n2021-12-31,46304.9\n".as_bytes())?;
/// assert_eq!(series.prices.len(), 2);
/// let error = read_prices("date,close\n2021-12-30,-1\n".as_bytes()).unwrap_err();
/// assert_eq!(error.to_string(), "line 2: price = \"-1\" is not a number in [0.000000000000001, 1000000000000000]");
/// # Ok::<(), market_setup::prices::PricesError>(())
/// ```
pub fn read_prices(reader: impl Read) -> Result<PriceSeries, PricesError> {
    let mut table = Table::new(reader)?;
    let (time_column, price_column) = (table.column(&TIME_COLUMNS)?, table.column(&PRICE_COLUMNS)?);
    let mut series = PriceSeries::default();
    while let Some(line) = table.next_row()? {
        if series.prices.len() == MAX_ROWS {
            return Err(PricesError::TooMany { line });
        }
        let time_ms = table.time_ms(line, time_column, series.times_ms.last().copied())?;
        let price = table.field(price_column);
        let number = price.parse().ok().and_then(|number| Price::new(number).ok());
        let price = number.ok_or_else(|| PricesError::Price { line, text: shortened(price) })?;
        series.times_ms.push(time_ms);
        series.prices.push(price.get());
    }
    Ok(series)
}

/// A CSV file with a header, row by row.
pub(crate) struct Table<R> {
    csv: csv::Reader<Lines<R>>,
    header: csv::StringRecord,
    record: csv::StringRecord,
}

impl<R: Read> Table<R> {
    pub(crate) fn new(reader: R) -> Result<Self, PricesError> {
        let mut csv = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(Lines::new(reader));
        let header = csv.headers().cloned();
        let first_line = csv.get_ref().number();
        let header = header.map_err(|error| row_error(&error, first_line))?;
        Ok(Self { csv, header, record: csv::StringRecord::new() })
    }

    /// The column of the first name that there is.
    pub(crate) fn column(&self, wanted: &[&str]) -> Result<usize, PricesError> {
        self.find(wanted).ok_or_else(|| PricesError::Column {
            wanted: wanted.join(" or "),
            found: shortened(&self.header.iter().collect::<Vec<_>>().join(", ")),
        })
    }

    pub(crate) fn find(&self, wanted: &[&str]) -> Option<usize> {
        let found = |name: &&str| {
            self.header.iter().position(|column| column.trim_start_matches('\u{feff}').eq_ignore_ascii_case(name))
        };
        wanted.iter().find_map(found)
    }

    /// Goes to the next row and gives its line; none after the last.
    pub(crate) fn next_row(&mut self) -> Result<Option<usize>, PricesError> {
        let more = self.csv.read_record(&mut self.record);
        let line = self.csv.get_ref().number();
        Ok(more.map_err(|error| row_error(&error, line))?.then_some(line))
    }

    pub(crate) fn field(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or_default()
    }

    /// A row's time, which comes after the one before.
    pub(crate) fn time_ms(&self, line: usize, column: usize, before: Option<i64>) -> Result<i64, PricesError> {
        let time = self.field(column);
        let time_ms = parse_time_ms(time).ok_or_else(|| PricesError::Time { line, text: shortened(time) })?;
        if before.is_some_and(|before| before >= time_ms) {
            return Err(PricesError::Order { line, text: shortened(time) });
        }
        Ok(time_ms)
    }
}

/// Unix milliseconds of an RFC 3339 time, a civil time or date in UTC, or Unix seconds or milliseconds.
pub fn parse_time_ms(text: &str) -> Option<i64> {
    if let Ok(number) = text.parse::<i64>() {
        return if number.unsigned_abs() < FIRST_MS { number.checked_mul(1000) } else { Some(number) };
    }
    let timestamp = text.parse::<Timestamp>().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })?;
    Some(timestamp.as_millisecond())
}

fn row_error(error: &csv::Error, line: usize) -> PricesError {
    let reason = match error.kind() {
        csv::ErrorKind::Io(error) => error.to_string(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields, but the header has {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "not UTF-8".into(),
        _ => error.to_string(),
    };
    PricesError::Row { line, reason }
}

pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}
