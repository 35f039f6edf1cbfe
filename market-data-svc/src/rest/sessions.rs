//! One session after another, for admins: anew, or replaying a journal.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use gbm_core::journal::{self, Journal, Replay};
use gbm_core::model::Model;
use market_api::clock::{Clock, ClockChange};
use market_api::session::{NewSession, SessionDetail};
use serde::Deserialize;
use svc_common::body::{Body, MAX_JOURNAL_BODY_BYTES, read};
use svc_common::caller::Admin;
use svc_common::problem::ApiError;

use super::admin::{Accepting, key};
use super::public::known;
use super::{Rest, refused};
use crate::begin;
use crate::clock::{SPEEDS, SpeedError};
use crate::handle::{Key, Opening};
use crate::jobs::Progress;

/// The most ticks of a journal to be replayed: they are computed and their digests compared before it is.
const MAX_REPLAYED_TICKS: u64 = 100_000_000;

/// Ends the session and begins another.
pub(super) async fn begin(
    State(rest): State<Rest>,
    _: Admin,
    headers: HeaderMap,
    Body(asked): Body<NewSession>,
) -> Accepting<SessionDetail> {
    let key = Key::new(key(&headers)?, ("begin", serde_json::to_string(&asked).unwrap_or_default()));
    let looked = rest.market.look(|view| (view.simulation.market().clone(), view.quotes.to_vec())).await;
    let (market, last) = looked.map_err(refused)?;
    let clock = rest.market.clock(ClockChange::default()).await.map_err(refused)?.clock;
    let (market, clock) = begin::market(&asked, &market, &last, clock)
        .map_err(|bad| ApiError::out_of_domain(bad.detail.clone()).with_fault(bad.pointer, bad.detail))?;
    let (session, seed) = rest.market.begin(Opening::Market(Box::new(market)), clock, key).await.map_err(refused)?;
    Ok((StatusCode::CREATED, Json(SessionDetail { session, seed: Some(seed) })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplayQuery {
    speed: Option<f64>,
}

/// Ends the session and begins one that replays a journal: its market and its interventions, from its first tick on.
pub(super) async fn replay(
    State(rest): State<Rest>,
    _: Admin,
    headers: HeaderMap,
    query: Result<Query<ReplayQuery>, QueryRejection>,
    request: Request,
) -> Accepting<SessionDetail> {
    let key = key(&headers)?;
    let ReplayQuery { speed } = known(query)?;
    let running = rest.market.clock(ClockChange::default()).await.map_err(refused)?.clock;
    let speed = speed.unwrap_or(running.speed);
    if !SPEEDS.contains(&speed) {
        let detail = SpeedError(speed).to_string();
        return Err(ApiError::out_of_domain(detail.clone()).with_fault("/speed", detail));
    }
    let bytes = read(request.into_body(), MAX_JOURNAL_BODY_BYTES).await?;
    let key = Key::new(key, ("replay", &bytes, speed.to_bits()));
    let checked = rest.jobs.run(move |progress| checked(&bytes, progress)).await;
    let journal = checked.ok_or_else(ApiError::internal)?.map_err(ApiError::out_of_domain)?;
    let clock = Clock { running: true, speed };
    let (session, seed) = rest.market.begin(Opening::Replay(Box::new(journal)), clock, key).await.map_err(refused)?;
    Ok((StatusCode::CREATED, Json(SessionDetail { session, seed: Some(seed) })))
}

/// A journal all of whose seals and digests are right.
fn checked(bytes: &[u8], progress: &Progress) -> Result<Journal<Model>, String> {
    let journal = journal::read::<Model>(bytes).map_err(|error| error.to_string())?;
    let last = journal.last_tick();
    if last > MAX_REPLAYED_TICKS {
        return Err(format!("the journal has {last} ticks: at most {MAX_REPLAYED_TICKS} are replayed here"));
    }
    for tick in Replay::new(&journal) {
        let tick = tick.map_err(|error| error.to_string())?;
        if tick.tick % 65_536 == 0 && progress.reach(tick.tick).is_break() {
            return Err("nobody waits for it any more".into());
        }
    }
    Ok(journal)
}
