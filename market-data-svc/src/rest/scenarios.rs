//! Scenarios, for admins: list, record, keep, forget; preview, run, stop.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use market_api::intervention::Acknowledged;
use market_api::scenario::{NewRecording, NewScenario, Parameter, Run, Scenario as Told, Wanted};
use market_api::what_if::Preview;
use scenario::{Called, NAMES, RecordError, Recording, Rule, Scenario, ScenarioError, built_in, record_accepted};
use svc_common::body::{Body, MAX_TEXT_BODY_BYTES};
use svc_common::caller::Admin;
use svc_common::problem::ApiError;
use tokio::task::spawn_blocking;

use super::admin::{Accepting, acknowledged, key};
use super::what_if::{horizon, past, position, refused_work};
use super::{Answer, Rest, refused};
use crate::handle::Play;
use crate::jobs::Progress;
use crate::scenarios::{KeepError, Kept, MAX_BYTES};
use crate::what_if::{self, Past};

pub(super) fn refused_scenario(error: &ScenarioError) -> ApiError {
    let detail = error.to_string();
    match error {
        ScenarioError::Refused { .. } => ApiError::conflict(detail),
        _ => ApiError::out_of_domain(detail),
    }
}

pub(super) async fn list(State(rest): State<Rest>, _: Admin) -> Answer<Vec<Told>> {
    let built_ins = NAMES.iter().filter_map(|name| built_in(name)?.ok()).map(|one| told(&one, true));
    let own = rest.scenarios.all();
    Ok(Json(built_ins.chain(own.iter().map(|one| told(one, false))).collect()))
}

fn told(one: &Scenario, built_in: bool) -> Told {
    let parameter = |(name, parameter): (&String, &scenario::Parameter)| {
        let scenario::Parameter { value, min, max, description } = parameter.clone();
        (name.clone(), Parameter { value, min, max, description })
    };
    Told {
        name: one.name().into(),
        title: one.title().into(),
        description: one.description().into(),
        parameters: one.parameters().iter().map(parameter).collect(),
        toml: one.text().into(),
        built_in,
    }
}

fn fault(pointer: &str, detail: String) -> ApiError {
    ApiError::out_of_domain(detail.clone()).with_fault(pointer, detail)
}

fn read(text: &str) -> Result<Scenario, ApiError> {
    Scenario::from_toml(text).map_err(|error| fault("/toml", error.to_string()))
}

fn shown(name: &str) -> String {
    name.chars().take(80).collect()
}

/// Keeps what acted on a stretch of the running session.
pub(super) async fn record(State(rest): State<Rest>, _: Admin, Body(asked): Body<NewRecording>) -> Accepting<Told> {
    let past = past(&rest).await?;
    if past.market.position(&asked.instrument).is_none() {
        let unknown = ApiError::unknown_instrument(&asked.instrument);
        return Err(unknown.with_fault("/instrument", "is not one of this market's"));
    }
    let NewRecording { from, to, .. } = asked;
    if from >= to {
        return Err(fault(
            "/from",
            format!("from = {from} and to = {to}: the tick before the first one, and the last"),
        ));
    }
    if to > past.last {
        return Err(fault("/to", format!("to = {to} is beyond {}, the last tick", past.last)));
    }
    let recorded = spawn_blocking(move || recorded(&past, &asked)).await.map_err(|_| ApiError::internal())??;
    kept(&rest, recorded, false).await
}

fn recorded(past: &Past, asked: &NewRecording) -> Result<Scenario, ApiError> {
    let NewRecording { instrument, from, to, name, title, description } = asked;
    let called = Called { name, title: title.as_deref(), description: description.as_deref() };
    let accepted = past.entries.iter().filter(|known| known.instrument == *instrument);
    let recording = record_accepted(accepted, &past.market.grid(), from + 1, *to, &called);
    let Recording { scenario, left_out } = recording.map_err(|error| refused_recording(&error))?;
    if left_out.is_empty() {
        return Ok(scenario);
    }
    let (count, text) = (left_out.len(), scenario.text());
    Scenario::from_toml(&format!("# Left out: cancels of what began before, {count}.\n{text}"))
        .map_err(|error| refused_recording(&error.into()))
}

fn refused_recording(error: &RecordError) -> ApiError {
    match error {
        // The line is of a text that nobody has sent.
        RecordError::Scenario(ScenarioError::Line { rule, .. }) => {
            let pointer = match rule {
                Rule::Name { field, .. } | Rule::Words { field, .. } => format!("/{field}"),
                _ => "/from".into(),
            };
            fault(&pointer, rule.to_string())
        }
        _ => fault("/from", error.to_string()),
    }
}

/// Keeps a text, or replaces the own scenario of this name.
pub(super) async fn keep(
    State(rest): State<Rest>,
    _: Admin,
    Path(name): Path<String>,
    Body(asked): Body<NewScenario, MAX_TEXT_BODY_BYTES>,
) -> Accepting<Told> {
    if asked.toml.len() > MAX_BYTES {
        return Err(fault("/toml", KeepError::TooLong(asked.toml.len()).to_string()));
    }
    let scenario = read(&asked.toml)?;
    if scenario.name() != name {
        let (inside, shown) = (scenario.name(), shown(&name));
        return Err(fault("/toml", format!("name = {inside:?} is not the path's, {shown:?}")));
    }
    kept(&rest, scenario, true).await
}

/// Keeps it, and tells of it. One that may not take another's place was recorded.
async fn kept(rest: &Rest, scenario: Scenario, may_replace: bool) -> Accepting<Told> {
    let (name, text) = if may_replace { ("/toml", "/toml") } else { ("/name", "/from") };
    let told = told(&scenario, false);
    let status = match rest.scenarios.keep(scenario, may_replace).await {
        Ok(Kept::New) => StatusCode::CREATED,
        Ok(Kept::Replaced | Kept::Same) => StatusCode::OK,
        Err(error) => {
            let refused = refused_keeping(&error);
            return Err(match error {
                KeepError::TooLong(_) => refused.with_fault(text, error.to_string()),
                KeepError::BuiltIn(_) | KeepError::Taken(_) | KeepError::InTheWay(_) => {
                    refused.with_fault(name, error.to_string())
                }
                _ => refused,
            });
        }
    };
    Ok((status, Json(told)))
}

fn refused_keeping(error: &KeepError) -> ApiError {
    let detail = error.to_string();
    match error {
        KeepError::BuiltIn(_) | KeepError::Taken(_) | KeepError::Full | KeepError::InTheWay(_) => {
            ApiError::conflict(detail)
        }
        KeepError::Unknown(_) => ApiError::not_found(detail),
        KeepError::Disk(_) => ApiError::busy(detail),
        KeepError::TooLong(_) => ApiError::out_of_domain(detail),
        KeepError::Ended => ApiError::internal(),
    }
}

/// Deletes an own scenario.
pub(super) async fn forget(
    State(rest): State<Rest>,
    _: Admin,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    rest.scenarios.forget(&name).await.map_err(|error| refused_keeping(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

fn wanted(rest: &Rest, asked: &Wanted) -> Result<Scenario, ApiError> {
    match (&asked.scenario, &asked.toml) {
        (Some(name), None) => {
            if let Some(own) = rest.scenarios.get(name) {
                return Ok(Scenario::clone(&own));
            }
            built_in(name).ok_or_else(|| unknown(rest, name))?.map_err(|_| ApiError::internal())
        }
        (None, Some(text)) => read(text),
        _ => Err(ApiError::out_of_domain("scenario or toml: exactly one of them is needed")),
    }
}

fn unknown(rest: &Rest, name: &str) -> ApiError {
    let own = rest.scenarios.all();
    let names: Vec<&str> = NAMES.into_iter().chain(own.iter().map(|one| one.name())).collect();
    ApiError::not_found(format!("scenario = {:?} is not one of {}", shown(name), names.join(", ")))
}

pub(super) async fn preview(
    State(rest): State<Rest>,
    _: Admin,
    Path(id): Path<String>,
    Body(asked): Body<Wanted>,
) -> Answer<Preview> {
    let position = position(&rest, &id).await?;
    let scenario = wanted(&rest, &asked)?;
    let looked =
        rest.market.look(move |view| (view.simulation.clone(), view.quotes[position], view.command_tick)).await;
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
    let scenario = wanted(&rest, &asked)?;
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
    let acted = rest.market.stop_run(&id, run, &claims.sub, &key(&headers)?).await.map_err(refused)?;
    Ok((StatusCode::ACCEPTED, Json(acted.iter().map(acknowledged).collect())))
}
