//! Any bytes are a journal or an error, and a journal that is read replays without a panic.
//!
//! Seals would stop nearly every mutation, so the input is also taken as lines that are sealed here.
#![no_main]

use gbm_core::journal::{self, Chain, Replay};
use gbm_core::model::Model;
use libfuzzer_sys::fuzz_target;

const MOST_TICKS: usize = 20_000;

fn read_and_replay(bytes: &[u8]) {
    if let Ok(journal) = journal::read::<Model>(bytes) {
        let _ = Replay::new(&journal).take(MOST_TICKS).filter(Result::is_err).count();
    }
}

fuzz_target!(|bytes: &[u8]| {
    read_and_replay(bytes);
    let mut chain = Chain::default();
    let mut sealed = Vec::new();
    for line in bytes.split(|&byte| byte == b'\n') {
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(line) else { return };
        let Some(true) = value.as_object().map(|object| !object.is_empty()) else { return };
        let Ok((text, next)) = chain.seal(&value) else { return };
        sealed.extend_from_slice(text.as_bytes());
        sealed.push(b'\n');
        chain = next;
    }
    read_and_replay(&sealed);
});
