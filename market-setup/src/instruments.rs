//! Which instruments a market has, and the model of each.

use gbm_core::correlation::Correlation;
use gbm_core::prelude::*;

use crate::SetupError;
use crate::models::ModelChoice;

/// The instruments of a stack that is told nothing else.
pub const USUAL_INSTRUMENTS: &str = "BTC-USD,ETH-USD";
/// The correlation of their diffusions.
const CORRELATION: f64 = 0.8;

/// What is known of an instrument by its name.
struct Known {
    asset: u16,
    spot: f64,
    preset: Preset,
    book: Book,
}

fn known(name: &str) -> Option<Known> {
    match name {
        "BTC-USD" => Some(Known { asset: 0, spot: 100_000.0, preset: Preset::Btc, book: Book::btc() }),
        "ETH-USD" => Some(Known { asset: 1, spot: 3500.0, preset: Preset::Eth, book: Book::eth() }),
        _ => None,
    }
}

/// The instruments that a text names.
pub(crate) struct Named {
    /// In their order.
    pub(crate) instruments: Vec<Instrument<Model>>,
    /// Which of them the text gives a model.
    pub(crate) has_model: Vec<bool>,
    /// None for one instrument.
    pub(crate) correlation: Option<Correlation>,
}

/// The instruments that a text names, `NAME` or `NAME=MODEL` with commas between, and their correlation.
///
/// `BTC-USD` and `ETH-USD` have models of their own; any other name is to be given one.
pub(crate) fn parse(text: &str, correlation: Option<f64>) -> Result<Named, SetupError> {
    let flag = |text: &str, reason: String| SetupError::Flag { flag: "--instruments", text: text.into(), reason };
    let mut instruments: Vec<Instrument<Model>> = Vec::new();
    let mut has_model = Vec::new();
    if text.contains('{') {
        return Err(flag(text, "a model's JSON has commas of its own: write NAME=FILE.json".into()));
    }
    for part in text.split(',').map(str::trim) {
        let (name, model) = match part.split_once('=') {
            Some((name, model)) => (name, Some(model.parse::<ModelChoice>().map_err(|reason| flag(part, reason))?)),
            None => (part, None),
        };
        if name.is_empty() {
            return Err(flag(text, "an instrument has no name: write NAME or NAME=MODEL, with commas between".into()));
        }
        has_model.push(model.is_some());
        let usual = known(name);
        let Some(choice) = model.or_else(|| usual.as_ref().map(|known| ModelChoice::Preset(known.preset))) else {
            return Err(flag(part, "only BTC-USD and ETH-USD have a usual model: write NAME=MODEL".into()));
        };
        let model = choice.load()?;
        let free =
            || (2..=u16::MAX).find(|asset| instruments.iter().all(|other| other.asset != *asset)).unwrap_or_default();
        let asset = usual.as_ref().map_or_else(free, |known| known.asset);
        let spot = Price::new(usual.as_ref().map_or(100.0, |known| known.spot))?;
        let book = usual.map_or_else(|| Book::like(model.volatility()), |known| known.book);
        instruments.push(Instrument { name: name.into(), asset, spot, model, book });
    }
    let correlation = correlated(instruments.len(), correlation)?;
    Ok(Named { instruments, has_model, correlation })
}

/// The same correlation of any two of so many.
fn correlated(count: usize, given: Option<f64>) -> Result<Option<Correlation>, SetupError> {
    let flag = |value: f64, reason| SetupError::Flag { flag: "--correlation", text: value.to_string(), reason };
    if count < 2 {
        return given.map_or(Ok(None), |value| {
            Err(flag(value, "one instrument is correlated with none: name several with --instruments".into()))
        });
    }
    let value = given.unwrap_or(CORRELATION);
    let least = -1.0 / (count - 1) as f64;
    if !(least..=1.0).contains(&value) {
        return Err(flag(value, format!("is outside [{least}, 1], what any two of {count} instruments can have")));
    }
    let entry = |row: usize| (0..count).map(|column| if row == column { 1.0 } else { value }).collect();
    let matrix: Vec<Vec<f64>> = (0..count).map(entry).collect();
    Ok(Some(matrix.try_into()?))
}
