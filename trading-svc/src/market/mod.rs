//! Following the market: the same public stream that any client has, every tick in its order, from where the ledger stands.

mod quotes;
mod recent;
mod socket;

use std::time::Duration;

use market_api::session::Session;
use market_api::stream::{Heartbeat, Hello, Position, StreamError, Subscribe, Subscribed, event};
use market_api::tick::TickBatch;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::mpsc::Sender;
use tokio::sync::{oneshot, watch};
use tokio::time::sleep;

use crate::handle::{Feed, Message, Opened};
use socket::{Packet, Socket};

pub use quotes::quotes;
pub use recent::recent;

/// Between two attempts to connect.
const AGAIN: Duration = Duration::from_millis(250);

/// Where the market's stream is.
#[derive(Clone, Debug)]
pub struct Market {
    /// A name by which its service may be called.
    pub host: String,
    /// Its port, on this machine.
    pub port: u16,
}

/// Follows the market until nobody wants to know.
pub async fn follow(market: Market, messages: Sender<Message>, mut connection: watch::Receiver<u64>) {
    loop {
        let number = *connection.borrow_and_update();
        let mut follower = Follower { messages: messages.clone(), number, last_seq: 0, instrument: String::new() };
        let why = tokio::select! {
            why = follower.run(&market) => why,
            changed = connection.changed() => match changed {
                Ok(()) => continue,
                Err(_) => return,
            },
        };
        if let Err(why) = why
            && !follower.tell(Feed::Lost(why)).await
        {
            return;
        }
        sleep(AGAIN).await;
    }
}

/// One connection.
struct Follower {
    messages: Sender<Message>,
    number: u64,
    last_seq: u64,
    instrument: String,
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    T::deserialize(value).map_err(|error| format!("an event can't be read: {error}"))
}

impl Follower {
    async fn tell(&self, feed: Feed) -> bool {
        self.messages.send(Message::Feed(self.number, feed)).await.is_ok()
    }

    /// Follows until something breaks.
    async fn run(&mut self, market: &Market) -> Result<(), String> {
        let mut socket = Socket::connect(&market.host, market.port).await?;
        let hello: Hello = loop {
            if let Packet::Event(name, body) = socket.next().await?
                && name == event::HELLO
            {
                break read(body)?;
            }
        };
        let session = self.open(hello.session).await?;
        let (instrument, resume) =
            (self.instrument.clone(), Some(Position { session: session.clone(), seq: self.last_seq, trade_seq: None }));
        socket.ask(event::SUBSCRIBE, &Subscribe { instrument, channels: vec!["ticks".into()], resume }).await?;
        loop {
            match socket.next().await? {
                Packet::Ack(answer) => self.subscribed(answer, &session).await?,
                Packet::Event(name, body) => self.event(&name, body).await?,
            }
        }
    }

    /// Tells of a session; the exchange says from where it wants ticks.
    async fn open(&mut self, session: Session) -> Result<String, String> {
        let name = session.session;
        let instrument = session.instruments.into_iter().next().ok_or("the market has no instrument")?;
        self.instrument.clone_from(&instrument.id);
        let (reply, wanted) = oneshot::channel();
        let opened = Box::new(Opened {
            name: name.clone(),
            start_ms: session.start_time,
            interval_ms: session.tick_interval_ms,
            instrument,
        });
        self.tell(Feed::Session(opened, reply)).await;
        self.last_seq = wanted.await.map_err(|_| "the exchange doesn't take this session".to_owned())?;
        Ok(name)
    }

    async fn subscribed(&mut self, answer: Value, session: &str) -> Result<(), String> {
        if let Some(error) = answer.get("error") {
            let StreamError { code, message } = read(error.clone())?;
            // What a connection may ask for comes back with time.
            sleep(Duration::from_secs(1)).await;
            return Err(format!("{code}: {message}"));
        }
        let subscribed: Subscribed = read(answer)?;
        let ticks = subscribed.ticks.ok_or("the answer has no ticks")?;
        if ticks.session != session {
            return Err("another session has begun meanwhile".into());
        }
        self.ticks(&ticks).await?;
        self.tell(Feed::Live).await;
        Ok(())
    }

    async fn ticks(&mut self, batch: &TickBatch) -> Result<(), String> {
        let quotes = quotes(batch).ok_or("a batch of ticks has columns of different lengths")?;
        self.last_seq = batch.last_seq();
        self.tell(Feed::Ticks { prev_seq: batch.prev_seq, last_seq: self.last_seq, quotes }).await;
        Ok(())
    }

    async fn event(&mut self, name: &str, body: Value) -> Result<(), String> {
        match name {
            event::TICKS => {
                let batch: TickBatch = read(body)?;
                if batch.prev_seq != self.last_seq {
                    return Err("a batch was lost".into());
                }
                self.ticks(&batch).await
            }
            event::HEARTBEAT => {
                let beat: Heartbeat = read(body)?;
                if beat.seq.get(&self.instrument).is_some_and(|seq| *seq > self.last_seq) {
                    return Err("a batch was lost".into());
                }
                if beat.halted {
                    self.tell(Feed::Halted).await;
                }
                Ok(())
            }
            event::SESSION => {
                // The channels stay, and its ticks begin at the first.
                self.open(read(body)?).await?;
                if self.last_seq == 0 { Ok(()) } else { Err("a session that was traded before has begun".into()) }
            }
            event::DRAINING => Err("the market data service stops".into()),
            _ => Ok(()),
        }
    }
}
