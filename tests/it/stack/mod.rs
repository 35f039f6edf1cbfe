//! The stack as its users run it: the built programs on real sockets.

mod crowds;
mod disks;
mod figures;
mod journals;
mod refusals;
mod starts;
mod tokens;
mod trading;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use test_support::http::{Answer, request};
use test_support::ports;
use test_support::process::Process;
use tokio::time::sleep;

/// A program beside `algo-trading`, as `cargo test --workspace` builds them.
fn program(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_algo-trading")).with_file_name(name);
    assert!(path.exists(), "{name} is not built: cargo build --workspace");
    path
}

/// The ports of a stack.
#[derive(Clone, Copy)]
struct Ports {
    gateway: u16,
    dashboard: u16,
    market_data: u16,
    trading: u16,
}

impl Ports {
    fn free() -> Self {
        Self { gateway: ports::free(), dashboard: ports::free(), market_data: ports::free(), trading: ports::free() }
    }

    fn arguments(self, data: &Path) -> Vec<String> {
        let Self { gateway, dashboard, market_data, trading } = self;
        let data = data.to_str().unwrap();
        format!(
            "--gateway-port {gateway} --dashboard-port {dashboard} --market-data-port {market_data} \
             --trading-port {trading} --data {data}"
        )
        .split(' ')
        .map(str::to_owned)
        .collect()
    }
}

/// A running stack and the way to it.
struct Stack {
    process: Process,
    ports: Ports,
    data: PathBuf,
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

impl Stack {
    /// `algo-trading serve` on free ports.
    fn serve(data: &Path, flags: &[&str]) -> Self {
        let ports = Ports::free();
        let mut arguments = vec!["serve".to_owned()];
        arguments.extend(ports.arguments(data));
        arguments.extend(flags.iter().map(|&flag| flag.to_owned()));
        let process = Process::start(&program("algo-trading"), &arguments, &[]);
        Self { process, ports, data: data.to_owned() }
    }

    fn gateway(&self) -> SocketAddr {
        local(self.ports.gateway)
    }

    /// Signs in by a link that `admin-link` mints.
    async fn admin(&self) -> Admin {
        ready(self.gateway()).await;
        let minted = crate::support::run(&["admin-link", "--data", self.data.to_str().unwrap()]);
        let link = minted.stdout.trim().to_owned();
        let token = link.split_once("#token=").unwrap().1.to_owned();
        let asked = request("POST", self.gateway(), "/api/auth/link").json(&json!({ "token": token }));
        let answer = asked.send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let token = answer.json()["token"].as_str().unwrap().to_owned();
        Admin { gateway: self.gateway(), token, link }
    }
}

/// An admin who goes through the gateway.
struct Admin {
    gateway: SocketAddr,
    token: String,
    link: String,
}

const INTERVENTIONS: &str = "/api/market/v1/instruments/BTC-USD/interventions";

impl Admin {
    async fn get(&self, path: &str) -> Answer {
        request("GET", self.gateway, path).bearer(&self.token).send().await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        request("POST", self.gateway, path).bearer(&self.token).json(&body).send().await
    }

    async fn intervene(&self, body: Value) -> Value {
        let answer = self.post(INTERVENTIONS, json!({ "body": body })).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer.json()
    }
}

/// Waits until a gateway and all behind it are ready.
async fn ready(gateway: SocketAddr) {
    let began = Instant::now();
    while request("GET", gateway, "/readyz").try_send().await.is_none_or(|answer| answer.status != 200) {
        assert!(began.elapsed() < Duration::from_secs(20), "the stack is not ready");
        sleep(Duration::from_millis(5)).await;
    }
}
