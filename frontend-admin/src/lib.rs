//! The two screens of the system, the live market and the Control room, and the server that holds them: every file of
//! `static/` is in the binary, and nothing else is served.
//!
//! - [`assets`]: the files.
//! - [`content`]: a file as it is sent: its type, its tag, and itself compressed.
//! - [`modules`]: which modules a page will need, so that a browser fetches them at once.
//! - [`policy`]: what the pages may load and reach.
//! - [`source`]: our own modules without their comments.
//! - [`server`]: the routes, and the service on its sockets.
//! - [`cli`]: the program.

pub mod assets;
pub mod cli;
pub mod content;
pub mod modules;
pub mod policy;
pub mod server;
pub mod source;

pub use server::{Config, app, run};
