//! How fast, how punctual, how small: printed always, held to the targets with `ALGO_TRADING_FIGURES=1` on a quiet machine.
//!
//! `ALGO_TRADING_FIGURES=1 cargo test --release --package algo-trading --test it figures -- --nocapture --test-threads 1`
//! measures what users run.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use test_support::socket::Client;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::Stack;
use crate::support::Folder;

pub(super) fn is_quiet() -> bool {
    std::env::var_os("ALGO_TRADING_FIGURES").is_some()
}

/// A bound that counts on a quiet machine; on any other, which may be compiling, a hundred times as much does.
#[track_caller]
pub(super) fn holds(what: &str, found: f64, most: f64, unit: &str) {
    println!("{what}: {found:.2} {unit} (target {most} {unit})");
    let most = if is_quiet() { most } else { 100.0 * most };
    assert!(found <= most, "{what} = {found} {unit} is above {most}");
}

pub(super) fn p99(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() * 99).div_ceil(100) - 1]
}

/// One connection that is kept, as an admin's program would.
struct Line {
    stream: BufReader<TcpStream>,
    host: String,
    token: String,
}

impl Line {
    async fn intervene(&mut self, body: &Value) -> u16 {
        let body = json!({ "body": body }).to_string();
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            super::INTERVENTIONS,
            self.host,
            self.token,
            body.len()
        );
        self.stream.get_mut().write_all(head.as_bytes()).await.unwrap();
        let (mut status, mut length) = (0, 0);
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.unwrap();
            let line = line.trim_end().to_lowercase();
            if let Some(rest) = line.strip_prefix("http/1.1 ") {
                status = rest[..3].parse().unwrap();
            } else if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().unwrap();
            } else if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.unwrap();
        status
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_acknowledged_and_ticks_are_punctual() {
    let seconds = if is_quiet() { 20 } else { 3 };
    let folder = Folder::new();
    let stack = Stack::serve(&folder.path("data"), &["--tick-interval", "1ms"]);
    let admin = stack.admin().await;
    let (mut client, _) = Client::connect(stack.gateway()).await;
    client.ask("subscribe", json!({"instrument": "BTC-USD", "channels": ["ticks"]})).await;
    let stream = TcpStream::connect(stack.gateway()).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (host, token) = (stack.gateway().to_string(), admin.token.clone());
    let mut line = Line { stream: BufReader::new(stream), host, token };
    let mut beat = interval(Duration::from_millis(5));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut waits = Vec::new();
    for number in 0..200 * seconds {
        beat.tick().await;
        let began = Instant::now();
        let shock = json!({"kind": "shock", "log_return": 0.0001, "permanent_fraction": 0.5, "half_life_s": 0.1 * f64::from(1 + number % 5)});
        assert_eq!(line.intervene(&shock).await, 202);
        waits.push(began.elapsed().as_secs_f64() * 1e3);
    }
    let status = admin.get("/api/market/v1/status").await.json();
    let lateness = status["lateness_p99_ms"].as_f64().unwrap();
    assert!(status["ticks_per_second"].as_u64().unwrap() >= 900, "{status}");
    holds("command acknowledged, p99 at 200/s with 1,000 ticks/s", p99(waits), 20.0, "ms");
    holds("tick lateness, p99", lateness, 5.0, "ms");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn an_idle_stack_is_small_and_quiet() {
    let seconds = if is_quiet() { 20 } else { 3 };
    let folder = Folder::new();
    let stack = Stack::serve(&folder.path("data"), &[]);
    let admin = stack.admin().await;
    let (mut client, _) = Client::connect_as(stack.gateway(), &admin.token).await;
    // What the Control room asks for.
    let channels = ["ticks", "candles:1s", "stats", "reference", "overrides"];
    client.ask("subscribe", json!({"instrument": "BTC-USD", "channels": channels})).await;
    let watching = tokio::spawn(async move { while client.try_event("ticks").await.is_some() {} });
    let cpu_ticks = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", stack.process.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    sleep(Duration::from_secs(1)).await;
    let (before, began) = (cpu_ticks(), Instant::now());
    sleep(Duration::from_secs(seconds)).await;
    // The kernel counts in hundredths of a second.
    let share = (cpu_ticks() - before) as f64 / began.elapsed().as_secs_f64();
    let status = std::fs::read_to_string(format!("/proc/{}/status", stack.process.id())).unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let resident: f64 = resident.trim().trim_end_matches(" kB").parse().unwrap();
    holds("processor at 10 ticks/s with one page open", share, 3.0, "% of a core");
    holds("resident memory", resident / 1024.0, 100.0, "MB");
    watching.abort();
}
