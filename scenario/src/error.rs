use gbm_core::grid::GridError;
use gbm_core::intervention::InterventionError;
use gbm_core::units::OutOfDomain;

use crate::limits::{MAX_COMMANDS, MAX_LOOK_AHEAD_TICKS, MAX_NAME_CHARS, MAX_PARAMETERS, MAX_POINTS, MAX_TEXT_BYTES};

/// A scenario that can't be read or played. Nothing has changed. Each prints as one line.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// More text than is read.
    #[error("text = {0} bytes: a scenario has at most {MAX_TEXT_BYTES}")]
    TooLong(usize),
    /// A line of the text that breaks a rule of the format.
    #[error("line {line}: {rule}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// The rule.
        rule: Rule,
    },
    /// A step that can't be resolved where it was to start.
    #[error("step {step} (line {line}): {rule}")]
    Step {
        /// The step, from 1.
        step: usize,
        /// Its line.
        line: usize,
        /// Why.
        rule: Rule,
    },
    /// A step that the simulation refuses.
    #[error("step {step} (line {line}) on tick {tick}: {error}")]
    Refused {
        /// The step, from 1.
        step: usize,
        /// Its line.
        line: usize,
        /// The tick on which it was to act.
        tick: u64,
        /// Why.
        error: InterventionError,
    },
    /// A value for a parameter that the scenario doesn't have.
    #[error("{name:?} is not a parameter of {scenario}: it has {known}")]
    UnknownParameter {
        /// The name given.
        name: String,
        /// The scenario.
        scenario: String,
        /// Its parameters.
        known: String,
    },
    /// A value outside its parameter's bounds.
    #[error("{name} = {value} is outside [{min}, {max}]")]
    Value {
        /// The parameter.
        name: String,
        /// The value given.
        value: f64,
        /// The least allowed.
        min: f64,
        /// The most allowed.
        max: f64,
    },
    /// A start on a market that isn't so.
    #[error(transparent)]
    Start(#[from] InterventionError),
    /// A tick that no run is made for.
    #[error("tick = {tick} is beyond the {MAX_LOOK_AHEAD_TICKS} ticks after tick {now} that are looked ahead")]
    TooFar {
        /// The tick.
        tick: u64,
        /// The simulation's.
        now: u64,
    },
    /// A price to start from that has left the prices' domain.
    #[error("the price before the start: {0}")]
    LastPrice(OutOfDomain),
    /// A dry run of no points, or of too many.
    #[error("points = {0} is outside [1, {MAX_POINTS}]")]
    Points(usize),
}

/// A rule of the format that was broken.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Rule {
    /// What the TOML reader says: syntax, a missing or unknown field, a wrong type.
    #[error("{0}")]
    Toml(String),
    /// A name of the wrong form.
    #[error("{field} = {text:?}: a name is 1 to {MAX_NAME_CHARS} of a-z, 0-9 and '_', a letter first")]
    Name {
        /// The field.
        field: &'static str,
        /// What was given.
        text: String,
    },
    /// A text that is empty or too long, or that has control characters.
    #[error("{field}: a text is one line of 1 to {most} characters")]
    Words {
        /// The field.
        field: &'static str,
        /// The most it may have.
        most: usize,
    },
    /// Too many parameters.
    #[error("parameters = {0}: at most {MAX_PARAMETERS}")]
    Parameters(usize),
    /// A bound that isn't a number, or bounds the wrong way round.
    #[error("min = {min} and max = {max}: two finite numbers, the lesser first")]
    Bounds {
        /// The lower bound.
        min: f64,
        /// The upper bound.
        max: f64,
    },
    /// A default outside its own bounds.
    #[error("value = {value} is outside [{min}, {max}]")]
    Default {
        /// The default.
        value: f64,
        /// The lower bound.
        min: f64,
        /// The upper bound.
        max: f64,
    },
    /// A parameter that does nothing.
    #[error("{0} is a parameter that no step uses")]
    Unused(String),
    /// A step with a parameter that isn't declared.
    #[error("{field} = \"${parameter}\": no such parameter is declared")]
    Undeclared {
        /// The field.
        field: String,
        /// The parameter.
        parameter: String,
    },
    /// A text where a number was due, and no expression.
    #[error("{field} = {text:?}: write a number, \"$parameter\", \"-$parameter\" or \"$parameter * 0.5\"")]
    Expression {
        /// The field.
        field: String,
        /// What was given.
        text: String,
    },
    /// A number outside the field's domain.
    #[error(transparent)]
    Domain(#[from] OutOfDomain),
    /// The same, where a parameter is at one of its bounds.
    #[error("{error}, where {parameter} = {bound}")]
    AtBound {
        /// The parameter.
        parameter: String,
        /// Its bound.
        bound: f64,
        /// The field's value there.
        error: OutOfDomain,
    },
    /// A number with a fraction where none can be.
    #[error("{field} = {value}: must be a whole number")]
    Whole {
        /// The field.
        field: &'static str,
        /// What was given.
        value: f64,
    },
    /// A kind of intervention that there isn't.
    #[error("kind = {kind:?} is not one of {known}")]
    Kind {
        /// What was given.
        kind: String,
        /// The kinds that there are.
        known: String,
    },
    /// A field that the kind doesn't have.
    #[error("{field} is not a field of {kind}: it has {known}")]
    Field {
        /// The field.
        field: String,
        /// The kind.
        kind: &'static str,
        /// Its fields.
        known: String,
    },
    /// A field that the kind needs.
    #[error("{field} is missing: {kind} needs it")]
    Missing {
        /// The field.
        field: &'static str,
        /// The kind.
        kind: String,
    },
    /// A word that the field doesn't take.
    #[error("{field} = {text:?} is not one of {known}")]
    Word {
        /// The field.
        field: String,
        /// What was given.
        text: String,
        /// The words that it takes.
        known: String,
    },
    /// No price, or two.
    #[error("price or price_factor: name exactly one of them")]
    Price,
    /// A repeated step without its spacing or its number.
    #[error("every_s and times: a repeated step has both, another neither")]
    Repetition,
    /// A number of times that can't be.
    #[error("times = {0} is outside [1, {MAX_COMMANDS}]")]
    Times(i64),
    /// A step of which one can't be meant.
    #[error("a step with a label and a cancel are not repeated")]
    Repeated,
    /// Two steps of one label.
    #[error("label = {0:?} is given twice")]
    LabelTwice(String),
    /// A cancel of a step that isn't there yet.
    #[error("step = {0:?} is not the label of a step above that can be cancelled")]
    Label(String),
    /// A cancel before what it cancels.
    #[error("step = {0:?} begins after this cancel")]
    CancelFirst(String),
    /// A scenario in which nothing happens.
    #[error("steps: there is none")]
    NoSteps,
    /// Too many commands.
    #[error("commands = {0}: a scenario makes at most {MAX_COMMANDS}")]
    Commands(usize),
    /// A step beyond the grid.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// No further id, or a first one that leaves too few.
    #[error(transparent)]
    Id(#[from] InterventionError),
}

/// So much of a user's text as a message repeats.
pub(crate) fn short(text: &str) -> String {
    text.chars().take(80).collect()
}

impl Rule {
    pub(crate) fn on(self, line: usize) -> ScenarioError {
        ScenarioError::Line { line, rule: self }
    }
}
