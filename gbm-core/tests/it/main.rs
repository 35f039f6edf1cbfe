//! The crate's one integration binary: golden, numeric, property, replay and layer tests.

mod book_law;
mod calibration;
mod correlated;
mod domains;
mod double_double;
mod golden;
mod interventions;
mod journal_damage;
mod layers;
mod math_accuracy;
mod noise;
mod paths;
mod replay;
mod snapshots;
mod support;
