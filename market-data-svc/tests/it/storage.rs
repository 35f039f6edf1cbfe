//! The data directory: its lock, and the file that a session leaves.

use std::io::Write;

use gbm_core::journal::Recorder;
use market_data_svc::store::{Store, StoreError};
use market_data_svc::writer::{FileSink, Sink};

use crate::support::market;

#[test]
fn one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("data")).unwrap();
    let second = Store::open(&folder.path().join("data")).unwrap_err();
    assert!(matches!(second, StoreError::Locked { .. }), "{second}");
    drop(store);
    assert!(Store::open(&folder.path().join("data")).is_ok());
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(Store::open(&file), Err(StoreError::File { .. })));
}

#[test]
fn a_session_is_found_again_and_its_torn_line_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert!(store.load().unwrap().is_none());
    let (mut recorder, header) = Recorder::start_session(market(1, 100), "s1").unwrap();
    let mut sink = FileSink::new(store.create().unwrap()).unwrap();
    sink.append(header.as_bytes()).unwrap();
    let through = recorder.propose_through(500).unwrap();
    sink.append(through.text.as_bytes()).unwrap();
    let good = std::fs::read(store.journal_path()).unwrap();
    let mut file = std::fs::OpenOptions::new().append(true).open(store.journal_path()).unwrap();
    file.write_all(b"{\"seq\":2,").unwrap();
    let (journal, file) = store.load().unwrap().unwrap();
    assert_eq!((journal.header.session.as_str(), journal.through()), ("s1", 500));
    assert_eq!(std::fs::read(store.journal_path()).unwrap(), good);
    let mut recorder = Recorder::recover(&journal, |_, _| ()).unwrap();
    let more = recorder.propose_through(600).unwrap();
    FileSink::new(file).unwrap().append(more.text.as_bytes()).unwrap();
    assert_eq!(store.load().unwrap().unwrap().0.through(), 600);
}

#[test]
fn damage_is_refused_and_half_a_header_is_no_session() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let (_, header) = Recorder::start(market(1, 100)).unwrap();
    std::fs::write(store.journal_path(), &header[..header.len() / 2]).unwrap();
    assert!(store.load().unwrap().is_none());
    std::fs::write(store.journal_path(), header.replace("0.8", "0.9")).unwrap();
    let error = store.load().unwrap_err();
    assert!(matches!(error, StoreError::Journal { .. }), "{error}");
    assert!(error.to_string().contains("journal line 1: the seal does not match"), "{error}");
}
