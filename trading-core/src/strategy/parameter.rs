//! What can be set of a strategy, and its domain.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

/// Values by the names of parameters.
pub type Values = BTreeMap<String, f64>;

/// One of a strategy's numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// Its name, units last.
    pub name: &'static str,
    /// What it is unless it is set.
    pub default: f64,
    /// The least it may be.
    pub min: f64,
    /// The most it may be.
    pub max: f64,
    /// Whether it is a whole number.
    pub is_whole: bool,
    /// What it does.
    pub description: &'static str,
}

/// A strategy that can't be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// No such strategy.
    #[error("strategy = {0:?} is none of those that there are")]
    UnknownStrategy(String),
    /// No such parameter.
    #[error("{0:?} is no parameter of this strategy")]
    Unknown(String),
    /// A value outside its domain.
    #[error("{name} = {value} is outside [{min}, {max}]")]
    Domain {
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The least.
        min: f64,
        /// The most.
        max: f64,
    },
    /// A fraction where a whole number is meant.
    #[error("{name} = {value} is no whole number")]
    Whole {
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: f64,
    },
    /// Two values that contradict each other.
    #[error("{0}")]
    Together(&'static str),
}

impl ParameterError {
    /// No strategy of this name.
    pub(super) fn unknown(name: &str) -> Self {
        Self::UnknownStrategy(name.chars().take(40).collect())
    }

    /// Its stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownStrategy(_) => "unknown_strategy",
            Self::Unknown(_) => "unknown_parameter",
            Self::Domain { .. } => "parameter_outside_domain",
            Self::Whole { .. } => "parameter_not_whole",
            Self::Together(_) => "parameters_contradict",
        }
    }
}

/// Checked values, taken by name.
#[derive(Debug)]
pub(super) struct Checked(BTreeMap<&'static str, f64>);

impl Checked {
    pub(super) fn new(parameters: &'static [Parameter], values: &Values) -> Result<Self, ParameterError> {
        for name in values.keys() {
            if !parameters.iter().any(|parameter| parameter.name == name) {
                return Err(ParameterError::Unknown(name.chars().take(40).collect()));
            }
        }
        let checked = parameters.iter().map(|parameter| {
            let Parameter { name, default, min, max, is_whole, .. } = *parameter;
            let value = values.get(name).copied().unwrap_or(default);
            if !(min..=max).contains(&value) {
                return Err(ParameterError::Domain { name, value, min, max });
            }
            if is_whole && value.fract() != 0.0 {
                return Err(ParameterError::Whole { name, value });
            }
            Ok((name, value))
        });
        Ok(Self(checked.collect::<Result<_, _>>()?))
    }

    pub(super) fn get(&self, name: &str) -> f64 {
        self.0.get(name).copied().unwrap_or(f64::NAN)
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number within its domain")]
    pub(super) fn whole(&self, name: &str) -> usize {
        self.get(name) as usize
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, and far below 2^53")]
    pub(super) fn ms(&self, name: &str) -> u64 {
        (self.get(name) * 1000.0).round().max(1.0) as u64
    }

    /// Base units, in whole lots of a hundred-thousandth.
    pub(super) fn quantity(&self, name: &str) -> Decimal {
        Decimal::from_f64(self.get(name)).unwrap_or_default().round_dp(5)
    }
}

pub(super) const fn number(
    name: &'static str,
    default: f64,
    (min, max): (f64, f64),
    description: &'static str,
) -> Parameter {
    Parameter { name, default, min, max, is_whole: false, description }
}

pub(super) const fn whole(
    name: &'static str,
    default: f64,
    (min, max): (f64, f64),
    description: &'static str,
) -> Parameter {
    Parameter { name, default, min, max, is_whole: true, description }
}

/// The quantity of an order, which all of them have.
pub(super) const QUANTITY: Parameter = number("quantity", 0.5, (0.00001, 1000.0), "base units of one order");
/// The length of a bar.
pub(super) const BAR_S: Parameter = number("bar_s", 60.0, (0.001, 86_400.0), "simulated seconds of one bar");
/// Whether it may be short.
pub(super) const SHORT: Parameter =
    whole("short", 0.0, (0.0, 1.0), "1 to be short too, which takes margin; 0 to be flat");
