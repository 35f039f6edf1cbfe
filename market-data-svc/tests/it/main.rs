//! The market's task against its disk: nothing acknowledged is lost, nothing published is contradicted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")]
#![allow(clippy::print_stdout, reason = "measured figures, shown with --nocapture")]
#![allow(clippy::needless_pass_by_value, reason = "so that a body can be written where it is given")]

mod admins;
mod bodies;
mod crashes;
mod crowds;
mod disks;
mod histories;
mod instruments;
mod kills;
mod layers;
mod live;
mod own_scenarios;
mod promises;
mod refusals;
mod replays;
mod restarts;
mod scenarios;
mod services;
mod sessions;
mod simulated;
mod storage;
mod support;
mod trades;
mod what_ifs;
