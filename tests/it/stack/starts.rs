//! Starting: one program or four, in any order; a second start; what can't be started says why in one line.

use std::time::{Duration, Instant};

use serde_json::json;
use test_support::http::get;
use test_support::ports;
use test_support::process::Process;
use test_support::socket::Client;
use tokio::time::sleep;

use super::{Ports, Stack, local, program, ready};
use crate::support::{Folder, fails};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_tick_comes_within_two_seconds() {
    let folder = Folder::new();
    let began = Instant::now();
    let stack = Stack::serve(&folder.path("data"), &[]);
    ready(stack.gateway()).await;
    let (mut client, hello) = Client::connect(stack.gateway()).await;
    assert_eq!((&hello["practice"], &hello["instruments"][0]["id"]), (&json!(false), &json!("BTC-USD")));
    client.ask("subscribe", json!({"instrument": "BTC-USD", "channels": ["ticks"]})).await;
    client.event("ticks").await;
    let first_tick = began.elapsed();
    println!("start to first tick through the gateway: {first_tick:?}");
    assert!(first_tick < Duration::from_secs(2), "{first_tick:?}");
    let page = get(stack.gateway(), "/dashboard/").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let output = stack.process.output();
    for line in ["gateway      http://localhost:", "dashboard    http://localhost:", "market data  http://localhost:"] {
        assert!(output.contains(line), "{output}");
    }
    assert!(!output.contains("#token="), "a link goes to a terminal only: {output}");
    let began = Instant::now();
    let (status, errors) = stack.process.terminate();
    assert_eq!((status.code(), errors.as_str()), (Some(0), ""));
    assert!(began.elapsed() < Duration::from_secs(10));
    client.event("draining").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_programs_in_any_order_are_the_same_stack() {
    let names = ["market-data-svc", "gateway-svc", "frontend-admin", "trading-svc"];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 2, 0], [3, 1, 0, 2], [0, 2, 3, 1], [2, 0, 1, 3]] {
        let folder = Folder::new();
        let ports = Ports::free();
        let mut running = Vec::new();
        for place in order {
            running.push(Process::start(&program(names[place]), &ports.arguments(&folder.path("data")), &[]));
            sleep(Duration::from_millis(60)).await;
        }
        let stack = Stack { process: running.remove(0), ports, data: folder.path("data") };
        let admin = stack.admin().await;
        let (mut client, _) = Client::connect_as(stack.gateway(), &admin.token).await;
        let asked = json!({"instrument": "BTC-USD", "channels": ["ticks", "overrides"]});
        client.ask("subscribe", asked).await;
        client.event("ticks").await;
        let accepted = admin.intervene(json!({"kind": "set_volatility", "sigma": 0.1})).await;
        assert_eq!(client.event("overrides").await["overrides"][0]["id"], accepted["id"], "{order:?}");
        for path in ["/dashboard/", "/dashboard/admin"] {
            let (through, direct) = (get(stack.gateway(), path).await, get(local(ports.dashboard), path).await);
            assert_eq!((through.status, through.body), (200, direct.body), "{order:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_goes_on_and_contradictions_are_refused() {
    let folder = Folder::new();
    let data = folder.path("data");
    let stack = Stack::serve(&data, &["--seed", "42", "--volatility", "0.8"]);
    ready(stack.gateway()).await;
    let session = get(stack.gateway(), "/api/market/v1/session").await.json()["session"].clone();
    // While it runs, its directory and its ports are taken.
    let second = |flags: &[&str]| {
        let mut arguments = vec!["serve".to_owned()];
        arguments.extend(Ports::free().arguments(&data));
        arguments.extend(flags.iter().map(|&flag| flag.to_owned()));
        let mut process = Process::start(&program("algo-trading"), &arguments, &[]);
        let (status, errors) = process.wait(Duration::from_secs(10));
        (status.code(), errors)
    };
    let (code, errors) = second(&[]);
    assert_eq!(code, Some(2));
    assert_eq!(errors, format!("error: {}: another process is using this data directory\n", data.display()));
    assert_eq!(stack.process.terminate().0.code(), Some(0));
    let (code, errors) = second(&["--volatility", "0.5"]);
    assert_eq!(code, Some(2));
    assert_eq!(
        errors,
        "error: --volatility says volatility = 0.5, but the session here has volatility = 0.8: \
         leave the flag out, or put that session away with --new-session\n"
    );
    let stack = Stack::serve(&data, &["--seed", "42"]);
    ready(stack.gateway()).await;
    assert_eq!(get(stack.gateway(), "/api/market/v1/session").await.json()["session"], session);
    stack.process.terminate();
    let stack = Stack::serve(&data, &["--volatility", "0.5", "--new-session"]);
    ready(stack.gateway()).await;
    assert_ne!(get(stack.gateway(), "/api/market/v1/session").await.json()["session"], session);
    assert!(data.join(format!("sessions/{}.jsonl", session.as_str().unwrap())).exists());
}

#[test]
fn what_cannot_be_started_says_why_in_one_line() {
    let folder = Folder::new();
    let data = folder.text("data");
    let taken = std::net::TcpListener::bind(("127.0.0.1", ports::free())).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (flag, own) in [("--gateway-port", 0), ("--dashboard-port", 1), ("--market-data-port", 2)] {
        let mut arguments = vec!["serve".to_owned()];
        arguments.extend(Ports::free().arguments(&folder.path("data")));
        arguments[2 * own + 2] = port.clone();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        fails(&arguments, &format!("port {port} ({flag}) is in use"));
    }
    let file = folder.write("file", "");
    let ports = Ports::free();
    let [gateway, dashboard, market_data] =
        [ports.gateway, ports.dashboard, ports.market_data].map(|port| port.to_string());
    let free = ["--gateway-port", &gateway, "--dashboard-port", &dashboard, "--market-data-port", &market_data];
    let with = |flags: &[&str], line: &str| {
        let arguments: Vec<&str> = ["serve"].iter().chain(&free).chain(flags).copied().collect();
        fails(&arguments, line);
    };
    with(&["--data", &file], &format!("{file}: File exists (os error 17)"));
    fails(&["admin-link", "--data", &format!("{file}/x")], &format!("{file}/x: Not a directory (os error 20)"));
    let bad = |flags: &[&str], line: &str| with(&[&["--data", &data], flags].concat(), line);
    fails(&["serve", "--gateway-port", "0"], "invalid value '0' for '--gateway-port <PORT>': 0 is not in 1..=65535");
    bad(&["--volatility", "-1"], "volatility = -1 is outside [0, 100]");
    bad(&["--calibrate", "nowhere.csv"], "nowhere.csv: No such file or directory (os error 2)");
    bad(&["--bind", "0.0.0.0"], "the following required arguments were not provided: --public-host <HOST>");
    bad(
        &["--public-host", "a:80"],
        "invalid value 'a:80' for '--public-host <HOST>': \"a:80\" is not a host name, an IPv4 address or an IPv6 \
         address in brackets (and takes no port)",
    );
    // Nothing was begun by any of it.
    assert!(!folder.path("data").join("session.jsonl").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calibrated_market_starts_at_the_last_close() {
    let folder = Folder::new();
    let csv = folder.write("prices.csv", "Date,Close\n2021-12-29,47000\n2021-12-30,47161.0\n2021-12-31,46304.9496\n");
    let stack = Stack::serve(&folder.path("data"), &["--calibrate", &csv]);
    let detail = stack.admin().await.get("/api/market/v1/instruments/BTC-USD").await.json();
    // σ̂² = Σ(r − r̄)²/(n − 1)/Δt of the two daily log-returns, by hand.
    let (a, b) = ((47161.0_f64 / 47000.0).ln(), (46304.9496_f64 / 47161.0).ln());
    let sigma = ((a - b).powi(2) / 2.0 * 365.0).sqrt();
    assert_eq!(detail["parameters"]["spot"], json!(46304.9496));
    assert!((detail["parameters"]["volatility"].as_f64().unwrap() - sigma).abs() < 1e-9, "{detail} {sigma}");
}
