//! What an admin can do to a market: the wire form of each kind, its domain, and the errors of commands.

mod command;
mod kinds;

pub use command::{Accepted, Command, InterventionError, InterventionId};
pub use kinds::{Cancel, InjectLiquidity, Intervention, SetDrift, SetPrice, SetVolatility, Shock, Side};
