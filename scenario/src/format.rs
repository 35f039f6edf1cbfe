use std::collections::BTreeMap;

use crate::kinds::Kind;
use crate::number::Number;

/// What happens to a market, how long after its start.
///
/// It is read by [`Scenario::from_toml`], and any value of its parameters inside their bounds keeps every field inside its domain.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) parameters: BTreeMap<String, Parameter>,
    pub(crate) steps: Vec<Step>,
    pub(crate) text: String,
}

/// A number that whoever plays a scenario may choose.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Parameter {
    /// Unless another is chosen.
    pub value: f64,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
    /// What it is, and its unit.
    pub description: String,
}

/// A step: once, or `times` times.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) line: usize,
    pub(crate) at_s: Number,
    pub(crate) label: Option<String>,
    pub(crate) every_s: Option<Number>,
    pub(crate) times: usize,
    pub(crate) action: Action,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    /// Ends the step of this label.
    Cancel(String),
    Intervene(&'static Kind, BTreeMap<&'static str, Content>),
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Content {
    Number(Number),
    Word(String),
}

impl Step {
    /// Its numbers.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = &Number> {
        let fields = match &self.action {
            Action::Cancel(_) => None,
            Action::Intervene(_, fields) => Some(fields.values()),
        };
        let of_fields = fields.into_iter().flatten().filter_map(|content| match content {
            Content::Number(number) => Some(number),
            Content::Word(_) => None,
        });
        [&self.at_s].into_iter().chain(&self.every_s).chain(of_fields)
    }
}

impl Scenario {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What it does, in a sentence.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Its parameters, by name.
    pub fn parameters(&self) -> &BTreeMap<String, Parameter> {
        &self.parameters
    }

    /// The text it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many steps it has.
    pub fn steps(&self) -> usize {
        self.steps.len()
    }

    /// How many commands it makes: its steps, the repeated ones as often as they are.
    pub fn commands(&self) -> usize {
        self.steps.iter().map(|step| step.times).sum()
    }
}
