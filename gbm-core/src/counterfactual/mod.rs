//! What would have happened: which intervention moved the price and by how much ([`attribute`]), and how a session would have gone
//! on with other interventions ([`fork`]). Both are exact, because the noise never moves.

mod attribution;
mod fork;

pub use attribution::{Attribution, AttributionError, Contribution, MAX_ENTRIES, attribute, cost};
pub use fork::{Edit, ForkError, fork, fork_session, record_fork};
