//! Who may not, and what can't be: through the gateway and around it.

use serde_json::{Value, json};
use test_support::http::request;
use test_support::socket::Client;

use super::{INTERVENTIONS, Stack, local};
use crate::support::Folder;

/// Every route for admins alone, as the gateway names it.
fn routes() -> Vec<(&'static str, String, Option<Value>)> {
    let shock = json!({"body": {"kind": "shock", "log_return": 0.1, "permanent_fraction": 1}});
    let market = |path: &str| format!("/api/market/v1{path}");
    vec![
        ("POST", INTERVENTIONS.into(), Some(shock)),
        ("GET", INTERVENTIONS.into(), None),
        ("DELETE", INTERVENTIONS.into(), None),
        ("DELETE", format!("{INTERVENTIONS}/1"), None),
        ("GET", market("/instruments/BTC-USD/reference?interval=1s"), None),
        ("GET", market("/journal"), None),
        ("GET", market("/status"), None),
        ("POST", market("/clock"), Some(json!({"running": false}))),
        ("POST", market("/sessions"), Some(json!({}))),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_admin_route_opens_to_anyone_else() {
    let folder = Folder::new();
    let stack = Stack::serve(&folder.path("data"), &["--seed", "42"]);
    let admin = stack.admin().await;
    let guest = request("POST", stack.gateway(), "/api/auth/guest").send().await.json();
    let guest = guest["token"].as_str().unwrap();
    for (method, path, body) in routes() {
        let direct = path.replacen("/api/market", "", 1);
        for (address, path) in [(stack.gateway(), &path), (local(stack.ports.market_data), &direct)] {
            for (token, status) in [("", 401), ("x.y.z", 401), (guest, 403)] {
                let mut asked = request(method, address, path);
                if let Some(body) = &body {
                    asked = asked.json(body);
                }
                if !token.is_empty() {
                    asked = asked.bearer(token);
                }
                let answer = asked.send().await;
                assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
                assert_eq!(answer.header("content-type"), "application/problem+json");
            }
        }
    }
    assert_eq!(admin.get(INTERVENTIONS).await.json(), json!([]), "nothing has changed");
    for token in [None, Some(guest)] {
        let (mut client, hello) = Client::try_connect(stack.gateway(), token).await.unwrap();
        assert!(!hello.to_string().contains("seed"));
        for channel in ["reference", "overrides"] {
            let asked = json!({"instrument": "BTC-USD", "channels": [channel]});
            assert_eq!(client.ask("subscribe", asked).await["error"]["code"], json!("forbidden"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_hosts_and_origins_are_refused_at_every_service() {
    let folder = Folder::new();
    let stack = Stack::serve(&folder.path("data"), &[]);
    stack.admin().await;
    for port in [stack.ports.gateway, stack.ports.dashboard, stack.ports.market_data] {
        let asked = || request("GET", local(port), "/livez");
        assert_eq!(asked().send().await.status, 200);
        assert_eq!(asked().header("Host", "evil.example").send().await.status, 421);
        assert_eq!(asked().header("Origin", "http://evil.example").send().await.status, 403);
        let page = format!("http://localhost:{}", stack.ports.dashboard);
        let answer = asked().header("Origin", &page).send().await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, page.as_str()));
    }
    let mut socket = request("GET", stack.gateway(), "/socket.io/?EIO=4&transport=websocket");
    for (name, value) in [
        ("Origin", "http://evil.example"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ] {
        socket = socket.header(name, value);
    }
    assert_eq!(socket.send().await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_request_keeps_its_answer_through_the_gateway() {
    let folder = Folder::new();
    let stack = Stack::serve(&folder.path("data"), &[]);
    let admin = stack.admin().await;
    let answer = admin.post(INTERVENTIONS, json!({"body": {"kind": "set_price", "price": -5}})).await;
    let problem = answer.json();
    assert_eq!((answer.status, &problem["errors"][0]["pointer"]), (422, &json!("/body/price")));
    assert_eq!(problem["instance"].as_str(), Some(answer.header("x-request-id")), "one id across services");
    let large = request("POST", stack.gateway(), INTERVENTIONS).bearer(&admin.token);
    assert_eq!(large.body("application/json", vec![b' '; 100_000]).send().await.status, 413);
    let unknown = admin.get("/api/market/v1/instruments/DOGE").await;
    assert_eq!((unknown.status, unknown.header("content-type")), (404, "application/problem+json"));
    assert_eq!(admin.get(INTERVENTIONS).await.json(), json!([]));
}
