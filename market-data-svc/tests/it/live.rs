//! A service on a port of its own, and an admin of it.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use gbm_core::journal::Replay;
use gbm_core::noise::Seed;
use market_api::auth::Role;
use market_api::instrument::TickSize;
use market_data_svc::service::{Config, Service, ServiceError};
use market_data_svc::store::DiskSpace;
use market_setup::args::MarketArgs;
use serde_json::{Value, json};
use svc_common::guard::Guard;
use svc_common::hosts::PublicHosts;
use svc_common::serve::Listeners;
use svc_common::token::{Signer, Verifier};
use test_support::http::{Answer, request};
use test_support::ports;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::support::read;

pub(crate) struct Live {
    pub(crate) address: SocketAddr,
    pub(crate) admin: String,
    pub(crate) trader: String,
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) task: JoinHandle<Result<(), ServiceError>>,
}

impl Live {
    /// Seed 42, a tick every 10 ms.
    pub(crate) fn config(folder: &Path) -> Config {
        let market =
            MarketArgs { seed: Some(Seed::from(42)), tick_interval: Some("10ms".into()), ..MarketArgs::default() };
        let tick_size = TickSize::new(1, 2).unwrap();
        Config { data_directory: folder.to_owned(), market, new_session: false, tick_size, space: DiskSpace::default() }
    }

    pub(crate) async fn start(folder: &Path) -> Self {
        let config = Self::config(folder);
        let port = ports::free();
        let listeners = Listeners::bind(None, port, "--market-data-port").unwrap();
        let service = Service::open(&config).unwrap();
        let signer = Signer::open(&config.data_directory).unwrap();
        let token = |subject, role| signer.sign(subject, role, Duration::from_mins(10)).unwrap().token;
        let (stop, stopped) = oneshot::channel::<()>();
        let guard = Guard::inner(PublicHosts::default(), port, port);
        let shutdown = async move { drop(stopped.await) };
        let task = tokio::spawn(service.run(listeners, guard, Verifier::new(&config.data_directory), shutdown));
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let live =
            Self { address, admin: token("admin", Role::Admin), trader: token("guest", Role::Trader), stop, task };
        assert_eq!(live.get("/readyz").await.status, 200);
        live
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }

    /// A GET of an admin.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        request("GET", self.address, path).bearer(&self.admin).send().await
    }

    /// A POST of an admin.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        request("POST", self.address, path).bearer(&self.admin).json(&body).send().await
    }

    /// A PUT of an admin.
    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        request("PUT", self.address, path).bearer(&self.admin).json(&body).send().await
    }

    /// A DELETE of an admin.
    pub(crate) async fn delete(&self, path: &str) -> Answer {
        request("DELETE", self.address, path).bearer(&self.admin).send().await
    }

    /// Waits for a tick of the session.
    pub(crate) async fn tick(&self, tick: u64) {
        for _ in 0..2000 {
            if self.get("/v1/status").await.json()["tick"].as_u64().unwrap() >= tick {
                return;
            }
            sleep(Duration::from_millis(5)).await;
        }
        panic!("tick {tick} never came");
    }

    /// An intervention that must be accepted.
    #[track_caller]
    pub(crate) fn intervene(&self, body: Value) -> impl Future<Output = Value> {
        let answer = self.post(INTERVENTIONS, json!({ "body": body }));
        async move {
            let answer = answer.await;
            assert_eq!(answer.status, 202, "{}", answer.text());
            answer.json()
        }
    }
}

pub(crate) const INTERVENTIONS: &str = "/v1/instruments/BTC-USD/interventions";

pub(crate) fn seqs(batch: &Value) -> (u64, u64, Vec<f64>) {
    let prices = batch["price"].as_array().unwrap().iter().map(|price| price.as_f64().unwrap()).collect();
    (batch["prev_seq"].as_u64().unwrap(), batch["seq0"].as_u64().unwrap(), prices)
}

/// Appends a batch to what a client holds; it must fit without hole or overlap.
#[track_caller]
pub(crate) fn join(held: &mut Vec<f64>, batch: &Value) {
    let (prev, first, prices) = seqs(batch);
    assert_eq!((prev, first), (held.len() as u64, held.len() as u64 + 1), "a hole or an overlap");
    held.extend(prices);
}

pub(crate) fn subscribe(resume: Option<(&str, u64)>) -> Value {
    let mut body = json!({"instrument": "BTC-USD", "channels": ["ticks", "candles:1s", "stats"]});
    if let Some((session, seq)) = resume {
        body["resume"] = json!({"session": session, "seq": seq});
    }
    body
}

/// The published prices of a journal's first instrument, rounded as on the wire.
pub(crate) fn rounded(journal: &[u8]) -> Vec<f64> {
    let journal = read(journal);
    let cents = TickSize::new(1, 2).unwrap();
    let published =
        Replay::new(&journal).map(|tick| tick.unwrap()).filter(|tick| tick.instrument == 0 && !tick.is_halted);
    published.map(|tick| cents.round(tick.price)).collect()
}
