//! Trading on the stack, as traders and their programs do.

mod agreement;
mod kills;
mod orders;
mod sessions;
mod shared;
mod speed;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use test_support::http::{Answer, request};
use test_support::socket::Client;
use tokio::time::sleep;

/// A trader who goes through the gateway, or around it.
#[derive(Clone)]
struct Trader {
    address: SocketAddr,
    prefix: &'static str,
    token: String,
}

impl Trader {
    /// A guest at the gateway.
    async fn guest(gateway: SocketAddr) -> Self {
        let answer = request("POST", gateway, "/api/auth/guest").send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let token = answer.json()["token"].as_str().unwrap().to_owned();
        Self { address: gateway, prefix: "/api/trading", token }
    }

    /// A guest at the gateway, once there is a price.
    async fn at(gateway: SocketAddr) -> Self {
        let guest = Self::guest(gateway).await;
        guest.once("venue", |venue| venue["tick"].as_u64() > Some(0)).await;
        guest
    }

    async fn try_ask(&self, method: &str, path: &str, body: Option<&Value>) -> Option<Answer> {
        let mut asked = request(method, self.address, &format!("{}/v1/{path}", self.prefix)).bearer(&self.token);
        if let Some(body) = body {
            asked = asked.json(body);
        }
        asked.try_send().await
    }

    async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.try_ask(method, path, body).await.expect("an answer")
    }

    /// What is there; it must be.
    async fn get(&self, path: &str) -> Value {
        let answer = self.ask("GET", path, None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask("POST", path, Some(&body)).await
    }

    /// Sends an order that must be accepted.
    async fn order(&self, rest: Value) -> Value {
        let answer = self.post("orders", order(rest)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    /// An order once it is as wanted.
    async fn order_once(&self, id: &Value, status: &str) -> Value {
        let path = format!("orders/{id}");
        self.once(&path, |order| order["status"] == status).await
    }

    /// What is there once it is as wanted.
    async fn once(&self, path: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let found = self.get(path).await;
            if is_wanted(&found) {
                return found;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "{path} stays {found}");
            sleep(Duration::from_millis(20)).await;
        }
    }

    async fn stream(&self) -> (Client, Value) {
        let path = if self.prefix.is_empty() { "/socket.io/" } else { "/trading/socket.io/" };
        Client::try_connect_at(self.address, path, Some(&self.token)).await.unwrap()
    }
}

/// A market order to buy a tenth, with other fields in place of its own.
fn order(rest: Value) -> Value {
    let mut order = json!({"instrument": "BTC-USD", "side": "buy", "type": "market", "quantity": "0.1"});
    for (name, value) in rest.as_object().unwrap() {
        order[name] = value.clone();
    }
    order
}

/// A decimal of an answer.
fn decimal(value: &Value) -> f64 {
    value.as_str().unwrap_or_else(|| panic!("{value} is no decimal")).parse().unwrap()
}
