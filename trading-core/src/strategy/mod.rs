//! Strategies: what decides by itself. Each sees what any client sees, and says why it does what it does.
//!
//! A tick on which a strategy decides nothing allocates nothing. What it remembers of prices is either a window, looked through anew for each
//! bar, or a mean that forgets; no sum goes on for ever, so rounding errors don't add up.

mod average;
mod bars;
mod breakout;
mod dca;
mod grid;
mod hold;
mod maker;
mod parameter;
mod reversion;
mod target;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::events::Fill;
use crate::exchange::Exchange;
use crate::order::{AccountId, Kind, NewOrder, Order, OrderId, Side, TimeInForce};
use crate::quote::{Grid as Steps, Quote};

pub use average::AverageCross;
pub use bars::{Bar, Bars};
pub use breakout::Breakout;
pub use dca::Dca;
pub use grid::Grid;
pub use hold::Hold;
pub use maker::MarketMaker;
pub use parameter::{Parameter, ParameterError, Values};
pub use reversion::MeanReversion;

/// What a strategy sees before it decides: the tick, its account, and its orders that haven't ended.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The tick.
    pub quote: &'a Quote,
    /// Its account.
    pub account: &'a Account,
    /// Multiples of prices and quantities.
    pub steps: Steps,
    exchange: &'a Exchange,
    id: AccountId,
}

impl<'a> View<'a> {
    /// What an account sees; none before the first tick, or if there is no such account.
    pub fn new(exchange: &'a Exchange, id: AccountId) -> Option<Self> {
        let (quote, account) = (exchange.quote()?, exchange.account(id)?);
        Some(Self { quote, account, steps: exchange.rules().grid, exchange, id })
    }

    /// Its open orders, oldest first.
    pub fn open(&self) -> impl Iterator<Item = &'a Order> + use<'a> {
        self.exchange.open_orders(self.id)
    }
}

/// What it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It asks for an order.
    Submit(NewOrder),
    /// It takes one back.
    Cancel(OrderId),
}

/// What it does, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What.
    pub action: Action,
    /// Why, in a sentence's part.
    pub reason: String,
}

/// Something that trades by itself.
///
/// It is told of every tick, of every bar if it has any, and of every fill of its own; what it wants is added to `decisions` and
/// reaches the exchange as anyone's orders do. It keeps whatever it needs between calls, so that it can be put away and go on.
pub trait Strategy {
    /// The strategy of a name, for those that have one: what is started by name is made by it.
    ///
    /// # Errors
    /// [`ParameterError`] for an unknown name or parameter, and a value outside its domain.
    fn named(name: &str, values: &Values) -> Result<Self, ParameterError>
    where
        Self: Sized,
    {
        let _ = values;
        Err(ParameterError::unknown(name))
    }

    /// The length of its bars, milliseconds of simulated time; none if it looks at ticks alone.
    fn bar_ms(&self) -> Option<u64> {
        None
    }

    /// A published tick.
    fn on_tick(&mut self, view: &View<'_>, decisions: &mut Vec<Decision>);

    /// A bar has closed; the tick that closed it follows.
    fn on_bar(&mut self, bar: &Bar, view: &View<'_>, decisions: &mut Vec<Decision>) {
        let _ = (bar, view, decisions);
    }

    /// One of its orders was filled.
    fn on_fill(&mut self, fill: &Fill, view: &View<'_>, decisions: &mut Vec<Decision>) {
        let _ = (fill, view, decisions);
    }
}

macro_rules! built_in {
    ($($(#[doc = $doc:literal])* $variant:ident($type:ty) = $name:literal, $title:literal, $description:literal;)+) => {
        /// The strategies that come with the exchange.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "strategy", rename_all = "snake_case")]
        pub enum BuiltIn {
            $($(#[doc = $doc])* $variant($type)),+
        }

        /// Their names.
        pub const NAMES: &[&str] = &[$($name),+];

        impl BuiltIn {
            /// The strategy of a name, with the values given and otherwise its own.
            ///
            /// # Errors
            /// [`ParameterError`] for an unknown name or parameter, and a value outside its domain.
            pub fn new(name: &str, values: &Values) -> Result<Self, ParameterError> {
                match name {
                    $($name => Ok(Self::$variant(<$type>::new(values)?)),)+
                    _ => Err(ParameterError::unknown(name)),
                }
            }

            /// What can be set, in the order in which it is read.
            pub fn parameters(name: &str) -> Option<&'static [Parameter]> {
                match name {
                    $($name => Some(<$type>::PARAMETERS),)+
                    _ => None,
                }
            }

            /// What it is called on a screen.
            pub fn title(name: &str) -> Option<&'static str> {
                match name {
                    $($name => Some($title),)+
                    _ => None,
                }
            }

            /// What it does, in one sentence for a screen.
            pub fn description(name: &str) -> Option<&'static str> {
                match name {
                    $($name => Some($description),)+
                    _ => None,
                }
            }

            /// Its name.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name),+ }
            }
        }

        impl Strategy for BuiltIn {
            fn named(name: &str, values: &Values) -> Result<Self, ParameterError> {
                Self::new(name, values)
            }

            fn bar_ms(&self) -> Option<u64> {
                match self { $(Self::$variant(strategy) => strategy.bar_ms()),+ }
            }

            #[inline]
            fn on_tick(&mut self, view: &View<'_>, decisions: &mut Vec<Decision>) {
                match self { $(Self::$variant(strategy) => strategy.on_tick(view, decisions)),+ }
            }

            fn on_bar(&mut self, bar: &Bar, view: &View<'_>, decisions: &mut Vec<Decision>) {
                match self { $(Self::$variant(strategy) => strategy.on_bar(bar, view, decisions)),+ }
            }

            fn on_fill(&mut self, fill: &Fill, view: &View<'_>, decisions: &mut Vec<Decision>) {
                match self { $(Self::$variant(strategy) => strategy.on_fill(fill, view, decisions)),+ }
            }
        }
    };
}

built_in! {
    /// Buys once and holds: what the others are measured by.
    BuyAndHold(Hold) = "buy_and_hold", "Buy and hold",
        "Buys once with a part of the cash and holds: what the others are measured by.";
    /// Buys as much again and again, at whatever price.
    Dca(Dca) = "dca", "Dollar-cost averaging",
        "Buys for the same amount at regular times, whatever the price.";
    /// Follows a trend: long while a fast average is above a slow one.
    AverageCross(AverageCross) = "average_cross", "Moving-average crossover",
        "Is long while a fast average of closes is above a slow one, and flat or short below.";
    /// Bets on a return to the average.
    MeanReversion(MeanReversion) = "mean_reversion", "Mean reversion",
        "Buys what has fallen far below its average and sells it once it has come back.";
    /// Follows what leaves its range.
    Breakout(Breakout) = "breakout", "Breakout",
        "Buys what closes above the highest price of its last bars and sells it below the lowest of fewer.";
    /// Earns from going to and fro.
    Grid(Grid) = "grid", "Grid",
        "Rests orders on levels below its first price, and sells each purchase one level higher.";
    /// Rests on both sides.
    MarketMaker(MarketMaker) = "market_maker", "Market maker",
        "Rests orders on both sides of the price, nearer on the side that brings its inventory back to zero.";
}

/// An order of a strategy.
fn order(side: Side, quantity: Decimal, kind: Kind) -> NewOrder {
    let time_in_force = TimeInForce::Gtc;
    let (client_id, expires_tick) = (None, None);
    NewOrder { client_id, side, quantity, kind, time_in_force, post_only: false, reduce_only: false, expires_tick }
}

/// A market order.
fn market(side: Side, quantity: Decimal) -> NewOrder {
    order(side, quantity, Kind::Market)
}

/// A limit order that is only ever a maker.
fn post_only(side: Side, quantity: Decimal, price: Decimal) -> NewOrder {
    NewOrder { post_only: true, ..order(side, quantity, Kind::Limit { price }) }
}
