//! Which service a path belongs to: by its prefix, and by nothing that another reader of the path could see in it.

use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use svc_common::problem::ApiError;

/// The prefix of the market data service's REST, which doesn't know it.
const MARKET: &str = "/api/market";

/// A service behind the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// Prices, and what steers them.
    MarketData,
    /// The pages.
    Dashboard,
}

impl Service {
    /// Its name in words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::MarketData => "market-data",
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
        let target = match uri.query() {
            None => rest.parse(),
            Some(query) => format!("{rest}?{query}").parse(),
        };
        let target = target.map_err(|_| ApiError::malformed("the request's target is malformed"))?;
        return Ok(Route { service: Service::MarketData, target, is_socket_io: false });
    }
    let under = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'));
    if under("/socket.io") {
        return Ok(Route { service: Service::MarketData, target: whole.clone(), is_socket_io: true });
    }
    if path == "/dashboard" || under("/dashboard") {
        return Ok(Route { service: Service::Dashboard, target: whole.clone(), is_socket_io: false });
    }
    Err(nowhere())
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
        check("/socket.io/?EIO=4", Ok((Service::MarketData, "/socket.io/?EIO=4")));
        check("/dashboard", Ok((Service::Dashboard, "/dashboard")));
        check("/dashboard/a%20b.js", Ok((Service::Dashboard, "/dashboard/a%20b.js")));
        check("http://localhost/dashboard/", Ok((Service::Dashboard, "/dashboard/")));
        for nowhere in [
            "/api/market",
            "/api/market/",
            "/api/market/socket.io/",
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
