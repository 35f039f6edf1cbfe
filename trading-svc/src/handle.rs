//! The way to the venue's thread.

use market_api::trading as wire;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::oneshot;
use trading_core::quote::Quote;

use crate::acting::Acting;
use crate::books::Told;
use crate::refusal::Refusal;

/// Requests that may wait for the thread; one more is refused.
pub const MAX_WAITING: usize = 4096;

/// The end of a request: whether what it did is durable.
pub type Reply = Box<dyn FnOnce(Result<(), Refusal>) + Send>;
/// A request, done on the thread.
pub type Act = Box<dyn FnOnce(Result<&mut Acting<'_>, Refusal>) -> Reply + Send>;

/// What the market's stream tells the thread.
#[derive(Debug)]
pub enum Feed {
    /// It is of this session: the thread answers after which seq it wants ticks.
    Session(Box<Opened>, oneshot::Sender<u64>),
    /// Ticks after a seq, up to another.
    Ticks {
        /// The seq before the first.
        prev_seq: u64,
        /// The last one's.
        last_seq: u64,
        /// The ticks.
        quotes: Vec<Quote>,
    },
    /// Trading is halted.
    Halted,
    /// It is followed.
    Live,
    /// It can't be.
    Lost(String),
}

/// A session of the market.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// Its name.
    pub name: String,
    /// Simulated time at tick 0, Unix milliseconds.
    pub start_ms: i64,
    /// Between two ticks.
    pub interval_ms: u64,
    /// The instrument that is traded.
    pub instrument: market_api::instrument::Instrument,
}

/// What the thread is sent.
pub enum Message {
    /// From the market, of a connection with this number.
    Feed(u64, Feed),
    /// From a client.
    Act(Act),
    /// The market was told what was taken on a session's ticks up to one.
    Steered(String, u64),
    /// A second has passed.
    Beat,
    /// It is to end, once what it has is durable.
    Stop,
}

/// What the thread tells clients, once it is durable.
#[derive(Debug)]
pub enum Published {
    /// To traders, by subject: orders and fills in their order, then accounts and strategies.
    Changes {
        /// Orders and fills.
        told: Vec<(String, Told)>,
        /// Accounts.
        accounts: Vec<(String, wire::Account)>,
        /// Strategies.
        runs: Vec<(String, wire::Run)>,
        /// To everyone.
        prints: Vec<wire::Print>,
    },
    /// To everyone: whether orders are taken.
    Venue(wire::Venue),
    /// A session has begun: what traders had is history.
    Session,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Handle(Sender<Message>);

impl Handle {
    /// The way to whoever receives.
    pub fn new(messages: Sender<Message>) -> Self {
        Self(messages)
    }

    /// Does something on the thread; the answer comes once it is durable.
    ///
    /// # Errors
    /// [`Refusal`] by whatever refuses it; nothing has changed then.
    pub async fn act<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Acting<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (reply, answer) = oneshot::channel();
        let act: Act = Box::new(move |acting| {
            let result = acting.and_then(act);
            Box::new(move |durable: Result<(), Refusal>| drop(reply.send(durable.and(result))))
        });
        self.0.try_send(Message::Act(act)).map_err(|error| match error {
            TrySendError::Full(_) => Refusal::Busy(MAX_WAITING),
            TrySendError::Closed(_) => Refusal::Stopped,
        })?;
        answer.await.unwrap_or(Err(Refusal::Stopped))
    }
}
