//! What an admin can do to a market: the wire form of each kind, its domain, and the errors of commands.

mod command;
mod kinds;

pub use command::{Accepted, Command, InterventionError, InterventionId};
pub(crate) use kinds::Controller;
pub use kinds::{
    Cancel, FlashCrash, Halt, InjectLiquidity, Intervention, JumpRate, MetaOrder, OnConflict, OrderSide, Pin,
    PriceBand, Ramp, RampShape, Regime, Reopen, SetDrift, SetPrice, SetVolatility, Shock, Side, Spread, Target,
    VolatilityScale,
};
