//! A scorecard for reading: a table for a terminal, a page with pictures.

mod axis;
mod page;
mod plots;
mod words;

pub use report_page::PictureError;
use serde::Serialize;

use crate::study::Scorecard;

/// What a scorecard doesn't know: whose paths it has judged, and by which file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct About {
    /// The model's name.
    pub model: String,
    /// Its parameters by name, as they are to be read.
    pub parameters: Vec<(String, String)>,
    /// The file.
    pub source: String,
    /// The simulation tick in milliseconds.
    pub tick_ms: i64,
}

/// The scorecard as lines of text: each fact with value, interval, envelope and verdicts, then the scores.
pub fn table(card: &Scorecard, about: &About) -> String {
    words::table(card, about)
}

/// The scorecard as one HTML page: nothing from elsewhere, no script, light or dark as its reader has it.
///
/// # Errors
/// [`PictureError`] if a picture can't be drawn.
pub fn page(card: &Scorecard, about: &About) -> Result<String, PictureError> {
    page::page(card, about)
}
