//! The market's task against its disk: nothing acknowledged is lost, nothing published is contradicted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")]

mod admins;
mod crashes;
mod disks;
mod histories;
mod live;
mod services;
mod sessions;
mod storage;
mod support;
