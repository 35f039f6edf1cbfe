//! The crate's one integration binary: golden, numeric, property, replay and layer tests.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")]
#![allow(clippy::disallowed_methods, reason = "platform maths is an oracle outside the engine")]
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small numbers, chosen here")]
#![allow(clippy::print_stdout, reason = "measured figures, shown with --nocapture")]

mod book_law;
mod calibration;
mod checkpoints;
mod compaction;
mod controllers;
mod correlated;
mod counterfactuals;
mod displacements;
mod domains;
mod double_double;
mod every_kind;
mod functions;
mod golden;
mod golden_models;
mod interventions;
mod journal_damage;
mod kernels;
mod layers;
mod math_accuracy;
mod memory;
mod mimic;
mod mixed_market;
mod model_domains;
mod model_replay;
mod model_snapshots;
mod nearest;
mod noise;
mod own_model;
mod paths;
mod prints;
mod quotes;
mod replay;
mod same_bits;
mod snapshots;
mod standings;
mod support;
mod zoo;
