//! Back-tests: what a strategy would have done on this session, or would do on many paths.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use backtest::preset::Preset;
use market_api::trading::{Backtest, NewBacktest, Source};
use svc_common::body::Body;
use svc_common::problem::ApiError;
use trading_core::account::Terms;
use trading_core::desk::DeskError;
use trading_core::order::Rejection;

use super::account::chosen_terms;
use super::{Answer, Rest, Trader, key, number};
use crate::acting::Acting;
use crate::backtests::{Given, NotBegun, check};
use crate::market::recent;
use crate::refusal::Refusal;

/// Ticks of a session unless it is said how many.
const SESSION_TICKS: u64 = 90_000;

/// Begins one; its ticks are those up to now. The same again under its key is the one that was begun, for as long as that is remembered.
pub(super) async fn begin(
    State(rest): State<Rest>,
    Trader(claims): Trader,
    headers: HeaderMap,
    Body(asked): Body<NewBacktest>,
) -> Result<(StatusCode, Json<Backtest>), ApiError> {
    let key = key(&headers)?;
    if let Some(known) = rest.backtests.known(&claims.sub, &key, &asked)? {
        return Ok((StatusCode::OK, Json(known)));
    }
    check(&asked).map_err(|(pointer, detail)| ApiError::out_of_domain(detail.clone()).with_fault(pointer, detail))?;
    let (wanted, subject, new) = (asked.clone(), claims.sub.clone(), asked);
    let look = move |acting: &mut Acting<'_>| {
        if wanted.instrument != acting.session.instrument {
            return Err(Refusal::Instrument(wanted.instrument.chars().take(80).collect()));
        }
        let owner = acting.account(&subject)?;
        let terms: Terms = chosen_terms(acting, owner, wanted.initial, wanted.leverage)?;
        terms.check().map_err(DeskError::from)?;
        let exchange = acting.state.desk.exchange();
        let quote = exchange.quote().ok_or(DeskError::Rejected(Rejection::NoPrice))?;
        Ok(Given {
            instrument: acting.session.instrument.clone(),
            rules: exchange.rules().clone(),
            terms,
            ticks: Vec::new(),
            last: (quote.price, quote.time_ms),
            volatility: acting.state.curve.volatility(),
            interval_ms: acting.session.interval_ms,
            preset: acting.live.preset.as_ref().and_then(|name| name.parse().ok()).unwrap_or(Preset::Btc),
        })
    };
    let mut given = rest.handle.act(look).await?;
    if new.on == Source::Session {
        let ticks = recent(&rest.market, new.ticks.unwrap_or(SESSION_TICKS)).await;
        given.ticks = ticks.map_err(|why| ApiError::from(Refusal::NotLive(why)))?;
    }
    let begun = rest.backtests.begin(&claims.sub, &key, new, given)?;
    Ok((StatusCode::ACCEPTED, Json(begun)))
}

/// All of the trader's, without what came out.
pub(super) async fn list(State(rest): State<Rest>, Trader(claims): Trader) -> Json<Vec<Backtest>> {
    Json(rest.backtests.list(&claims.sub))
}

pub(super) async fn one(State(rest): State<Rest>, Trader(claims): Trader, Path(id): Path<String>) -> Answer<Backtest> {
    let id = number("back-test", &id)?;
    rest.backtests.get(&claims.sub, id).map(Json).ok_or_else(|| unknown(id))
}

/// Stops it, if it is under way, and forgets it.
pub(super) async fn forget(
    State(rest): State<Rest>,
    Trader(claims): Trader,
    Path(id): Path<String>,
) -> Answer<Backtest> {
    let id = number("back-test", &id)?;
    rest.backtests.forget(&claims.sub, id).map(Json).ok_or_else(|| unknown(id))
}

impl From<NotBegun> for ApiError {
    fn from(why: NotBegun) -> Self {
        let detail = why.to_string();
        match why {
            NotBegun::Owner => Self::too_many(detail, 5),
            NotBegun::All => Self::busy(detail),
            NotBegun::KeyTaken => Self::conflict(detail),
        }
    }
}

fn unknown(id: u64) -> ApiError {
    ApiError::not_found(format!("back-test {id} is not known"))
}
