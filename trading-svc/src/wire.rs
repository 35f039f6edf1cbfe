//! The wire's types and the exchange's.

use market_api::trading as wire;
use rust_decimal::Decimal;
use trading_core::account::Terms;
use trading_core::desk::{Decided, Run, RunState, StopReason};
use trading_core::order::{Ending, Kind, NewOrder, Side, TimeInForce};
use trading_core::rules::Rules;
use trading_core::strategy::{Action, BuiltIn, NAMES};

/// A field of a request that means nothing, as a JSON pointer and in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub pointer: &'static str,
    /// What is wrong with it.
    pub detail: String,
}

/// The order that a request asks for.
///
/// # Errors
/// [`Fault`] for a price that its type lacks, or doesn't have.
pub fn order(asked: &wire::NewOrder) -> Result<NewOrder, Fault> {
    let kind = kind(asked)?;
    Ok(NewOrder {
        client_id: asked.client_id.clone(),
        side: match asked.side {
            wire::Side::Buy => Side::Buy,
            wire::Side::Sell => Side::Sell,
        },
        quantity: asked.quantity.normalize(),
        kind,
        time_in_force: match asked.time_in_force {
            wire::TimeInForce::Gtc => TimeInForce::Gtc,
            wire::TimeInForce::Ioc => TimeInForce::Ioc,
            wire::TimeInForce::Fok => TimeInForce::Fok,
        },
        post_only: asked.post_only,
        reduce_only: asked.reduce_only,
        expires_tick: asked.expires_tick,
    })
}

fn kind(asked: &wire::NewOrder) -> Result<Kind, Fault> {
    let (needs_price, needs_stop) = match asked.kind {
        wire::OrderType::Market => (false, false),
        wire::OrderType::Limit => (true, false),
        wire::OrderType::Stop | wire::OrderType::TakeProfit => (false, true),
        wire::OrderType::StopLimit => (true, true),
    };
    let field = |pointer, value: Option<Decimal>, is_needed: bool| match (value, is_needed) {
        (Some(value), true) => Ok(value.normalize()),
        (None, false) => Ok(Decimal::ZERO),
        (None, true) => Err(Fault { pointer, detail: format!("{}: this type of order needs it", &pointer[1..]) }),
        (Some(_), false) => Err(Fault { pointer, detail: format!("{}: this type of order has none", &pointer[1..]) }),
    };
    let price = field("/price", asked.price, needs_price)?;
    let stop = field("/stop", asked.stop, needs_stop)?;
    Ok(match asked.kind {
        wire::OrderType::Market => Kind::Market,
        wire::OrderType::Limit => Kind::Limit { price },
        wire::OrderType::Stop => Kind::Stop { stop },
        wire::OrderType::StopLimit => Kind::StopLimit { stop, price },
        wire::OrderType::TakeProfit => Kind::TakeProfit { stop },
    })
}

/// The wire's form of what was asked for.
pub fn asked(instrument: &str, order: &NewOrder) -> wire::NewOrder {
    wire::NewOrder {
        instrument: instrument.into(),
        client_id: order.client_id.clone(),
        side: side(order.side),
        kind: match order.kind {
            Kind::Market => wire::OrderType::Market,
            Kind::Limit { .. } => wire::OrderType::Limit,
            Kind::Stop { .. } => wire::OrderType::Stop,
            Kind::StopLimit { .. } => wire::OrderType::StopLimit,
            Kind::TakeProfit { .. } => wire::OrderType::TakeProfit,
        },
        quantity: order.quantity,
        price: order.kind.limit(),
        stop: order.kind.trigger(),
        time_in_force: match order.time_in_force {
            TimeInForce::Gtc => wire::TimeInForce::Gtc,
            TimeInForce::Ioc => wire::TimeInForce::Ioc,
            TimeInForce::Fok => wire::TimeInForce::Fok,
        },
        post_only: order.post_only,
        reduce_only: order.reduce_only,
        expires_tick: order.expires_tick,
    }
}

/// A side.
pub fn side(side: Side) -> wire::Side {
    if side == Side::Buy { wire::Side::Buy } else { wire::Side::Sell }
}

/// Why an order ended: its stable name, as in JSON.
pub fn ending(ending: Ending) -> String {
    named(&ending)
}

/// A unit variant's name, as serde writes it.
fn named(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// What an account begins with.
pub fn terms(terms: &Terms) -> wire::Terms {
    let Terms { initial, maker_bp, taker_bp, leverage } = *terms;
    wire::Terms { initial, maker_bp, taker_bp, leverage }
}

/// What holds for every order.
pub fn rules(rules: &Rules) -> wire::Rules {
    wire::Rules {
        tick_size: rules.grid.tick_size,
        lot_size: rules.grid.lot_size,
        max_quantity: rules.max_quantity,
        max_open_orders: rules.max_open_orders,
        latency_ticks: rules.latency_ticks,
        maintenance: rules.maintenance,
        max_runs: trading_core::desk::MAX_RUNS_OF_OWNER,
    }
}

/// How far a run has got, and why it ends.
pub fn run_state(run: &Run) -> (wire::RunState, Option<String>) {
    let why = |why: &StopReason| Some(named(why));
    match &run.state {
        RunState::Running => (wire::RunState::Running, None),
        RunState::Stopping { why: reason } => (wire::RunState::Stopping, why(reason)),
        RunState::Stopped { why: reason } => (wire::RunState::Stopped, why(reason)),
    }
}

/// A decision, of the tick at a time.
pub fn decided(decided: &Decided, time: i64) -> wire::Decided {
    let what = match &decided.action {
        Action::Cancel(order) => format!("cancel {}", order.0),
        Action::Submit(order) => {
            let side = if order.side == Side::Buy { "buy" } else { "sell" };
            let price = order.kind.limit().map_or_else(|| "market".into(), |price| format!("at {price}"));
            format!("{side} {} {price}", order.quantity.normalize())
        }
    };
    let refused = decided.refused.map(|rejection| rejection.code().to_owned());
    wire::Decided { tick: decided.tick, time, why: decided.reason.clone(), what, refused }
}

/// The strategies that can be started.
pub fn strategies() -> Vec<wire::Strategy> {
    let parameter = |known: &trading_core::strategy::Parameter| wire::Parameter {
        name: known.name.into(),
        default: known.default,
        min: known.min,
        max: known.max,
        is_whole: known.is_whole,
        description: known.description.into(),
    };
    let strategy = |name: &&str| wire::Strategy {
        name: (*name).into(),
        title: BuiltIn::title(name).unwrap_or_default().into(),
        description: BuiltIn::description(name).unwrap_or_default().into(),
        parameters: BuiltIn::parameters(name).unwrap_or_default().iter().map(parameter).collect(),
    };
    NAMES.iter().map(strategy).collect()
}
