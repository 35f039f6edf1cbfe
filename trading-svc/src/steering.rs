//! Telling the market of orders that move everyone's book: each tick's net flow is a `meta_order` of one tick, sent until it is acknowledged, under a
//! key that makes a repetition no second order.
//!
//! Only an admin may steer. Whoever may read the data directory may mint a link that signs an admin in, so this service does what its owner would.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use market_api::auth::{Credentials, LinkExchange};
use rust_decimal::prelude::ToPrimitive;
use serde_json::json;
use svc_common::links;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::flow::Flow;
use crate::handle::Message;
use crate::market::Market;

/// Between two attempts.
const AGAIN: Duration = Duration::from_secs(1);
/// Attempts for one order after which somebody should look.
const WORRYING: u32 = 30;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer.
const MAX_ANSWER_BYTES: usize = 64 << 10;

/// Who steers.
pub struct Steering {
    /// Where links are minted.
    pub data_directory: PathBuf,
    /// Who exchanges them.
    pub gateway_port: u16,
    /// Who is steered.
    pub market: Market,
    /// By what.
    pub flows: Receiver<Flow>,
    /// The session that the market was last seen to run, none while it isn't followed: a flow of another is of no use to it.
    pub traded: watch::Receiver<Option<String>>,
}

/// What signs this service in.
#[derive(Default)]
struct Access {
    token: Option<String>,
    /// A link that wasn't used yet, and when it was minted. Another one each time would push out those of others, since so many are kept.
    link: Option<(String, Instant)>,
}

/// What became of an attempt.
enum Told {
    /// It acts, or acted before.
    Yes,
    /// The market refuses it for good.
    Refused(String),
    /// It may be tried again.
    NotYet(String),
}

impl Steering {
    /// Tells the market of one flow after the other, until there are no more.
    pub async fn run(mut self, messages: Sender<Message>) {
        let client = Client::builder(TokioExecutor::new()).build(HttpConnector::new());
        let mut access = Access::default();
        while let Some(flow) = self.flows.recv().await {
            let mut attempts = 0_u32;
            while self.is_traded(&flow).await {
                match self.tell(&client, &mut access, &flow).await {
                    Told::Yes => {}
                    Told::Refused(why) => {
                        tracing::warn!(why, tick = flow.tick, "the market refuses an order's impact");
                    }
                    Told::NotYet(why) => {
                        attempts += 1;
                        if attempts.is_multiple_of(WORRYING) {
                            tracing::warn!(why, attempts, "the market still can't be told of an order's impact");
                        } else {
                            tracing::info!(why, "the market can't be told of an order's impact yet");
                        }
                        sleep(AGAIN).await;
                        continue;
                    }
                }
                if messages.send(Message::Steered(flow.session, flow.tick)).await.is_err() {
                    return;
                }
                break;
            }
        }
    }

    /// Whether the market runs a flow's session, once it is known which one it runs.
    async fn is_traded(&mut self, flow: &Flow) -> bool {
        let known = self.traded.wait_for(Option::is_some).await;
        known.is_ok_and(|traded| traded.as_ref() == Some(&flow.session))
    }

    async fn tell(&self, client: &Client<HttpConnector, Body>, access: &mut Access, flow: &Flow) -> Told {
        if access.token.is_none() {
            match self.sign_in(client, &mut access.link).await {
                Ok(signed) => access.token = Some(signed),
                Err(why) => return Told::NotYet(why),
            }
        }
        let side = if flow.quantity.is_sign_negative() { "sell" } else { "buy" };
        let quantity = flow.quantity.abs().to_f64().unwrap_or_default();
        let duration_s = flow.interval_ms as f64 / 1000.0;
        let body = json!({
            "body": { "kind": "meta_order", "side": side, "quantity": quantity, "duration_s": duration_s },
            "reason": format!("traded on tick {}", flow.tick),
            "session": flow.session,
        });
        let path = format!("/v1/instruments/{}/interventions", flow.instrument);
        let key = format!("traded-{}-{}", flow.session, flow.tick);
        let bearer = format!("Bearer {}", access.token.as_deref().unwrap_or_default());
        let headers = [("idempotency-key", key), (header::AUTHORIZATION.as_str(), bearer)];
        match self.post(client, self.market.port, &path, &body, &headers).await {
            Ok((StatusCode::ACCEPTED, _)) => Told::Yes,
            Ok((StatusCode::UNAUTHORIZED, _)) => {
                access.token = None;
                Told::NotYet("the token has ended".into())
            }
            Ok((status @ (StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY), answer)) => {
                Told::Refused(format!("{status}: {}", String::from_utf8_lossy(&answer)))
            }
            Ok((status, _)) => Told::NotYet(format!("it answers {status}")),
            Err(why) => Told::NotYet(why),
        }
    }

    /// An admin's token, by a link of our own, which is kept until the gateway has seen it.
    async fn sign_in(
        &self,
        client: &Client<HttpConnector, Body>,
        kept: &mut Option<(String, Instant)>,
    ) -> Result<String, String> {
        let (link, minted) = match kept.take().filter(|(_, minted)| minted.elapsed() < links::LIFETIME) {
            Some(unused) => unused,
            None => (links::mint(&self.data_directory).map_err(|error| error.to_string())?, Instant::now()),
        };
        let exchange = LinkExchange { token: link.clone() };
        let body = serde_json::to_value(exchange).map_err(|error| error.to_string())?;
        let answer = self.post(client, self.gateway_port, "/api/auth/link", &body, &[]).await;
        let is_seen = matches!(answer, Ok((StatusCode::OK | StatusCode::UNAUTHORIZED, _)));
        *kept = (!is_seen).then_some((link, minted));
        let (status, answer) = answer?;
        if status != StatusCode::OK {
            return Err(format!("the gateway answers {status}"));
        }
        let credentials: Credentials = serde_json::from_slice(&answer).map_err(|error| error.to_string())?;
        Ok(credentials.token)
    }

    async fn post(
        &self,
        client: &Client<HttpConnector, Body>,
        port: u16,
        path: &str,
        body: &serde_json::Value,
        headers: &[(&str, String)],
    ) -> Result<(StatusCode, Vec<u8>), String> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(format!("http://127.0.0.1:{port}{path}"))
            .header(header::HOST, format!("{}:{port}", self.market.host))
            .header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(body.to_string())).map_err(|error| error.to_string())?;
        let asked = async {
            let response = client.request(request).await.map_err(|error| error.to_string())?;
            let (parts, body) = response.into_parts();
            let bytes = Limited::new(body, MAX_ANSWER_BYTES).collect().await.map_err(|error| error.to_string())?;
            Ok((parts.status, bytes.to_bytes().to_vec()))
        };
        timeout(PATIENCE, asked).await.map_err(|_| "no answer in time".to_owned())?
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::post;
    use tokio::net::TcpListener;
    use tokio::sync::mpsc::channel;

    use super::*;

    /// A gateway that answers each attempt to sign in like this.
    async fn gateway(status: StatusCode) -> u16 {
        let port = test_support::ports::free();
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let router = Router::new().route("/api/auth/link", post(async move || status));
        tokio::spawn(async move { axum::serve(listener, router).await });
        port
    }

    /// How many links are open after so many attempts.
    async fn links_after(attempts: u32, gateway_port: u16) -> usize {
        let directory = tempfile::tempdir().unwrap();
        let data_directory = directory.path().to_owned();
        let market = Market { host: "localhost".into(), port: 1 };
        let (flows, traded) = (channel(1).1, watch::channel(None).1);
        let steering = Steering { data_directory, gateway_port, market, flows, traded };
        let client = Client::builder(TokioExecutor::new()).build(HttpConnector::new());
        let mut link = None;
        for _ in 0..attempts {
            steering.sign_in(&client, &mut link).await.unwrap_err();
        }
        std::fs::read_dir(directory.path().join("links")).unwrap().count()
    }

    #[tokio::test]
    async fn a_link_is_minted_once_until_the_gateway_has_seen_it() {
        assert_eq!(links_after(5, test_support::ports::free()).await, 1);
        assert_eq!(links_after(5, gateway(StatusCode::TOO_MANY_REQUESTS).await).await, 1);
        assert_eq!(links_after(5, gateway(StatusCode::UNAUTHORIZED).await).await, 5);
    }
}
