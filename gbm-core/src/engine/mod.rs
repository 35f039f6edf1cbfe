//! The engine: ln P = B + A + T + D, and the reference price exp(B⁰) beside it.
//!
//! | Part | What it is |
//! |---|---|
//! | B | the model's log-price under the modifiers in force, always advanced from the noise |
//! | A | permanent displacement |
//! | T | transient displacement: deterministic functions of the tick |
//! | D | impact of the depth-relative excess volume, which relaxes |
//! | B⁰ | the model as declared, on the same noise, never stopped |
//!
//! A controller (a halt, a pin, a target) sets ln P for a time by choosing A, so that nothing jumps when it ends.
//!
//! All in log₂ units; price = S₀·2^(((B + A) + T) + D).

mod asset;
mod controllers;
mod displacement;
mod profile;
mod simulation;
mod snapshot;
mod standing;
mod steering;
mod windows;

pub use asset::Quote;
pub use simulation::{MAX_INTERVENTIONS, Simulation, StepError, Tick};
pub use snapshot::{Snapshot, SnapshotError};
pub use standing::{BookState, Change, InForce, Standing};
