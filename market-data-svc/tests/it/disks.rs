//! Full and slow disks, clocks, and refusals.

use std::time::Duration;

use gbm_core::prelude::*;
use market_api::clock::{Clock, ClockChange};
use market_data_svc::handle::{Key, MarketError, Opening, Play, Status};
use scenario::Scenario;
use tokio::time::sleep;

use crate::support::{Running, holds, intervene, market, shock};

const LOOK: ClockChange = ClockChange { running: None, speed: None };

fn running(running: bool) -> ClockChange {
    ClockChange { running: Some(running), ..LOOK }
}

fn speed(speed: f64) -> ClockChange {
    ClockChange { speed: Some(speed), ..LOOK }
}

fn anew(seed: u64) -> Opening {
    Opening::Market(Box::new(market(seed, 1)))
}

/// Looks at the market until it stands as it should, ten seconds at most.
async fn eventually(running: &Running, as_it_should: impl Fn(&Status) -> bool) -> Status {
    for _ in 0..1000 {
        let status = running.handle.clock(LOOK).await.unwrap();
        if as_it_should(&status) {
            return status;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("the market never stood as it should");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_commands_then_ticks_and_recovers_by_itself() {
    let running = Running::new(4, 1, Duration::ZERO);
    let mut acknowledged = vec![running.intervene(shock(0.01), "admin").await.unwrap()];
    running.disk.set_broken(true);
    let error = running.intervene(shock(0.02), "admin").await.unwrap_err();
    assert!(matches!(&error, MarketError::Disk(_)), "{error}");
    assert!(error.to_string().starts_with("the journal can't be written: "), "{error}");
    // Ticks go on up to the watermark, about a second ahead, and wait there.
    let status = eventually(&running, |status| status.tick == status.through).await;
    assert!(status.stalled.is_some());
    sleep(Duration::from_millis(100)).await;
    assert_eq!(running.handle.clock(LOOK).await.unwrap().tick, status.tick);
    running.disk.set_broken(false);
    let back = eventually(&running, |now| now.tick > status.tick).await;
    assert_eq!(back.stalled, None);
    acknowledged.push(running.intervene(shock(0.03), "admin").await.unwrap());
    assert_eq!(acknowledged[1].id.get(), 2, "the refused command left no trace");
    let (bytes, seen) = running.stop().await;
    holds(&bytes, &seen, &acknowledged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_whose_sync_failed_is_gone_before_any_tick_passes_it() {
    let running = Running::new(8, 1, Duration::ZERO);
    let accepted = running.intervene(shock(0.01), "admin").await.unwrap();
    running.disk.fail_after_taking_all(true);
    // Nobody waits for the disk to come back: it may never do so.
    let unsure = running.intervene(shock(0.02), "admin").await.unwrap_err();
    assert!(matches!(unsure, MarketError::Unsure(_)), "{unsure}");
    assert!(matches!(running.intervene(shock(0.03), "admin").await, Err(MarketError::Disk(_))));
    // The line stands on the disk and can't be cut off: a crash now would bring it back, so no tick may pass it.
    for _ in 0..30 {
        let seen = running.seen.lock().unwrap().clone();
        holds(&running.disk.bytes(), &seen, std::slice::from_ref(&accepted));
        sleep(Duration::from_millis(10)).await;
    }
    let stood = running.handle.clock(LOOK).await.unwrap();
    assert!(stood.tick < stood.through, "ticks wait for the line, not for the watermark");
    assert_eq!(stood.stalled.as_deref(), Some("stuck"));
    running.disk.unstick();
    for _ in 0..30 {
        let seen = running.seen.lock().unwrap().clone();
        holds(&running.disk.bytes(), &seen, std::slice::from_ref(&accepted));
        sleep(Duration::from_millis(5)).await;
    }
    running.disk.set_broken(false);
    eventually(&running, |now| now.tick > stood.through && now.stalled.is_none()).await;
    let (bytes, seen) = running.stop().await;
    holds(&bytes, &seen, &[accepted]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_disk_delays_commands_and_not_ticks() {
    let running = Running::new(5, 10, Duration::from_millis(150));
    eventually(&running, |status| status.tick > 5).await;
    let began = tokio::time::Instant::now();
    let command = tokio::spawn({
        let handle = running.handle.clone();
        async move { intervene(&handle, shock(0.01).at(1000), "admin").await }
    });
    let before = running.ticks();
    let accepted = command.await.unwrap().unwrap();
    assert!(began.elapsed() >= Duration::from_millis(140));
    assert!(running.ticks() >= before + 3, "{} ticks while the command waited for its sync", running.ticks() - before);
    let (bytes, seen) = running.stop().await;
    holds(&bytes, &seen, &[accepted]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_pauses_resumes_and_changes_its_speed() {
    let market = Running::new(6, 100, Duration::ZERO);
    let paused = market.handle.clock(running(false)).await.unwrap();
    assert!(!paused.clock.running);
    sleep(Duration::from_millis(250)).await;
    let still = market.handle.clock(LOOK).await.unwrap();
    assert_eq!(still.tick, paused.tick);
    let accepted = market.intervene(shock(0.5), "admin").await.unwrap();
    assert_eq!(accepted.tick, paused.tick + 1);
    let fast = market.handle.clock(speed(1000.0)).await.unwrap();
    assert_eq!((fast.clock.speed, fast.clock.running), (1000.0, false));
    let began = tokio::time::Instant::now();
    market.handle.clock(running(true)).await.unwrap();
    sleep(Duration::from_millis(300)).await;
    let after = market.handle.clock(LOOK).await.unwrap().tick - paused.tick;
    let most = 10_000.0 * began.elapsed().as_secs_f64();
    assert!(after as f64 <= most + 1.0 && after as f64 > most / 5.0, "{after} ticks, {most} at 10,000 a second");
    for wrong in [0.0, -1.0, f64::NAN, 1001.0] {
        assert!(matches!(market.handle.clock(speed(wrong)).await, Err(MarketError::Speed(_))));
    }
    let (bytes, seen) = market.stop().await;
    holds(&bytes, &seen, &[accepted]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_command_twice_has_one_effect_and_one_answer() {
    let running = Running::new(7, 1, Duration::from_millis(5));
    let command = Command { id: Some(InterventionId::new(77).unwrap()), ..shock(0.1) };
    let (first, second) =
        tokio::join!(running.intervene(command.clone(), "a"), running.intervene(command.clone(), "a"));
    let accepted = first.unwrap();
    assert_eq!(second.unwrap(), accepted);
    sleep(Duration::from_millis(80)).await;
    assert_eq!(running.intervene(command, "a").await.unwrap(), accepted, "also after it has acted");
    let other = Command { id: Some(accepted.id), ..shock(0.2) };
    let refused = running.intervene(other, "a").await.unwrap_err();
    assert!(matches!(refused, MarketError::Refused(_)), "{refused}");
    let known = running.handle.look(|view| view.simulation.interventions().cloned().collect::<Vec<_>>()).await.unwrap();
    assert_eq!(known, std::slice::from_ref(&accepted));
    let (bytes, seen) = running.stop().await;
    holds(&bytes, &seen, &[accepted]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_full_disk_refuses_was_never_told_and_the_session_goes_on() {
    let running = Running::new(9, 1, Duration::ZERO);
    let kept = running.intervene(shock(0.01), "admin").await.unwrap();
    running.disk.set_broken(true);
    assert!(matches!(running.intervene(shock(0.02), "admin").await, Err(MarketError::Disk(_))));
    let clock = Clock { running: true, speed: 1.0 };
    let refused = running.handle.begin(anew(10), clock, Key::default()).await;
    assert!(matches!(refused, Err(MarketError::Disk(_))), "{refused:?}");
    assert!(matches!(running.handle.clock(speed(2.0)).await, Err(MarketError::Disk(_))));
    assert_eq!(running.handle.clock(LOOK).await.unwrap().clock, clock, "a clock that can't be kept isn't changed");
    running.disk.set_broken(false);
    eventually(&running, |status| status.stalled.is_none()).await;
    assert!(running.told.lock().unwrap().iter().all(|told| told.id == kept.id.get()));
    assert!(running.disk.ended().is_empty());
    let seen = running.seen.lock().unwrap().clone();
    running.handle.begin(anew(10), clock, Key::default()).await.unwrap();
    let first = running.intervene(shock(0.03), "admin").await.unwrap();
    assert_eq!(first.id.get(), 1, "ids begin again");
    let ended = running.disk.ended();
    holds(&ended[0], &seen, &[kept]);
    eventually(&running, |status| status.tick > 5).await;
    let (bytes, seen) = running.stop().await;
    holds(&bytes, &seen, &[first]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_lost_its_place_is_put_back_and_the_session_goes_on() {
    let running = Running::new(10, 1, Duration::ZERO);
    let first = running.intervene(shock(0.01), "admin").await.unwrap();
    running.disk.set_displacing(true);
    let clock = Clock { running: true, speed: 1.0 };
    let error = running.handle.begin(anew(11), clock, Key::default()).await.unwrap_err();
    assert!(error.to_string().contains("the journal has lost its place"), "{error}");
    let status = eventually(&running, |status| status.tick == status.through).await;
    assert!(status.stalled.is_some_and(|reason| reason.starts_with("the journal has lost its place")));
    for refused in [
        running.intervene(shock(0.02), "admin").await.unwrap_err(),
        running.handle.begin(anew(11), clock, Key::default()).await.unwrap_err(),
        running.handle.journal().await.unwrap_err(),
    ] {
        assert!(matches!(refused, MarketError::Disk(_)), "{refused}");
    }
    sleep(Duration::from_millis(300)).await;
    assert_eq!(running.handle.clock(LOOK).await.unwrap().tick, status.tick, "no line follows in it meanwhile");
    running.disk.set_displacing(false);
    eventually(&running, |now| now.tick > status.tick && now.stalled.is_none()).await;
    let second = running.intervene(shock(0.03), "admin").await.unwrap();
    assert_eq!(second.id.get(), 2);
    let (bytes, seen) = running.stop().await;
    holds(&bytes, &seen, &[first, second]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lines_of_one_request_are_written_at_once() {
    // Otherwise a disk that fails between two of them would leave half of what was refused.
    let running = Running::new(10, 1, Duration::from_millis(1));
    let steps = "[[steps]]\nat_s = 100\nkind = \"spread\"\nfactor = 2\n".repeat(40);
    let text = format!("name = \"a\"\ntitle = \"T\"\ndescription = \"D.\"\n{steps}");
    for _ in 0..20 {
        let (scenario, instrument) = (Scenario::from_toml(&text).unwrap(), "BTC-USD".into());
        let parameters = scenario::Overrides::new();
        let play = Play { scenario, parameters, instrument, tick: None, actor: "admin".into(), key: String::new() };
        assert_eq!(running.handle.play(play).await.unwrap().len(), 40);
        assert_eq!(running.handle.release_all("BTC-USD", "admin", "").await.unwrap().len(), 40);
    }
    let lines = |append: &Vec<u8>| String::from_utf8_lossy(append).matches("\"kind\":\"command\"").count();
    let counts: Vec<usize> = running.disk.appends().iter().map(lines).filter(|&count| count > 0).collect();
    assert_eq!(counts, [40; 40]);
    let (bytes, seen) = running.stop().await;
    holds(&bytes, &seen, &[]);
}
