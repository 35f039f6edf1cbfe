//! What admins may read and do. Every handler names [`Admin`], without which it can't be called.

use axum::Json;
use axum::body::Body as Stream;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use futures_util::StreamExt;
use gbm_core::intervention::{Cancel, Command, Intervention, InterventionId};
use market_api::candle::ReferencePoint;
use market_api::clock::{ClockChange, Status};
use market_api::intervention::{Acknowledged, NewIntervention, Override};
use serde::Deserialize;
use svc_common::body::Body;
use svc_common::caller::Admin;
use svc_common::problem::ApiError;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use super::public::{CandlesQuery, known, look, within};
use super::{Answer, Rest, refused};
use crate::handle::{Acted, Asked, JournalCopy};
use crate::history::CANDLES;
use crate::wire;

/// The most interventions told at once.
const MAX_LISTED: usize = 10_000;
/// The longest `Idempotency-Key`.
const MAX_KEY: usize = gbm_core::journal::MAX_KEY_CHARS;

pub(super) type Accepting<T> = Result<(StatusCode, Json<T>), ApiError>;

/// The market knows the instrument; every admin's request on one begins here.
async fn check(rest: &Rest, id: &str) -> Result<(), ApiError> {
    let id = id.to_owned();
    let found = rest.market.look(move |view| view.simulation.market().position(&id).ok_or(id)).await;
    found.map_err(refused)?.map(drop).map_err(|id| ApiError::unknown_instrument(&id))
}

pub(super) fn acknowledged(acted: &Acted) -> Acknowledged {
    Acknowledged { id: acted.accepted.id.get(), tick: acted.accepted.tick, time: acted.time_ms }
}

/// The request's name for its sender; a random one would not help who sends none.
pub(super) fn key(headers: &HeaderMap) -> Result<String, ApiError> {
    let mut given = headers.get_all("idempotency-key").iter();
    let (Some(key), None) = (given.next(), given.next()) else {
        let none = !headers.contains_key("idempotency-key");
        return if none { Ok(String::new()) } else { Err(ApiError::malformed("Idempotency-Key is given twice")) };
    };
    let text = key.to_str().unwrap_or_default();
    if (1..=MAX_KEY).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err(ApiError::malformed(format!("Idempotency-Key must be 1 to {MAX_KEY} visible ASCII characters")))
    }
}

pub(super) async fn intervene(
    State(rest): State<Rest>,
    Admin(claims): Admin,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(asked): Body<NewIntervention>,
) -> Accepting<Acknowledged> {
    check(&rest, &id).await?;
    let key = key(&headers)?;
    let NewIntervention { body, tick, time_ms, reason, session } = asked;
    let body = wire::intervention(&body)
        .map_err(|bad| ApiError::out_of_domain(bad.detail.clone()).with_fault(bad.pointer, bad.detail))?;
    let command = Command { id: None, tick, time_ms, instrument: Some(id), body };
    let asked = Asked { command, actor: claims.sub, reason, key, session };
    accept(&rest, asked).await
}

async fn accept(rest: &Rest, asked: Asked) -> Accepting<Acknowledged> {
    let acted = rest.market.intervene(asked).await.map_err(refused)?;
    Ok((StatusCode::ACCEPTED, Json(acknowledged(&acted))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InterventionsQuery {
    #[serde(default)]
    active: bool,
    limit: Option<usize>,
}

pub(super) async fn interventions(
    State(rest): State<Rest>,
    _: Admin,
    Path(id): Path<String>,
    query: Result<Query<InterventionsQuery>, QueryRejection>,
) -> Answer<Vec<Override>> {
    check(&rest, &id).await?;
    let InterventionsQuery { active, limit } = known(query)?;
    let limit = within("limit", limit.unwrap_or(1000), MAX_LISTED)?;
    let told = rest.market.look(move |view| view.overrides.last(view.simulation, Some(&id), limit, active)).await;
    told.map(Json).map_err(refused)
}

/// Ends one intervention now.
pub(super) async fn release(
    State(rest): State<Rest>,
    Admin(claims): Admin,
    Path((id, number)): Path<(String, String)>,
    headers: HeaderMap,
) -> Accepting<Acknowledged> {
    check(&rest, &id).await?;
    let key = key(&headers)?;
    let target = number.parse().ok().and_then(|number| InterventionId::new(number).ok());
    let shown: String = number.chars().take(80).collect();
    let target = target.ok_or_else(|| ApiError::not_found(format!("id = {shown:?} is not a known intervention")))?;
    let body = Intervention::Cancel(Cancel { id: target });
    let command = Command { instrument: Some(id), ..Command::now(body) };
    accept(&rest, Asked { command, actor: claims.sub, reason: String::new(), key, session: None }).await
}

/// Ends everything that is scheduled or acts, on one tick.
pub(super) async fn release_all(
    State(rest): State<Rest>,
    Admin(claims): Admin,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Accepting<Vec<Acknowledged>> {
    check(&rest, &id).await?;
    let acted = rest.market.release_all(&id, &claims.sub, &key(&headers)?).await.map_err(refused)?;
    Ok((StatusCode::ACCEPTED, Json(acted.iter().map(acknowledged).collect())))
}

/// The counterfactual at the ends of candles.
pub(super) async fn reference(
    State(rest): State<Rest>,
    _: Admin,
    Path(id): Path<String>,
    query: Result<Query<CandlesQuery>, QueryRejection>,
) -> Answer<Vec<ReferencePoint>> {
    let (interval, span) = known(query)?.span()?;
    let points = look(&rest.feed, id, move |history| Ok(history.references(interval, CANDLES))).await?;
    Ok(Json(span.cut(points, |point| point.open_time)))
}

/// The journal as it is on the disk, closed by a line of its own.
pub(super) async fn journal(State(rest): State<Rest>, _: Admin) -> Result<impl IntoResponse, ApiError> {
    let session = rest.market.look(|view| view.session.to_owned()).await.map_err(refused)?;
    let JournalCopy { file, bytes, end } = rest.market.journal().await.map_err(refused)?;
    let length = bytes + end.len() as u64;
    let lines = ReaderStream::new(tokio::fs::File::from_std(file).take(bytes));
    let end = futures_util::stream::iter([Ok(axum::body::Bytes::from(end))]);
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{session}.jsonl\"")),
    ];
    Ok((headers, Stream::from_stream(lines.chain(end))))
}

pub(super) async fn status(State(rest): State<Rest>, _: Admin) -> Answer<Status> {
    change_clock(&rest, ClockChange::default()).await
}

pub(super) async fn clock(State(rest): State<Rest>, _: Admin, Body(change): Body<ClockChange>) -> Answer<Status> {
    if change == ClockChange::default() {
        return Err(ApiError::out_of_domain("running and speed are both missing: name one of them"));
    }
    change_clock(&rest, change).await
}

async fn change_clock(rest: &Rest, change: ClockChange) -> Answer<Status> {
    let status = rest.market.clock(change).await.map_err(refused)?;
    Ok(Json(Status {
        clock: status.clock,
        tick: status.tick,
        through: status.through,
        clients: rest.feed.clients(),
        ticks_per_second: status.ticks_per_second,
        lateness_p99_ms: status.lateness_p99_ms,
        stalled: status.stalled,
    }))
}
