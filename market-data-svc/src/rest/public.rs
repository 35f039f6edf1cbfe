//! What anyone may read: session, instruments, ticks, candles, figures. Admins are told more of some of it.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use gbm_core::market::Instrument;
use gbm_core::model::Preset;
use gbm_core::process::Process;
use gbm_core::quoting::MAX_LEVELS;
use market_api::candle::{Candle, Interval};
use market_api::instrument::{self, InstrumentDetail};
use market_api::session::{self, SessionDetail};
use market_api::stream::Stats;
use market_api::tick::TickBatch;
use market_api::trade::{BookProfile, TradeBatch};
use serde::Deserialize;
use svc_common::caller::Caller;
use svc_common::problem::ApiError;

use super::{Answer, Rest, refused};
use crate::feed::{BOOK_LEVELS, FeedHandle};
use crate::handle::View;
use crate::history::{CANDLES, History, PAGE_TICKS};
use crate::wire;

pub(super) async fn ready(State(rest): State<Rest>) -> Result<&'static str, ApiError> {
    rest.market.look(|_| ()).await.map_err(refused)?;
    rest.feed.look(|_, _| "ok").await.ok_or_else(stopped)
}

/// The session; its seed to admins.
pub(super) async fn session(State(rest): State<Rest>, caller: Caller) -> Answer<SessionDetail> {
    let session = rest.feed.look(|session, _| session.clone()).await.ok_or_else(stopped)?;
    let mut detail = SessionDetail { session, seed: None };
    if caller.is_admin() {
        let (name, seed) = rest.market.look(named_seed).await.map_err(refused)?;
        // A session may just have begun that the feed has not heard of yet.
        detail.seed = Some(seed).filter(|_| name == detail.session.session);
    }
    Ok(Json(detail))
}

fn named_seed(view: &View<'_>) -> (String, String) {
    (view.session.to_owned(), view.simulation.market().seed().to_string())
}

pub(super) async fn instruments(State(rest): State<Rest>) -> Answer<Vec<instrument::Instrument>> {
    rest.feed.look(|session, _| session.instruments.clone()).await.map(Json).ok_or_else(stopped)
}

/// The models that a session can be begun with by name.
pub(super) async fn presets() -> Json<Vec<session::Preset>> {
    let told = Preset::ALL.map(|preset| {
        let model = preset.model();
        session::Preset {
            name: preset.name().into(),
            model: model.name().into(),
            drift: model.drift().get(),
            volatility: model.volatility().get(),
        }
    });
    Json(told.into())
}

/// An instrument; its parameters and what is in force to admins.
pub(super) async fn instrument(
    State(rest): State<Rest>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<InstrumentDetail> {
    let found = rest.feed.look({
        let id = id.clone();
        move |session, _| session.instruments.iter().find(|instrument| instrument.id == id).cloned()
    });
    let instrument = found.await.ok_or_else(stopped)?.ok_or_else(|| ApiError::unknown_instrument(&id))?;
    let mut detail = InstrumentDetail { instrument, parameters: None, state: None };
    if caller.is_admin() {
        let told = rest.market.look(move |view| {
            let position = view.simulation.market().position(&id).unwrap_or(usize::MAX);
            (parameters(view, position), state(view, position))
        });
        let told = told.await.map_err(refused)?;
        (detail.parameters, detail.state) = told;
    }
    Ok(Json(detail))
}

fn parameters(view: &View<'_>, position: usize) -> Option<instrument::Parameters> {
    let Instrument { spot, model, book, .. } = view.simulation.market().instruments().get(position)?;
    Some(instrument::Parameters {
        spot: spot.get(),
        drift: model.drift().get(),
        volatility: model.volatility().get(),
        jumps: model.has_jumps(),
        regimes: model.regimes(),
        book: wire::book(book),
        model: serde_json::to_value(model).unwrap_or_default(),
        note: model.note().map(str::to_owned),
    })
}

fn state(view: &View<'_>, position: usize) -> Option<instrument::State> {
    let (now, quote) = (view.simulation.in_force(position)?, view.quotes.get(position)?);
    Some(instrument::State {
        price: quote.price,
        reference: quote.reference,
        drift: now.drift,
        volatility: now.volatility,
        volatility_factor: now.volatility_factor,
        liquidity: now.liquidity,
        excess_volume: now.excess_volume,
        spread_factor: now.spread_factor,
        jump_rate_factor: now.jump_rate_factor,
        regime: now.regime,
    })
}

fn stopped() -> ApiError {
    ApiError::stopped("the market has stopped")
}

/// Looks at an instrument's history.
pub(super) async fn look<T: Send + 'static>(
    feed: &FeedHandle,
    id: String,
    look: impl FnOnce(&History) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let answer = feed.look(move |_, histories| match histories.iter().find(|history| history.instrument() == id) {
        Some(history) => look(history),
        None => Err(ApiError::unknown_instrument(&id)),
    });
    answer.await.ok_or_else(stopped)?
}

/// A query, every parameter of which is known and of its type.
pub(super) fn known<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, ApiError> {
    query.map(|Query(query)| query).map_err(|error| ApiError::malformed(error.body_text()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TicksQuery {
    from_seq: Option<u64>,
    limit: Option<usize>,
}

pub(super) async fn ticks(
    State(rest): State<Rest>,
    Path(id): Path<String>,
    query: Result<Query<TicksQuery>, QueryRejection>,
) -> Answer<TickBatch> {
    let TicksQuery { from_seq, limit } = known(query)?;
    let limit = within("limit", limit.unwrap_or(1000), PAGE_TICKS)?;
    let batch = look(&rest.feed, id, move |history| {
        let after = from_seq.map_or_else(|| history.seq().saturating_sub(limit as u64), |from| from.saturating_sub(1));
        history.page_after(after, limit).map_err(|expired| ApiError::out_of_domain(expired.to_string()))
    });
    batch.await.map(Json)
}

pub(super) async fn trades(
    State(rest): State<Rest>,
    Path(id): Path<String>,
    query: Result<Query<TicksQuery>, QueryRejection>,
) -> Answer<TradeBatch> {
    let TicksQuery { from_seq, limit } = known(query)?;
    let limit = within("limit", limit.unwrap_or(1000), PAGE_TICKS)?;
    let batch = look(&rest.feed, id, move |history| {
        let newest = || history.trade_seq().saturating_sub(limit as u64);
        let after = from_seq.map_or_else(newest, |from| from.saturating_sub(1));
        history.trades_after(after, limit).map_err(|expired| ApiError::out_of_domain(expired.to_string()))
    });
    batch.await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BookQuery {
    depth: Option<usize>,
}

/// The book after the last tick; `null` before the first.
pub(super) async fn book(
    State(rest): State<Rest>,
    Path(id): Path<String>,
    query: Result<Query<BookQuery>, QueryRejection>,
) -> Answer<Option<BookProfile>> {
    let depth = within("depth", known(query)?.depth.unwrap_or(BOOK_LEVELS), MAX_LEVELS)?;
    look(&rest.feed, id, move |history| Ok(history.book(depth))).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CandlesQuery {
    interval: String,
    start: Option<i64>,
    end: Option<i64>,
    limit: Option<usize>,
}

impl CandlesQuery {
    /// The interval, and which of its candles are wanted.
    pub(super) fn span(self) -> Result<(Interval, Span), ApiError> {
        let Self { interval: name, start, end, limit } = self;
        let Some(interval) = Interval::named(&name) else {
            let names: Vec<&str> = Interval::ALL.into_iter().map(Interval::name).collect();
            let given: String = name.chars().take(80).collect();
            return Err(ApiError::out_of_domain(format!("interval = {given:?} is none of {}", names.join(", "))));
        };
        let limit = within("limit", limit.unwrap_or(500), CANDLES)?;
        Ok((interval, Span { start, end, limit }))
    }
}

/// A stretch of candles: the oldest from a start on, else the newest.
#[derive(Clone, Copy)]
pub(super) struct Span {
    start: Option<i64>,
    end: Option<i64>,
    limit: usize,
}

impl Span {
    pub(super) fn cut<T>(self, mut rows: Vec<T>, open_time: impl Fn(&T) -> i64) -> Vec<T> {
        rows.retain(|row| {
            let time = open_time(row);
            self.start.is_none_or(|start| time >= start) && self.end.is_none_or(|end| time < end)
        });
        if self.start.is_some() {
            rows.truncate(self.limit);
        } else {
            drop(rows.drain(..rows.len().saturating_sub(self.limit)));
        }
        rows
    }
}

pub(super) async fn candles(
    State(rest): State<Rest>,
    Path(id): Path<String>,
    query: Result<Query<CandlesQuery>, QueryRejection>,
) -> Answer<Vec<Candle>> {
    let (interval, span) = known(query)?.span()?;
    let candles = look(&rest.feed, id, move |history| Ok(history.candles(interval, CANDLES))).await?;
    Ok(Json(span.cut(candles, |candle| candle.open_time)))
}

pub(super) async fn stats(State(rest): State<Rest>, Path(id): Path<String>) -> Answer<Option<Stats>> {
    look(&rest.feed, id, |history| Ok(history.stats())).await.map(Json)
}

pub(super) fn within(field: &str, value: usize, most: usize) -> Result<usize, ApiError> {
    if (1..=most).contains(&value) {
        Ok(value)
    } else {
        Err(ApiError::out_of_domain(format!("{field} = {value} is outside [1, {most}]")))
    }
}
