//! From text to commands: ticks, ids, prices, and all or nothing.

use gbm_core::prelude::*;
use scenario::Overrides;

use crate::support::{after, id, instrument, next, scenario};

fn overrides(pairs: &[(&str, f64)]) -> Overrides {
    pairs.iter().map(|&(name, value)| (name.to_owned(), value)).collect()
}

const STEPS: &str = r#"[parameters.wait_s]
value = 60
min = 1
max = 600
description = "How long"

[[steps]]
at_s = "$wait_s * 2"
kind = "set_volatility"
sigma = 1

[[steps]]
at_s = 0
label = "pinned"
kind = "pin"
price_factor = 0.9

[[steps]]
at_s = "$wait_s"
kind = "cancel"
step = "pinned"

[[steps]]
at_s = 0
every_s = "$wait_s * 0.5"
times = 3
kind = "shock"
log_return = 0.01
permanent_fraction = 1
"#;

#[test]
fn steps_become_commands_in_the_order_of_their_ticks() {
    let read = scenario(STEPS);
    let mut simulation = after(100, 1);
    let mut start = next(&read, &simulation);
    assert_eq!((start.tick, start.first_id, start.instrument.as_str()), (101, id(1), "BTC-USD"));
    start.first_id = id(7);
    let commands = read.resolve(&Overrides::new(), &start).unwrap();
    let shown: Vec<(u64, u64, String)> = commands
        .iter()
        .map(|command| {
            let body = serde_json::to_value(command.body).unwrap();
            (command.id.unwrap().get(), command.tick.unwrap(), body["kind"].as_str().unwrap().to_owned())
        })
        .collect();
    let expected = [
        (7, 101, "pin"),
        (8, 101, "shock"),
        (9, 131, "shock"),
        (10, 161, "cancel"),
        (11, 161, "shock"),
        (12, 221, "set_volatility"),
    ];
    assert_eq!(shown, expected.map(|(id, tick, kind)| (id, tick, kind.to_owned())));
    assert_eq!(commands[3].body, Intervention::Cancel(Cancel { id: id(7) }));
    let Intervention::Pin(pin) = commands[0].body else { panic!("{:?}", commands[0].body) };
    assert_eq!(pin.price.get(), 0.9 * simulation.last_price(0).unwrap());
    let accepted = read.play(&mut simulation, &overrides(&[("wait_s", 1.0)]), &start).unwrap();
    // Half a second is a tick of one second, as a whole one is.
    let ticks: Vec<u64> = accepted.iter().map(|accepted| accepted.tick).collect();
    assert_eq!(ticks, [101, 101, 102, 102, 102, 103]);
}

#[test]
fn ids_follow_those_that_are_taken() {
    let read = scenario("[[steps]]\nat_s = 0\nkind = \"set_drift\"\nmu = 1\n");
    let mut simulation = after(1, 1);
    let drift = Intervention::SetDrift(SetDrift { mu: Drift::new(0.0).unwrap(), ramp_s: None });
    simulation.intervene(&Command { id: Some(id(41)), ..Command::now(drift) }).unwrap();
    assert_eq!(next(&read, &simulation).first_id, id(42));
    let mut start = next(&read, &simulation);
    start.first_id = id(41);
    let error = read.check(&simulation, &Overrides::new(), &start).unwrap_err().to_string();
    let taken = "id = 41 already names an intervention with another body, instrument or tick";
    assert_eq!(error, format!("step 1 (line 4) on tick 2: {taken}"));
    simulation.intervene(&Command { id: Some(id((1 << 53) - 1)), ..Command::now(drift) }).unwrap();
    assert!(read.start(&simulation, None, 2).is_err());
}

#[test]
fn overrides_are_checked() {
    let read = scenario(STEPS);
    let start = next(&read, &after(1, 1));
    let fails = |pairs: &[(&str, f64)]| read.resolve(&overrides(pairs), &start).unwrap_err().to_string();
    assert_eq!(fails(&[("wiat_s", 1.0)]), "\"wiat_s\" is not a parameter of a_test: it has wait_s");
    assert_eq!(fails(&[("wait_s", 601.0)]), "wait_s = 601 is outside [1, 600]");
    assert_eq!(fails(&[("wait_s", f64::NAN)]), "wait_s = NaN is outside [1, 600]");
}

#[test]
fn a_start_is_on_an_instrument_and_a_tick_that_can_be() {
    let read = scenario(STEPS);
    let simulation = after(10, 1);
    let fails = |instrument, tick| read.start(&simulation, instrument, tick).unwrap_err().to_string();
    assert_eq!(fails(Some("ETH-USD"), 11), "instrument = \"ETH-USD\" is not one of this market's");
    assert_eq!(fails(None, 10), "tick = 10 is in the past: the next tick is 11");
    assert!(fails(None, 1 << 60).contains("is outside [0, "));
    assert!(fails(None, 200_000_000).contains("beyond the 100000000 ticks after tick 10"));
    let grid = simulation.market().grid();
    let two = vec![instrument("BTC-USD", 0), instrument("ETH-USD", 1)];
    let two = Simulation::new(Market::new(Seed::from(1), grid, two, None).unwrap());
    assert_eq!(read.start(&two, None, 1).unwrap_err().to_string(), "instrument is missing: this market has 2");
    assert_eq!(read.start(&two, Some("ETH-USD"), 1).unwrap().instrument, "ETH-USD");
}

#[test]
fn a_price_factor_refers_to_the_price_before_the_start() {
    let read = scenario("[[steps]]\nat_s = 5\nkind = \"set_price\"\nprice_factor = 2\n");
    let mut simulation = after(10, 3);
    let mut ahead = simulation.clone();
    let price = ahead.nth(89).unwrap();
    assert_eq!(price.tick, 100);
    let start = read.start(&simulation, None, 101).unwrap();
    assert_eq!(start.last_price.get(), price.price);
    read.play(&mut simulation, &Overrides::new(), &start).unwrap();
    let set = simulation.find(|tick| tick.tick == 106).unwrap();
    assert_eq!(set.price, 2.0 * price.price);
    // A price beyond what can be set stops only whom it concerns.
    let mut flown = after(1, 1);
    for _ in 0..2 {
        let jump = Shock {
            log_return: LogReturn::new(20.0).unwrap(),
            permanent_fraction: Fraction::new(1.0).unwrap(),
            half_life_s: None,
        };
        flown.intervene(&Command::now(Intervention::Shock(jump))).unwrap();
    }
    flown.next();
    let error = read.start(&flown, None, 3).unwrap_err().to_string();
    assert!(error.starts_with("the price before the start: price = ") && error.contains("is outside"), "{error}");
    assert!(scenario("[[steps]]\nat_s = 5\nkind = \"set_drift\"\nmu = 2\n").start(&flown, None, 3).is_ok());
    // A price factor of a million at a price near the top of its domain.
    let high = scenario("[[steps]]\nat_s = 0\nkind = \"set_price\"\nprice_factor = 1000000\n");
    let mut start = next(&high, &simulation);
    start.last_price = Price::new(1e14).unwrap();
    let error = high.resolve(&Overrides::new(), &start).unwrap_err().to_string();
    assert!(error.starts_with("step 1 (line 4): price = 100000000000000000000 is outside"), "{error}");
}

#[test]
fn nothing_is_half_applied() {
    let check = |steps: &str, expected: &str| {
        let read = scenario(steps);
        let mut simulation = after(20, 5);
        let before = simulation.snapshot();
        let start = next(&read, &simulation);
        for error in [
            read.check(&simulation, &Overrides::new(), &start).unwrap_err(),
            read.play(&mut simulation, &Overrides::new(), &start).unwrap_err(),
        ] {
            assert_eq!(error.to_string(), expected);
        }
        assert_eq!(simulation.snapshot(), before);
    };
    let pin = "[[steps]]\nat_s = 0\nkind = \"pin\"\nprice = 5\nlabel = \"held\"\nduration_s = 10\n";
    check(
        &format!("{pin}[[steps]]\nat_s = 0\nkind = \"shock\"\nlog_return = 0.1\npermanent_fraction = 0.5\n"),
        "step 2 (line 10) on tick 21: half_life_s is missing: permanent_fraction below 1 leaves a part that decays",
    );
    check(
        &format!("{pin}[[steps]]\nat_s = 9\nkind = \"pin\"\nprice = 5\n"),
        "step 2 (line 10) on tick 30: id = 1 is a pin over that time: cancel it, or send on_conflict \"replace\" or \"queue\"",
    );
    check(
        &format!("{pin}[[steps]]\nat_s = 10\nkind = \"cancel\"\nstep = \"held\"\n"),
        "step 2 (line 10) on tick 31: id = 1 has ended by tick 31: there is nothing to cancel",
    );
    check(
        "[[steps]]\nat_s = 1e12\nkind = \"halt\"\nreopen = \"freeze\"\n[[steps]]\nat_s = 1e12\nevery_s = 1e12\ntimes = 2\nkind = \"set_drift\"\nmu = 0\n",
        "step 2 (line 8): at_s = 2000000000000 is outside [0, 1000000000000]",
    );
    check(
        &format!("{}[[steps]]\nat_s = 9\nkind = \"cancel\"\nstep = \"held\"\n", pin.replace("at_s = 0", "at_s = 10")),
        "step 2 (line 10): step = \"held\" begins after this cancel",
    );
    check(
        "[[steps]]\nat_s = 0\nkind = \"jump_rate\"\nfactor = 2\n",
        "step 1 (line 4) on tick 21: kind = \"jump_rate\": this instrument's model has no jumps",
    );
}

#[test]
fn a_step_beyond_the_grid_is_named() {
    let read = scenario("[[steps]]\nat_s = 1e12\nkind = \"set_drift\"\nmu = 0\n");
    let grid = TimeGrid::new((1 << 53) - 1 - 50_000, 1000).unwrap();
    let simulation = Simulation::new(Market::new(Seed::from(1), grid, vec![instrument("BTC-USD", 0)], None).unwrap());
    let error = read.resolve(&Overrides::new(), &next(&read, &simulation)).unwrap_err().to_string();
    assert_eq!(error, "step 1 (line 4): tick = 1000000000001 is outside [0, 50], the ticks that this grid can address");
}

#[test]
fn a_whole_number_by_a_parameter_is_checked_when_it_is_chosen() {
    let read = scenario(
        "[parameters.n]\nvalue = 1\nmin = 0\nmax = 3\ndescription = \"Which\"\n[[steps]]\nat_s = 0\nkind = \"regime\"\nstate = \"$n\"\n",
    );
    let start = next(&read, &after(1, 1));
    let body = read.resolve(&overrides(&[("n", 2.0)]), &start).unwrap()[0].body;
    assert_eq!(body, Intervention::Regime(Regime { state: 2, duration_s: None }));
    let error = read.resolve(&overrides(&[("n", 0.5)]), &start).unwrap_err().to_string();
    assert_eq!(error, "step 1 (line 9): state = 0.5: must be a whole number");
}
