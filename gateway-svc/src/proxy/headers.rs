//! Which headers go on, and which end here: RFC 9110, section 7.6.

use std::net::{IpAddr, SocketAddr};

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Version, header};
use svc_common::problem::ApiError;
use svc_common::serve::Peer;

/// What holds for one connection alone.
const HOP_BY_HOP: [HeaderName; 9] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// What `Connection` can't take away, since other headers and other services rely on it.
const END_TO_END: [HeaderName; 4] =
    [header::HOST, header::CONTENT_LENGTH, header::CONTENT_TYPE, svc_common::guard::REQUEST_ID];

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

/// The one protocol that a tunnel is made for. (`h2c` would open a way round everything that is checked here.)
const WEBSOCKET: &[u8] = b"websocket";

/// An expectation that can be met: it is, as soon as the body is read.
pub(super) fn check_expectation(headers: &HeaderMap) -> Result<(), ApiError> {
    let mut expectations = headers.get_all(header::EXPECT).iter();
    if expectations.all(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue")) {
        Ok(())
    } else {
        Err(ApiError::expectation_failed())
    }
}

/// The protocol that a request asks to switch to, if it is one that a tunnel can be made for.
pub(super) fn asked_protocol(parts: &Parts) -> Option<HeaderValue> {
    let mut protocols = parts.headers.get_all(header::UPGRADE).iter();
    let (Some(protocol), None) = (protocols.next(), protocols.next()) else { return None };
    let asked = parts.method == Method::GET
        && parts.version == Version::HTTP_11
        && protocol.as_bytes().eq_ignore_ascii_case(WEBSOCKET)
        && named_by_connection(&parts.headers).any(|name| name == header::UPGRADE);
    asked.then(|| protocol.clone())
}

/// Says that this message switches to a protocol.
pub(super) fn switch(headers: &mut HeaderMap, protocol: HeaderValue) {
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, protocol);
}

/// Removes what ends here and what the client can't know, and says whom the request came from.
pub(super) fn clean_request(parts: &mut Parts, peer: Option<Peer>) {
    let headers = &mut parts.headers;
    remove_hop_by_hop(headers);
    headers.remove(header::EXPECT);
    headers.remove(header::FORWARDED);
    headers.remove(REAL_IP);
    let foreign: Vec<HeaderName> =
        headers.keys().filter(|name| name.as_str().starts_with("x-forwarded-")).cloned().collect();
    for name in foreign {
        headers.remove(name);
    }
    let host = headers.get(header::HOST).cloned();
    if let Some(Peer(peer)) = peer {
        forwarded(headers, peer, host.as_ref());
    }
    if let Some(host) = host {
        headers.insert(FORWARDED_HOST, host);
    }
    headers.insert(FORWARDED_PROTO, HeaderValue::from_static("http"));
    via(headers, parts.version);
}

fn forwarded(headers: &mut HeaderMap, peer: SocketAddr, host: Option<&HeaderValue>) {
    let address = peer.ip().to_canonical();
    let mut text = match address {
        IpAddr::V4(v4) => format!("for={v4};proto=http"),
        IpAddr::V6(v6) => format!("for=\"[{v6}]\";proto=http"),
    };
    // A host that was admitted has no quote or backslash in it.
    if let Some(host) = host.and_then(|host| host.to_str().ok()) {
        text.extend([";host=\"", host, "\""]);
    }
    if let (Ok(text), Ok(address)) = (text.try_into(), address.to_string().try_into()) {
        headers.insert(header::FORWARDED, text);
        headers.insert(FORWARDED_FOR, address);
    }
}

/// Removes what ends here. Which pages may read an answer is the gateway's word alone.
pub(super) fn clean_response(headers: &mut HeaderMap, version: Version) {
    remove_hop_by_hop(headers);
    for name in [
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
    ] {
        headers.remove(name);
    }
    via(headers, version);
}

fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = named_by_connection(headers).filter(|name| !END_TO_END.contains(name)).collect();
    for name in named.into_iter().chain(HOP_BY_HOP) {
        headers.remove(name);
    }
}

/// The headers that `Connection` names.
fn named_by_connection(headers: &HeaderMap) -> impl Iterator<Item = HeaderName> {
    let values = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|names| names.split(',')).filter_map(|name| name.trim().parse().ok())
}

fn via(headers: &mut HeaderMap, received: Version) {
    let by = if received == Version::HTTP_10 { "1.0 algo-trading" } else { "1.1 algo-trading" };
    headers.append(header::VIA, HeaderValue::from_static(by));
}
