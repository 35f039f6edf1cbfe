//! What was taken on a tick, netted over all traders: an order of everyone's, as the market is told of it.

use std::collections::BTreeMap;

use market_api::trading::{Fill, Side};
use rust_decimal::Decimal;
use trading_core::rules::Impact;

use crate::state::{Session, State};

/// Of one tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The market's session.
    pub session: String,
    /// The instrument.
    pub instrument: String,
    /// The tick.
    pub tick: u64,
    /// Purchases less sales, base units; not zero.
    pub quantity: Decimal,
    /// Milliseconds between ticks: the order is worked for as long.
    pub interval_ms: u64,
}

/// The flows of some fills: trader, account, fill. None if orders move only their own account's book. What rested was hit by the market's own
/// flow, and doesn't count.
pub fn flows(session: &Session, state: &State, fills: &[(u64, u64, Fill)]) -> Vec<Flow> {
    if state.desk.exchange().rules().impact != Impact::Shared {
        return Vec::new();
    }
    let mut net: BTreeMap<u64, Decimal> = BTreeMap::new();
    for (_, _, fill) in fills.iter().filter(|(_, _, fill)| !fill.is_maker) {
        let signed = if fill.side == Side::Buy { fill.quantity } else { -fill.quantity };
        *net.entry(fill.tick).or_default() += signed;
    }
    let flow = |(tick, quantity)| Flow {
        session: session.name.clone(),
        instrument: session.instrument.clone(),
        tick,
        quantity,
        interval_ms: session.interval_ms,
    };
    net.into_iter().filter(|(_, quantity)| !quantity.is_zero()).map(flow).collect()
}
