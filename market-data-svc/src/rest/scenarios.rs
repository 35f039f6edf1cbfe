//! Scenarios, for admins: list, preview, run, stop.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use market_api::intervention::Acknowledged;
use market_api::scenario::{Parameter, Run, Scenario as Told, Wanted};
use market_api::what_if::Preview;
use scenario::{NAMES, Scenario, ScenarioError, built_in};
use svc_common::body::Body;
use svc_common::caller::Admin;
use svc_common::problem::ApiError;

use super::admin::{Accepting, acknowledged, key};
use super::what_if::{horizon, position, refused_work};
use super::{Answer, Rest, refused};
use crate::handle::Play;
use crate::jobs::Progress;
use crate::what_if;

pub(super) fn refused_scenario(error: &ScenarioError) -> ApiError {
    let detail = error.to_string();
    match error {
        ScenarioError::Refused { .. } => ApiError::conflict(detail),
        _ => ApiError::out_of_domain(detail),
    }
}

pub(super) async fn list(_: Admin) -> Answer<Vec<Told>> {
    let all = NAMES.iter().filter_map(|name| built_in(name)?.ok()).map(|one| Told {
        name: one.name().into(),
        title: one.title().into(),
        description: one.description().into(),
        parameters: one.parameters().iter().map(|(name, parameter)| (name.clone(), told(parameter))).collect(),
        toml: one.text().into(),
    });
    Ok(Json(all.collect()))
}

fn told(parameter: &scenario::Parameter) -> Parameter {
    let scenario::Parameter { value, min, max, description } = parameter.clone();
    Parameter { value, min, max, description }
}

fn wanted(asked: &Wanted) -> Result<Scenario, ApiError> {
    match (&asked.scenario, &asked.toml) {
        (Some(name), None) => {
            let shown: String = name.chars().take(80).collect();
            let unknown = || ApiError::not_found(format!("scenario = {shown:?} is not one of {}", NAMES.join(", ")));
            built_in(name).ok_or_else(unknown)?.map_err(|_| ApiError::internal())
        }
        (None, Some(text)) => Scenario::from_toml(text).map_err(|error| {
            let detail = error.to_string();
            ApiError::out_of_domain(detail.clone()).with_fault("/toml", detail)
        }),
        _ => Err(ApiError::out_of_domain("scenario or toml: exactly one of them is needed")),
    }
}

pub(super) async fn preview(
    State(rest): State<Rest>,
    _: Admin,
    Path(id): Path<String>,
    Body(asked): Body<Wanted>,
) -> Answer<Preview> {
    let position = position(&rest, &id).await?;
    let scenario = wanted(&asked)?;
    let looked = rest.market.look(|view| (view.simulation.clone(), view.quote, view.command_tick)).await;
    let (simulation, quote, command_tick) = looked.map_err(refused)?;
    let ticks = horizon(asked.horizon_s.unwrap_or(3600.0), &simulation.market().grid())?;
    let tick = asked.tick.unwrap_or(command_tick);
    let work = move |progress: &Progress| {
        let start = scenario.start(&simulation, Some(&id), tick).map_err(|error| refused_scenario(&error))?;
        scenario.check(&simulation, &asked.parameters, &start).map_err(|error| refused_scenario(&error))?;
        let commands = scenario.resolve(&asked.parameters, &start).map_err(|error| refused_scenario(&error))?;
        what_if::preview(simulation, (position, quote), &commands, tick, ticks, progress).map_err(refused_work)
    };
    rest.jobs.run(work).await.ok_or_else(ApiError::internal)?.map(Json)
}

pub(super) async fn run(
    State(rest): State<Rest>,
    Admin(claims): Admin,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(asked): Body<Wanted>,
) -> Accepting<Run> {
    position(&rest, &id).await?;
    let scenario = wanted(&asked)?;
    let name = scenario.name().to_owned();
    let Wanted { parameters, tick, .. } = asked;
    let play = Play { scenario, parameters, instrument: id, tick, actor: claims.sub, key: key(&headers)? };
    let acted = rest.market.play(play).await.map_err(refused)?;
    let interventions: Vec<Acknowledged> = acted.iter().map(acknowledged).collect();
    let run = interventions.first().map_or(0, |first| first.id);
    Ok((StatusCode::ACCEPTED, Json(Run { run, scenario: name, interventions })))
}

/// Ends what of a run is scheduled or acts, on one tick.
pub(super) async fn stop(
    State(rest): State<Rest>,
    Admin(claims): Admin,
    Path((id, run)): Path<(String, String)>,
    headers: HeaderMap,
) -> Accepting<Vec<Acknowledged>> {
    position(&rest, &id).await?;
    let shown: String = run.chars().take(80).collect();
    let run = run.parse().map_err(|_| ApiError::not_found(format!("run = {shown:?} is not a run's number")))?;
    let acted = rest.market.stop_run(run, &claims.sub, &key(&headers)?).await.map_err(refused)?;
    Ok((StatusCode::ACCEPTED, Json(acted.iter().map(acknowledged).collect())))
}
