//! The crate's one integration binary: prices against closed forms and published numbers, with planted faults; Sobol' points
//! against another program; bits against threads; rules and misuse.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")]
#![allow(clippy::disallowed_methods, reason = "platform maths is an oracle outside the crate")]
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small numbers, chosen here")]
#![allow(clippy::print_stdout, reason = "measured figures, shown with --nocapture")]

mod any;
mod degenerate;
mod faults;
mod forms;
mod golden;
mod laws;
mod layers;
mod misuse;
mod oracle;
mod published;
mod quasi;
mod quasi_laws;
mod quasi_points;
mod quasi_rates;
mod rules;
mod sobol;
mod suite;
mod threads;
