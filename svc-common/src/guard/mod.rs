//! The guard before every service: it gives each request an id, refuses foreign hosts and origins, answers preflights,
//! and sees to the headers that every answer has.
//!
//! It stands before the gateway and, once more, before each service behind it. Where an answer passes both, the outer
//! one's word replaces the inner one's, so that nothing is said twice; what a handler says for itself (its content
//! policy, how it may be cached) is let be.

mod answer;
mod request;

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tracing::Level;

pub(crate) use answer::harden;
pub(crate) use request::new_id;

use crate::hosts::PublicHosts;
use crate::problem::ApiError;

/// The header that carries a request's id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: Arc<str>;
}

/// The id of the request that the current task answers; nothing outside of one.
pub fn request_id() -> Option<String> {
    CURRENT.try_with(ToString::to_string).ok()
}

/// What a service's requests are checked against.
#[derive(Clone, Debug)]
pub struct Guard(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    hosts: PublicHosts,
    origins: Vec<String>,
    /// Whether ids come from outside, where nobody's word counts.
    outermost: bool,
}

impl Guard {
    /// For the gateway: every request gets a new id.
    pub fn outer(hosts: PublicHosts, gateway_port: u16, dashboard_port: u16) -> Self {
        Self::new(hosts, gateway_port, dashboard_port, true)
    }

    /// For a service behind it: a request keeps the id that it comes with, if that is well formed.
    pub fn inner(hosts: PublicHosts, gateway_port: u16, dashboard_port: u16) -> Self {
        Self::new(hosts, gateway_port, dashboard_port, false)
    }

    fn new(hosts: PublicHosts, gateway_port: u16, dashboard_port: u16, outermost: bool) -> Self {
        let origins = hosts.origins(&[gateway_port, dashboard_port]);
        Self(Arc::new(Rules { hosts, origins, outermost }))
    }

    /// The router behind this guard: its routes, its fallback and the layers it has so far.
    pub fn before(self, router: Router) -> Router {
        router.layer(from_fn_with_state(self, pass))
    }
}

async fn pass(State(Guard(rules)): State<Guard>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (id, header) = request::take_id(request.headers(), rules.outermost);
    request.headers_mut().insert(REQUEST_ID, header.clone());
    let line = tracing::enabled!(Level::INFO).then(|| (request.method().clone(), request.uri().path().to_owned()));

    let admitted = request::admit(&rules, &request);
    let origin = admitted.as_ref().ok().cloned().flatten();
    let answer = async {
        match admitted {
            // Whoever is wrong about whom it talks to is not talked to any longer.
            Err(error) => error.with_header(header::CONNECTION, HeaderValue::from_static("close")).into_response(),
            Ok(Some(_)) if request::is_preflight(&request) => answer::preflight(),
            Ok(_) => answer::named(next.run(request).await),
        }
    };
    let mut response = CURRENT.scope(Arc::clone(&id), answer).await;
    answer::finish(response.headers_mut(), header, origin);
    if let Some((method, path)) = line {
        log(&id, &method, &path, response.status(), started);
    }
    response
}

/// One line, without the query, which may hold anything.
fn log(id: &str, method: &Method, path: &str, status: StatusCode, started: Instant) {
    let ms = started.elapsed().as_secs_f64() * 1000.0;
    tracing::info!(%id, %method, %path, status = status.as_u16(), ms = format_args!("{ms:.3}"), "request");
}

/// The answer to a request that never came to be one, with an id and a line in the log like any other.
pub(crate) fn refuse(error: ApiError) -> Response {
    let id = new_id();
    let header = HeaderValue::from_str(&id).ok();
    let mut response = CURRENT.sync_scope(Arc::clone(&id), || error.into_response());
    harden(response.headers_mut());
    if let Some(header) = header {
        response.headers_mut().insert(REQUEST_ID, header);
    }
    tracing::info!(%id, status = response.status().as_u16(), "request refused");
    response
}
