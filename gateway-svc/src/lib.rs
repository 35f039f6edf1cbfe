//! The one door, port 3000: a reverse proxy for HTTP and WebSocket, sign-in, limits.
//!
//! It knows the services behind it by their addresses alone and hands on what it doesn't answer itself; every service
//! checks tokens for itself, so going round the gateway gains nothing.

mod auth;
pub mod cli;
mod health;
mod limit;
mod proxy;
mod routes;
mod service;

pub use service::{Config, Timeouts, run};
