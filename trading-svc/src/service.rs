//! The service as a whole: the caller owns the sockets and says when to stop.

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use market_api::trading::event;
use svc_common::buckets::Buckets;
use svc_common::guard::Guard;
use svc_common::serve::{Limits, Listeners, serve};
use svc_common::token::Verifier;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{oneshot, watch};
use tokio::time::{MissedTickBehavior, interval};

use crate::backtests::Backtests;
use crate::handle::{Handle, MAX_WAITING, Message, Published};
use crate::ledger::{LedgerError, Reader};
use crate::market::{Market, follow};
use crate::push::Push;
use crate::steering::Steering;
use crate::venue::{Settings, Told, Venue};
use crate::{rest, stream};

/// What is published and not yet told.
const MAX_PUBLISHED: usize = 1024;
/// Ticks of which the market is still to be told.
const MAX_FLOWS: usize = 4096;
/// Clients that wait to be greeted.
const MAX_GREETINGS: usize = 1024;
/// Requests of one account at once.
const BURST: u32 = 100;
/// A further one each time that passes: fifty a second.
const REFILL: Duration = Duration::from_millis(20);
/// What clients have after `draining` before their connections are closed.
const DRAIN: Duration = Duration::from_millis(200);

/// What a service is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the ledger is kept, and the key by which tokens are checked.
    pub data_directory: PathBuf,
    /// A name by which the market's service may be called.
    pub host: String,
    /// Its port, on this machine.
    pub market_data_port: u16,
    /// The gateway's, which signs in whoever steers the market.
    pub gateway_port: u16,
    /// What the exchange is like.
    pub settings: Settings,
}

/// An exchange that stands ready, and its ledger, which no other process can write meanwhile.
pub struct Service {
    venue: Venue,
    reader: Reader,
    market: Market,
    published: Receiver<Published>,
    connection: watch::Receiver<u64>,
    steering: Steering,
    messages: Sender<Message>,
    waiting: Receiver<Message>,
}

impl Service {
    /// Opens the ledger and makes its last session again. It blocks.
    ///
    /// # Errors
    /// [`LedgerError`] for a ledger that can't be used.
    pub fn open(config: &Config) -> Result<Self, LedgerError> {
        let (publish, published) = channel(MAX_PUBLISHED);
        let (connect, connection) = watch::channel(0);
        let (flow, flows) = channel(MAX_FLOWS);
        let (trade, traded) = watch::channel(None);
        let told = Told { published: publish, connection: connect, flows: flow, traded: trade };
        let venue = Venue::open(&config.data_directory, config.settings, told)?;
        let reader = Reader::open(&config.data_directory)?;
        let market = Market { host: config.host.clone(), port: config.market_data_port };
        let steering = Steering {
            data_directory: config.data_directory.clone(),
            gateway_port: config.gateway_port,
            market: market.clone(),
            flows,
            traded,
        };
        let (messages, waiting) = channel(MAX_WAITING);
        Ok(Self { venue, reader, market, published, connection, steering, messages, waiting })
    }

    /// Serves REST and Socket.IO until `shutdown` is done; then clients are told to reconnect, and what was followed is written.
    ///
    /// # Errors
    /// If the exchange's thread can't be started, or ends before it is told to: without it there is nothing to serve.
    pub async fn run(
        self,
        listeners: Listeners,
        guard: Guard,
        verifier: Verifier,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let Self { venue, reader, market, published, connection, steering, messages, waiting } = self;
        // Dropped with the thread, however that ends.
        let (lives, ended) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new().name("exchange".into()).spawn(move || {
            let _lives = lives;
            venue.run(waiting);
        })?;
        let handle = Handle::new(messages.clone());
        let (greetings, greeted) = channel(MAX_GREETINGS);
        let (layer, io) = stream::layer(greetings, verifier.clone());
        let push = Push { io: io.clone(), handle: handle.clone(), reader: reader.clone() };
        let push = tokio::spawn(push.run(published, greeted));
        stream::listen(&io);
        let follower = tokio::spawn(follow(market.clone(), messages.clone(), connection));
        let steers = tokio::spawn(steering.run(messages.clone()));
        let beat = tokio::spawn(beat(messages.clone()));
        let backtests = Backtests::start()?;
        let allowance = Arc::new(Buckets::new(BURST, REFILL));
        let router = rest::router(rest::Rest { handle, reader, verifier, market, backtests, allowance });
        let drain = async move {
            tokio::select! {
                () = shutdown => {}
                _ = ended => tracing::error!("the exchange's thread has ended"),
            }
            drop(io.emit(event::DRAINING, &()).await);
            tokio::time::sleep(DRAIN).await;
            io.close().await;
        };
        serve(listeners, guard.before(router.layer(layer)), Limits::default(), drain).await;
        follower.abort();
        steers.abort();
        beat.abort();
        let is_told = messages.send(Message::Stop).await.is_ok();
        let joined = tokio::task::spawn_blocking(move || thread.join()).await;
        push.abort();
        match joined {
            Ok(Ok(())) if is_told => Ok(()),
            _ => Err(io::Error::other("the exchange's thread has ended by itself")),
        }
    }
}

/// Tells the exchange that a second has passed, each time one has.
async fn beat(messages: Sender<Message>) {
    let mut seconds = interval(Duration::from_secs(1));
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        seconds.tick().await;
        if messages.send(Message::Beat).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use rust_decimal::Decimal;
    use svc_common::hosts::PublicHosts;
    use trading_core::account::Terms;
    use trading_core::rules::{Impact, Queue};

    use super::*;

    async fn run(first: Message, shutdown: bool) -> io::Result<()> {
        let directory = tempfile::tempdir().unwrap();
        let terms = Terms { initial: Decimal::ONE_THOUSAND, ..Terms::paper() };
        let settings = Settings { terms, latency_ticks: 1, queue: Queue::default(), impact: Impact::Own };
        let (data_directory, host) = (directory.path().to_owned(), "localhost".into());
        let config = Config { data_directory, host, market_data_port: 1, gateway_port: 1, settings };
        let service = Service::open(&config).unwrap();
        service.messages.send(first).await.unwrap();
        let listeners = Listeners::bind(None, 0, "a port").unwrap();
        let guard = Guard::inner(PublicHosts::default(), 1, 1);
        let stop = async move {
            if !shutdown {
                pending::<()>().await;
            }
        };
        let run = service.run(listeners, guard, Verifier::new(directory.path()), stop);
        tokio::time::timeout(Duration::from_secs(20), run).await.unwrap()
    }

    #[tokio::test]
    async fn it_ends_with_the_exchange() {
        let error = run(Message::Act(Box::new(|_| panic!("a fault"))), false).await.unwrap_err();
        assert!(error.to_string().contains("has ended"), "{error}");
        assert!(run(Message::Stop, false).await.is_err());
        run(Message::Beat, true).await.unwrap();
    }
}
