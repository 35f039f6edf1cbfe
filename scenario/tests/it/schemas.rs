//! The schema is what is checked in, and agrees with the reader wherever a schema can say what it says.

use scenario::{NAMES, Scenario, built_in, schema};
use serde_json::Value;

use crate::support::{Dice, text};

fn as_json(text: &str) -> Value {
    toml::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(&schema()).unwrap()
}

#[test]
fn the_schema_is_the_one_checked_in() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/scenario.schema.json");
    let made = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
    if std::env::var_os("SCENARIO_RENEW_SCHEMA").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == made, "docs/scenario.schema.json is stale: SCENARIO_RENEW_SCHEMA=1 renews it");
}

#[test]
fn the_schema_is_one_and_every_built_in_keeps_it() {
    assert!(jsonschema::draft202012::meta::is_valid(&schema()));
    let validator = validator();
    for name in NAMES {
        let json = as_json(built_in(name).unwrap().unwrap().text());
        let errors: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
}

#[test]
fn what_a_schema_can_refuse_both_refuse() {
    let validator = validator();
    let shock = "kind = \"shock\"\npermanent_fraction = 1\n";
    for bad in [
        "",
        "steps = []",
        "color = 1\n[[steps]]\nat_s = 0\nkind = \"set_drift\"\nmu = 1",
        "[[steps]]\nat_s = 0\nkind = \"x\"",
        "[[steps]]\nat_s = -1\nkind = \"set_drift\"\nmu = 1",
        "[[steps]]\nat_s = 0\nkind = \"set_drift\"\nmu = 1001",
        "[[steps]]\nat_s = 0\nkind = \"set_drift\"\nmu = \"fast\"",
        "[[steps]]\nat_s = 0\nkind = \"set_drift\"\nmu = \"$a + 1\"",
        "[[steps]]\nat_s = 0\nkind = \"set_drift\"\nmu = 1\nramp_s = 0",
        "[[steps]]\nat_s = 0\nkind = \"halt\"\nreopen = \"never\"",
        "[[steps]]\nat_s = 0\nkind = \"regime\"\nstate = 0.5",
        "[[steps]]\nat_s = 0\nkind = \"pin\"\nprice = 1\nprice_factor = 1",
        "[[steps]]\nat_s = 0\nkind = \"pin\"",
        "[[steps]]\nat_s = 0\nkind = \"cancel\"",
        "[[steps]]\nat_s = 0\nkind = \"set_drift\"\nmu = 1\nlabel = \"Big\"",
        "[[steps]]\nat_s = 0\nkind = \"set_drift\"\nmu = 1\nevery_s = 1",
        "[[steps]]\nat_s = 0\nkind = \"set_drift\"\nmu = 1\nevery_s = 1\ntimes = 1001",
        "[[steps]]\nat_s = 0\nkind = \"set_drift\"\nmu = 1\nevery_s = 1\ntimes = 2\nlabel = \"a\"",
        &format!("[[steps]]\nat_s = 0\n{shock}"),
        &format!("[[steps]]\nat_s = 0\nlog_return = 21\n{shock}"),
        &format!("[parameters.a]\nvalue = 1\nmin = 0\n[[steps]]\nat_s = 0\nlog_return = \"$a\"\n{shock}"),
        &format!(
            "[parameters.A]\nvalue = 1\nmin = 0\nmax = 2\ndescription = \"a\"\n[[steps]]\nat_s = 0\nlog_return = 1\n{shock}"
        ),
        &format!(
            "[parameters.a]\nvalue = 1\nmin = 0\nmax = 2\ndescription = \" \"\n[[steps]]\nat_s = 0\nlog_return = \"$a\"\n{shock}"
        ),
    ] {
        let bad = text(bad);
        assert!(Scenario::from_toml(&bad).is_err(), "{bad}");
        assert!(!validator.is_valid(&as_json(&bad)), "{bad}");
    }
}

#[test]
fn what_is_read_keeps_the_schema() {
    let validator = validator();
    let mut dice = Dice(7);
    for _ in 0..500 {
        let mut step = dice.body();
        step["at_s"] = dice.below(1000).into();
        if dice.below(3) == 0 {
            step["label"] = "a_label".into();
        }
        let document = serde_json::json!({
            "name": "a", "title": "A", "description": "A.", "steps": [step],
        });
        let text = toml::to_string(&document).unwrap();
        assert!(Scenario::from_toml(&text).is_ok(), "{text}");
        assert!(validator.is_valid(&as_json(&text)), "{text}");
    }
}
