//! The paper exchange's wire: what its REST (`/api/trading/v1` at the gateway) and its Socket.IO stream (path `/trading/socket.io/`) carry.
//!
//! Money, prices and quantities are decimals, sent as strings such as `"63666.62"` so that no reader makes binary floats of them; they are
//! read from strings and numbers alike. Times are Unix milliseconds of simulated time.

mod account;
mod backtest;
mod order;
mod strategy;
mod venue;

pub use account::{Account, ChosenTerms, EquityCurve, Position, Terms};
pub use backtest::{Backtest, BacktestResult, BacktestState, Distribution, NewBacktest, PathCurve, Source};
pub use order::{Fill, NewOrder, Order, OrderType, Preview, Print, Refusal, Side, Status, TimeInForce};
pub use strategy::{Decided, NewRun, Parameter, Run, RunState, Strategy};
pub use venue::{Book, Hello, Rules, Venue};

/// Event names of the stream, as sent.
pub mod event {
    /// To a client that has connected, whoever it is: [`super::Hello`].
    pub const HELLO: &str = "hello";
    /// To a trader that has connected, after `hello`, and when a session begins: [`super::Book`]. What is pushed afterwards changes it.
    pub const SNAPSHOT: &str = "snapshot";
    /// One of its orders, its strategies' among them, as it stands now: [`super::Order`].
    pub const ORDER: &str = "order";
    /// One of its fills, its strategies' among them: [`super::Fill`].
    pub const FILL: &str = "fill";
    /// Its account, after a change and each second: [`super::Account`].
    pub const ACCOUNT: &str = "account";
    /// One of its strategies, after a change and each second: [`super::Run`].
    pub const STRATEGY: &str = "strategy";
    /// To everyone: fills as the public sees them: a list of [`super::Print`].
    pub const TRADES: &str = "trades";
    /// To everyone: whether orders are taken: [`super::Venue`], after a change and each second.
    pub const VENUE: &str = "venue";
    /// The server stops soon: reconnect.
    pub const DRAINING: &str = "draining";
}
