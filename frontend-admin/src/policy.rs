//! What the pages may load and reach: themselves, and the gateway.

use svc_common::hosts::PublicHosts;

/// The content security policy of the pages.
///
/// The gateway is named by every public host, since a page that it serves itself may not count its WebSocket as 'self'.
/// An IPv6 address can't be named in a policy: by such a host the pages work only where the gateway serves them.
///
/// ```
/// use frontend_admin::policy::content_security_policy;
/// use svc_common::hosts::PublicHosts;
/// let policy = content_security_policy(&PublicHosts::default(), 3000);
/// assert!(policy.contains("connect-src 'self' http://localhost:3000 ws://localhost:3000 http://127.0.0.1:3000 "));
/// assert!(!policy.contains('['));
/// ```
pub fn content_security_policy(hosts: &PublicHosts, gateway_port: u16) -> String {
    let reachable = hosts.iter().filter(|host| !host.starts_with('['));
    let gateway = reachable.fold(String::new(), |gateway, host| {
        gateway + &format!(" http://{host}:{gateway_port} ws://{host}:{gateway_port}")
    });
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
         connect-src 'self'{gateway}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    )
}
