//! Strategies that trade for a trader, each on an account of its own.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use market_api::trading::{EquityCurve, NewRun, Run, Strategy};
use svc_common::body::Body;
use svc_common::problem::ApiError;
use trading_core::desk::{Input, RunId};
use trading_core::order::AccountId;

use super::account::{chosen_terms, curve};
use super::{Answer, Rest, Trader, key, number, requested};
use crate::acting::{Acting, Start};
use crate::ledger::Request;
use crate::refusal::Refusal;
use crate::{views, wire};

pub(super) async fn available() -> Json<Vec<Strategy>> {
    Json(wire::strategies())
}

pub(super) async fn list(State(rest): State<Rest>, Trader(claims): Trader) -> Answer<Vec<Run>> {
    let look = move |acting: &mut Acting<'_>| {
        let owner = acting.account(&claims.sub)?;
        Ok(views::runs(acting.session, acting.state, owner))
    };
    Ok(Json(rest.handle.act(look).await?))
}

/// A run of the trader's.
fn own(acting: &mut Acting<'_>, subject: &str, id: u64) -> Result<(RunId, AccountId), Refusal> {
    let owner = acting.account(subject)?;
    let found = acting.state.desk.run(RunId(id)).filter(|run| run.owner == owner);
    found.map(|run| (RunId(id), run.account)).ok_or(Refusal::UnknownRun(id))
}

fn told(acting: &Acting<'_>, run: RunId) -> Result<Run, Refusal> {
    views::run(acting.session, acting.state, run).ok_or(Refusal::UnknownRun(run.0))
}

pub(super) async fn one(State(rest): State<Rest>, Trader(claims): Trader, Path(id): Path<String>) -> Answer<Run> {
    let id = number("strategy", &id)?;
    let look = move |acting: &mut Acting<'_>| {
        let (run, _) = own(acting, &claims.sub, id)?;
        told(acting, run)
    };
    Ok(Json(rest.handle.act(look).await?))
}

pub(super) async fn equity(
    State(rest): State<Rest>,
    Trader(claims): Trader,
    Path(id): Path<String>,
) -> Answer<EquityCurve> {
    let id = number("strategy", &id)?;
    let look = move |acting: &mut Acting<'_>| {
        let (_, account) = own(acting, &claims.sub, id)?;
        Ok((acting.session.clone(), account, acting.state.samples_of(account)))
    };
    let (session, account, samples) = rest.handle.act(look).await?;
    curve(&rest, session, account, samples).await
}

pub(super) async fn start(
    State(rest): State<Rest>,
    Trader(claims): Trader,
    headers: HeaderMap,
    Body(new): Body<NewRun>,
) -> Result<(StatusCode, Json<Run>), ApiError> {
    let key = key(&headers)?;
    let body = serde_json::to_string(&new).map_err(|_| ApiError::internal())?;
    let act = move |acting: &mut Acting<'_>| {
        let owner = acting.account(&claims.sub)?;
        if let Some(run) = requested(acting, owner, &key, &body)? {
            return Ok((false, told(acting, RunId(run))?));
        }
        acting.must_be_live()?;
        if new.instrument != acting.session.instrument {
            return Err(Refusal::Instrument(new.instrument.chars().take(80).collect()));
        }
        let terms = chosen_terms(acting, owner, new.initial, new.leverage)?;
        let NewRun { strategy, values, loss_limit, .. } = new;
        let run = acting.start(owner, Start { strategy, values, terms, loss_limit })?;
        acting.remember(Request { owner: owner.0, key, body, run: run.0 });
        Ok((true, told(acting, run)?))
    };
    let (is_new, run) = rest.handle.act(act).await?;
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(run)))
}

pub(super) async fn stop(
    State(rest): State<Rest>,
    Trader(claims): Trader,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Run>), ApiError> {
    let id = number("strategy", &id)?;
    let act = move |acting: &mut Acting<'_>| {
        let (run, _) = own(acting, &claims.sub, id)?;
        acting.apply(Input::Stop { run })?;
        told(acting, run)
    };
    Ok((StatusCode::ACCEPTED, Json(rest.handle.act(act).await?)))
}

pub(super) async fn stop_all(State(rest): State<Rest>, Trader(claims): Trader) -> Answer<Vec<Run>> {
    let act = move |acting: &mut Acting<'_>| {
        let owner = acting.account(&claims.sub)?;
        let running = acting.state.desk.runs().filter(|(_, run)| run.owner == owner && !run.has_stopped());
        let running: Vec<RunId> = running.map(|(run, _)| run).collect();
        for run in &running {
            acting.apply(Input::Stop { run: *run })?;
        }
        running.into_iter().map(|run| told(acting, run)).collect()
    };
    Ok(Json(rest.handle.act(act).await?))
}
