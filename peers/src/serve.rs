//! Ours on demand, so that a peer outside this program can take turns with it.

use std::io::BufRead;

use crate::clock::timed;
use crate::contest::nanoseconds;
use crate::say;
use crate::scene::VALUES;
use crate::workloads::WORKLOADS;

/// For each workload's key on standard input, runs ours once and says its nanoseconds a value.
pub(crate) fn serve() {
    let mut buffer = vec![1.0; VALUES];
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let found = WORKLOADS.iter().find(|workload| workload.key == line.trim());
        match found {
            Some(workload) => {
                let mut ours = (workload.ours)();
                say(&format!("{:.4}", nanoseconds(timed(|| (ours.run)(&mut buffer)))));
            }
            None => say("no such workload"),
        }
    }
}
