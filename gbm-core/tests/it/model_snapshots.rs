//! Every model, steered at random, cut anywhere and gone on with: the same bits. A state of another model is refused.

use gbm_core::prelude::*;
use serde_json::{Value, json};

use crate::support::Dice;
use crate::zoo::{self, Animal, steered};

const TICKS: u64 = 2000;

fn quotes(simulation: &mut Simulation<Model>, to: u64) -> Vec<Quote> {
    let mut quote = [Quote::default()];
    let mut step = || {
        simulation.step_into(&mut quote).unwrap();
        quote[0]
    };
    (0..to).map(|_| step()).collect()
}

/// The ticks of a simulation that is restored after each of the cuts, through JSON or not.
fn cut(mut simulation: Simulation<Model>, mut next: impl FnMut() -> u64, by_json: bool) -> Vec<Quote> {
    let mut all = Vec::new();
    while simulation.tick() < TICKS {
        let length = next().min(TICKS - simulation.tick());
        all.extend(quotes(&mut simulation, length));
        let mut snapshot = simulation.snapshot();
        if by_json {
            let text = serde_json::to_string(&snapshot).unwrap();
            let read: Snapshot<Model> = serde_json::from_str(&text).unwrap();
            assert_eq!(read, snapshot);
            snapshot = read;
        }
        simulation = Simulation::restore(snapshot).unwrap();
    }
    all
}

#[test]
fn cuts_of_any_length_change_no_bit_on_any_model() {
    for Animal { name, model, .. } in zoo::all() {
        for seed in [1, 2] {
            let simulation = || steered(&model, seed, 25, TICKS);
            let whole = quotes(&mut simulation(), TICKS);
            assert!(whole.iter().any(|quote| quote.price != quote.reference), "{name}: nothing was accepted");
            for length in [1, 7, 64, 4096] {
                assert!(cut(simulation(), || length, false) == whole, "{name}, seed {seed}, cuts of {length}");
            }
            // In the middle of slices of 64 too.
            let mut dice = Dice(seed);
            assert!(cut(simulation(), || 1 + dice.below(200), true) == whole, "{name}, seed {seed}, random cuts");
        }
    }
}

/// A snapshot with another state, read again.
fn with_state(snapshot: &Snapshot<Model>, track: &str, state: &Value) -> Result<(), String> {
    let mut value = serde_json::to_value(snapshot).unwrap();
    assert!(value["assets"][0][track]["state"].is_object(), "{value}");
    value["assets"][0][track]["state"].clone_from(state);
    let snapshot: Snapshot<Model> = serde_json::from_value(value).map_err(|error| error.to_string())?;
    Simulation::restore(snapshot).map(drop).map_err(|error| error.to_string())
}

#[test]
fn a_state_of_another_model_is_refused() {
    let snapshot = |animal: &Animal| {
        let mut simulation = Simulation::new(zoo::market(&animal.model, 1));
        let wild = r#"{"kind":"volatility_scale","factor":3}"#;
        simulation.intervene(&crate::support::at(5, wild)).unwrap();
        simulation.by_ref().take(100).for_each(drop);
        simulation.snapshot()
    };
    let animals = zoo::all();
    let snapshots: Vec<Snapshot<Model>> = animals.iter().map(snapshot).collect();
    let states: Vec<Value> = snapshots
        .iter()
        .map(|one| serde_json::to_value(one).unwrap()["assets"][0]["reference"]["state"].clone())
        .collect();
    for (animal, snapshot) in animals.iter().zip(&snapshots) {
        for (other, state) in animals.iter().zip(&states) {
            for track in ["reference", "steered"] {
                let found = with_state(snapshot, track, state);
                if animal.model.name() == other.model.name() {
                    assert_eq!(found, Ok(()), "{}", animal.name);
                } else {
                    let expected = "assets: the state of \"X-USD\" is none of its model's";
                    assert_eq!(found.unwrap_err(), expected, "{} in {}", other.name, animal.name);
                }
            }
        }
    }
}

#[test]
fn a_state_that_its_model_can_t_be_in_is_refused() {
    let factors = |first: f64| {
        let mut factors = [0.0; 12];
        factors[0] = first;
        factors
    };
    let cascade = |first: f64, reservoir: f64| json!({"factors": factors(first), "reservoir": reservoir});
    for (name, at) in [
        ("regime_switching", vec![json!(3), json!(u32::MAX)]),
        ("garch", vec![json!(-1e-9), json!(1e300)]),
        ("heston", vec![json!(-0.1), json!(1e300)]),
        ("bates", vec![json!(-0.1), json!(1e300)]),
        ("msm", vec![json!(128), json!(u32::MAX)]),
        ("cascade with bursts", vec![cascade(1e300, 0.0), cascade(0.0, -1.0), cascade(0.0, 1e300)]),
    ] {
        let animal = zoo::all().into_iter().find(|animal| animal.name == name).unwrap();
        let mut simulation = Simulation::new(zoo::market(&animal.model, 1));
        simulation.by_ref().take(10).for_each(drop);
        for at in at {
            let state = json!({"kind": animal.model.name(), "at": at});
            let error = with_state(&simulation.snapshot(), "reference", &state).unwrap_err();
            assert_eq!(error, "assets: the state of \"X-USD\" is none of its model's", "{name}: {state}");
        }
    }
}
