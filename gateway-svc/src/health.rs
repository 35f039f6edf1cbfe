//! Whether the services behind the gateway are ready.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use market_api::health::{Health, ServiceHealth};

use crate::routes::Service;
use crate::service::Gateway;

/// `GET /readyz`: 200 if all of them are, else 503.
pub(crate) async fn ready(State(gateway): State<Arc<Gateway>>) -> (StatusCode, Json<Health>) {
    let (market_data, trading, dashboard) = tokio::join!(
        probe(&gateway, Service::MarketData),
        probe(&gateway, Service::Trading),
        probe(&gateway, Service::Dashboard)
    );
    let services = vec![market_data, trading, dashboard];
    let all = services.iter().all(|service| service.ready);
    (if all { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(Health { services }))
}

async fn probe(gateway: &Gateway, service: Service) -> ServiceHealth {
    let started = Instant::now();
    let answered = gateway.upstreams.probe(service, gateway.config.hosts.first());
    let detail = match tokio::time::timeout(gateway.config.timeouts.ready, answered).await {
        Err(_) => Some("does not answer in time".to_owned()),
        Ok(Err(_)) => Some("can't be reached".to_owned()),
        Ok(Ok(status)) => (status != StatusCode::OK).then(|| format!("answers {}", status.as_u16())),
    };
    let latency_ms = started.elapsed().as_secs_f64() * 1000.0;
    ServiceHealth { name: service.name().into(), ready: detail.is_none(), latency_ms, detail }
}
