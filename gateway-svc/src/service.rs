//! The gateway as a whole: the caller owns the sockets and says when to stop.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};
use svc_common::flags::Flags;
use svc_common::guard::Guard;
use svc_common::hosts::PublicHosts;
use svc_common::serve::{Limits, Listeners, serve};
use svc_common::token::{KeyError, Signer};
use tokio::sync::watch;

use crate::limit::SignIns;
use crate::proxy::Upstreams;
use crate::{auth, health, proxy};

/// What a gateway is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where keys and links are kept.
    pub data_directory: PathBuf,
    /// By which names it may be called.
    pub hosts: PublicHosts,
    /// The market data service.
    pub market_data: SocketAddr,
    /// The trading service.
    pub trading: SocketAddr,
    /// The dashboard's server; its port is also one of the allowed origins'.
    pub dashboard: SocketAddr,
    /// What a connection may take.
    pub limits: Limits,
    /// What a service behind it may take.
    pub timeouts: Timeouts,
}

impl From<&Flags> for Config {
    fn from(flags: &Flags) -> Self {
        let local = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self {
            data_directory: flags.data.clone(),
            hosts: flags.hosts(),
            market_data: local(flags.market_data_port),
            trading: local(flags.trading_port),
            dashboard: local(flags.dashboard_port),
            limits: Limits::default(),
            timeouts: Timeouts::default(),
        }
    }
}

/// How long a service behind the gateway may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// To take a connection.
    pub connect: Duration,
    /// To begin its answer.
    pub head: Duration,
    /// To begin its answer to a Socket.IO poll, which waits for something to happen.
    pub poll_head: Duration,
    /// Between two parts of its answer.
    pub body: Duration,
    /// Without a byte in a tunnel: longer than Engine.IO's ping interval and timeout together.
    pub tunnel: Duration,
    /// From the wish to stop to the end of tunnels that nobody has ended.
    pub farewell: Duration,
    /// To say that it is ready.
    pub ready: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(2),
            head: Duration::from_secs(30),
            poll_head: Duration::from_mins(1),
            body: Duration::from_mins(1),
            tunnel: Duration::from_mins(2),
            farewell: Duration::from_secs(1),
            ready: Duration::from_secs(1),
        }
    }
}

/// What handlers share.
pub(crate) struct Gateway {
    pub(crate) config: Config,
    pub(crate) signer: Signer,
    pub(crate) upstreams: Upstreams,
    pub(crate) sign_ins: SignIns,
    /// Changes when the gateway is told to stop.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// Serves on the listeners until `shutdown` is done, and returns when what was under way has ended or was given up.
///
/// # Errors
/// [`KeyError`] if the key that signs tokens can't be made or read.
pub async fn run(
    listeners: Listeners,
    config: Config,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), KeyError> {
    let signer = Signer::open(&config.data_directory)?;
    let guard = Guard::outer(config.hosts.clone(), listeners.port(), config.dashboard.port());
    let (stop, stopping) = watch::channel(false);
    let limits = config.limits;
    let gateway = Arc::new(Gateway {
        upstreams: Upstreams::new(&config),
        config,
        signer,
        sign_ins: SignIns::default(),
        stopping,
    });
    let shutdown = async move {
        shutdown.await;
        stop.send_replace(true);
    };
    serve(listeners, guard.before(router(gateway)), limits, shutdown).await;
    Ok(())
}

fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/", get(async || Redirect::permanent("/dashboard/")))
        .route("/livez", get(async || "ok"))
        .route("/readyz", get(health::ready))
        .route("/api/auth/link", post(auth::link))
        .route("/api/auth/guest", post(auth::guest))
        .fallback(proxy::handle)
        .with_state(gateway)
}
