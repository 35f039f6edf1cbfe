//! The paper exchange's wire: what its REST (`/api/trading/v1` at the gateway) and its Socket.IO stream (path `/trading/socket.io/`) carry.
//!
//! Money, prices and quantities are decimals, sent as strings such as `"63666.62"` so that no reader makes binary floats of them; they are
//! read from strings and numbers alike. Times are Unix milliseconds of simulated time.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

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

/// Which way an order trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// It takes from the asks.
    Buy,
    /// It takes from the bids.
    Sell,
}

/// What makes an order trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderType {
    /// At once, at whatever the book gives.
    Market,
    /// At `price` or better.
    Limit,
    /// A market order once the price has gone against the side as far as `stop`.
    Stop,
    /// A limit order at `price` once the price has gone as far as `stop`.
    StopLimit,
    /// A market order once the price has come in favour as far as `stop`.
    TakeProfit,
}

/// How long an order stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeInForce {
    /// Until it is filled or cancelled.
    #[default]
    Gtc,
    /// What isn't filled on arrival is cancelled.
    Ioc,
    /// Wholly on arrival, or not at all.
    Fok,
}

/// `POST /v1/orders`, and `POST /v1/orders/preview`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// The instrument's id.
    pub instrument: String,
    /// The sender's own name for it, 1 to 36 characters: the same name and order again is the same order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Which way.
    pub side: Side,
    /// When it trades.
    #[serde(rename = "type")]
    pub kind: OrderType,
    /// How much, base units.
    pub quantity: Decimal,
    /// The worst price, of a limit and a stop-limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Decimal>,
    /// The price that triggers it, of a stop, a stop-limit and a take-profit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Decimal>,
    /// How long it stands.
    #[serde(default)]
    pub time_in_force: TimeInForce,
    /// Only as a maker.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub post_only: bool,
    /// Only to make the position smaller.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reduce_only: bool,
    /// The last tick on which it may trade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_tick: Option<u64>,
}

/// How far an order has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// On its way: it arrives on a later tick.
    Accepted,
    /// It waits for its trigger.
    Untriggered,
    /// It rests in the book.
    Resting,
    /// Some of it has been filled, the rest rests.
    PartiallyFilled,
    /// All of it has been filled.
    Filled,
    /// It ended before; `reason` says why.
    Cancelled,
    /// Its time ended before.
    Expired,
}

impl Status {
    /// Whether it may still trade.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Filled | Self::Cancelled | Self::Expired)
    }
}

/// An order as it stands: `GET /v1/orders`, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its number.
    pub id: u64,
    /// What was asked for.
    #[serde(flatten)]
    pub asked: NewOrder,
    /// How far it has got.
    pub status: Status,
    /// What has been filled.
    pub filled: Decimal,
    /// The average price of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_price: Option<Decimal>,
    /// Why it ended without being filled: a stable code; `liquidated` of the order that closes what an account can't bear any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last tick that its sender had seen.
    pub decided_tick: u64,
    /// When it was accepted.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
    /// The strategy's number, if one has sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<u64>,
    /// Why the strategy wanted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A trade of one order: `GET /v1/fills`, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// Its number.
    pub id: u64,
    /// The order's.
    pub order: u64,
    /// The instrument.
    pub instrument: String,
    /// Which way.
    pub side: Side,
    /// How much.
    pub quantity: Decimal,
    /// At what price.
    pub price: Decimal,
    /// The fee.
    pub fee: Decimal,
    /// Whether the order rested.
    pub is_maker: bool,
    /// What it has realised, before the fee.
    pub realised: Decimal,
    /// The tick.
    pub tick: u64,
    /// The tick's time.
    pub time: i64,
    /// The strategy's number, if one has sent the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<u64>,
}

/// A fill as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Print {
    /// The instrument.
    pub instrument: String,
    /// The tick.
    pub tick: u64,
    /// The tick's time.
    pub time: i64,
    /// Whose side took; of a resting order, the other.
    pub side: Side,
    /// At what price.
    pub price: Decimal,
    /// How much.
    pub quantity: Decimal,
}

/// What an order would cost now: `POST /v1/orders/preview`. Nothing is promised: it acts on a later tick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// What it would take at once.
    pub taken: Decimal,
    /// The average price of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_price: Option<Decimal>,
    /// The price of the last unit of that; the limit if nothing is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst_price: Option<Decimal>,
    /// How far the average is from the middle of bid and ask, against its sender, basis points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slippage_bp: Option<Decimal>,
    /// What it is worth: what is taken at its average, the rest at its own price.
    pub value: Decimal,
    /// The fee of all of it.
    pub fee: Decimal,
    /// What the account pays (negative: gets).
    pub total: Decimal,
    /// Why it would be refused, if it would.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
}

/// Why an order would be refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// A stable code, such as `insufficient_funds`. A refused order is answered with a problem whose type ends in it.
    pub code: String,
    /// The same in words.
    pub detail: String,
}

/// What an account begins with, and pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Cash.
    pub initial: Decimal,
    /// The fee of a fill that rested, basis points.
    pub maker_bp: Decimal,
    /// The fee of a fill that took, basis points.
    pub taker_bp: Decimal,
    /// The position's value may be so many times the equity; 1 is an account without margin, which is never short.
    pub leverage: Decimal,
}

/// What may be chosen of an account: `POST /v1/account/reset`. What is absent stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChosenTerms {
    /// Cash, (0, 10⁹].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<Decimal>,
    /// [1, 100].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leverage: Option<Decimal>,
}

/// A position: `GET /v1/positions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The instrument.
    pub instrument: String,
    /// Base units; negative if short.
    pub quantity: Decimal,
    /// The average price of what is held, rounded to cash's decimals.
    pub entry_price: Decimal,
    /// What it has cost, exactly.
    pub cost: Decimal,
    /// The price it is valued at: the last one.
    pub mark_price: Decimal,
    /// What it would bring beyond its cost.
    pub unrealised: Decimal,
    /// About where it would be liquidated, if it has margin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liquidation_price: Option<Decimal>,
}

/// An account: `GET /v1/account`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its number.
    pub id: u64,
    /// What it began with, and pays.
    pub terms: Terms,
    /// What it has.
    pub cash: Decimal,
    /// What it could spend: cash less what open orders may need; with margin, equity less what the position ties up, times the leverage.
    pub free: Decimal,
    /// Base units that it could sell: the position less what open sales may need; with margin, what `free` pays.
    pub free_base: Decimal,
    /// About the largest market order to buy that would be accepted now, base units.
    pub most_buy: Decimal,
    /// The same to sell.
    pub most_sell: Decimal,
    /// What all of it is worth at the last price.
    pub equity: Decimal,
    /// What closed positions have brought, before fees.
    pub realised: Decimal,
    /// What the position would bring beyond its cost.
    pub unrealised: Decimal,
    /// Fees paid.
    pub fees: Decimal,
    /// Losses beyond its money, which the house bears.
    pub written_off: Decimal,
    /// Its position, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// The tick of all this.
    pub tick: u64,
    /// Its time.
    pub time: i64,
}

/// An account's equity over time: `GET /v1/equity`, `GET /v1/strategies/{id}/equity`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EquityCurve {
    /// Times, oldest first.
    pub time: Vec<i64>,
    /// What all of it was worth then.
    pub equity: Vec<Decimal>,
}

/// One of a strategy's numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name, units last.
    pub name: String,
    /// Unless it is set.
    pub default: f64,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
    /// Whether it is a whole number.
    pub is_whole: bool,
    /// What it does.
    pub description: String,
}

/// A strategy that can be started: `GET /v1/strategies/available`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Strategy {
    /// Its name.
    pub name: String,
    /// Its name in words.
    pub title: String,
    /// What it does, in a sentence.
    pub description: String,
    /// What can be set.
    pub parameters: Vec<Parameter>,
}

/// `POST /v1/strategies`, with an `Idempotency-Key` if it may be sent again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRun {
    /// The instrument's id.
    pub instrument: String,
    /// The strategy's name.
    pub strategy: String,
    /// What is set of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, f64>,
    /// The cash that its own account begins with; as the trader's did, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<Decimal>,
    /// The leverage of its account; as the trader's, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leverage: Option<Decimal>,
    /// The loss after which it is stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_limit: Option<Decimal>,
}

/// How far a strategy has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It trades.
    Running,
    /// Its orders are being cancelled, its position is being closed.
    Stopping,
    /// It holds nothing and has no orders.
    Stopped,
}

/// What a strategy has decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// On which tick.
    pub tick: u64,
    /// Its time, if it is still known.
    pub time: i64,
    /// Why.
    pub why: String,
    /// What, in a few words: `buy 0.5 market`, `cancel 12`.
    pub what: String,
    /// Why it was refused, if it was: a stable code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// A strategy at work, or one that has stopped: `GET /v1/strategies`, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its number.
    pub id: u64,
    /// The instrument.
    pub instrument: String,
    /// The strategy's name.
    pub strategy: String,
    /// What was set of it.
    pub values: BTreeMap<String, f64>,
    /// The loss after which it is stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_limit: Option<Decimal>,
    /// How far it has got.
    pub state: RunState,
    /// Why it ends: `asked`, `loss_limit`, `liquidated`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it started.
    pub started_at: i64,
    /// Its account.
    pub account: Account,
    /// What it has gained: equity less what it began with.
    pub profit: Decimal,
    /// Its fills so far.
    pub fills: u64,
    /// Its decisions so far.
    pub decided: u64,
    /// The last ones, newest first.
    pub decisions: Vec<Decided>,
}

/// What holds for every order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// The price increment.
    pub tick_size: Decimal,
    /// The quantity increment.
    pub lot_size: Decimal,
    /// The most of one order, base units.
    pub max_quantity: Decimal,
    /// The most open orders of one account.
    pub max_open_orders: usize,
    /// Ticks from a decision to its arrival.
    pub latency_ticks: u64,
    /// Part of the margin below which a position is closed.
    pub maintenance: Decimal,
    /// The most strategies of one trader that run at once.
    pub max_runs: usize,
}

/// Whether orders are taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Venue {
    /// The market's session; empty before the first one is known.
    pub session: String,
    /// The last tick that was traded on.
    pub tick: u64,
    /// Its time.
    pub time: i64,
    /// Whether the market's stream is followed now.
    pub is_live: bool,
    /// Whether trading is halted.
    pub is_halted: bool,
    /// Why nothing is taken, while nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// The first event of a connection, and `GET /v1/venue`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// The server's clock, Unix milliseconds.
    pub server_time: i64,
    /// The instrument that is traded.
    pub instrument: String,
    /// Whether orders are taken.
    #[serde(flatten)]
    pub venue: Venue,
    /// What holds for every order.
    pub rules: Rules,
    /// What a new account begins with.
    pub terms: Terms,
    /// The volatility that this session's prices have shown, per √year, jumps apart: that of back-tests on paths, unless they say another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volatility: Option<f64>,
}

/// All that a trader has: the event `snapshot`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Book {
    /// The market's session.
    pub session: String,
    /// Its account.
    pub account: Account,
    /// Its open orders and the last that ended, newest first.
    pub orders: Vec<Order>,
    /// Its last fills, newest first.
    pub fills: Vec<Fill>,
    /// Its strategies, newest first.
    pub strategies: Vec<Run>,
}

/// `POST /v1/backtests`: a strategy on this market's law, on one path or on many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewBacktest {
    /// The instrument's id.
    pub instrument: String,
    /// The strategy's name.
    pub strategy: String,
    /// What is set of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, f64>,
    /// The cash that it begins with; as a new account, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<Decimal>,
    /// Its leverage; as a new account, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leverage: Option<Decimal>,
    /// What it trades on.
    pub on: Source,
    /// Ticks: of a session its last ones, all that are kept if absent; of each path 100 to 1,000,000 (100,000 if absent), and at most 10⁸ of
    /// all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticks: Option<u64>,
    /// How many paths, 1 to 1,000; 1 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// The first path's seed, the others follow it; 0 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    /// μ per year of the paths; 0 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<f64>,
    /// σ per √year of the paths; what this session's ticks have shown, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volatility: Option<f64>,
}

/// What a back-test trades on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The last ticks of this session, as they were; it has neither paths nor seeds.
    Session,
    /// Geometric Brownian paths from the last price, which nobody steers.
    Seeds,
}

/// How far a back-test has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BacktestState {
    /// It waits for another to end.
    Waiting,
    /// It computes.
    Running,
    /// `result` has what came out.
    Done,
    /// `error` says why nothing did.
    Failed,
    /// Its owner has stopped it.
    Cancelled,
}

/// A back-test: the answer to [`NewBacktest`], `GET /v1/backtests/{id}`; `DELETE` stops and forgets it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// Its number.
    pub id: u64,
    /// What was asked for.
    pub asked: NewBacktest,
    /// How far it has got.
    pub state: BacktestState,
    /// The part that is done, [0, 1].
    pub progress: f64,
    /// Why nothing came out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What came out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<BacktestResult>,
}

/// What a back-test has shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BacktestResult {
    /// The drift that was used, per year; absent on a session's own ticks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<f64>,
    /// The volatility that was used, per √year; absent on a session's own ticks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volatility: Option<f64>,
    /// Figures of the first path by name, such as `total_return`, `sharpe`, `max_drawdown`; absent where one has no value.
    pub figures: BTreeMap<String, f64>,
    /// The first path, at most 1,000 points.
    pub path: PathCurve,
    /// Its fills, the last 500, oldest first.
    pub fills: Vec<Print>,
    /// What came out over all paths; absent if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution: Option<Distribution>,
}

/// A path and what the strategy was worth on it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PathCurve {
    /// Times.
    pub time: Vec<i64>,
    /// The price.
    pub price: Vec<f64>,
    /// What all of the account was worth.
    pub equity: Vec<f64>,
}

/// What came out over many paths.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    /// How many.
    pub paths: u32,
    /// Their total returns' mean.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Probabilities.
    pub probability: Vec<f64>,
    /// The total return at each probability.
    pub quantile: Vec<f64>,
    /// Edges of equal bins of total return, one more than counts.
    pub edge: Vec<f64>,
    /// Paths in each bin.
    pub count: Vec<u32>,
    /// The part of the paths that lost.
    pub probability_of_loss: f64,
    /// The part of the paths that lost half of what there was, at any time.
    pub probability_of_ruin: f64,
}
