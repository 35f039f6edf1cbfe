//! Ours against ours: threads and correlation.

use crate::contest::{Score, contest, pairs};
use crate::scene::{PATHS, STEPS, VALUES};
use crate::{ours, say};

pub(crate) fn compare(count: usize) {
    let mut buffer = vec![1.0; VALUES];
    say("### Ours against ours\n");
    say("| First | Second | First, ns | Second, ns | Second / first | Least | Most |");
    say("|---|---|---|---|---|---|---|");
    let shared = std::cell::RefCell::new(&mut buffer[..]);
    let threads = |threads| ours::wall_seconds(threads, &mut shared.borrow_mut());
    row("W1 on one thread, wall time", "on two threads", &pairs(count, || threads(1), || threads(2)));
    for assets in [2, 10, 50] {
        let whole = PATHS / assets * assets * STEPS;
        let (mut apart, mut basket) = (ours::independent(assets), ours::basket(assets));
        let score = contest(count, &mut buffer[..whole], &mut apart, &mut basket);
        row(&format!("{assets} independent assets"), &format!("{assets} correlated assets"), &score);
    }
    say("");
}

fn row(first: &str, second: &str, score: &Score) {
    let Score { first_ns, second_ns, ratio, least, most } = score;
    say(&format!("| {first} | {second} | {first_ns:.2} | {second_ns:.2} | **{ratio:.2}** | {least:.2} | {most:.2} |"));
}
