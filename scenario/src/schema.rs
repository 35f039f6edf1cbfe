use gbm_core::units::{Domain, Factor, Seconds};
use serde_json::{Map, Value, json};

use crate::kinds::{AT_S, CANCEL, Field, Form, KINDS, Kind, PRICE, PRICE_FACTOR};
use crate::limits::{MAX_COMMANDS, MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS, MAX_PARAMETERS, MAX_TITLE_CHARS};
use crate::number::PATTERN;

/// The format as JSON Schema (draft 2020-12), of a scenario's TOML read as JSON. `docs/scenario.schema.json` is this.
///
/// It says everything that one field or one step can say. What needs more (labels, declared parameters, an expression's value at the bounds
/// of its parameter, what a market refuses) is left to [`Scenario::from_toml`](crate::Scenario::from_toml) and
/// [`Scenario::check`](crate::Scenario::check).
///
/// ```
/// let schema = scenario::schema();
/// assert_eq!(schema["$defs"]["shock"]["properties"]["kind"]["const"], "shock");
/// ```
pub fn schema() -> Value {
    let mut definitions = Map::new();
    definitions.insert("name".into(), text(&format!("^[a-z][a-z0-9_]{{0,{}}}$", MAX_NAME_CHARS - 1)));
    definitions.insert("expression".into(), text(PATTERN));
    definitions.insert("parameter".into(), parameter());
    for kind in &KINDS {
        definitions.insert(kind.name.into(), step_of(kind));
    }
    definitions.insert(CANCEL.into(), cancel());
    let names = KINDS.iter().map(|kind| kind.name).chain([CANCEL]);
    let steps: Vec<Value> = names.map(reference).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scenario",
        "description": "Interventions with relative times and bounded parameters",
        "type": "object",
        "properties": {
            "name": reference("name"),
            "title": words(MAX_TITLE_CHARS),
            "description": words(MAX_DESCRIPTION_CHARS),
            "parameters": {
                "type": "object",
                "propertyNames": reference("name"),
                "additionalProperties": reference("parameter"),
                "maxProperties": MAX_PARAMETERS,
            },
            "steps": { "type": "array", "minItems": 1, "maxItems": MAX_COMMANDS, "items": { "oneOf": steps } },
        },
        "required": ["name", "title", "description", "steps"],
        "additionalProperties": false,
        "$defs": definitions,
    })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn text(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

/// One line with something on it.
fn words(most: usize) -> Value {
    json!({ "type": "string", "maxLength": most, "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*\S[^\u0000-\u001f\u007f-\u009f]*$" })
}

fn parameter() -> Value {
    json!({
        "type": "object",
        "properties": {
            "value": { "type": "number" },
            "min": { "type": "number" },
            "max": { "type": "number" },
            "description": words(MAX_DESCRIPTION_CHARS),
        },
        "required": ["value", "min", "max", "description"],
        "additionalProperties": false,
    })
}

fn number(domain: Domain) -> Value {
    let low = if domain.includes_low() { "minimum" } else { "exclusiveMinimum" };
    let plain = json!({ "type": "number", low: domain.low(), "maximum": domain.high() });
    json!({ "anyOf": [plain, reference("expression")] })
}

fn form(form: Form) -> Value {
    match form {
        Form::Word(words) => json!({ "enum": words }),
        Form::Whole(domain) => {
            let plain = json!({ "type": "integer", "minimum": domain.low(), "maximum": domain.high() });
            json!({ "anyOf": [plain, reference("expression")] })
        }
        Form::Number(domain) | Form::Price(domain) => number(domain),
    }
}

/// A step's fields whatever its kind.
fn common(kind: &str) -> Map<String, Value> {
    let mut properties = Map::new();
    properties.insert("kind".into(), json!({ "const": kind }));
    properties.insert("at_s".into(), number(AT_S));
    properties.insert("label".into(), reference("name"));
    properties
}

fn cancel() -> Value {
    let mut properties = common(CANCEL);
    properties.insert("step".into(), reference("name"));
    json!({
        "type": "object",
        "properties": properties,
        "required": ["kind", "at_s", "step"],
        "additionalProperties": false,
    })
}

fn step_of(kind: &Kind) -> Value {
    let mut properties = common(kind.name);
    properties.insert("every_s".into(), number(Seconds::DOMAIN));
    properties.insert("times".into(), json!({ "type": "integer", "minimum": 1, "maximum": MAX_COMMANDS }));
    let mut required = vec!["kind", "at_s"];
    for field in kind.fields {
        properties.insert(field.name.into(), form(field.form));
        if matches!(field.form, Form::Price(_)) {
            properties.insert(PRICE_FACTOR.into(), number(Factor::DOMAIN));
        } else if field.is_required {
            required.push(field.name);
        }
    }
    let mut step = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
        "dependentRequired": { "every_s": ["times"], "times": ["every_s"] },
        "not": { "required": ["label", "times"] },
    });
    let is_price = |field: &Field| matches!(field.form, Form::Price(_));
    if kind.fields.iter().any(is_price) {
        step["oneOf"] = json!([{ "required": [PRICE] }, { "required": [PRICE_FACTOR] }]);
    }
    step
}
