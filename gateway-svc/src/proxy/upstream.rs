//! The services behind the gateway, and the connections to them that are kept open.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::uri::{Authority, PathAndQuery, Scheme};
use axum::http::{HeaderValue, Response, StatusCode, Uri, header};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::routes::{Route, Service};
use crate::service::Config;

/// Connections to a service that are kept while nothing is asked; more are made when they are needed.
const MAX_IDLE: usize = 64;
/// How long one is kept: shorter than the services keep theirs, so that the gateway is the one to close it.
const IDLE: Duration = Duration::from_secs(30);

/// A pool of connections for each service.
pub(crate) struct Upstreams {
    client: Client<HttpConnector, Body>,
    market_data: Option<Authority>,
    trading: Option<Authority>,
    dashboard: Option<Authority>,
}

impl Upstreams {
    /// None of them has to run yet.
    pub(crate) fn new(config: &Config) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(config.timeouts.connect));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(MAX_IDLE)
            .build(connector);
        let authority = |address: SocketAddr| address.to_string().parse().ok();
        Self {
            client,
            market_data: authority(config.market_data),
            trading: authority(config.trading),
            dashboard: authority(config.dashboard),
        }
    }

    /// The absolute form of a route.
    pub(crate) fn uri(&self, route: &Route) -> Uri {
        self.absolute(route.service, route.target.clone())
    }

    fn absolute(&self, service: Service, target: PathAndQuery) -> Uri {
        let mut parts = axum::http::uri::Parts::default();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = match service {
            Service::MarketData => self.market_data.clone(),
            Service::Trading => self.trading.clone(),
            Service::Dashboard => self.dashboard.clone(),
        };
        parts.path_and_query = Some(target);
        // With all three parts there is nothing that could be wrong.
        Uri::from_parts(parts).unwrap_or_default()
    }

    /// Sends a request to its absolute target.
    pub(crate) async fn request(&self, request: Request) -> Result<Response<Incoming>, Error> {
        self.client.request(request).await
    }

    /// What a service answers when it is asked whether it is ready.
    pub(crate) async fn probe(&self, service: Service, host: &str) -> Result<StatusCode, Error> {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = self.absolute(service, PathAndQuery::from_static("/readyz"));
        if let Ok(host) = HeaderValue::from_str(host) {
            request.headers_mut().insert(header::HOST, host);
        }
        self.request(request).await.map(|response| response.status())
    }
}
