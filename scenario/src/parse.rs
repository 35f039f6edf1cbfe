use std::collections::{BTreeMap, BTreeSet};

use gbm_core::units::{Domain, Seconds};
use serde::Deserialize;
use toml::{Spanned, Value};

use crate::error::{Rule, ScenarioError, short};
use crate::format::{Action, Content, Parameter, Scenario, Step};
use crate::kinds::{AT_S, CANCEL, Form, KINDS, Kind, PRICE, PRICE_FACTOR};
use crate::limits::{MAX_COMMANDS, MAX_DESCRIPTION_CHARS, MAX_PARAMETERS, MAX_TEXT_BYTES, MAX_TITLE_CHARS};
use crate::number::{Number, is_name};

type Result<T> = std::result::Result<T, ScenarioError>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawScenario {
    name: Spanned<String>,
    title: Spanned<String>,
    description: Spanned<String>,
    #[serde(default)]
    parameters: BTreeMap<String, Spanned<RawParameter>>,
    #[serde(default)]
    steps: Vec<Spanned<RawStep>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawParameter {
    value: f64,
    min: f64,
    max: f64,
    description: String,
}

/// A step's fields: which of them there are depends on its kind.
type RawStep = BTreeMap<String, Spanned<Value>>;

impl Scenario {
    /// Reads and checks a scenario.
    ///
    /// # Errors
    /// [`ScenarioError`] with the line, the field, the value and what is allowed: for what isn't TOML, unknown or missing fields, numbers
    /// outside their domain (for a parameter: at one of its bounds), labels and parameters that don't exist or do nothing, and more than
    /// [`MAX_COMMANDS`] commands or [`MAX_TEXT_BYTES`] bytes.
    ///
    /// ```
    /// use scenario::Scenario;
    /// let halt = "name = \"stop\"\ntitle = \"Stop\"\ndescription = \"Trading stops.\"\n[[steps]]\nat_s = 0\nkind = \"halt\"\n";
    /// let error = Scenario::from_toml(halt).unwrap_err();
    /// assert_eq!(error.to_string(), "line 4: reopen is missing: halt needs it");
    /// let scenario = Scenario::from_toml(&format!("{halt}reopen = \"freeze\"\nduration_s = 60\n"))?;
    /// assert_eq!((scenario.name(), scenario.commands()), ("stop", 1));
    /// # Ok::<(), scenario::ScenarioError>(())
    /// ```
    pub fn from_toml(text: &str) -> Result<Self> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(ScenarioError::TooLong(text.len()));
        }
        let lines = Lines::of(text);
        let raw: RawScenario = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| lines.at(span.start));
            // The reader's message may have several lines.
            let reason: Vec<&str> = error.message().split('\n').map(str::trim).collect();
            Rule::Toml(reason.join("; ").chars().take(300).collect()).on(line)
        })?;
        let reader = Reader { lines, parameters: BTreeMap::new() };
        reader.scenario(raw, text)
    }
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(place, _)| place).collect())
    }

    /// The line, from 1, of a byte.
    fn at(&self, byte: usize) -> usize {
        self.0.partition_point(|&end| end < byte) + 1
    }

    fn of_span<T>(&self, spanned: &Spanned<T>) -> usize {
        self.at(spanned.span().start)
    }
}

struct Reader {
    lines: Lines,
    parameters: BTreeMap<String, Parameter>,
}

impl Reader {
    fn scenario(mut self, raw: RawScenario, text: &str) -> Result<Scenario> {
        let name = raw.name.get_ref();
        if !is_name(name) {
            return Err(not_a_name("name", name).on(self.lines.of_span(&raw.name)));
        }
        self.check_words("title", &raw.title, MAX_TITLE_CHARS)?;
        self.check_words("description", &raw.description, MAX_DESCRIPTION_CHARS)?;
        let count = raw.parameters.len();
        let mut declared = BTreeMap::new();
        for (name, parameter) in raw.parameters {
            let line = self.lines.of_span(&parameter);
            if count > MAX_PARAMETERS {
                return Err(Rule::Parameters(count).on(line));
            }
            let parameter = checked(&name, parameter.into_inner()).map_err(|rule| rule.on(line))?;
            declared.insert(name.clone(), line);
            self.parameters.insert(name, parameter);
        }
        let steps = self.steps(raw.steps)?;
        let used: BTreeSet<&str> = steps.iter().flat_map(Step::numbers).filter_map(Number::parameter).collect();
        if let Some((name, &line)) = declared.iter().find(|(name, _)| !used.contains(name.as_str())) {
            return Err(Rule::Unused(name.clone()).on(line));
        }
        Ok(Scenario {
            name: raw.name.into_inner(),
            title: raw.title.into_inner(),
            description: raw.description.into_inner(),
            parameters: self.parameters,
            steps,
            text: text.into(),
        })
    }

    fn check_words(&self, field: &'static str, text: &Spanned<String>, most: usize) -> Result<()> {
        let rule = || Rule::Words { field, most }.on(self.lines.of_span(text));
        if is_words(text.get_ref(), most) { Ok(()) } else { Err(rule()) }
    }

    fn steps(&self, raw: Vec<Spanned<RawStep>>) -> Result<Vec<Step>> {
        if raw.is_empty() {
            return Err(Rule::NoSteps.on(1));
        }
        let mut steps: Vec<Step> = Vec::new();
        // Labels, and whether a cancel can end their step.
        let mut labels = BTreeMap::new();
        let mut commands = 0;
        for raw in raw {
            let line = self.lines.of_span(&raw);
            let step = self.step(line, raw.into_inner())?;
            commands += step.times;
            if commands > MAX_COMMANDS {
                return Err(Rule::Commands(commands).on(line));
            }
            if let Action::Cancel(label) = &step.action
                && labels.get(label) != Some(&true)
            {
                return Err(Rule::Label(short(label)).on(line));
            }
            if let Some(label) = &step.label
                && labels.insert(label.clone(), matches!(step.action, Action::Intervene(..))).is_some()
            {
                return Err(Rule::LabelTwice(label.clone()).on(line));
            }
            steps.push(step);
        }
        Ok(steps)
    }

    fn step(&self, line: usize, mut raw: RawStep) -> Result<Step> {
        let kind = self.word(&mut raw, "kind")?.ok_or_else(|| missing("kind", "a step").on(line))?;
        let at_s = self.number(&mut raw, "at_s", AT_S)?.ok_or_else(|| missing("at_s", "a step").on(line))?;
        let label = self.label(&mut raw)?;
        let every_s = self.number(&mut raw, "every_s", Seconds::DOMAIN)?;
        let times = self.times(&mut raw)?;
        if every_s.is_some() != times.is_some() {
            return Err(Rule::Repetition.on(line));
        }
        let action = if kind == CANCEL {
            let step = self.word(&mut raw, "step")?.ok_or_else(|| missing("step", CANCEL).on(line))?;
            if let Some((field, value)) = raw.pop_first() {
                let rule = Rule::Field { field: short(&field), kind: CANCEL, known: "step".into() };
                return Err(rule.on(self.lines.of_span(&value)));
            }
            Action::Cancel(step)
        } else {
            self.intervention(line, &kind, raw)?
        };
        if times.is_some() && (label.is_some() || matches!(action, Action::Cancel(_))) {
            return Err(Rule::Repeated.on(line));
        }
        Ok(Step { line, at_s, label, every_s, times: times.unwrap_or(1), action })
    }

    fn intervention(&self, line: usize, kind: &str, raw: RawStep) -> Result<Action> {
        let Some(kind) = Kind::of(kind) else {
            let known = KINDS.iter().map(|kind| kind.name).chain([CANCEL]).collect::<Vec<_>>().join(", ");
            return Err(Rule::Kind { kind: short(kind), known }.on(line));
        };
        let mut fields = BTreeMap::new();
        for (name, value) in raw {
            let Some((field, form)) = kind.field(&name) else {
                let (field, known) = (short(&name), kind.field_names().join(", "));
                return Err(Rule::Field { field, kind: kind.name, known }.on(self.lines.of_span(&value)));
            };
            fields.insert(field, self.content(field, form, &value)?);
        }
        for field in kind.fields.iter().filter(|field| field.is_required && !fields.contains_key(field.name)) {
            if matches!(field.form, Form::Price(_)) {
                continue;
            }
            return Err(missing(field.name, kind.name).on(line));
        }
        let has_price = kind.fields.iter().any(|field| matches!(field.form, Form::Price(_)));
        if has_price && fields.contains_key(PRICE) == fields.contains_key(PRICE_FACTOR) {
            return Err(Rule::Price.on(line));
        }
        Ok(Action::Intervene(kind, fields))
    }

    fn content(&self, field: &'static str, form: Form, value: &Spanned<Value>) -> Result<Content> {
        let line = self.lines.of_span(value);
        match form {
            Form::Number(domain) | Form::Whole(domain) | Form::Price(domain) => {
                let number = self.checked_number(field, value.get_ref(), domain).map_err(|rule| rule.on(line))?;
                match (form, &number) {
                    (Form::Whole(_), Number::Plain(value)) if value.fract() != 0.0 => {
                        Err(Rule::Whole { field, value: *value }.on(line))
                    }
                    _ => Ok(Content::Number(number)),
                }
            }
            Form::Word(words) => match value.get_ref().as_str() {
                Some(text) if words.contains(&text) => Ok(Content::Word(text.into())),
                _ => {
                    let (text, known) = (shown(value.get_ref()), words.join(", "));
                    Err(Rule::Word { field: field.into(), text, known }.on(line))
                }
            },
        }
    }

    /// A number that lies inside its domain whatever the parameters are: an expression is linear, so their bounds decide.
    fn checked_number(&self, field: &'static str, value: &Value, domain: Domain) -> std::result::Result<Number, Rule> {
        let number = match value {
            Value::Integer(value) => Number::Plain(*value as f64),
            Value::Float(value) => Number::Plain(*value),
            Value::String(text) => Number::expression(field, text)?,
            other => return Err(Rule::Expression { field: field.into(), text: shown(other) }),
        };
        let Some(name) = number.parameter() else {
            number.inside(&BTreeMap::new(), field, domain)?;
            return Ok(number);
        };
        let undeclared = || Rule::Undeclared { field: field.into(), parameter: name.into() };
        let parameter = self.parameters.get(name).ok_or_else(undeclared)?;
        for bound in [parameter.min, parameter.max] {
            let inside = number.inside(&BTreeMap::from([(name, bound)]), field, domain);
            inside.map_err(|error| Rule::AtBound { parameter: name.into(), bound, error })?;
        }
        Ok(number)
    }

    fn number(&self, raw: &mut RawStep, field: &'static str, domain: Domain) -> Result<Option<Number>> {
        let Some(value) = raw.remove(field) else { return Ok(None) };
        let number = self.checked_number(field, value.get_ref(), domain);
        number.map(Some).map_err(|rule| rule.on(self.lines.of_span(&value)))
    }

    fn word(&self, raw: &mut RawStep, field: &'static str) -> Result<Option<String>> {
        let Some(value) = raw.remove(field) else { return Ok(None) };
        match value.get_ref() {
            Value::String(text) => Ok(Some(text.clone())),
            other => {
                let rule = Rule::Word { field: field.into(), text: shown(other), known: "the texts allowed".into() };
                Err(rule.on(self.lines.of_span(&value)))
            }
        }
    }

    fn label(&self, raw: &mut RawStep) -> Result<Option<String>> {
        let Some(value) = raw.remove("label") else { return Ok(None) };
        match value.get_ref() {
            Value::String(text) if is_name(text) => Ok(Some(text.clone())),
            other => Err(not_a_name("label", &shown(other)).on(self.lines.of_span(&value))),
        }
    }

    fn times(&self, raw: &mut RawStep) -> Result<Option<usize>> {
        let Some(value) = raw.remove("times") else { return Ok(None) };
        let line = self.lines.of_span(&value);
        let Value::Integer(given) = value.get_ref() else {
            return Err(Rule::Toml(format!("times = {}: must be a whole number", shown(value.get_ref()))).on(line));
        };
        let times = usize::try_from(*given).ok().filter(|times| (1..=MAX_COMMANDS).contains(times));
        times.map(Some).ok_or_else(|| Rule::Times(*given).on(line))
    }
}

fn checked(name: &str, raw: RawParameter) -> std::result::Result<Parameter, Rule> {
    let RawParameter { value, min, max, description } = raw;
    if !is_name(name) {
        return Err(not_a_name("parameters", name));
    }
    if !(min.is_finite() && max.is_finite() && min <= max) {
        return Err(Rule::Bounds { min, max });
    }
    if !(min..=max).contains(&value) {
        return Err(Rule::Default { value, min, max });
    }
    if !is_words(&description, MAX_DESCRIPTION_CHARS) {
        return Err(Rule::Words { field: "description", most: MAX_DESCRIPTION_CHARS });
    }
    Ok(Parameter { value, min, max, description })
}

fn not_a_name(field: &'static str, text: &str) -> Rule {
    Rule::Name { field, text: short(text) }
}

fn missing(field: &'static str, kind: &str) -> Rule {
    Rule::Missing { field, kind: kind.into() }
}

/// Whether a text is one line of 1 to so many characters.
fn is_words(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.contains(char::is_control)
}

/// What a message shows of a value: a text itself, anything else as TOML writes it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => short(text),
        Value::Array(_) => "[…]".into(),
        Value::Table(_) => "{…}".into(),
        other => short(&other.to_string()),
    }
}
