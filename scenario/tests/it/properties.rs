//! Whatever the text: no panic, and all or nothing.

use gbm_core::prelude::{Model, Simulation};
use proptest::prelude::*;
use scenario::{NAMES, Overrides, Scenario, built_in};

use crate::support::{Dice, after, next, text};

/// What a reader must survive: reading, resolving at every bound, and playing.
fn survive(text: &str) {
    let Ok(read) = Scenario::from_toml(text) else { return };
    let mut simulation = after(5, 1);
    let start = next(&read, &simulation);
    for overrides in read.settings() {
        let _ = read.resolve(&overrides, &start);
    }
    whole(&read, &mut simulation);
}

/// It is accepted or refused whole; whether it was accepted.
fn whole(read: &Scenario, simulation: &mut Simulation<Model>) -> bool {
    let start = next(read, simulation);
    let before = simulation.snapshot();
    let checked = read.check(simulation, &Overrides::new(), &start);
    assert_eq!(simulation.snapshot(), before);
    let played = read.play(simulation, &Overrides::new(), &start);
    assert_eq!(checked, played);
    let Ok(accepted) = played else {
        assert_eq!(simulation.snapshot(), before);
        return false;
    };
    assert_eq!(accepted.len(), read.commands());
    assert!(accepted.iter().all(|accepted| simulation.knows(accepted.id)));
    simulation.by_ref().take(300).for_each(drop);
    true
}

/// A scenario of random steps: kinds, times, repetitions, cancels, relative prices and parameters of every sort.
fn random(dice: &mut Dice) -> String {
    let mut steps = Vec::new();
    let mut labels: Vec<String> = Vec::new();
    for number in 0..=dice.below(12) {
        let at_s = dice.below(200);
        if !labels.is_empty() && dice.below(4) == 0 {
            let step = dice.one_of(&labels.iter().map(String::as_str).collect::<Vec<_>>()).to_owned();
            steps.push(serde_json::json!({"at_s": at_s, "kind": "cancel", "step": step}));
            continue;
        }
        let mut step = dice.body();
        step["at_s"] = at_s.into();
        if dice.below(3) == 0 && step["price"].is_number() {
            step.as_object_mut().unwrap().remove("price");
            step["price_factor"] = dice.between(0.5, 2.0).into();
        }
        match dice.below(4) {
            0 => {
                step["every_s"] = dice.between(0.1, 50.0).into();
                step["times"] = (1 + dice.below(5)).into();
            }
            1 => {
                let label = format!("l{number}");
                step["label"] = label.clone().into();
                labels.push(label);
            }
            _ => {}
        }
        if dice.below(3) == 0 {
            step["at_s"] = "$later * 0.5".into();
        }
        steps.push(step);
    }
    steps.push(serde_json::json!({"at_s": "$later", "kind": "set_drift", "mu": 0}));
    let document = serde_json::json!({
        "name": "random", "title": "Random", "description": "Anything.",
        "parameters": {"later": {"value": dice.below(100), "min": 0, "max": 100, "description": "Seconds"}},
        "steps": steps,
    });
    toml::to_string(&document).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        survive(&text);
    }

    #[test]
    fn anything_in_the_place_of_steps_is_read_or_refused(rest in "[a-z_0-9$.*= \"\\[\\]\n-]{0,400}") {
        survive(&text(&rest));
    }

    #[test]
    fn a_damaged_built_in_is_read_or_refused(
        which in 0..NAMES.len(), place in any::<prop::sample::Index>(), cut in 0..20_usize, put in "[a-z0-9$*.\" =\n\\[\\]-]{0,12}",
    ) {
        let mut text: Vec<char> = built_in(NAMES[which]).unwrap().unwrap().text().chars().collect();
        let from = place.index(text.len());
        let to = (from + cut).min(text.len());
        text.splice(from..to, put.chars());
        survive(&text.into_iter().collect::<String>());
    }

    #[test]
    fn a_number_of_any_bits_is_read_or_refused(bits in any::<u64>(), whole in any::<i64>()) {
        let value = f64::from_bits(bits);
        for value in [format!("{value:?}"), whole.to_string(), format!("\"$a * {value:?}\"")] {
            survive(&text(&format!(
                "[parameters.a]\nvalue = 1\nmin = 0\nmax = 1\ndescription = \"a\"\n[[steps]]\nat_s = \"$a\"\nkind = \"pin\"\nprice = {value}\n"
            )));
            survive(&text(&format!("[[steps]]\nat_s = {value}\nkind = \"spread\"\nfactor = 2\n")));
        }
    }
}

#[test]
fn random_scenarios_are_accepted_or_refused_whole() {
    let mut outcomes = [0, 0];
    for seed in 0..1000 {
        let text = random(&mut Dice(seed));
        let read = Scenario::from_toml(&text).unwrap_or_else(|error| panic!("{error} in {text}"));
        outcomes[usize::from(whole(&read, &mut after(50, seed)))] += 1;
    }
    assert!(outcomes.iter().all(|&outcome| outcome > 100), "{outcomes:?}");
}
