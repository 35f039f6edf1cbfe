//! The text: what is read, and what each mistake is told in one line.

use scenario::{MAX_TEXT_BYTES, Scenario};

use crate::support::{scenario, text};

/// A text that must be refused with this line. The steps begin on line 4.
#[track_caller]
fn refused(rest: &str, line: &str) {
    let error = Scenario::from_toml(&text(rest)).unwrap_err().to_string();
    assert_eq!(error, line, "{rest}");
}

const DEPTH: &str = "[parameters.depth]\nvalue = 0.1\nmin = 0.01\nmax = 0.5\ndescription = \"How far\"\n";

fn shock(log_return: &str) -> String {
    format!("[[steps]]\nat_s = 0\nkind = \"shock\"\nlog_return = {log_return}\npermanent_fraction = 1\n")
}

#[test]
fn a_text_is_read_whole() {
    let read = scenario(&format!("{DEPTH}{}", shock("\"-$depth * 0.5\"")));
    assert_eq!((read.name(), read.title(), read.description()), ("a_test", "A test", "What a test needs."));
    assert_eq!((read.parameters()["depth"].max, read.steps(), read.commands()), (0.5, 1, 1));
    assert!(read.text().starts_with("name = \"a_test\""));
}

#[test]
fn what_isn_t_the_format_is_named_with_its_line() {
    refused("x", "line 4: key with no value, expected `=`");
    refused(
        "color = 1\n",
        "line 4: unknown field `color`, expected one of `name`, `title`, `description`, `parameters`, `steps`",
    );
    refused("", "line 1: steps: there is none");
    refused("steps = []", "line 1: steps: there is none");
    refused("steps = 7", "line 4: invalid type: integer `7`, expected a sequence");
    refused("[parameters.x]\nvalue = 1\n", "line 4: missing field `min`");
    let nested = format!("steps = {}{}", "[".repeat(200), "]".repeat(200));
    assert!(Scenario::from_toml(&text(&nested)).unwrap_err().to_string().starts_with("line 4: "));
    let error = Scenario::from_toml(&" ".repeat(MAX_TEXT_BYTES + 1)).unwrap_err().to_string();
    assert_eq!(error, "text = 262145 bytes: a scenario has at most 262144");
}

#[test]
fn names_and_texts_are_checked() {
    let head = |name: &str, title: &str, description: &str| {
        let text = format!("name = {name:?}\ntitle = {title:?}\ndescription = {description:?}\n{}", shock("1"));
        Scenario::from_toml(&text).map(|_| ()).map_err(|error| error.to_string())
    };
    let name = "line 1: name = \"Big\": a name is 1 to 32 of a-z, 0-9 and '_', a letter first";
    assert_eq!(head("Big", "T", "D."), Err(name.into()));
    assert!(head("", "T", "D.").is_err() && head(&"a".repeat(33), "T", "D.").is_err());
    assert!(head(&"a".repeat(32), &"T".repeat(100), &"é".repeat(500)).is_ok());
    assert_eq!(head("a", " ", "D."), Err("line 2: title: a text is one line of 1 to 100 characters".into()));
    assert_eq!(head("a", "T", "a\nb"), Err("line 3: description: a text is one line of 1 to 500 characters".into()));
}

#[test]
fn numbers_are_held_to_their_domains() {
    refused(&shock("99"), "line 7: log_return = 99 is outside [-20, 20]");
    refused(&shock("nan"), "line 7: log_return = NaN is outside [-20, 20]");
    refused(
        &shock("true"),
        "line 7: log_return = \"true\": write a number, \"$parameter\", \"-$parameter\" or \"$parameter * 0.5\"",
    );
    refused("[[steps]]\nat_s = -1\nkind = \"set_drift\"\nmu = 1", "line 5: at_s = -1 is outside [0, 1000000000000]");
    refused("[[steps]]\nat_s = 0\nkind = \"regime\"\nstate = 0.5", "line 7: state = 0.5: must be a whole number");
    refused(
        "[[steps]]\nat_s = 0\nkind = \"set_price\"\nprice_factor = 0",
        "line 7: price_factor = 0 is outside [0.000000001, 1000000]",
    );
}

#[test]
fn expressions_are_a_parameter_and_a_factor() {
    for good in ["$depth", "-$depth", "$depth * 2", "-$depth*-.5", "$depth  *  1e1", "$depth * 0"] {
        scenario(&format!("{DEPTH}{}", shock(&format!("{good:?}"))));
    }
    for bad in [
        "depth",
        "$",
        "$Depth",
        "$depth + 1",
        "$depth * ",
        "$depth * inf",
        "$depth * +1",
        "$depth * $depth",
        " $depth",
        "--$depth",
        "$depth * 1e999",
    ] {
        refused(
            &format!("{DEPTH}{}", shock(&format!("{bad:?}"))),
            &format!(
                "line 12: log_return = {bad:?}: write a number, \"$parameter\", \"-$parameter\" or \"$parameter * 0.5\""
            ),
        );
    }
    refused(&shock("\"$depth\""), "line 7: log_return = \"$depth\": no such parameter is declared");
    // The parameter's bounds decide, not its default.
    refused(
        &format!("{DEPTH}{}", shock("\"-$depth * 50\"")),
        "line 12: log_return = -25 is outside [-20, 20], where depth = 0.5",
    );
}

#[test]
fn parameters_are_bounded_and_used() {
    let parameter = |value: &str, min: &str, max: &str| {
        format!(
            "[parameters.depth]\nvalue = {value}\nmin = {min}\nmax = {max}\ndescription = \"How far\"\n{}",
            shock("\"$depth\"")
        )
    };
    refused(&parameter("1", "2", "0"), "line 4: min = 2 and max = 0: two finite numbers, the lesser first");
    refused(&parameter("1", "-inf", "2"), "line 4: min = -inf and max = 2: two finite numbers, the lesser first");
    refused(&parameter("3", "0", "2"), "line 4: value = 3 is outside [0, 2]");
    refused(&parameter("nan", "0", "2"), "line 4: value = NaN is outside [0, 2]");
    refused(&format!("{DEPTH}{}", shock("1")), "line 4: depth is a parameter that no step uses");
    refused(
        &DEPTH.replace("parameters.depth", "parameters.De"),
        "line 4: parameters = \"De\": a name is 1 to 32 of a-z, 0-9 and '_', a letter first",
    );
    let many: String = (0..65).map(|n| DEPTH.replace("depth", &format!("p{n}"))).collect();
    refused(&many, "line 4: parameters = 65: at most 64");
}

#[test]
fn steps_are_held_to_their_kind() {
    let step = |rest: &str| format!("[[steps]]\nat_s = 0\n{rest}");
    refused(&step(""), "line 4: kind is missing: a step needs it");
    refused("[[steps]]\nkind = \"halt\"", "line 4: at_s is missing: a step needs it");
    refused(
        &step("kind = \"earthquake\""),
        "line 4: kind = \"earthquake\" is not one of set_drift, set_volatility, set_price, shock, inject_liquidity, flash_crash, ramp, meta_order, volatility_scale, jump_rate, regime, spread, target, pin, halt, price_band, cancel",
    );
    refused(&step("kind = 7"), "line 6: kind = \"7\" is not one of the texts allowed");
    refused(&step("kind = \"set_drift\"\nmuu = 1"), "line 7: muu is not a field of set_drift: it has mu, ramp_s");
    refused(&step("kind = \"set_drift\""), "line 4: mu is missing: set_drift needs it");
    refused(
        &step("kind = \"ramp\"\nlog_return = 1\nduration_s = 1\nshape = \"round\""),
        "line 9: shape = \"round\" is not one of linear, smooth",
    );
    refused(&step("kind = \"set_price\""), "line 4: price or price_factor: name exactly one of them");
    refused(
        &step("kind = \"pin\"\nprice = 1\nprice_factor = 1"),
        "line 4: price or price_factor: name exactly one of them",
    );
    refused(
        &step("kind = \"target\"\nprice = 1\nat_ms = 1"),
        "line 8: at_ms is not a field of target: it has price, price_factor, duration_s, on_conflict",
    );
    refused(
        &step("kind = \"shock\"\nprice_factor = 1"),
        "line 7: price_factor is not a field of shock: it has log_return, permanent_fraction, half_life_s",
    );
}

#[test]
fn repetitions_are_bounded() {
    let repeated = |rest: &str| format!("{}{rest}", shock("0.001"));
    assert_eq!(scenario(&repeated("every_s = 5\ntimes = 1000\n")).commands(), 1000);
    refused(&repeated("every_s = 5\n"), "line 4: every_s and times: a repeated step has both, another neither");
    refused(&repeated("times = 5\n"), "line 4: every_s and times: a repeated step has both, another neither");
    refused(&repeated("every_s = 0\ntimes = 5\n"), "line 9: every_s = 0 is outside (0, 1000000000000]");
    refused(&repeated("every_s = 5\ntimes = 0\n"), "line 10: times = 0 is outside [1, 1000]");
    refused(
        &repeated("every_s = 5\ntimes = -9223372036854775808\n"),
        "line 10: times = -9223372036854775808 is outside [1, 1000]",
    );
    refused(&repeated("every_s = 5\ntimes = 1001\n"), "line 10: times = 1001 is outside [1, 1000]");
    refused(&repeated("every_s = 5\ntimes = 2.0\n"), "line 10: times = 2.0: must be a whole number");
    refused(
        &repeated("every_s = 5\ntimes = 2\nlabel = \"x\"\n"),
        "line 4: a step with a label and a cancel are not repeated",
    );
    let both = format!("{}every_s = 5\ntimes = 1000\n{}", shock("1"), shock("1"));
    refused(&both, "line 11: commands = 1001: a scenario makes at most 1000");
}

#[test]
fn cancels_name_a_label_above() {
    let pin = "[[steps]]\nat_s = 0\nkind = \"pin\"\nprice = 5\nlabel = \"held\"\n";
    let cancel = |label: &str| format!("[[steps]]\nat_s = 9\nkind = \"cancel\"\nstep = {label:?}\n");
    assert_eq!(scenario(&format!("{pin}{}", cancel("held"))).commands(), 2);
    refused(
        &format!("{}{pin}", cancel("held")),
        "line 4: step = \"held\" is not the label of a step above that can be cancelled",
    );
    refused(
        &format!("{pin}{}", cancel("other")),
        "line 9: step = \"other\" is not the label of a step above that can be cancelled",
    );
    refused(&format!("{pin}{pin}"), "line 9: label = \"held\" is given twice");
    refused(&format!("{pin}{}id = 1\n", cancel("held")), "line 13: id is not a field of cancel: it has step");
    refused("[[steps]]\nat_s = 9\nkind = \"cancel\"\n", "line 4: step is missing: cancel needs it");
    let labelled = format!("{pin}{}label = \"end\"\n{}", cancel("held"), cancel("end"));
    refused(&labelled, "line 14: step = \"end\" is not the label of a step above that can be cancelled");
    refused(
        &pin.replace("held", "He ld"),
        "line 8: label = \"He ld\": a name is 1 to 32 of a-z, 0-9 and '_', a letter first",
    );
}
