//! REST, read-only and for everyone: instruments, ticks, candles, figures, time, health.

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use market_api::candle::Interval;
use market_api::problem::Problem;
use serde::Deserialize;

use crate::feed::{FeedHandle, server_time};
use crate::history::{CANDLES, History, RESUME_TICKS};

/// An error's answer.
#[derive(Clone, Debug)]
pub struct ApiError(Problem);

impl ApiError {
    fn unknown(id: &str) -> Self {
        let detail = format!("instrument = {:?} is not one of this market's", id.chars().take(80).collect::<String>());
        Self(Problem::new("unknown-instrument", "Unknown instrument", 404, detail))
    }

    fn domain(detail: impl Into<String>) -> Self {
        Self(Problem::new("out-of-domain", "Out of domain", 422, detail))
    }

    fn stopped() -> Self {
        Self(Problem::new("stopped", "Stopped", 503, "the market has stopped"))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, [(header::CONTENT_TYPE, "application/problem+json")], Json(self.0)).into_response()
    }
}

type Answer<T> = Result<Json<T>, ApiError>;

/// The routes.
pub fn router(feed: FeedHandle) -> Router {
    Router::new()
        .route("/v1/session", get(session))
        .route("/v1/instruments", get(instruments))
        .route("/v1/instruments/{id}", get(instrument))
        .route("/v1/instruments/{id}/ticks", get(ticks))
        .route("/v1/instruments/{id}/candles", get(candles))
        .route("/v1/instruments/{id}/stats", get(stats))
        .route("/v1/time", get(async || Json(serde_json::json!({ "server_time": server_time() }))))
        .route("/livez", get(async || "ok"))
        .route("/readyz", get(ready))
        .fallback(async || ApiError(Problem::new("not-found", "Not found", 404, "no such path")))
        .with_state(feed)
}

async fn ready(State(feed): State<FeedHandle>) -> Result<&'static str, ApiError> {
    feed.look(|_, _| "ok").await.ok_or_else(ApiError::stopped)
}

async fn session(State(feed): State<FeedHandle>) -> Answer<market_api::session::Session> {
    feed.look(|session, _| session.clone()).await.map(Json).ok_or_else(ApiError::stopped)
}

async fn instruments(State(feed): State<FeedHandle>) -> Answer<Vec<market_api::instrument::Instrument>> {
    feed.look(|session, _| session.instruments.clone()).await.map(Json).ok_or_else(ApiError::stopped)
}

async fn instrument(
    State(feed): State<FeedHandle>,
    Path(id): Path<String>,
) -> Answer<market_api::instrument::Instrument> {
    let found = feed.look({
        let id = id.clone();
        move |session, _| session.instruments.iter().find(|instrument| instrument.id == id).cloned()
    });
    found.await.ok_or_else(ApiError::stopped)?.map(Json).ok_or_else(|| ApiError::unknown(&id))
}

/// Looks at an instrument's history.
async fn look<T: Send + 'static>(
    feed: &FeedHandle,
    id: String,
    look: impl FnOnce(&History) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let answer = feed.look(move |session, history| {
        if session.instruments.iter().any(|instrument| instrument.id == id) {
            look(history)
        } else {
            Err(ApiError::unknown(&id))
        }
    });
    answer.await.ok_or_else(ApiError::stopped)?
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TicksQuery {
    from_seq: Option<u64>,
    limit: Option<usize>,
}

async fn ticks(
    State(feed): State<FeedHandle>,
    Path(id): Path<String>,
    query: Result<Query<TicksQuery>, axum::extract::rejection::QueryRejection>,
) -> Answer<market_api::tick::TickBatch> {
    let Query(TicksQuery { from_seq, limit }) = query.map_err(|error| ApiError::domain(error.body_text()))?;
    let limit = within("limit", limit.unwrap_or(1000), RESUME_TICKS)?;
    let batch = look(&feed, id, move |history| {
        let after = from_seq.map_or_else(|| history.seq().saturating_sub(limit as u64), |from| from.saturating_sub(1));
        history.after(after).map_err(|expired| ApiError::domain(expired.to_string()))
    });
    let mut batch = batch.await?;
    batch.price.truncate(limit);
    Ok(Json(batch))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CandlesQuery {
    interval: String,
    start: Option<i64>,
    end: Option<i64>,
    limit: Option<usize>,
}

async fn candles(
    State(feed): State<FeedHandle>,
    Path(id): Path<String>,
    query: Result<Query<CandlesQuery>, axum::extract::rejection::QueryRejection>,
) -> Answer<Vec<market_api::candle::Candle>> {
    let Query(CandlesQuery { interval, start, end, limit }) =
        query.map_err(|error| ApiError::domain(error.body_text()))?;
    let Some(interval) = Interval::named(&interval) else {
        let names: Vec<&str> = Interval::ALL.into_iter().map(Interval::name).collect();
        let given: String = interval.chars().take(80).collect();
        return Err(ApiError::domain(format!("interval = {given:?} is none of {}", names.join(", "))));
    };
    let limit = within("limit", limit.unwrap_or(500), CANDLES)?;
    let mut candles = look(&feed, id, move |history| Ok(history.candles(interval, CANDLES))).await?;
    candles.retain(|candle| {
        start.is_none_or(|start| candle.open_time >= start) && end.is_none_or(|end| candle.open_time < end)
    });
    // The oldest from a start on, else the newest.
    if start.is_some() {
        candles.truncate(limit);
    } else {
        drop(candles.drain(..candles.len().saturating_sub(limit)));
    }
    Ok(Json(candles))
}

async fn stats(State(feed): State<FeedHandle>, Path(id): Path<String>) -> Answer<Option<market_api::stream::Stats>> {
    look(&feed, id, |history| Ok(history.stats())).await.map(Json)
}

fn within(field: &str, value: usize, most: usize) -> Result<usize, ApiError> {
    if (1..=most).contains(&value) {
        Ok(value)
    } else {
        Err(ApiError::domain(format!("{field} = {value} is outside [1, {most}]")))
    }
}
