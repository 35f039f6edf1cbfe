//! Crashes at any moment: the disk is copied while the market runs, and a new market goes on with the copy.

use std::time::Duration;

use gbm_core::intervention::Accepted;
use gbm_core::math::ln;
use tokio::time::sleep;

use crate::support::{Running, commands, holds, intervene, read, shock};

#[tokio::test(flavor = "multi_thread")]
async fn commands_act_on_the_tick_that_the_answer_names() {
    let running = Running::new(1, 1, Duration::from_millis(2));
    let mut acknowledged = Vec::new();
    for i in 1..=30 {
        acknowledged.push(running.intervene(shock(0.001 * f64::from(i)), "admin").await.unwrap());
        sleep(Duration::from_millis(3)).await;
    }
    sleep(Duration::from_millis(60)).await;
    let syncs = running.disk.syncs();
    let (bytes, seen) = running.stop().await;
    holds(&bytes, &seen, &acknowledged);
    assert!(syncs > 5);
    for (i, accepted) in (1..=30).zip(&acknowledged) {
        let tick = usize::try_from(accepted.tick).unwrap();
        let gap = |tick: usize| ln(seen[tick - 1].price / seen[tick - 1].reference);
        let others = acknowledged.iter().filter(|other| other.tick == accepted.tick).count();
        if others == 1 {
            assert!((gap(tick) - gap(tick - 1) - 0.001 * f64::from(i)).abs() < 1e-12, "command {i} on tick {tick}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_shares_its_syncs() {
    let running = Running::new(2, 1, Duration::from_millis(10));
    sleep(Duration::from_millis(50)).await;
    let before = running.disk.syncs();
    let burst: Vec<_> = (0..200)
        .map(|_| {
            let handle = running.handle.clone();
            tokio::spawn(async move { intervene(&handle, shock(0.0001), "admin").await.unwrap() })
        })
        .collect();
    let mut acknowledged = Vec::new();
    for answer in burst {
        acknowledged.push(answer.await.unwrap());
    }
    assert!(running.disk.syncs() - before < 20, "{} syncs for 200 commands", running.disk.syncs() - before);
    let (bytes, seen) = running.stop().await;
    holds(&bytes, &seen, &acknowledged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_the_disk_at_any_moment_holds_all_that_was_acknowledged_and_seen() {
    let mut copies: Vec<(Vec<u8>, Vec<_>, Vec<Accepted>)> = Vec::new();
    let running = Running::new(3, 1, Duration::from_millis(1));
    let mut acknowledged = Vec::new();
    for i in 0..200 {
        let seen = running.seen.lock().unwrap().clone();
        copies.push((running.disk.bytes(), seen, acknowledged.clone()));
        if i % 2 == 0 {
            acknowledged.push(running.intervene(shock(0.0003), "admin").await.unwrap());
        } else {
            sleep(Duration::from_millis(2)).await;
        }
    }
    let (bytes, seen) = running.stop().await;
    holds(&bytes, &seen, &acknowledged);
    for (bytes, seen, acknowledged) in &copies {
        holds(bytes, seen, acknowledged);
    }
    // Some of them go on, torn in the middle of their last line as a crash would leave them.
    for (bytes, seen, acknowledged) in copies.iter().step_by(25) {
        let mut torn = bytes.clone();
        torn.extend_from_slice(b"{\"seq\":99,\"at\"");
        let (running, recomputed) = Running::recovered(&torn);
        assert!(recomputed[..seen.len()] == seen[..], "the same ticks again");
        let mut all = acknowledged.clone();
        all.push(running.intervene(shock(-0.01), "admin").await.unwrap());
        sleep(Duration::from_millis(30)).await;
        let (bytes, seen) = running.stop().await;
        assert!(seen.len() > recomputed.len() && seen[..recomputed.len()] == recomputed[..]);
        holds(&bytes, &seen, &all);
        assert_eq!(commands(&read(&bytes)).len(), all.len(), "none is doubled");
    }
}
