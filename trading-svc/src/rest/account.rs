//! A trader's account, and what it was worth.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use market_api::trading::{Account, ChosenTerms, EquityCurve, Position};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use svc_common::body::Body;
use svc_common::problem::ApiError;
use trading_core::account::Terms;
use trading_core::order::AccountId;

use super::{Answer, Rest, Trader, key, read, requested};
use crate::acting::Acting;
use crate::curve::Sample;
use crate::ledger::Request;
use crate::refusal::Refusal;
use crate::state::Session;
use crate::views;

pub(super) async fn account(State(rest): State<Rest>, Trader(claims): Trader) -> Answer<Account> {
    Ok(Json(look(&rest, claims.sub).await?))
}

async fn look(rest: &Rest, subject: String) -> Result<Account, ApiError> {
    let look = move |acting: &mut Acting<'_>| {
        let id = acting.account(&subject)?;
        views::account(acting.session, acting.state, id).ok_or(Refusal::NoSession)
    };
    Ok(rest.handle.act(look).await?)
}

pub(super) async fn positions(State(rest): State<Rest>, Trader(claims): Trader) -> Answer<Vec<Position>> {
    Ok(Json(look(&rest, claims.sub).await?.position.into_iter().collect()))
}

/// Sets the account back to its beginning; again under the same key it stays as it is.
pub(super) async fn reset(
    State(rest): State<Rest>,
    Trader(claims): Trader,
    headers: HeaderMap,
    Body(chosen): Body<ChosenTerms>,
) -> Answer<Account> {
    let key = key(&headers)?;
    let body = serde_json::to_string(&chosen).map_err(|_| ApiError::internal())?;
    let act = move |acting: &mut Acting<'_>| {
        let id = acting.account(&claims.sub)?;
        if requested(acting, id, &key, &body)?.is_none() {
            let terms = chosen_terms(acting, id, chosen.initial, chosen.leverage)?;
            acting.reset(id, terms)?;
            acting.remember(Request { owner: id.0, key, body, run: 0 });
        }
        views::account(acting.session, acting.state, id).ok_or(Refusal::NoSession)
    };
    Ok(Json(rest.handle.act(act).await?))
}

/// An account's terms with what was chosen of them.
pub(super) fn chosen_terms(
    acting: &Acting<'_>,
    id: AccountId,
    initial: Option<Decimal>,
    leverage: Option<Decimal>,
) -> Result<Terms, Refusal> {
    let account = acting.state.desk.exchange().account(id).ok_or(Refusal::NoSession)?;
    let terms = account.terms;
    Ok(Terms { initial: initial.unwrap_or(terms.initial), leverage: leverage.unwrap_or(terms.leverage), ..terms })
}

pub(super) async fn equity(State(rest): State<Rest>, Trader(claims): Trader) -> Answer<EquityCurve> {
    let look = move |acting: &mut Acting<'_>| {
        let id = acting.account(&claims.sub)?;
        Ok((acting.session.clone(), id, acting.state.samples_of(id)))
    };
    let (session, id, samples) = rest.handle.act(look).await?;
    curve(&rest, session, id, samples).await
}

/// What an account was worth whenever a price was kept.
pub(super) async fn curve(rest: &Rest, session: Session, id: AccountId, samples: Vec<Sample>) -> Answer<EquityCurve> {
    let (session, ticks) = (session, samples.iter().map(|sample| sample.tick).collect::<Vec<_>>());
    let balances = read(rest, move |reader| reader.balances(&session, id.0, &ticks)).await?;
    let mut curve = EquityCurve { time: Vec::new(), equity: Vec::new() };
    for (sample, balance) in samples.iter().zip(balances) {
        let (Some(balance), Some(price)) = (balance, Decimal::from_f64(sample.price)) else { continue };
        let held = balance.position.checked_mul(price);
        let Some(equity) = held.and_then(|held| balance.cash.checked_add(held)) else { continue };
        curve.time.push(sample.time_ms);
        curve.equity.push(equity.normalize());
    }
    Ok(Json(curve))
}
