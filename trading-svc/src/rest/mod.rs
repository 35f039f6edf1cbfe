//! REST: what a trader may read and do.

mod account;
mod backtests;
mod log;
mod orders;
mod strategies;

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRef, FromRequestParts, Query, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Json, Router};
use market_api::trading::Hello;
use svc_common::buckets::Buckets;
use svc_common::caller::Caller;
use svc_common::problem::ApiError;
use svc_common::token::{Claims, Verifier};
use trading_core::order::AccountId;

use crate::acting::Acting;
use crate::backtests::Backtests;
use crate::handle::Handle;
use crate::ledger::{LedgerError, Reader};
use crate::market::Market;
use crate::push::hello;
use crate::refusal::Refusal;

/// The longest `Idempotency-Key`.
const MAX_KEY: usize = 64;
/// The most rows told at once.
const MAX_ROWS: usize = 1000;

/// What handlers answer from.
#[derive(Clone)]
pub struct Rest {
    /// The exchange.
    pub handle: Handle,
    /// What was written.
    pub reader: Reader,
    /// Who may do what.
    pub verifier: Verifier,
    /// Where the market's stream is.
    pub market: Market,
    /// Back-tests.
    pub backtests: Backtests,
    /// How much a trader may ask for.
    pub allowance: std::sync::Arc<Buckets<String>>,
}

impl FromRef<Rest> for Verifier {
    fn from_ref(rest: &Rest) -> Self {
        rest.verifier.clone()
    }
}

type Answer<T> = Result<Json<T>, ApiError>;

/// Whoever trades: anyone with a token. No token, or one that isn't good, is 401; more requests than it may send are 429.
struct Trader(Claims);

impl FromRequestParts<Rest> for Trader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, rest: &Rest) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, rest).await?;
        let claims = caller.0.ok_or_else(|| {
            ApiError::unauthorized(
                "this takes a trader's token: Authorization: Bearer …; POST /api/auth/guest gives one",
            )
        })?;
        let taken = rest.allowance.take(claims.sub.clone());
        taken.map_err(|seconds| ApiError::too_many("too many requests of this account", seconds))?;
        Ok(Self(claims))
    }
}

/// The routes.
pub fn router(rest: Rest) -> Router {
    Router::new()
        .route("/v1/venue", get(venue))
        .route("/v1/account", get(account::account))
        .route("/v1/account/reset", post(account::reset))
        .route("/v1/positions", get(account::positions))
        .route("/v1/equity", get(account::equity))
        .route("/v1/orders", get(orders::list).post(orders::submit).delete(orders::cancel_all))
        .route("/v1/orders/preview", post(orders::preview))
        .route("/v1/orders/{id}", get(orders::one).delete(orders::cancel))
        .route("/v1/fills", get(orders::fills))
        .route("/v1/strategies", get(strategies::list).post(strategies::start).delete(strategies::stop_all))
        .route("/v1/strategies/available", get(strategies::available))
        .route("/v1/strategies/{id}", get(strategies::one).delete(strategies::stop))
        .route("/v1/strategies/{id}/equity", get(strategies::equity))
        .route("/v1/backtests", get(backtests::list).post(backtests::begin))
        .route("/v1/backtests/{id}", get(backtests::one).delete(backtests::forget))
        .route("/v1/log", get(log::log))
        .route("/livez", get(async || "ok"))
        .route("/readyz", get(ready))
        .fallback(async || ApiError::not_found("no such path"))
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .with_state(rest)
}

/// What anyone may know of the exchange.
async fn venue(State(rest): State<Rest>) -> Answer<Hello> {
    Ok(Json(hello(&rest.handle).await?))
}

/// Ready once a session is known and followed.
async fn ready(State(rest): State<Rest>) -> Result<&'static str, ApiError> {
    rest.handle.act(|acting| acting.must_be_live()).await?;
    Ok("ok")
}

/// A query, every parameter of which is known and of its type.
fn known<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, ApiError> {
    query.map(|Query(query)| query).map_err(|error| ApiError::malformed(error.body_text()))
}

fn within(field: &str, value: usize, most: usize) -> Result<usize, ApiError> {
    if (1..=most).contains(&value) {
        Ok(value)
    } else {
        Err(ApiError::out_of_domain(format!("{field} = {value} is outside [1, {most}]")))
    }
}

/// A number in a path.
fn number(what: &str, text: &str) -> Result<u64, ApiError> {
    let shown: String = text.chars().take(80).collect();
    // Numbers in the ledger are signed.
    let parsed = text.parse().ok().filter(|number| i64::try_from(*number).is_ok());
    parsed.ok_or_else(|| ApiError::not_found(format!("{what} = {shown:?} is no number of one")))
}

/// The request's name for its sender; empty if it has none.
fn key(headers: &HeaderMap) -> Result<String, ApiError> {
    let mut given = headers.get_all("idempotency-key").iter();
    let Some(key) = given.next() else { return Ok(String::new()) };
    if given.next().is_some() {
        return Err(ApiError::malformed("Idempotency-Key is given twice"));
    }
    let text = key.to_str().unwrap_or_default();
    if (1..=MAX_KEY).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err(ApiError::malformed(format!("Idempotency-Key must be 1 to {MAX_KEY} visible ASCII characters")))
    }
}

/// What has come of a request that was made before under a key, written or about to be.
fn requested(acting: &Acting<'_>, owner: AccountId, key: &str, body: &str) -> Result<Option<u64>, Refusal> {
    match acting.requested(owner, key)? {
        Some((known, run)) if known == body => Ok(Some(run)),
        Some(_) => Err(Refusal::KeyTaken),
        None => Ok(None),
    }
}

/// Reads the ledger, which blocks.
async fn read<T: Send + 'static>(
    rest: &Rest,
    read: impl FnOnce(&Reader) -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, ApiError> {
    let reader = rest.reader.clone();
    let read = tokio::task::spawn_blocking(move || read(&reader)).await.map_err(|_| ApiError::internal())?;
    read.map_err(|error| Refusal::Disk(error.to_string()).into())
}
