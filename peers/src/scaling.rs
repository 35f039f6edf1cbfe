//! Ours against ours: threads, correlation and instruction sets.

use gbm_core::kernel::Isa;

use crate::clock::timed;
use crate::contest::{Score, contest, pairs};
use crate::scene::{PATHS, STEPS, VALUES};
use crate::{ours, say};

pub(crate) fn compare(count: usize) {
    let mut buffer = vec![1.0; VALUES];
    say("### Ours against ours\n");
    say("| First | Second | First, ns | Second, ns | Second / first | Least | Most |");
    say("|---|---|---|---|---|---|---|");
    let shared = std::cell::RefCell::new(&mut buffer[..]);
    let [one, two] =
        [1, 2].map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool"));
    let with = |pool| ours::wall_seconds(pool, &mut shared.borrow_mut());
    row("W1 on two threads, wall time", "on one", &pairs(count, || with(&two), || with(&one)));
    for assets in [2, 10, 50] {
        let whole = PATHS / assets * assets * STEPS;
        let (mut apart, mut basket) = (ours::independent(assets), ours::basket(assets));
        let score = contest(count, &mut buffer[..whole], &mut apart, &mut basket);
        row(&format!("{assets} independent assets"), &format!("{assets} correlated assets"), &score);
    }
    instruction_sets(count, &mut buffer);
    say("");
}

/// Each instruction set that is there against the one before it.
fn instruction_sets(count: usize, buffer: &mut [f64]) {
    let works = [("W1", ours::prices(STEPS)), ("W1log", ours::log_prices(STEPS)), ("W4", ours::terminal_call())];
    let there: Vec<Isa> = Isa::ALL.into_iter().filter(|isa| isa.is_available()).collect();
    for (key, work) in works {
        let work = std::cell::RefCell::new((work, &mut *buffer));
        let with = |isa: Isa| {
            let (work, buffer) = &mut *work.borrow_mut();
            isa.run(|| timed(|| (work.run)(buffer)))
        };
        for pair in there.windows(2) {
            let score = pairs(count, || with(pair[1]), || with(pair[0]));
            row(&format!("{key} by {}", pair[1]), &format!("by {}", pair[0]), &score);
        }
    }
}

fn row(first: &str, second: &str, score: &Score) {
    let Score { first_ns, second_ns, ratio, least, most } = score;
    say(&format!("| {first} | {second} | {first_ns:.2} | {second_ns:.2} | **{ratio:.2}** | {least:.2} | {most:.2} |"));
}
