//! The routes, and the service on its sockets.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use svc_common::flags::Flags;
use svc_common::guard::Guard;
use svc_common::hosts::PublicHosts;
use svc_common::problem::ApiError;
use svc_common::serve::{Limits, Listeners, serve};

use crate::assets::{FILES, File, text};
use crate::content::{Content, media_type};
use crate::policy::content_security_policy;

/// Where the pages find the gateway's port, and that of the server from which they need it.
const PORT_MARKS: [&str; 2] = ["{{gateway-port}}", "{{dashboard-port}}"];

/// What the server is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The hosts by which the system may be called.
    pub hosts: PublicHosts,
    /// Where the pages find the gateway, on the host that they were loaded from.
    pub gateway_port: u16,
    /// The server's own port.
    pub dashboard_port: u16,
}

impl From<&Flags> for Config {
    fn from(flags: &Flags) -> Self {
        Self { hosts: flags.hosts(), gateway_port: flags.gateway_port, dashboard_port: flags.dashboard_port }
    }
}

/// All that is served.
#[derive(Debug)]
struct Pages {
    files: BTreeMap<&'static str, Content>,
    trade: Content,
    admin: Content,
    policy: HeaderValue,
}

impl Pages {
    fn new(config: &Config) -> Self {
        let page = |name: &str| {
            let (gateway, dashboard) = (config.gateway_port.to_string(), config.dashboard_port.to_string());
            let html =
                text(name).unwrap_or_default().replace(PORT_MARKS[0], &gateway).replace(PORT_MARKS[1], &dashboard);
            Content::new(name, Bytes::from(html), None)
        };
        let file =
            |file: &File| Content::new(file.path, Bytes::from_static(file.plain), file.gzip.map(Bytes::from_static));
        let policy = content_security_policy(&config.hosts, config.gateway_port);
        Self {
            files: FILES.iter().filter(|one| !is_page(one.path)).map(|one| (one.path, file(one))).collect(),
            trade: page("trade.html"),
            admin: page("admin.html"),
            // Hosts are ASCII, checked when they were parsed.
            policy: HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'")),
        }
    }

    fn page(&self, page: &Content, request: &HeaderMap) -> Response {
        let mut response = page.answer(request);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        response
    }
}

/// The pages have marks to be filled in: they are served under their own paths only.
fn is_page(name: &str) -> bool {
    media_type(name).starts_with("text/html")
}

type Served = State<Arc<Pages>>;

/// The routes, behind the guard.
pub fn app(config: &Config) -> Router {
    let to = |location: &'static str| get(async move || moved(location));
    let router = Router::new()
        .route("/", to("/dashboard/"))
        .route("/dashboard", to("/dashboard/"))
        .route("/dashboard/", get(async |State(pages): Served, request: HeaderMap| pages.page(&pages.trade, &request)))
        .route(
            "/dashboard/admin",
            get(async |State(pages): Served, request: HeaderMap| pages.page(&pages.admin, &request)),
        )
        .route("/dashboard/admin/", to("/dashboard/admin"))
        .route("/dashboard/static/{*path}", get(file))
        .route("/livez", get(async || "ok"))
        .route("/readyz", get(async || "ok"))
        .with_state(Arc::new(Pages::new(config)));
    Guard::inner(config.hosts.clone(), config.gateway_port, config.dashboard_port).before(router)
}

/// Serves on the listeners until `shutdown` is done and requests under way have ended.
pub async fn run(listeners: Listeners, config: &Config, shutdown: impl Future<Output = ()> + Send) {
    serve(listeners, app(config), Limits::default(), shutdown).await;
}

async fn file(State(pages): Served, Path(path): Path<String>, request: HeaderMap) -> Result<Response, ApiError> {
    pages.files.get(path.as_str()).map(|file| file.answer(&request)).ok_or_else(|| ApiError::not_found("no such file"))
}

fn moved(location: &'static str) -> Response {
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, HeaderValue::from_static(location))]).into_response()
}
