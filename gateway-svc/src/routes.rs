//! Which service a path belongs to: by its prefix, and by nothing that another reader of the path could see in it.

use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use svc_common::body::{MAX_BODY_BYTES, MAX_JOURNAL_BODY_BYTES, MAX_TEXT_BODY_BYTES};
use svc_common::problem::ApiError;

/// The prefix of the market data service's REST, which doesn't know it.
const MARKET: &str = "/api/market";
/// The prefix of the trading service's REST, which doesn't know it.
const TRADING: &str = "/api/trading";
/// The prefix of the trading service's Socket.IO, which doesn't know it either.
const TRADING_STREAM: &str = "/trading";
/// Where a scenario's text is put, as the market data service knows it.
const SCENARIO: &str = "/v1/scenarios/";
/// Where a journal is sent to be replayed.
const REPLAY: &str = "/v1/sessions/replay";
/// The largest body of a Socket.IO poll, which may hold many packets, 128 KiB.
const MAX_POLL_BYTES: usize = 128 << 10;

/// A service behind the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// Prices, and what steers them.
    MarketData,
    /// Orders, accounts, strategies.
    Trading,
    /// The pages.
    Dashboard,
}

impl Service {
    /// Its name in words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::MarketData => "market-data",
            Self::Trading => "trading",
            Self::Dashboard => "dashboard",
        }
    }
}

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// The service.
    pub(crate) service: Service,
    /// The path as the service knows it, and the query.
    pub(crate) target: PathAndQuery,
    /// Whether it is one of Socket.IO's, whose polls wait and whose bodies are packets.
    pub(crate) is_socket_io: bool,
    /// The largest body, bytes.
    pub(crate) max_body_bytes: usize,
}

/// Where a target leads.
///
/// # Errors
/// 400 for a path that is not in its one plain form, 404 for one that leads nowhere.
pub(crate) fn resolve(uri: &Uri) -> Result<Route, ApiError> {
    let path = uri.path();
    if !is_plain(path) {
        return Err(ApiError::malformed("the path holds dot segments, empty segments, or encoded separators"));
    }
    let nowhere = || ApiError::not_found("no such path");
    let whole = uri.path_and_query().ok_or_else(nowhere)?;
    // Its REST alone: Socket.IO has a door of its own, with limits of its own.
    let is_rest = |rest: &&str| rest.starts_with("/v1/") || ["/livez", "/readyz"].contains(rest);
    if let Some(rest) = path.strip_prefix(MARKET).filter(is_rest) {
        let target = shortened(rest, uri.query())?;
        let max_body_bytes = match rest {
            REPLAY => MAX_JOURNAL_BODY_BYTES,
            _ if rest.starts_with(SCENARIO) => MAX_TEXT_BODY_BYTES,
            _ => MAX_BODY_BYTES,
        };
        return Ok(Route { service: Service::MarketData, target, is_socket_io: false, max_body_bytes });
    }
    if let Some(rest) = path.strip_prefix(TRADING).filter(is_rest) {
        let (service, target) = (Service::Trading, shortened(rest, uri.query())?);
        return Ok(Route { service, target, is_socket_io: false, max_body_bytes: MAX_BODY_BYTES });
    }
    let under = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'));
    if under("/socket.io") {
        let (service, target) = (Service::MarketData, whole.clone());
        return Ok(Route { service, target, is_socket_io: true, max_body_bytes: MAX_POLL_BYTES });
    }
    if let Some(rest) = path.strip_prefix(TRADING_STREAM).filter(|rest| rest.starts_with("/socket.io/")) {
        let (service, target) = (Service::Trading, shortened(rest, uri.query())?);
        return Ok(Route { service, target, is_socket_io: true, max_body_bytes: MAX_POLL_BYTES });
    }
    if path == "/dashboard" || under("/dashboard") {
        let (service, target) = (Service::Dashboard, whole.clone());
        return Ok(Route { service, target, is_socket_io: false, max_body_bytes: MAX_BODY_BYTES });
    }
    Err(nowhere())
}

/// A target without its prefix.
fn shortened(path: &str, query: Option<&str>) -> Result<PathAndQuery, ApiError> {
    let target = match query {
        None => path.parse(),
        Some(query) => format!("{path}?{query}").parse(),
    };
    target.map_err(|_| ApiError::malformed("the request's target is malformed"))
}

/// Whether a path means the same whether or not its reader decodes or normalises it.
fn is_plain(path: &str) -> bool {
    let encoded = |code: &str| {
        code.get(..2)
            .is_some_and(|code| ["2e", "2f", "5c", "00"].iter().any(|forbidden| code.eq_ignore_ascii_case(forbidden)))
    };
    path.starts_with('/')
        && !path.contains('\\')
        && !path.contains("//")
        && !path.split('/').any(|segment| segment == "." || segment == "..")
        && !path.split('%').skip(1).any(encoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(target: &str, expected: Result<(Service, &str), u16>) {
        let route = resolve(&target.parse().unwrap());
        let found = route.as_ref().map(|route| (route.service, route.target.as_str()));
        assert_eq!(found.map_err(|error| error.problem().status), expected, "{target}");
    }

    #[test]
    fn the_prefix_decides() {
        check("/api/market/v1/time?a=%2f..", Ok((Service::MarketData, "/v1/time?a=%2f..")));
        check("/api/market/readyz", Ok((Service::MarketData, "/readyz")));
        check("/api/trading/v1/orders/7?x=1", Ok((Service::Trading, "/v1/orders/7?x=1")));
        check("/api/trading/readyz", Ok((Service::Trading, "/readyz")));
        check("/trading/socket.io/?EIO=4", Ok((Service::Trading, "/socket.io/?EIO=4")));
        check("/socket.io/?EIO=4", Ok((Service::MarketData, "/socket.io/?EIO=4")));
        check("/dashboard", Ok((Service::Dashboard, "/dashboard")));
        check("/dashboard/a%20b.js", Ok((Service::Dashboard, "/dashboard/a%20b.js")));
        check("http://localhost/dashboard/", Ok((Service::Dashboard, "/dashboard/")));
        for nowhere in [
            "/api/market",
            "/api/market/",
            "/api/market/socket.io/",
            "/api/trading/socket.io/",
            "/trading/v1/orders",
            "/trading/socket.io",
            "/trading",
            "/api/markets/v1",
            "/API/market/v1",
            "/socket.iox/",
            "/dashboards",
            "/x",
            "/api/auth/link",
        ] {
            check(nowhere, Err(404));
        }
    }

    #[test]
    fn a_scenario_or_a_journal_may_be_as_long_as_one_that_is_kept() {
        let limit = |target: &str| resolve(&target.parse().unwrap()).unwrap().max_body_bytes;
        assert_eq!(limit("/api/market/v1/scenarios/x"), MAX_TEXT_BODY_BYTES);
        assert_eq!(limit("/api/market/v1/sessions/replay?speed=10"), MAX_JOURNAL_BODY_BYTES);
        for other in [
            "/api/market/v1/sessions/replay/",
            "/api/market/v1/scenarios",
            "/api/market/v1/scenariosx/",
            "/dashboard/v1/scenarios/x",
        ] {
            assert_eq!(limit(other), MAX_BODY_BYTES, "{other}");
        }
        assert_eq!(limit("/socket.io/"), MAX_POLL_BYTES);
    }

    #[test]
    fn tricks_lead_nowhere() {
        for path in [
            "/api/market/../auth/link",
            "/api/market/./x",
            "/api/market/..",
            "/dashboard/%2e%2e/x",
            "/dashboard/%2E./x",
            "/api%2fmarket/x",
            "/api/market%2F..",
            "/dashboard/%5c..",
            "/dashboard/a%00",
            "//dashboard/",
            "/dashboard//x",
        ] {
            check(path, Err(400));
        }
        assert!(!is_plain("/dashboard/\\x"));
    }
}
