//! By which names the system may be called: the list that `Host`, `Origin` and content policies are checked against.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// The longest name of a host.
const MAX_HOST_BYTES: usize = 253;

/// One public host: a name or an address, without a port; IPv6 in brackets.
///
/// ```
/// use svc_common::hosts::PublicHost;
/// assert_eq!("LOCALHOST.".parse::<PublicHost>().unwrap().as_str(), "localhost");
/// assert_eq!("::1".parse::<PublicHost>().unwrap().as_str(), "[::1]");
/// assert!("localhost:3000".parse::<PublicHost>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicHost(String);

impl PublicHost {
    /// As it stands in a URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name that can't be a public host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a host name, an IPv4 address or an IPv6 address in brackets (and takes no port)")]
pub struct InvalidHost(String);

impl FromStr for PublicHost {
    type Err = InvalidHost;

    fn from_str(text: &str) -> Result<Self, InvalidHost> {
        normalize(text.trim()).map(Self).ok_or_else(|| InvalidHost(text.into()))
    }
}

/// All public hosts; by default those of this machine alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicHosts(Vec<PublicHost>);

impl Default for PublicHosts {
    fn default() -> Self {
        Self(["localhost", "127.0.0.1", "[::1]"].map(|host| PublicHost(host.into())).into())
    }
}

impl PublicHosts {
    /// These hosts, or the default if there are none.
    pub fn new(hosts: Vec<PublicHost>) -> Self {
        if hosts.is_empty() { Self::default() } else { Self(hosts) }
    }

    /// The one that links are written with.
    pub fn first(&self) -> &str {
        self.0.first().map_or("localhost", PublicHost::as_str)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(PublicHost::as_str)
    }

    /// Whether a `Host` header names one of them, with any port.
    ///
    /// ```
    /// use svc_common::hosts::PublicHosts;
    /// let hosts = PublicHosts::default();
    /// assert!(hosts.allows_host("Localhost.:3000") && hosts.allows_host("[0:0::1]:3002"));
    /// assert!(!hosts.allows_host("evil.example") && !hosts.allows_host("localhost:x"));
    /// ```
    pub fn allows_host(&self, header: &str) -> bool {
        split_port(header).and_then(normalize).is_some_and(|host| self.iter().any(|public| public == host))
    }

    /// The origins of pages served by these hosts on these ports; where hosts were named, also on their schemes' own
    /// ports, since whoever opens the system to a network puts TLS before it.
    pub fn origins(&self, ports: &[u16]) -> Vec<String> {
        let hosts = self.iter().flat_map(|host| ["http", "https"].map(|scheme| (scheme, host)));
        let origins = hosts.flat_map(|(scheme, host)| {
            ports.iter().map(move |port| match (scheme, port) {
                // An origin doesn't name its scheme's own port.
                ("http", 80) | ("https", 443) => format!("{scheme}://{host}"),
                _ => format!("{scheme}://{host}:{port}"),
            })
        });
        let mut origins: Vec<String> = origins.collect();
        if *self != Self::default() {
            origins.extend(self.iter().flat_map(|host| ["http", "https"].map(|scheme| format!("{scheme}://{host}"))));
        }
        origins
    }
}

/// A `Host` header without its port; nothing if the port is none.
fn split_port(header: &str) -> Option<&str> {
    let end = if header.starts_with('[') { header.find(']')? + 1 } else { header.find(':').unwrap_or(header.len()) };
    let (host, rest) = header.split_at(end);
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port)).then_some(host)
}

/// A host in the one form that is compared: lower case, no last dot, addresses as the standard library writes them.
fn normalize(host: &str) -> Option<String> {
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    if let Ok(address) = inner.unwrap_or(host).parse::<Ipv6Addr>() {
        return Some(format!("[{address}]"));
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    if let Ok(address) = name.parse::<Ipv4Addr>() {
        return Some(address.to_string());
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    (name.len() <= MAX_HOST_BYTES && name.split('.').all(is_label)).then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_may_stand_before_named_hosts() {
        assert_eq!(PublicHosts::default().origins(&[3000]).len(), 6);
        let named = PublicHosts::new(vec!["market.example".parse().unwrap()]);
        let origins = named.origins(&[3000, 3002]);
        for origin in ["https://market.example", "http://market.example:3000", "https://market.example:3002"] {
            assert!(origins.iter().any(|found| found == origin), "{origins:?}");
        }
        assert!(!PublicHosts::default().origins(&[3000]).contains(&"https://localhost".to_owned()));
    }
}
