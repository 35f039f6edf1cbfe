//! What every service does the same way: it names its faults, checks tokens, hosts and origins, serves its sockets,
//! stops, logs and reads its flags.
//!
//! Of ours it imports `market-api` alone, so a service that never sees the engine can use it.

pub mod body;
pub mod buckets;
pub mod caller;
pub mod complain;
pub mod flags;
pub mod guard;
pub mod hosts;
pub mod links;
pub mod problem;
pub mod program;
pub mod random;
pub mod serve;
pub mod shutdown;
pub mod telemetry;
pub mod timer;
pub mod token;
