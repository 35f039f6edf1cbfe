//! Random journals of every model replay to the same bits.

use gbm_core::journal::{self, Replay};

use crate::replay::{read, session_of};
use crate::zoo::{self, Animal, any_body, market};

#[test]
fn random_journals_of_every_model_replay_to_the_same_bits() {
    let (seeds, ticks) = if std::env::var_os("ALGO_TRADING_LONG").is_some() { (64, 20_000) } else { (4, 3000) };
    let mut accepted = 0;
    for Animal { name, model, .. } in zoo::all() {
        for seed in 0..seeds {
            let (text, published, digest) = session_of(any_body, market(&model, seed), seed, 40, ticks);
            let journal = read(text.as_bytes());
            accepted += journal.lines.iter().filter(|line| matches!(line.entry, journal::Entry::Command(_))).count();
            let mut replay = Replay::new(&journal);
            let found: Vec<_> = replay.by_ref().map(|tick| tick.unwrap()).collect();
            assert_eq!(replay.digest(), digest, "{name}, seed {seed}");
            assert_eq!(found.len(), published.len());
            for (tick, quote) in found.iter().zip(&published) {
                let same = (tick.price.to_bits(), tick.reference.to_bits())
                    == (quote.price.to_bits(), quote.reference.to_bits());
                assert!(same, "{name}, seed {seed}, tick {}", tick.tick);
            }
        }
    }
    assert!(accepted > 1000, "only {accepted} commands were accepted");
}
