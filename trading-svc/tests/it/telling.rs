//! What is taken is handed on to be told to the market until the market knows it: whatever came between.

use std::path::Path;
use std::thread::JoinHandle;

use rust_decimal::Decimal;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{oneshot, watch};
use trading_core::account::Terms;
use trading_core::desk::Input;
use trading_core::order::{Kind, NewOrder, Side, TimeInForce};
use trading_core::quote::Quote;
use trading_core::rules::{Impact, Queue};
use trading_svc::flow::Flow;
use trading_svc::handle::{Feed, Handle, Message, Opened, Published};
use trading_svc::venue::{Settings, Told, Venue};

/// A venue that lives, and what it hands on.
struct Lives {
    thread: JoinHandle<()>,
    messages: Sender<Message>,
    flows: Receiver<Flow>,
    _published: Receiver<Published>,
    _connection: watch::Receiver<u64>,
    tick: u64,
}

fn opened() -> Opened {
    let instrument = serde_json::from_value(serde_json::json!({
        "id": "BTC-USD", "base": "BTC", "quote": "USD", "tick_size": 0.01, "lot_size": 0.00001, "model": "gbm",
        "book": {
            "daily_volatility": 0.042, "daily_volume": 25000.0, "impact": 1.0, "resilience_half_life_s": 600.0,
            "spread_bp": 1.0
        }
    }));
    Opened { name: "s".into(), start_ms: 0, interval_ms: 100, instrument: instrument.unwrap() }
}

impl Lives {
    /// Takes the ledger of a directory up, with room for some flows.
    async fn at(directory: &Path, room: usize) -> Self {
        let (publish, published) = channel(1024);
        let (connect, connection) = watch::channel(0);
        let (hand_on, flows) = channel(room);
        let (trade, _) = watch::channel(None);
        let settings = Settings {
            terms: Terms { initial: Decimal::from(100_000_000), ..Terms::paper() },
            latency_ticks: 0,
            queue: Queue::default(),
            impact: Impact::Shared,
        };
        let told = Told { published: publish, connection: connect, flows: hand_on, traded: trade };
        let venue = Venue::open(directory, settings, told).unwrap();
        let (messages, waiting) = channel(1024);
        let thread = std::thread::spawn(move || venue.run(waiting));
        let (reply, seq) = oneshot::channel();
        messages.send(Message::Feed(0, Feed::Session(Box::new(opened()), reply))).await.unwrap();
        let tick = seq.await.unwrap();
        messages.send(Message::Feed(0, Feed::Live)).await.unwrap();
        Self { thread, messages, flows, _published: published, _connection: connection, tick }
    }

    /// One tick of the market.
    async fn tick(&mut self) {
        let (prev_seq, last_seq) = (self.tick, self.tick + 1);
        let time_ms = 100 * last_seq.cast_signed();
        let quote = Quote { tick: last_seq, time_ms, price: 60_000.0, bid: 59_999.0, ask: 60_001.0, liquidity: 1.0 };
        let ticks = Feed::Ticks { prev_seq, last_seq, quotes: vec![quote] };
        self.messages.send(Message::Feed(0, ticks)).await.unwrap();
        self.tick = last_seq;
    }

    /// Takes as much from the market, on the next tick; it is durable then.
    async fn buy(&mut self, quantity: i64) {
        self.order("guest", quantity).await;
        self.tick().await;
        self.settled().await;
    }

    /// An order of a trader: a purchase, or a sale of a negative quantity.
    async fn order(&self, subject: &'static str, quantity: i64) {
        let order = NewOrder {
            client_id: None,
            side: if quantity > 0 { Side::Buy } else { Side::Sell },
            quantity: Decimal::from(quantity.abs()),
            kind: Kind::Market,
            time_in_force: TimeInForce::Gtc,
            post_only: false,
            reduce_only: false,
            expires_tick: None,
        };
        let handle = Handle::new(self.messages.clone());
        let submit = handle.act(move |acting| {
            let account = acting.account(subject)?;
            acting.apply(Input::Submit { account, order })
        });
        submit.await.unwrap();
    }

    /// Waits until all that was sent is done and durable.
    async fn settled(&self) {
        Handle::new(self.messages.clone()).act(|_| Ok(())).await.unwrap();
    }

    /// The quantities that are handed on.
    fn handed_on(&mut self) -> Vec<(u64, i64)> {
        let mut all = Vec::new();
        while let Ok(flow) = self.flows.try_recv() {
            all.push((flow.tick, i64::try_from(flow.quantity).unwrap()));
        }
        all
    }

    /// The market knows what was taken up to a tick.
    async fn told(&self, tick: u64) {
        self.messages.send(Message::Steered("s".into(), tick)).await.unwrap();
        self.messages.send(Message::Beat).await.unwrap();
        self.settled().await;
    }

    async fn stop(self) {
        self.messages.send(Message::Stop).await.unwrap();
        tokio::task::spawn_blocking(|| self.thread.join()).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn what_the_market_was_not_told_of_it_is_told_after_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let mut venue = Lives::at(directory.path(), 16).await;
    venue.tick().await;
    venue.buy(3).await;
    venue.buy(5).await;
    assert_eq!(venue.handed_on(), [(2, 3), (3, 5)]);
    venue.told(2).await;
    venue.stop().await;
    let mut again = Lives::at(directory.path(), 16).await;
    assert_eq!(again.handed_on(), [(3, 5)], "what it was told of isn't told again, and what it wasn't is");
    again.told(3).await;
    again.stop().await;
    let mut last = Lives::at(directory.path(), 16).await;
    assert_eq!(last.handed_on(), []);
    last.stop().await;
}

#[tokio::test]
async fn what_finds_no_room_is_told_once_there_is_some() {
    let directory = tempfile::tempdir().unwrap();
    let mut venue = Lives::at(directory.path(), 2).await;
    venue.tick().await;
    for quantity in 1..=5 {
        venue.buy(quantity).await;
    }
    // Three found no room, and would be passed over by what comes after them.
    assert_eq!(venue.handed_on(), [(2, 1), (3, 2)]);
    venue.buy(6).await;
    assert_eq!(venue.handed_on(), [], "nothing overtakes");
    venue.told(3).await;
    assert_eq!(venue.handed_on(), [(4, 3), (5, 4)]);
    venue.told(5).await;
    assert_eq!(venue.handed_on(), [(6, 5), (7, 6)]);
    venue.told(7).await;
    venue.buy(7).await;
    assert_eq!(venue.handed_on(), [(8, 7)]);
    venue.stop().await;
}

#[tokio::test]
async fn ticks_on_which_all_that_was_sold_was_bought_are_passed_over() {
    let directory = tempfile::tempdir().unwrap();
    let mut venue = Lives::at(directory.path(), 2).await;
    venue.tick().await;
    venue.buy(20).await;
    assert_eq!(venue.handed_on(), [(2, 20)]);
    venue.told(2).await;
    // More such ticks than there is room for.
    for _ in 0..5 {
        venue.order("guest", -1).await;
        venue.order("other", 1).await;
        venue.tick().await;
    }
    venue.buy(3).await;
    venue.stop().await;
    let mut again = Lives::at(directory.path(), 2).await;
    for _ in 0..5 {
        again.told(0).await;
    }
    assert_eq!(again.handed_on(), [(8, 3)]);
    again.stop().await;
}
