use std::collections::BTreeMap;

use gbm_core::units::{Domain, OutOfDomain};

use crate::error::{Rule, short};

/// The form of an expression, for the schema; [`Number::expression`] reads the same.
pub(crate) const PATTERN: &str = r"^-?\$[a-z][a-z0-9_]{0,31}( *\* *-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?)?$";

/// A field's number: itself, or a parameter times a factor.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Number {
    Plain(f64),
    Scaled { parameter: String, factor: f64 },
}

impl Number {
    /// Reads `$name`, `-$name` or `$name * number`.
    pub(crate) fn expression(field: &str, text: &str) -> Result<Self, Rule> {
        Self::parse(text).ok_or_else(|| Rule::Expression { field: field.into(), text: short(text) })
    }

    fn parse(text: &str) -> Option<Self> {
        let (sign, name) = match text.strip_prefix('-') {
            Some(rest) => (-1.0, rest),
            None => (1.0, text),
        };
        let name = name.strip_prefix('$')?;
        let Some((name, factor)) = name.split_once('*') else {
            return is_name(name).then(|| Self::Scaled { parameter: name.into(), factor: sign });
        };
        let (name, factor) = (name.trim_end_matches(' '), factor.trim_start_matches(' '));
        let digits = factor.strip_prefix('-').unwrap_or(factor);
        // Rust also reads "+1", "inf" and "NaN", which stand in no scenario.
        if !is_name(name) || !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
            return None;
        }
        let factor: f64 = factor.parse().ok().filter(|factor: &f64| factor.is_finite())?;
        Some(Self::Scaled { parameter: name.into(), factor: sign * factor })
    }

    /// The parameter it depends on.
    pub(crate) fn parameter(&self) -> Option<&str> {
        match self {
            Self::Plain(_) => None,
            Self::Scaled { parameter, .. } => Some(parameter),
        }
    }

    /// Its value where parameters have these; NaN, which no domain holds, for one that isn't there.
    pub(crate) fn value(&self, values: &BTreeMap<&str, f64>) -> f64 {
        match self {
            Self::Plain(value) => *value,
            Self::Scaled { parameter, factor } => {
                values.get(parameter.as_str()).map_or(f64::NAN, |value| factor * value)
            }
        }
    }

    /// Its value, if it lies inside the field's domain.
    pub(crate) fn inside(
        &self,
        values: &BTreeMap<&str, f64>,
        field: &'static str,
        domain: Domain,
    ) -> Result<f64, OutOfDomain> {
        domain.check(field, self.value(values))
    }
}

/// Whether a text is a name: of a scenario, a parameter or a step.
pub(crate) fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=crate::limits::MAX_NAME_CHARS).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(plain)
}
