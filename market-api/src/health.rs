//! How the services do.

use serde::{Deserialize, Serialize};

/// `GET /readyz` of the gateway: 200 if every service is ready, else 503.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// Each service behind the gateway.
    pub services: Vec<ServiceHealth>,
}

/// One service, as the gateway sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceHealth {
    /// `market-data` or `dashboard`.
    pub name: String,
    /// Whether it answered in time that it is ready.
    pub ready: bool,
    /// How long its answer took, milliseconds.
    pub latency_ms: f64,
    /// Why it isn't ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}
