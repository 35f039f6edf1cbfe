//! Any bytes are a journal or an error, and a journal that is read replays without a panic, as itself, compacted, and as another
//! session.
//!
//! Seals would stop nearly every mutation, so the input is also taken as lines that are sealed here.
#![no_main]

use gbm_core::journal::{self, Chain, Compactor, LineError, Recorder, Replay};
use gbm_core::model::Model;
use libfuzzer_sys::fuzz_target;

const MOST_TICKS: usize = 20_000;

fn read_and_replay(bytes: &[u8]) {
    let Ok(journal) = journal::read::<Model>(bytes) else { return };
    let failed = Replay::new(&journal).take(MOST_TICKS).position(|tick| tick.is_err());
    if let Ok((mut recorder, text)) = Recorder::start_replay(&journal, "again") {
        assert!(journal::read::<Model>(text.as_bytes()).is_ok());
        let _ = recorder.propose_through(journal.last_tick()).map(|through| recorder.confirm(through.line.seq));
        let _ = (0..MOST_TICKS).take_while(|_| recorder.step().is_ok()).count();
    }
    let whole = &bytes[..journal.torn.map_or(bytes.len(), |torn| torn.offset)];
    let compacted = compacted(whole).expect("a journal that is read can be compacted");
    let compacted = journal::read::<Model>(compacted.as_bytes()).expect("and read again");
    assert_eq!(compacted.last_tick(), journal.last_tick());
    if failed.is_none() {
        assert!(Replay::new(&compacted).take(MOST_TICKS).all(|tick| tick.is_ok()));
    }
}

fn compacted(bytes: &[u8]) -> Result<String, LineError> {
    let mut lines = bytes.split_inclusive(|&byte| byte == b'\n');
    let header = lines.next().unwrap_or_default();
    let mut text = String::from_utf8_lossy(header).into_owned();
    let mut compactor = Compactor::new(header, 4096)?;
    for line in lines {
        compactor.push(line, &mut text)?;
    }
    compactor.finish(&mut text)?;
    Ok(text)
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
