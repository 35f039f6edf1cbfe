//! Where a service listens: this machine's loopback addresses, and one more if it is told so.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 1024;
/// How often another port is tried, if the system's choice for one address is taken at the other.
const TRIES: usize = 16;

/// The sockets of one service, all on the same port.
#[derive(Debug)]
pub struct Listeners {
    listeners: Vec<TcpListener>,
    port: u16,
}

/// A port that can't be listened on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// Somebody does already.
    #[error("port {port} ({what}) is in use")]
    InUse {
        /// The port.
        port: u16,
        /// What it would be for, such as its flag.
        what: String,
    },
    /// The system doesn't let it be.
    #[error("{address} ({what}): {error}")]
    Failed {
        /// Address and port.
        address: SocketAddr,
        /// What it would be for, such as its flag.
        what: String,
        /// What the system said.
        error: io::Error,
    },
}

impl Listeners {
    /// Listens on 127.0.0.1 and `[::1]`, and on `bind` too if it is given. A machine without IPv6 does without; port 0
    /// is a free one, the same at every address. `what` names the port in an error, such as `--gateway-port`.
    ///
    /// # Errors
    /// [`BindError::InUse`] if somebody listens at one of the addresses, [`BindError::Failed`] for anything else.
    pub fn bind(bind: Option<IpAddr>, port: u16, what: &str) -> Result<Self, BindError> {
        let mut tries = TRIES;
        loop {
            match Self::bind_once(bind, port, what) {
                Err(BindError::InUse { .. }) if port == 0 && tries > 0 => tries -= 1,
                bound => return bound,
            }
        }
    }

    fn bind_once(bind: Option<IpAddr>, port: u16, what: &str) -> Result<Self, BindError> {
        let mut listeners: Vec<TcpListener> = Vec::new();
        let mut chosen = port;
        for ip in addresses(bind) {
            let address = SocketAddr::new(ip, chosen);
            let bound = listen(address).and_then(|listener| Ok((listener.local_addr()?.port(), listener)));
            match bound {
                Ok((port, listener)) => {
                    chosen = port;
                    listeners.push(listener);
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                    return Err(BindError::InUse { port: chosen, what: what.into() });
                }
                // A machine without IPv6 says so in many ways.
                Err(error) if ip.is_ipv6() && Some(ip) != bind && error.kind() != io::ErrorKind::PermissionDenied => {}
                Err(error) => return Err(BindError::Failed { address, what: what.into(), error }),
            }
        }
        Ok(Self { listeners, port: chosen })
    }

    /// The port, also if the system chose it.
    pub fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn into_inner(self) -> Vec<TcpListener> {
        self.listeners
    }
}

/// The address asked for first; an unspecified one covers its family's loopback.
fn addresses(bind: Option<IpAddr>) -> Vec<IpAddr> {
    let (v4, v6) = (IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST));
    match bind {
        None => vec![v4, v6],
        Some(IpAddr::V4(ip)) if ip.is_unspecified() => vec![ip.into(), v6],
        // Whoever says [::] means every address, of both families.
        Some(IpAddr::V6(ip)) if ip.is_unspecified() => vec![ip.into(), Ipv4Addr::UNSPECIFIED.into()],
        Some(ip) => [v4, v6].into_iter().filter(|loopback| *loopback != ip).chain([ip]).collect(),
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // On Windows it would let two processes share a port.
    #[cfg(not(windows))]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}
