//! What would be, for admins: previews, attributions, forks. All of it on copies, beside the market.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gbm_core::counterfactual::{AttributionError, Edit, ForkError, cost};
use gbm_core::grid::TimeGrid;
use gbm_core::intervention::{Command, Intervention, InterventionId};
use gbm_core::units::Seconds;
use market_api::intervention::Body as Wanted;
use market_api::what_if::{self as api, Job, NewFork, NewPreview, Outcome, Preview, Started};
use serde::Deserialize;
use svc_common::body::Body;
use svc_common::caller::Admin;
use svc_common::problem::ApiError;

use super::public::known;
use super::{Answer, Rest, refused};
use crate::jobs::Progress;
use crate::what_if::{self, Past, WhatIfError};
use crate::wire;

/// The most commands of one preview, and edits of one fork.
const MAX_COMMANDS: usize = 1000;
/// The most ticks of one preview.
const MAX_PREVIEW_TICKS: u64 = 1_000_000;
/// The most ticks that an answer waits for; more is a job.
const MAX_AT_ONCE: u64 = 3_000_000;
/// The most ticks of a job.
const MAX_TICKS: u64 = 20_000_000_000;

/// The position of an instrument in the market.
pub(super) async fn position(rest: &Rest, id: &str) -> Result<usize, ApiError> {
    let id = id.to_owned();
    let found = rest.market.look(move |view| view.simulation.market().position(&id).ok_or(id)).await;
    found.map_err(refused)?.map_err(|id| ApiError::unknown_instrument(&id))
}

pub(super) fn refused_work(error: WhatIfError) -> ApiError {
    let detail = error.to_string();
    match error {
        WhatIfError::Attribution(AttributionError::UnknownInstrument(id)) => ApiError::unknown_instrument(&id),
        WhatIfError::Fork(ForkError::Unknown(_)) => ApiError::not_found(detail),
        WhatIfError::Fork(ForkError::Acted { .. }) => ApiError::conflict(detail),
        WhatIfError::Stopped | WhatIfError::Fork(ForkError::Stopped) => ApiError::stopped(detail),
        _ => ApiError::out_of_domain(detail),
    }
}

/// A body of a list, its faults named by their place there.
fn checked(wanted: &Wanted, list: &str, place: usize) -> Result<Intervention, ApiError> {
    wire::intervention(wanted).map_err(|bad| {
        ApiError::out_of_domain(bad.detail.clone()).with_fault(format!("/{list}/{place}{}", bad.pointer), bad.detail)
    })
}

fn too_many(list: &str, given: usize) -> Result<(), ApiError> {
    if given <= MAX_COMMANDS {
        return Ok(());
    }
    Err(ApiError::out_of_domain(format!("{list} = {given} is outside [0, {MAX_COMMANDS}]")))
}

/// The ticks of a horizon.
pub(super) fn horizon(horizon_s: f64, grid: &TimeGrid) -> Result<u64, ApiError> {
    let refused = |detail: String| ApiError::out_of_domain(detail.clone()).with_fault("/horizon_s", detail);
    let horizon = Seconds::new(horizon_s)
        .map_err(|error| refused(format!("horizon_s = {} is outside {}", error.value, error.domain)))?;
    let ticks = grid.ticks_in(horizon);
    if ticks > MAX_PREVIEW_TICKS {
        return Err(refused(format!("horizon_s = {horizon_s} is {ticks} ticks: at most {MAX_PREVIEW_TICKS}")));
    }
    Ok(ticks)
}

pub(super) async fn preview(
    State(rest): State<Rest>,
    _: Admin,
    Path(id): Path<String>,
    Body(asked): Body<NewPreview>,
) -> Answer<Preview> {
    let position = position(&rest, &id).await?;
    too_many("commands", asked.commands.len())?;
    let commands = asked.commands.iter().enumerate().map(|(place, new)| {
        let body = checked(&new.body, "commands", place)?;
        Ok(Command { id: None, tick: new.tick, time_ms: new.time_ms, instrument: Some(id.clone()), body })
    });
    let commands: Vec<Command> = commands.collect::<Result<_, ApiError>>()?;
    let looked =
        rest.market.look(move |view| (view.simulation.clone(), view.quotes[position], view.command_tick)).await;
    let (simulation, quote, tick) = looked.map_err(refused)?;
    let ticks = horizon(asked.horizon_s, &simulation.market().grid())?;
    let work =
        move |progress: &Progress| what_if::preview(simulation, (position, quote), &commands, tick, ticks, progress);
    rest.jobs.run(work).await.ok_or_else(ApiError::internal)?.map(Json).map_err(refused_work)
}

/// The session as far as it has got.
pub(super) async fn past(rest: &Rest) -> Result<Past, ApiError> {
    let past = rest.market.look(|view| Past {
        market: view.simulation.market().clone(),
        entries: view.simulation.interventions().cloned().collect(),
        last: view.simulation.tick(),
    });
    past.await.map_err(refused)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Window {
    from: Option<u64>,
    to: Option<u64>,
}

pub(super) async fn attribution(
    State(rest): State<Rest>,
    _: Admin,
    Path(id): Path<String>,
    query: Result<Query<Window>, QueryRejection>,
) -> Result<Response, ApiError> {
    position(&rest, &id).await?;
    let Window { from, to } = known(query)?;
    let past = past(&rest).await?;
    let (from, to) = (from.unwrap_or(0), to.unwrap_or(past.last));
    if to > past.last {
        return Err(ApiError::out_of_domain(format!("to = {to} is beyond {}, the last tick", past.last)));
    }
    let ticks = cost(&past.entries, &id, to);
    let work = move |progress: &Progress| what_if::explain(&past, &id, from, to, progress).map(Outcome::Attribution);
    answer(&rest, ticks, work).await
}

pub(super) async fn fork(
    State(rest): State<Rest>,
    _: Admin,
    Path(id): Path<String>,
    Body(asked): Body<NewFork>,
) -> Result<Response, ApiError> {
    let position = position(&rest, &id).await?;
    too_many("edits", asked.edits.len())?;
    let edits = asked.edits.iter().enumerate().map(|(place, edit)| edited(edit, place, &id));
    let edits: Vec<Edit> = edits.collect::<Result<_, _>>()?;
    let past = past(&rest).await?;
    let (at, until) = (asked.at, asked.until.unwrap_or(past.last));
    past.market.grid().check(until).map_err(|error| ApiError::out_of_domain(error.to_string()))?;
    if at > past.last {
        return Err(refused_work(ForkError::Beyond { at, last: past.last }.into()));
    }
    if at > until {
        return Err(ApiError::out_of_domain(format!("at = {at} is after until = {until}")));
    }
    let work =
        move |progress: &Progress| what_if::fork(&past, position, (at, until), &edits, progress).map(Outcome::Fork);
    answer(&rest, until.saturating_mul(2), work).await
}

fn edited(edit: &api::Edit, place: usize, instrument: &str) -> Result<Edit, ApiError> {
    let number = |id: u64| {
        InterventionId::new(id).map_err(|error| {
            ApiError::out_of_domain(error.to_string()).with_fault(format!("/edits/{place}/id"), error.to_string())
        })
    };
    Ok(match edit {
        api::Edit::Add { tick, body } => Edit::Add(Command {
            id: None,
            tick: *tick,
            time_ms: None,
            instrument: Some(instrument.to_owned()),
            body: checked(body, "edits", place)?,
        }),
        api::Edit::Remove { id } => Edit::Remove { id: number(*id)? },
        api::Edit::Change { id, body } => Edit::Change { id: number(*id)?, body: checked(body, "edits", place)? },
    })
}

/// Does it at once if that is quick, and in the queue otherwise.
async fn answer(
    rest: &Rest,
    ticks: u64,
    work: impl FnOnce(&Progress) -> Result<Outcome, WhatIfError> + Send + 'static,
) -> Result<Response, ApiError> {
    if ticks > MAX_TICKS {
        return Err(ApiError::out_of_domain(format!("{ticks} ticks would have to be computed: at most {MAX_TICKS}")));
    }
    if ticks <= MAX_AT_ONCE {
        let outcome = rest.jobs.run(work).await.ok_or_else(ApiError::internal)?.map_err(refused_work)?;
        return Ok(Json(outcome).into_response());
    }
    let job = rest.jobs.start(ticks, move |progress| work(progress).map_err(|error| error.to_string()));
    let job = job.ok_or_else(|| ApiError::busy("too many jobs wait: stop one, or ask again later"))?;
    Ok((StatusCode::ACCEPTED, Json(Started { job })).into_response())
}

fn unknown_job(job: &str) -> ApiError {
    let shown: String = job.chars().take(80).collect();
    ApiError::not_found(format!("job = {shown:?} is not known, or not any more"))
}

pub(super) async fn job(State(rest): State<Rest>, _: Admin, Path(job): Path<String>) -> Answer<Job> {
    job.parse().ok().and_then(|id| rest.jobs.look(id)).map(Json).ok_or_else(|| unknown_job(&job))
}

/// Stops a job and forgets it.
pub(super) async fn stop(State(rest): State<Rest>, _: Admin, Path(job): Path<String>) -> Result<StatusCode, ApiError> {
    let was_known = job.parse().is_ok_and(|id| rest.jobs.stop(id));
    if was_known { Ok(StatusCode::NO_CONTENT) } else { Err(unknown_job(&job)) }
}
