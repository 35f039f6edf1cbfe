//! REST: what anyone may read (`public`), what admins may read and do (`admin`), and what would be (`what_if`).

mod admin;
mod public;
mod scenarios;
mod sessions;
mod what_if;

use axum::extract::FromRef;
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use gbm_core::intervention::InterventionError;
use gbm_core::journal::RecordError;
use svc_common::problem::ApiError;
use svc_common::token::Verifier;

use crate::clock::server_time;
use crate::feed::FeedHandle;
use crate::handle::{MarketError, MarketHandle};
use crate::jobs::Jobs;
use crate::scenarios::Library;

/// What handlers answer from.
#[derive(Clone)]
pub struct Rest {
    /// What clients may be told.
    pub feed: FeedHandle,
    /// The market itself.
    pub market: MarketHandle,
    /// Who may do what.
    pub verifier: Verifier,
    /// Work beside the market.
    pub jobs: Jobs,
    /// Own scenarios.
    pub scenarios: Library,
}

impl FromRef<Rest> for Verifier {
    fn from_ref(rest: &Rest) -> Self {
        rest.verifier.clone()
    }
}

type Answer<T> = Result<Json<T>, ApiError>;

/// The routes.
pub fn router(rest: Rest) -> Router {
    let interventions = "/v1/instruments/{id}/interventions";
    Router::new()
        .route("/v1/session", get(public::session))
        .route("/v1/sessions", post(sessions::begin))
        .route("/v1/sessions/replay", post(sessions::replay))
        .route("/v1/presets", get(public::presets))
        .route("/v1/instruments", get(public::instruments))
        .route("/v1/instruments/{id}", get(public::instrument))
        .route("/v1/instruments/{id}/ticks", get(public::ticks))
        .route("/v1/instruments/{id}/trades", get(public::trades))
        .route("/v1/instruments/{id}/book", get(public::book))
        .route("/v1/instruments/{id}/candles", get(public::candles))
        .route("/v1/instruments/{id}/stats", get(public::stats))
        .route("/v1/instruments/{id}/reference", get(admin::reference))
        .route(interventions, get(admin::interventions).post(admin::intervene).delete(admin::release_all))
        .route("/v1/instruments/{id}/interventions/{number}", delete(admin::release))
        .route("/v1/instruments/{id}/preview", post(what_if::preview))
        .route("/v1/instruments/{id}/attribution", get(what_if::attribution))
        .route("/v1/instruments/{id}/forks", post(what_if::fork))
        .route("/v1/scenarios", get(scenarios::list).post(scenarios::record))
        .route("/v1/scenarios/{name}", put(scenarios::keep).delete(scenarios::forget))
        .route("/v1/instruments/{id}/runs", post(scenarios::run))
        .route("/v1/instruments/{id}/runs/preview", post(scenarios::preview))
        .route("/v1/instruments/{id}/runs/{run}", delete(scenarios::stop))
        .route("/v1/jobs/{job}", get(what_if::job).delete(what_if::stop))
        .route("/v1/journal", get(admin::journal))
        .route("/v1/status", get(admin::status))
        .route("/v1/clock", post(admin::clock))
        .route("/v1/time", get(async || Json(serde_json::json!({ "server_time": server_time() }))))
        .route("/livez", get(async || "ok"))
        .route("/readyz", get(public::ready))
        .fallback(async || ApiError::not_found("no such path"))
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .with_state(rest)
}

/// Why the market didn't do it.
fn refused(error: MarketError) -> ApiError {
    let detail = error.to_string();
    match error {
        MarketError::Refused(RecordError::Intervention(error)) => match error {
            InterventionError::IdTaken(_) => {
                ApiError::conflict("Idempotency-Key was used for a request with another body, instrument or tick")
            }
            InterventionError::NotCancellable(_)
            | InterventionError::Ended { .. }
            | InterventionError::Full(_)
            | InterventionError::Conflict { .. }
            | InterventionError::Controllers(_) => ApiError::conflict(detail),
            InterventionError::UnknownId(_) | InterventionError::UnknownInstrument(_) => ApiError::not_found(detail),
            _ => ApiError::out_of_domain(detail),
        },
        MarketError::Refused(RecordError::Full)
        | MarketError::Busy(_)
        | MarketError::Disk(_)
        | MarketError::Unsure(_) => ApiError::busy(detail),
        MarketError::Refused(RecordError::TooLong { .. } | RecordError::Step(_)) | MarketError::Speed(_) => {
            ApiError::out_of_domain(detail)
        }
        MarketError::Scenario(error) => scenarios::refused_scenario(&error),
        MarketError::NoRun(_) => ApiError::not_found(detail),
        MarketError::TooMany(_) | MarketError::KeyTaken | MarketError::MetaOrders => ApiError::conflict(detail),
        MarketError::OtherSession { .. } => ApiError::precondition(detail),
        MarketError::Refused(_) => ApiError::internal(),
        MarketError::Stopped => ApiError::stopped(detail),
    }
}
