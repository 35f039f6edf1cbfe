//! Which instruments a market has, and the model of each.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use gbm_core::correlation::Correlation;
use gbm_core::prelude::*;

use crate::SetupError;

/// The instruments of a stack that is told nothing else.
pub const USUAL_INSTRUMENTS: &str = "BTC-USD,ETH-USD";
/// The correlation of their diffusions.
const CORRELATION: f64 = 0.8;
/// The longest model file.
const MAX_MODEL_BYTES: u64 = 1 << 20;

/// A model as flags name it: a preset, or a file with one in JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelChoice {
    /// A preset.
    Preset(Preset),
    /// A file.
    File(PathBuf),
}

impl FromStr for ModelChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(preset) => Ok(Self::Preset(preset)),
            Err(_) if Path::new(text).extension().is_some_and(|end| end == "json") => Ok(Self::File(text.into())),
            Err(error) => Err(format!("{error}, nor a file that ends in .json")),
        }
    }
}

impl ModelChoice {
    /// The model.
    ///
    /// # Errors
    /// [`SetupError::Model`] for a file that can't be read or that holds no model.
    pub fn load(&self) -> Result<Model, SetupError> {
        let path = match self {
            Self::Preset(preset) => return Ok(preset.model()),
            Self::File(path) => path,
        };
        let error = |reason: String| SetupError::Model { path: path.clone(), reason };
        let length = std::fs::metadata(path).map_err(|failed| error(failed.to_string()))?.len();
        if length > MAX_MODEL_BYTES {
            return Err(error(format!("{length} bytes: at most {MAX_MODEL_BYTES} are read")));
        }
        let text = std::fs::read_to_string(path).map_err(|failed| error(failed.to_string()))?;
        serde_json::from_str(&text).map_err(|failed| error(failed.to_string()))
    }
}

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

/// The instruments that a text names, `NAME` or `NAME=MODEL` with commas between, and their correlation.
///
/// `BTC-USD` and `ETH-USD` have models of their own; any other name is to be given one.
pub(crate) fn parse(
    text: &str,
    correlation: Option<f64>,
) -> Result<(Vec<Instrument<Model>>, Option<Correlation>), SetupError> {
    let flag = |text: &str, reason: String| SetupError::Flag { flag: "--instruments", text: text.into(), reason };
    let mut instruments: Vec<Instrument<Model>> = Vec::new();
    for part in text.split(',').map(str::trim) {
        let (name, model) = match part.split_once('=') {
            Some((name, model)) => (name, Some(model.parse::<ModelChoice>().map_err(|reason| flag(part, reason))?)),
            None => (part, None),
        };
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
    let count = instruments.len();
    if count < 2 {
        return match correlation {
            Some(value) => Err(SetupError::Flag {
                flag: "--correlation",
                text: value.to_string(),
                reason: "one instrument is correlated with none: name several with --instruments".into(),
            }),
            None => Ok((instruments, None)),
        };
    }
    let value = correlation.unwrap_or(CORRELATION);
    let least = -1.0 / (count - 1) as f64;
    if !(least..=1.0).contains(&value) {
        return Err(SetupError::Flag {
            flag: "--correlation",
            text: value.to_string(),
            reason: format!("is outside [{least}, 1], what any two of {count} instruments can have"),
        });
    }
    let entry = |row: usize| (0..count).map(|column| if row == column { 1.0 } else { value }).collect();
    let matrix: Vec<Vec<f64>> = (0..count).map(entry).collect();
    Ok((instruments, Some(matrix.try_into()?)))
}
