//! A desk: what it refuses, how a strategy ends, and that a snapshot goes on as the desk would have.

use std::collections::BTreeMap;

use gbm_core::market::Book;
use rust_decimal::Decimal;
use trading_core::account::Terms;
use trading_core::desk::{Desk, DeskError, Input, Outcome, RunId, RunState, StopReason};
use trading_core::events::Event;
use trading_core::order::{AccountId, Kind, OrderId, Rejection, Side};
use trading_core::quote::Quote;
use trading_core::rules::Rules;
use trading_core::strategy::{NAMES, Values};

use crate::support::{Dice, dec, limit, order};

pub(crate) fn quote(tick: u64, price: f64) -> Quote {
    let cents = |price: f64| (price * 100.0).round() / 100.0;
    let (price, half) = (cents(price), 0.5e-4 * price);
    let time_ms = 100 * tick.cast_signed();
    Quote { tick, time_ms, price, bid: cents(price - half), ask: cents(price + half), liquidity: 1.0 }
}

fn start(run: u64, owner: AccountId, strategy: &str, values: &[(&str, f64)]) -> Input {
    let values = values.iter().map(|(name, value)| ((*name).to_string(), *value)).collect();
    Input::Start {
        run: RunId(run),
        owner,
        account: AccountId(1000 + run),
        strategy: strategy.into(),
        values,
        terms: Terms::paper(),
        loss_limit: None,
    }
}

fn desk() -> Desk {
    let mut desk = Desk::new(Rules::btc(Book::btc()));
    desk.apply(&Input::Open { account: AccountId(1), terms: Terms::paper() }, &mut Vec::new()).unwrap();
    desk
}

/// An input of any kind, right or wrong.
pub(crate) fn any_input(dice: &mut Dice, desk: &Desk, price: f64, runs: &mut u64) -> Input {
    let account = AccountId(1 + dice.below(4));
    match dice.below(15) {
        0 => Input::Open { account, terms: Terms { leverage: dice.pick(&[dec("1"), dec("10")]), ..Terms::paper() } },
        1..=5 => {
            let side = if dice.coin() { Side::Buy } else { Side::Sell };
            let near = (price * (1.0 + 0.004 * (dice.unit() - 0.5))).round().to_string();
            let kinds = [Kind::Market, Kind::Limit { price: dec(&near) }, Kind::Stop { stop: dec(&near) }];
            let mut order = order(side, "0.1", dice.pick(&kinds));
            order.client_id = (dice.below(3) == 0).then(|| format!("c{}", dice.below(20)));
            Input::Submit { account, order }
        }
        6 => {
            let open: Vec<OrderId> = desk.exchange().open_orders(account).map(|order| order.id).collect();
            Input::Cancel { account, order: if open.is_empty() { OrderId(1) } else { dice.pick(&open) } }
        }
        7 => Input::Reset { account, terms: dice.pick(&[None, Some(Terms::paper())]) },
        8 => Input::Stop { run: RunId(dice.below(*runs + 1)) },
        9 => Input::Missed { through: desk.last_tick() + dice.below(4) },
        10 if dice.below(4) == 0 => Input::Close { account },
        11 if dice.below(3) == 0 => Input::Halt,
        _ => {
            *runs += 1;
            let mut input = start(*runs, account, dice.pick(NAMES), &[]);
            if let Input::Start { terms, loss_limit, values, strategy, .. } = &mut input {
                terms.leverage = dice.pick(&[dec("1"), dec("5")]);
                *loss_limit = dice.pick(&[None, Some(dec("100")), Some(dec("-1"))]);
                if matches!(strategy.as_str(), "average_cross" | "breakout" | "mean_reversion") {
                    values.extend([("bar_s".to_string(), 0.5), ("short".to_string(), 1.0)]);
                }
                let quick: &[(&str, f64)] = match strategy.as_str() {
                    "average_cross" => &[("fast_bars", 2.0), ("slow_bars", 5.0)],
                    "mean_reversion" => &[("bars", 4.0), ("entry", 1.0), ("exit", 0.2)],
                    "breakout" => &[("entry_bars", 3.0), ("exit_bars", 2.0)],
                    "grid" => &[("step_bp", 5.0)],
                    "market_maker" => &[("half_life_s", 0.2), ("interval_s", 0.1), ("gamma", 0.0001)],
                    _ => &[],
                };
                values.extend(quick.iter().map(|(name, value)| ((*name).to_string(), *value)));
            }
            input
        }
    }
}

/// What a desk tells of a random sequence; at some ticks it is written down and read back.
fn told(seed: u64, is_restored: bool) -> (Vec<Event>, Desk) {
    let (mut dice, mut coins) = (Dice(seed), Dice(seed ^ 0x55));
    let (mut desk, mut events, mut runs) = (desk(), Vec::new(), 0);
    let mut price = 60_000.0;
    for _ in 0..400 {
        match dice.below(6) {
            0..4 => {
                let reach = if dice.below(40) == 0 { 0.2 } else { 0.002 };
                price *= 1.0 + reach * (dice.unit() - 0.5);
                desk.on_tick(&quote(desk.last_tick() + 1, price), &mut events);
            }
            4 => {
                let input = any_input(&mut dice, &desk, price, &mut runs);
                let before = if seed < 50 { serde_json::to_string(&desk).unwrap() } else { String::new() };
                let (checked, count, repeated) = (desk.check(&input), events.len(), desk.repeated(&input));
                let applied = desk.apply(&input, &mut events);
                if let Some(outcome) = repeated {
                    assert_eq!((&applied, events.len()), (&Ok(outcome), count), "{input:?}");
                    assert!(seed >= 50 || before == serde_json::to_string(&desk).unwrap(), "{input:?}");
                }
                assert_eq!(checked, applied.clone().map(|_| ()), "{input:?}");
                if applied.is_err() {
                    assert_eq!(events.len(), count);
                    assert!(seed >= 50 || before == serde_json::to_string(&desk).unwrap(), "{input:?}");
                }
                let line = serde_json::to_string(&input).unwrap();
                assert_eq!(serde_json::from_str::<Input>(&line).unwrap(), input);
            }
            _ => {}
        }
        if is_restored && coins.below(20) == 0 {
            let snapshot = serde_json::to_string(&desk).unwrap();
            desk = serde_json::from_str(&snapshot).unwrap();
            assert_eq!(serde_json::to_string(&desk).unwrap(), snapshot);
        }
    }
    for (id, run) in desk.runs() {
        if matches!(run.state, RunState::Stopped { .. }) {
            let account = desk.exchange().account(run.account).unwrap();
            assert!(account.position.is_zero(), "{id:?} has stopped and holds {account:?}");
            assert_eq!(desk.exchange().open_orders(run.account).count(), 0);
        }
    }
    (events, desk)
}

#[test]
fn what_is_read_back_goes_on_as_it_would_have() {
    let (mut fills, mut starts, mut stops, mut fills_of) = (0, 0, 0, BTreeMap::new());
    for seed in 0..1000 {
        let ((events, end), (again, end_again)) = (told(seed, false), told(seed, true));
        let written = |desk: &Desk| serde_json::to_string(desk).unwrap();
        assert_eq!((&events, written(&end)), (&again, written(&end_again)), "sequence {seed}");
        for (_, run) in end.runs() {
            *fills_of.entry(run.strategy.name()).or_insert(0) += run.fills;
        }
        fills += events.iter().filter(|event| matches!(event, Event::Filled(_))).count();
        starts += events.iter().filter(|event| matches!(event, Event::Run { state: RunState::Running, .. })).count();
        stops +=
            events.iter().filter(|event| matches!(event, Event::Run { state: RunState::Stopped { .. }, .. })).count();
    }
    println!("{fills} fills, {starts} strategies, {stops} of them stopped; fills of each: {fills_of:?}");
    assert!(NAMES.iter().all(|name| fills_of[name] > 100), "{fills_of:?}");
    assert!(fills > 10_000 && starts > 5000 && stops > 2000, "{fills} {starts} {stops}");
}

#[test]
fn events_are_read_as_they_were_written() {
    for event in told(7, false).0 {
        let line = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&line).unwrap(), event, "{line}");
    }
}

#[test]
fn a_strategy_that_is_stopped_closes_its_position() {
    let (mut desk, mut events) = (desk(), Vec::new());
    desk.on_tick(&quote(1, 60_000.0), &mut events);
    desk.apply(&start(1, AccountId(1), "buy_and_hold", &[]), &mut events).unwrap();
    for tick in 2..5 {
        desk.on_tick(&quote(tick, 60_000.0), &mut events);
    }
    let position = |desk: &Desk| desk.exchange().account(AccountId(1001)).unwrap().position;
    assert!(position(&desk) > Decimal::ONE);
    // Decided in a halt, it waits for the next tick to be submitted, and for the one after to trade.
    desk.apply(&Input::Halt, &mut events).unwrap();
    assert_eq!(desk.apply(&Input::Stop { run: RunId(1) }, &mut events), Ok(Outcome::Stopping));
    for tick in 5..7 {
        assert_eq!(desk.run(RunId(1)).unwrap().state, RunState::Stopping { why: StopReason::Asked });
        desk.on_tick(&quote(tick, 60_000.0), &mut events);
    }
    assert_eq!(desk.run(RunId(1)).unwrap().state, RunState::Stopped { why: StopReason::Asked });
    assert!(position(&desk).is_zero());
    assert_eq!(desk.apply(&Input::Stop { run: RunId(1) }, &mut events), Err(DeskError::RunHasStopped(RunId(1))));
}

#[test]
fn a_loss_limit_ends_a_strategy() {
    let (mut desk, mut events) = (desk(), Vec::new());
    let mut input = start(1, AccountId(1), "buy_and_hold", &[]);
    if let Input::Start { loss_limit, .. } = &mut input {
        *loss_limit = Some(dec("1000"));
    }
    desk.apply(&input, &mut events).unwrap();
    for tick in 1..200 {
        desk.on_tick(&quote(tick, 60_000.0 - 10.0 * tick as f64), &mut events);
    }
    assert_eq!(desk.run(RunId(1)).unwrap().state, RunState::Stopped { why: StopReason::LossLimit });
    let cash = desk.exchange().account(AccountId(1001)).unwrap().cash;
    assert!(cash < dec("99000") && cash > dec("98800"), "{cash}");
}

#[test]
fn refusals_have_names() {
    let (mut desk, mut events) = (desk(), Vec::new());
    let me = AccountId(1);
    let mut code = |input: &Input| desk.apply(input, &mut events).map_err(|error| error.code());
    assert_eq!(code(&start(1, AccountId(9), "dca", &[])), Err("unknown_account"));
    assert_eq!(code(&start(1, me, "martingale", &[])), Err("unknown_strategy"));
    assert_eq!(code(&start(1, me, "dca", &[("x", 1.0)])), Err("unknown_parameter"));
    assert_eq!(code(&start(1, me, "dca", &[("every_s", 0.0)])), Err("parameter_outside_domain"));
    assert_eq!(code(&start(1, me, "average_cross", &[("fast_bars", 2.5)])), Err("parameter_not_whole"));
    assert_eq!(code(&start(1, me, "average_cross", &[("fast_bars", 40.0)])), Err("parameters_contradict"));
    assert_eq!(code(&Input::Stop { run: RunId(1) }), Err("unknown_run"));
    for run in 1..=10 {
        assert_eq!(code(&start(run, me, "dca", &[])), Ok(Outcome::Started(RunId(run))));
    }
    assert_eq!(code(&start(10, me, "dca", &[])), Err("run_taken"));
    assert_eq!(code(&start(11, me, "dca", &[])), Err("too_many_runs"));
    let own = AccountId(1001);
    let buy = limit(Side::Buy, "1", "1");
    assert_eq!(code(&Input::Submit { account: own, order: buy.clone() }), Err("strategy_account"));
    assert_eq!(code(&Input::Reset { account: own, terms: None }), Err("strategy_account"));
    assert_eq!(code(&Input::Open { account: own, terms: Terms::paper() }), Err("account_taken"));
    assert_eq!(code(&Input::Submit { account: me, order: buy }), Err("no_price"));
    let poor = Terms { initial: Decimal::ZERO, ..Terms::paper() };
    assert_eq!(code(&Input::Open { account: AccountId(3), terms: poor }), Err("initial_outside_domain"));
    assert_eq!(code(&Input::Missed { through: 0 }), Err("not_missed"));
    assert_eq!(code(&Input::Missed { through: 7 }), Ok(Outcome::Missed));
}

#[test]
fn nothing_is_accepted_on_a_price_that_was_missed() {
    let (mut desk, mut events) = (desk(), Vec::new());
    desk.on_tick(&quote(1, 60_000.0), &mut events);
    desk.apply(&Input::Missed { through: 50 }, &mut events).unwrap();
    let submit = Input::Submit { account: AccountId(1), order: order(Side::Buy, "0.1", Kind::Market) };
    assert_eq!(desk.check(&submit), Err(DeskError::Rejected(Rejection::Halted)));
    // One of those that were missed changes nothing when it comes after all.
    desk.on_tick(&quote(50, 1.0), &mut events);
    assert_eq!(desk.exchange().quote().map(|quote| quote.tick), Some(1));
    desk.on_tick(&quote(51, 60_000.0), &mut events);
    assert_eq!(desk.apply(&submit, &mut events), Ok(Outcome::Order(OrderId(1))));
}

#[test]
fn what_may_be_set_is_described() {
    for name in NAMES {
        let parameters = trading_core::strategy::BuiltIn::parameters(name).unwrap();
        let defaults: Values = parameters.iter().map(|known| (known.name.to_string(), known.default)).collect();
        let built = trading_core::strategy::BuiltIn::new(name, &defaults).unwrap();
        assert_eq!(built, trading_core::strategy::BuiltIn::new(name, &Values::new()).unwrap());
        assert_eq!(built.name(), *name);
    }
}

/// What has become of an input when it is asked again, which changes nothing and need not be known to whoever plays the log.
fn again(desk: &mut Desk, input: &Input) -> Option<Outcome> {
    let mut events = Vec::new();
    let first = desk.apply(input, &mut events).unwrap();
    let (before, repeated) = (serde_json::to_string(desk).unwrap(), desk.repeated(input));
    events.clear();
    assert_eq!(desk.apply(input, &mut events).ok(), repeated);
    assert!(events.is_empty() && before == serde_json::to_string(desk).unwrap(), "{input:?}");
    repeated.inspect(|outcome| assert_eq!(*outcome, first))
}

#[test]
fn what_is_asked_again_is_known() {
    let (mut desk, me, run) = (desk(), AccountId(1), RunId(1));
    desk.on_tick(&quote(1, 100.0), &mut Vec::new());
    let named = trading_core::order::NewOrder { client_id: Some("a".into()), ..limit(Side::Buy, "1", "90") };
    let submit = Input::Submit { account: me, order: named };
    assert_eq!(desk.repeated(&submit), None);
    assert_eq!(again(&mut desk, &submit), Some(Outcome::Order(OrderId(1))));
    let cancel = |account| Input::Cancel { account, order: OrderId(1) };
    assert_eq!(again(&mut desk, &cancel(me)), Some(Outcome::Cancelling));
    assert_eq!(desk.repeated(&cancel(AccountId(2))), None);
    desk.apply(&start(1, me, "buy_and_hold", &[]), &mut Vec::new()).unwrap();
    desk.on_tick(&quote(2, 100.0), &mut Vec::new());
    desk.on_tick(&quote(3, 100.0), &mut Vec::new());
    // It winds down on the ticks that come.
    assert_eq!(again(&mut desk, &Input::Stop { run }), Some(Outcome::Stopping));
}
