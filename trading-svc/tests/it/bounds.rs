//! What the exchange's thread bounds: the log, the strategies that run, the requests that are remembered.

use std::path::Path;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use market_api::auth::Role;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use svc_common::buckets::Buckets;
use svc_common::token::{Signer, Verifier};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{oneshot, watch};
use tower::ServiceExt;
use trading_core::account::Terms;
use trading_core::desk::{Input, MAX_RUNS, MAX_STOPPED_RUNS, Outcome, RunId};
use trading_core::order::{AccountId, Kind, NewOrder, OrderId, Side, TimeInForce};
use trading_core::quote::Quote;
use trading_core::rules::{Impact, Queue, Rules};
use trading_svc::acting::{Acting, MAX_INPUTS, Start};
use trading_svc::backtests::Backtests;
use trading_svc::books::Books;
use trading_svc::flow::Flow;
use trading_svc::handle::{Feed, Handle, Message, Opened, Published};
use trading_svc::ledger::Reader;
use trading_svc::market::Market;
use trading_svc::refusal::Refusal;
use trading_svc::rest::{Rest, router};
use trading_svc::state::State;
use trading_svc::venue::{Settings, Told, Venue};
use trading_svc::views;

/// An exchange that lives, with one tick.
struct Lives {
    messages: Sender<Message>,
    handle: Handle,
    _told: (Receiver<Published>, watch::Receiver<u64>, Receiver<Flow>),
}

impl Lives {
    async fn at(directory: &Path) -> Self {
        let (published, clients) = channel(4096);
        let (connection, follower) = watch::channel(0);
        let (flows, steers) = channel(16);
        let (traded, _) = watch::channel(None);
        let settings =
            Settings { terms: Terms::paper(), latency_ticks: 1, queue: Queue::default(), impact: Impact::Own };
        let venue = Venue::open(directory, settings, Told { published, connection, flows, traded }).unwrap();
        let (messages, waiting) = channel(4096);
        std::thread::spawn(move || venue.run(waiting));
        let instrument = serde_json::from_value(json!({
            "id": "BTC-USD", "base": "BTC", "quote": "USD", "tick_size": 0.01, "lot_size": 0.00001, "model": "gbm",
            "book": {
                "daily_volatility": 0.042, "daily_volume": 25000.0, "impact": 1.0, "resilience_half_life_s": 600.0,
                "spread_bp": 1.0
            }
        }));
        let opened = Opened { name: "s".into(), start_ms: 0, interval_ms: 100, instrument: instrument.unwrap() };
        let (reply, asked) = oneshot::channel();
        messages.send(Message::Feed(0, Feed::Session(Box::new(opened), reply))).await.unwrap();
        asked.await.unwrap();
        messages.send(Message::Feed(0, Feed::Live)).await.unwrap();
        let ticks = Feed::Ticks { prev_seq: 0, last_seq: 1, quotes: vec![quote(1)] };
        messages.send(Message::Feed(0, ticks)).await.unwrap();
        let handle = Handle::new(messages.clone());
        Self { messages, handle, _told: (clients, follower, steers) }
    }

    async fn act<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Acting<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.handle.act(act).await
    }

    async fn beat(&self) {
        self.messages.send(Message::Beat).await.unwrap();
    }
}

fn quote(tick: u64) -> Quote {
    let time_ms = 100 * tick.cast_signed();
    Quote { tick, time_ms, price: 60_000.0, bid: 59_999.0, ask: 60_001.0, liquidity: 1.0 }
}

fn order(client_id: Option<&str>, price: u32) -> NewOrder {
    NewOrder {
        client_id: client_id.map(Into::into),
        side: Side::Buy,
        quantity: Decimal::new(1, 1),
        kind: Kind::Limit { price: price.into() },
        time_in_force: TimeInForce::Gtc,
        post_only: false,
        reduce_only: false,
        expires_tick: None,
    }
}

fn hold() -> Start {
    let strategy = "buy_and_hold".into();
    Start { strategy, values: [].into(), terms: Terms::paper(), loss_limit: None }
}

fn standing(acting: &Acting<'_>) -> String {
    serde_json::to_string(&acting.state).unwrap()
}

#[tokio::test]
async fn what_changes_nothing_is_no_line_of_the_log() {
    let directory = tempfile::tempdir().unwrap();
    let venue = Lives::at(directory.path()).await;
    let look = |acting: &mut Acting<'_>| {
        let account = acting.account("guest-1")?;
        let submit = Input::Submit { account, order: order(Some("a"), 100) };
        let cancel = Input::Cancel { account, order: OrderId(1) };
        for input in [submit, cancel] {
            let first = acting.apply(input.clone())?;
            let (before, lines) = (standing(acting), acting.batch.lines.len());
            for _ in 0..3 {
                assert_eq!(acting.apply(input.clone())?, first);
            }
            assert_eq!((standing(acting), acting.batch.lines.len()), (before, lines));
        }
        // Another's is refused as before, and another one is another.
        let other = acting.account("guest-2")?;
        assert!(acting.apply(Input::Cancel { account: other, order: OrderId(1) }).is_err());
        assert!(acting.apply(Input::Submit { account, order: order(Some("a"), 101) }).is_err());
        assert_eq!(acting.apply(Input::Submit { account, order: order(Some("b"), 100) })?, Outcome::Order(OrderId(2)));
        Ok(())
    };
    venue.act(look).await.unwrap();
}

#[tokio::test]
async fn a_full_log_leaves_the_ways_out_open() {
    let directory = tempfile::tempdir().unwrap();
    let venue = Lives::at(directory.path()).await;
    let look = |acting: &mut Acting<'_>| {
        let account = acting.account("guest-1")?;
        let run = acting.start(account, hold())?;
        acting.apply(Input::Submit { account, order: order(Some("a"), 100) })?;
        let told = |acting: &Acting<'_>| views::venue(Some(acting.session), Some(acting.state), acting.live).trouble;
        assert_eq!(told(acting), None);
        acting.state.inputs = MAX_INPUTS;
        assert_eq!(told(acting).as_deref(), Some("the trading log of this session is full"));
        let new = Input::Submit { account, order: order(None, 100) };
        assert!(matches!(acting.apply(new), Err(Refusal::LogFull)));
        // Known before, so it takes no line.
        acting.apply(Input::Submit { account, order: order(Some("a"), 100) })?;
        acting.apply(Input::Cancel { account, order: OrderId(1) })?;
        acting.apply(Input::Stop { run })?;
        let reduces = NewOrder { reduce_only: true, ..order(None, 100) };
        let refused = acting.apply(Input::Submit { account, order: reduces }).unwrap_err();
        assert!(refused.to_string().contains("no position"), "{refused}");
        acting.apply(Input::Halt)?;
        acting.state.inputs = 2 * MAX_INPUTS;
        assert!(matches!(acting.apply(Input::Halt), Err(Refusal::LogFull)));
        Ok(())
    };
    venue.act(look).await.unwrap();
}

fn is_running(acting: &Acting<'_>, run: RunId) -> bool {
    acting.state.desk.run(run).is_some_and(|run| !run.has_stopped())
}

/// Lets a trader be away for as long.
fn away(acting: &mut Acting<'_>, account: AccountId, hours: u64) {
    let then = Instant::now().checked_sub(Duration::from_hours(hours)).unwrap();
    acting.seen.insert(account, then);
}

#[tokio::test]
async fn strategies_of_guests_who_cannot_come_back_are_stopped() {
    let directory = tempfile::tempdir().unwrap();
    let venue = Lives::at(directory.path()).await;
    let begin = |acting: &mut Acting<'_>| {
        let mut runs = Vec::new();
        for (subject, hours) in [("guest-1", 14), ("guest-2", 12), ("admin", 14)] {
            let account = acting.account(subject)?;
            runs.push(acting.start(account, hold())?);
            away(acting, account, hours);
        }
        Ok(runs)
    };
    let runs = venue.act(begin).await.unwrap();
    venue.beat().await;
    let running =
        move |acting: &mut Acting<'_>| Ok(runs.iter().map(|run| is_running(acting, *run)).collect::<Vec<_>>());
    assert_eq!(venue.act(running).await.unwrap(), [false, true, true]);
    // It is in the log, as if it had been asked for.
    let look = |acting: &mut Acting<'_>| Ok(acting.session.clone());
    let session = venue.act(look).await.unwrap();
    let (log, _) = Reader::open(directory.path()).unwrap().log(&session, 0, 100).unwrap().unwrap();
    assert_eq!(log.matches("\"stop\"").count(), 1, "{log}");
}

#[tokio::test]
async fn few_cannot_have_all_strategies() {
    let directory = tempfile::tempdir().unwrap();
    let venue = Lives::at(directory.path()).await;
    let look = |acting: &mut Acting<'_>| {
        let mut guests = Vec::new();
        let shared = MAX_RUNS / 5;
        for number in 0..(MAX_RUNS - shared) / 10 {
            let account = acting.account(&format!("guest-{number}"))?;
            guests.push(account);
            for _ in 0..10 {
                acting.start(account, hold())?;
            }
        }
        assert_eq!(acting.state.desk.active_runs(), MAX_RUNS - shared);
        let late = acting.account("guest-late")?;
        acting.start(late, hold())?;
        assert!(matches!(acting.start(late, hold()), Err(Refusal::Crowded)));
        // Whoever is gone makes room.
        away(acting, guests[0], 14);
        acting.start(late, hold())?;
        assert_eq!(acting.state.desk.active_runs(), MAX_RUNS - shared - 10 + 2);
        Ok(())
    };
    venue.act(look).await.unwrap();
}

#[test]
fn what_the_desk_forgets_is_forgotten() {
    let book = serde_json::from_value(json!({
        "daily_volatility": 0.042, "daily_volume": 25000.0, "impact": 1.0, "resilience_half_life_s": 600.0
    }));
    let (mut state, mut books, mut events) = (State::new(Rules::btc(book.unwrap())), Books::default(), Vec::new());
    let owner = AccountId(1);
    state.apply(&Input::Open { account: owner, terms: Terms::paper() }, &mut events).unwrap();
    for tick in 1..=MAX_STOPPED_RUNS as u64 + 100 {
        let (run, account) = (state.next_run(), state.next_account());
        let Start { strategy, values, terms, loss_limit } = hold();
        let start = Input::Start { run, owner, account, strategy, values, terms, loss_limit };
        state.apply(&start, &mut events).unwrap();
        books.start(&state, account, run, owner);
        state.apply(&Input::Stop { run }, &mut events).unwrap();
        state.tick(&quote(tick), &mut events);
        events.clear();
    }
    assert_eq!(state.desk.runs().count(), MAX_STOPPED_RUNS);
    assert!(books.strategies() <= MAX_STOPPED_RUNS + 1, "{}", books.strategies());
    let kept: Value = serde_json::to_value(&state).unwrap();
    assert_eq!(kept["begun"].as_object().unwrap().len(), MAX_STOPPED_RUNS + 1);
}

/// Asks as a trader does.
async fn post(router: &Router, token: &str, path: &str, key: &str, body: &Value) -> (StatusCode, Value) {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", key)
        .body(Body::from(body.to_string()));
    let response = router.clone().oneshot(request.unwrap()).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn a_key_names_one_reset_and_one_back_test() {
    let directory = tempfile::tempdir().unwrap();
    let venue = Lives::at(directory.path()).await;
    let signer = Signer::open(directory.path()).unwrap();
    let token = signer.sign("guest-1", Role::Trader, Duration::from_mins(1)).unwrap().token;
    let router = router(Rest {
        handle: venue.handle.clone(),
        reader: Reader::open(directory.path()).unwrap(),
        verifier: Verifier::new(directory.path()),
        market: Market { host: "localhost".into(), port: 1 },
        backtests: Backtests::start().unwrap(),
        allowance: std::sync::Arc::new(Buckets::new(100, Duration::from_millis(1))),
    });
    let inputs = async || venue.act(|acting| Ok(acting.state.inputs)).await.unwrap();
    let terms = json!({ "initial": "5000" });
    let (status, first) = post(&router, &token, "/v1/account/reset", "k", &terms).await;
    assert_eq!((status, &first["cash"]), (StatusCode::OK, &json!("5000")), "{first}");
    let before = inputs().await;
    let (status, again) = post(&router, &token, "/v1/account/reset", "k", &terms).await;
    assert_eq!((status, &again["cash"], inputs().await), (StatusCode::OK, &json!("5000"), before));
    let (status, _) = post(&router, &token, "/v1/account/reset", "k", &json!({ "initial": "6000" })).await;
    assert_eq!((status, inputs().await), (StatusCode::CONFLICT, before));
    let (status, _) = post(&router, &token, "/v1/account/reset", "l", &terms).await;
    assert_eq!((status, inputs().await), (StatusCode::OK, before + 1));

    let asked = json!({ "instrument": "BTC-USD", "strategy": "dca", "on": "seeds", "count": 1, "ticks": 1000 });
    let (status, first) = post(&router, &token, "/v1/backtests", "k", &asked).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{first}");
    let (status, again) = post(&router, &token, "/v1/backtests", "k", &asked).await;
    assert_eq!((status, &again["id"]), (StatusCode::OK, &first["id"]));
    let other = json!({ "instrument": "BTC-USD", "strategy": "dca", "on": "seeds", "count": 2, "ticks": 1000 });
    assert_eq!(post(&router, &token, "/v1/backtests", "k", &other).await.0, StatusCode::CONFLICT);
}
