//! Errors as RFC 9457 `application/problem+json`.

use serde::{Deserialize, Serialize};

/// An error's answer.
///
/// ```
/// use market_api::problem::Problem;
/// let problem = Problem::new("out-of-domain", "Out of domain", 422, "volatility = -1 is outside [0, 100]");
/// assert_eq!(problem.kind, "urn:algo-trading:problem:out-of-domain");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A stable URI that names the kind of error.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What was wrong: field, value and domain.
    pub detail: String,
    /// The id of the request.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instance: String,
    /// Where in the body it was wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}

/// One fault of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// A JSON pointer to the field, such as `/body/sigma`.
    pub pointer: String,
    /// What was wrong with it.
    pub detail: String,
}

impl Problem {
    /// A problem of a kind, named by its slug.
    pub fn new(slug: &str, title: &str, status: u16, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:algo-trading:problem:{slug}"),
            title: title.into(),
            status,
            detail: detail.into(),
            instance: String::new(),
            errors: Vec::new(),
        }
    }
}
