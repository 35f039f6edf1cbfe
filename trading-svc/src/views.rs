//! Accounts, positions and strategies as they are told.

use market_api::trading as wire;
use rust_decimal::Decimal;
use rust_decimal::prelude::RoundingStrategy;
use trading_core::account::CASH_DECIMALS;
use trading_core::desk::{Run, RunId};
use trading_core::order::{AccountId, Side};

use crate::acting::{Live, MAX_INPUTS};
use crate::refusal::Refusal;
use crate::state::{Session, State};
use crate::wire::{decided, run_state, terms};

/// The last price as a decimal; zero before the first tick.
fn mark(state: &State) -> Decimal {
    let exchange = state.desk.exchange();
    exchange.quote().and_then(|quote| exchange.rules().grid.price(quote.price)).unwrap_or_default()
}

/// An account; none if it isn't there.
pub fn account(session: &Session, state: &State, id: AccountId) -> Option<wire::Account> {
    let (exchange, mark) = (state.desk.exchange(), mark(state));
    let account = exchange.account(id)?;
    let (free, free_base) = exchange.room(id).unwrap_or_default();
    let free = free.round_dp_with_strategy(CASH_DECIMALS, RoundingStrategy::ToZero);
    let tick = state.desk.last_tick();
    let position = (!account.position.is_zero()).then(|| wire::Position {
        instrument: session.instrument.clone(),
        quantity: account.position,
        entry_price: (account.cost / account.position).round_dp(CASH_DECIMALS).normalize(),
        cost: account.cost,
        mark_price: mark,
        unrealised: account.unrealised(mark),
        liquidation_price: exchange.liquidation_price(id),
    });
    Some(wire::Account {
        id: id.0,
        terms: terms(&account.terms),
        cash: account.cash,
        free,
        free_base,
        most_buy: exchange.most(id, Side::Buy).unwrap_or_default(),
        most_sell: exchange.most(id, Side::Sell).unwrap_or_default(),
        equity: account.equity(mark),
        realised: account.realised,
        unrealised: account.unrealised(mark),
        fees: account.fees,
        written_off: account.written_off,
        position,
        tick,
        time: session.time(tick),
    })
}

/// A strategy; none if it isn't there.
pub fn run(session: &Session, state: &State, id: RunId) -> Option<wire::Run> {
    let run = state.desk.run(id)?;
    let account = account(session, state, run.account)?;
    let (told, reason) = run_state(run);
    Some(wire::Run {
        id: id.0,
        instrument: session.instrument.clone(),
        strategy: name(run),
        values: run.values.clone(),
        loss_limit: run.loss_limit,
        state: told,
        reason,
        started_at: session.time(run.started_tick),
        profit: account.equity - account.terms.initial,
        account,
        fills: run.fills,
        decided: run.decided,
        decisions: run.decisions.iter().rev().map(|known| decided(known, session.time(known.tick))).collect(),
    })
}

fn name(run: &Run) -> String {
    run.strategy.name().into()
}

/// A trader's strategies, newest first.
pub fn runs(session: &Session, state: &State, owner: AccountId) -> Vec<wire::Run> {
    let mine = state.desk.runs().filter(|(_, run)| run.owner == owner).map(|(id, _)| id);
    let mut ids: Vec<RunId> = mine.collect();
    ids.reverse();
    ids.into_iter().filter_map(|id| run(session, state, id)).collect()
}

/// Whether orders are taken.
pub fn venue(session: Option<&Session>, state: Option<&State>, live: &Live) -> wire::Venue {
    let tick = state.map_or(0, |state| state.desk.last_tick());
    let full = || state.filter(|state| state.inputs >= MAX_INPUTS).map(|_| Refusal::LogFull.to_string());
    wire::Venue {
        session: session.map(|session| session.name.clone()).unwrap_or_default(),
        tick,
        time: session.map_or(0, |session| session.time(tick)),
        is_live: live.lost.is_none() && session.is_some(),
        is_halted: state.is_some_and(|state| state.desk.exchange().is_halted()),
        trouble: live.trouble.clone().or_else(|| live.lost.clone()).or_else(full),
    }
}
