//! The workloads, and who takes part in each.

use crate::contest::{Contestant, contest};
use crate::scene::{FINE, STEPS, VALUES};
use crate::{by_diffusionx, by_rand_distr, by_stochastic_rs, ours, say};

pub(crate) struct Workload {
    pub(crate) key: &'static str,
    pub(crate) what: &'static str,
    pub(crate) ours: fn() -> Contestant,
    pub(crate) peers: fn() -> Vec<Contestant>,
}

pub(crate) const WORKLOADS: [Workload; 8] = [
    Workload {
        key: "W1",
        what: "10,000 paths of 1,000 steps, every price stored in memory that was written before",
        ours: || ours::prices(STEPS),
        peers: || prices(STEPS, false),
    },
    Workload {
        key: "W1log",
        what: "the same as natural log-prices",
        ours: || ours::log_prices(STEPS),
        peers: || log_prices(STEPS),
    },
    Workload {
        key: "W3next",
        what: "10,000,000 steps of one path, price by price",
        ours: || ours::stream(FINE),
        peers: || chain([by_stochastic_rs::stream(FINE), by_rand_distr::stream(FINE)]),
    },
    Workload {
        key: "W3slices",
        what: "10,000,000 steps of one path, in slices of 3,200 prices",
        ours: || ours::slices(FINE),
        peers: || by_stochastic_rs::slices(FINE),
    },
    Workload {
        key: "W4",
        what: "the average payoff of a call over 10,000,000 terminal prices",
        ours: ours::terminal_call,
        peers: terminal_call,
    },
    Workload {
        key: "W5x2",
        what: "5,000 paths of 1,000 steps of 2 correlated assets",
        ours: || ours::basket(2),
        peers: || vec![by_stochastic_rs::basket(2)],
    },
    Workload {
        key: "W5x10",
        what: "1,000 paths of 1,000 steps of 10 correlated assets",
        ours: || ours::basket(10),
        peers: || vec![by_stochastic_rs::basket(10)],
    },
    Workload {
        key: "W5x50",
        what: "200 paths of 1,000 steps of 50 correlated assets",
        ours: || ours::basket(50),
        peers: || vec![by_stochastic_rs::basket(50)],
    },
];

fn chain<const N: usize>(parts: [Vec<Contestant>; N]) -> Vec<Contestant> {
    parts.into_iter().flatten().collect()
}

pub(crate) fn prices(steps: usize, copies: bool) -> Vec<Contestant> {
    chain([by_stochastic_rs::prices(steps, copies), by_diffusionx::prices(steps), by_rand_distr::prices(steps)])
}

pub(crate) fn log_prices(steps: usize) -> Vec<Contestant> {
    chain([by_stochastic_rs::log_prices(steps), by_diffusionx::log_prices(steps), by_rand_distr::log_prices(steps)])
}

pub(crate) fn terminal_call() -> Vec<Contestant> {
    chain([by_stochastic_rs::terminal_call(), by_diffusionx::terminal_call(), by_rand_distr::terminal_call()])
}

/// One table for each workload.
pub(crate) fn compare(count: usize, only: Option<&str>) {
    let mut buffer = vec![1.0; VALUES];
    for workload in WORKLOADS.iter().filter(|workload| only.is_none_or(|only| only == workload.key)) {
        let mut ours = (workload.ours)();
        say(&format!("### {}: {}\n\nOurs: {}.\n", workload.key, workload.what, ours.how));
        say("| Peer | How | Steps | Ours, ns | Peer, ns | Peer / ours | Least | Most |");
        say("|---|---|---|---|---|---|---|---|");
        for mut peer in (workload.peers)() {
            let score = contest(count, &mut buffer, &mut ours, &mut peer);
            say(&format!(
                "| {} | {} | {} | {:.2} | {:.2} | **{:.2}** | {:.2} | {:.2} |",
                peer.library,
                peer.how,
                peer.law.name(),
                score.first_ns,
                score.second_ns,
                score.ratio,
                score.least,
                score.most
            ));
        }
        say("");
    }
}
