//! Handing requests on, and answers back.

mod headers;
mod stream;
mod tunnel;
mod upstream;

use std::error::Error;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, Version, header};
use axum::response::Response;
use hyper::body::{Body as _, Incoming};
use hyper::upgrade::OnUpgrade;
use hyper_util::client::legacy;
use svc_common::body::{MAX_TEXT_BODY_BYTES, read};
use svc_common::problem::ApiError;
use svc_common::serve::Peer;

use crate::routes::{Route, Service, resolve};
use crate::service::Gateway;

use stream::Timed;
pub(crate) use upstream::Upstreams;

/// Hands a request to the service that its path belongs to.
pub(crate) async fn handle(State(gateway): State<Arc<Gateway>>, request: Request) -> Result<Response, ApiError> {
    let route = resolve(request.uri())?;
    let client = request.extensions().get::<OnUpgrade>().cloned();
    let (request, switches) = prepare(&gateway, request, &route).await?;
    let mut response = send(&gateway, request, &route).await?;
    let version = response.version();
    headers::clean_response(response.headers_mut(), version);
    *response.version_mut() = Version::HTTP_11;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        let (Some(protocol), Some(client)) = (switches, client) else {
            return Err(ApiError::bad_gateway("the service behind the gateway switched protocols without being asked"));
        };
        headers::switch(response.headers_mut(), protocol);
        let server = hyper::upgrade::on(&mut response);
        tokio::spawn(tunnel::connect(client, server, gateway.config.timeouts, gateway.stopping.clone()));
        return Ok(response.map(|_| Body::empty()));
    }
    let wait = gateway.config.timeouts.body;
    Ok(response.map(|body| if body.is_end_stream() { Body::empty() } else { Body::new(Timed::new(body, wait)) }))
}

/// The request as the service gets it, and the protocol that it asks to switch to.
async fn prepare(
    gateway: &Gateway,
    request: Request,
    route: &Route,
) -> Result<(Request, Option<header::HeaderValue>), ApiError> {
    let (mut parts, body) = request.into_parts();
    headers::check_expectation(&parts.headers)?;
    let switches = headers::asked_protocol(&parts);
    let peer = parts.extensions.get::<Peer>().copied();
    headers::clean_request(&mut parts, peer);
    if let Some(protocol) = &switches {
        headers::switch(&mut parts.headers, protocol.clone());
    }
    parts.uri = gateway.upstreams.uri(route);
    parts.version = Version::HTTP_11;
    parts.extensions.clear();
    let body = bounded(body, route.max_body_bytes).await?;
    Ok((Request::from_parts(parts, body), switches))
}

/// A body whose length is known is handed on as it comes. One in chunks is read whole first: so what is too large, or
/// badly framed, reaches nobody.
async fn bounded(body: Body, limit: usize) -> Result<Body, ApiError> {
    match body.size_hint().exact() {
        Some(0) => Ok(Body::empty()),
        Some(length) if length <= limit as u64 => Ok(body),
        Some(_) => Err(ApiError::too_large(format!("the body is larger than {limit} bytes"))),
        // It is read before anyone has looked at the token, so the largest must say how long they are.
        None => read(body, limit.min(MAX_TEXT_BODY_BYTES)).await.map(Body::from),
    }
}

/// Sends it, and once more if a connection from the pool turned out to be closed and nothing can have been done twice.
async fn send(gateway: &Gateway, request: Request, route: &Route) -> Result<axum::http::Response<Incoming>, ApiError> {
    let timeouts = &gateway.config.timeouts;
    let wait = if route.is_socket_io { timeouts.poll_head } else { timeouts.head };
    let again = repeatable(&request);
    let sent = async {
        match (gateway.upstreams.request(request).await, again) {
            (Err(error), Some(again)) if was_closed(&error) => gateway.upstreams.request(again).await,
            (sent, _) => sent,
        }
    };
    let name = route.service.name();
    match tokio::time::timeout(wait, sent).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => Err(explain(&error, route.service)),
        Err(_) => {
            tracing::warn!(service = name, "does not answer in time");
            Err(ApiError::gateway_timeout(format!("the {name} service does not answer in time")))
        }
    }
}

/// A copy of a request that may be sent twice: one that only asks, and has no body.
fn repeatable(request: &Request) -> Option<Request> {
    let asks = matches!(*request.method(), Method::GET | Method::HEAD) && request.body().is_end_stream();
    if !asks || request.headers().contains_key(header::UPGRADE) {
        return None;
    }
    let mut again = Request::new(Body::empty());
    again.method_mut().clone_from(request.method());
    again.uri_mut().clone_from(request.uri());
    again.headers_mut().clone_from(request.headers());
    Some(again)
}

/// Whether a connection ended in place of an answer.
fn was_closed(error: &legacy::Error) -> bool {
    causes(error).any(|cause| {
        let closed = cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message);
        let reset = cause.downcast_ref::<std::io::Error>().is_some_and(|error| {
            matches!(error.kind(), std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe)
        });
        closed || reset
    })
}

fn explain(error: &legacy::Error, service: Service) -> ApiError {
    if causes(error).any(|cause| cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_user)) {
        return ApiError::malformed("the body ended early");
    }
    let name = service.name();
    let cause = causes(error).last().map(ToString::to_string).unwrap_or_default();
    tracing::warn!(service = name, cause, "can't be asked");
    let what = if error.is_connect() { "can't be reached" } else { "broke off its answer" };
    ApiError::bad_gateway(format!("the {name} service {what}"))
}

/// An error and what caused it, outermost first.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}
