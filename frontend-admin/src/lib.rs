//! The two screens of the system, Trading and the Control room, and the server that holds them: what
//! `build/` makes of `static/` is in the binary, and nothing else is served.
//!
//! - [`assets`]: the files.
//! - [`content`]: a file as it is sent: its type, its tag, and the form that a client takes.
//! - [`policy`]: what the pages may load and reach.
//! - [`server`]: the routes, and the service on its sockets.
//! - [`cli`]: the program.

pub mod assets;
pub mod cli;
pub mod content;
pub mod policy;
pub mod server;

pub use server::{Config, app, run};
