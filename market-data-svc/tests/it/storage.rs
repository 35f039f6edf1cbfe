//! The data directory: its lock, and the file that a session leaves.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gbm_core::journal::Recorder;
use market_api::clock::Clock;
use market_api::instrument::TickSize;
use market_data_svc::files::{Files, Listed, OpenFile, SystemFiles};
use market_data_svc::session::{BeginError, Disk};
use market_data_svc::store::{DiskSpace, Loaded, Store, StoreError};
use market_data_svc::writer::{Lines, Order, PlaceError, Sink};

use crate::support::market;

#[test]
fn one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let open = |path: &Path| Store::open(path, TickSize::new(1, 2).unwrap());
    let store = open(&folder.path().join("data")).unwrap();
    let second = open(&folder.path().join("data")).unwrap_err();
    assert!(matches!(second, StoreError::Locked { .. }), "{second}");
    drop(store);
    assert!(open(&folder.path().join("data")).is_ok());
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(open(&file), Err(StoreError::File { .. })));
}

#[test]
fn a_session_is_found_again_and_its_torn_line_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), TickSize::new(1, 2).unwrap()).unwrap();
    assert!(store.load().unwrap().is_none());
    let (mut recorder, header) = Recorder::start_session(market(1, 100), "s1").unwrap();
    let mut sink = store.create(header.as_bytes()).unwrap();
    let through = recorder.propose_through(500).unwrap();
    sink.append(through.text.as_bytes()).unwrap();
    let good = std::fs::read(store.journal_path()).unwrap();
    let mut file = std::fs::OpenOptions::new().append(true).open(store.journal_path()).unwrap();
    file.write_all(b"{\"seq\":2,").unwrap();
    let Loaded { journal, mut sink, bytes, .. } = store.load().unwrap().unwrap();
    assert_eq!(bytes, good.len() as u64);
    assert_eq!((journal.header.session.as_str(), journal.through()), ("s1", 500));
    assert_eq!(std::fs::read(store.journal_path()).unwrap(), good);
    let mut recorder = Recorder::recover(&journal, |_, _| ()).unwrap();
    let more = recorder.propose_through(600).unwrap();
    sink.append(more.text.as_bytes()).unwrap();
    assert_eq!(store.load().unwrap().unwrap().journal.through(), 600);
}

#[test]
fn damage_is_refused_and_half_a_header_is_no_session() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), TickSize::new(1, 2).unwrap()).unwrap();
    let (_, header) = Recorder::start(market(1, 100)).unwrap();
    std::fs::write(store.journal_path(), &header[..header.len() / 2]).unwrap();
    assert!(store.load().unwrap().is_none());
    // A whole header whose newline was changed is a session, whatever follows.
    for rest in ["*", "*{\"seq\":1,"] {
        std::fs::write(store.journal_path(), header.trim_end().to_owned() + rest).unwrap();
        assert!(matches!(store.load(), Err(StoreError::Journal { .. })), "{rest}");
    }
    std::fs::write(store.journal_path(), header.replace("0.8", "0.9")).unwrap();
    let error = store.load().map(|_| ()).unwrap_err();
    assert!(matches!(error, StoreError::Journal { .. }), "{error}");
    assert!(error.to_string().contains("journal line 1: the seal does not match"), "{error}");
}

#[test]
fn a_session_gives_way_to_another_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Store::open(folder.path(), TickSize::new(1, 2).unwrap()).unwrap();
    let mut store = open();
    let header = |seed: u64, name: &str| Recorder::start_session(market(seed, 100), name).unwrap().1;
    drop(store.create(header(1, "s1").as_bytes()).unwrap());
    let mut sink = store.begin("s1", header(2, "s2").as_bytes()).unwrap();
    sink.append(b"").unwrap();
    assert_eq!(store.load().unwrap().unwrap().journal.header.session, "s2");
    let archived = folder.path().join("sessions/s1.jsonl");
    assert_eq!(std::fs::read(&archived).unwrap(), header(1, "s1").as_bytes());
    // The same name again doesn't overwrite, and a name is not a path.
    drop(store.begin("s1", header(3, "s3").as_bytes()).unwrap());
    assert_eq!(std::fs::read(folder.path().join("sessions/s1-1.jsonl")).unwrap(), header(2, "s2").as_bytes());
    drop(store.begin("../../x", header(4, "s4").as_bytes()).unwrap());
    assert!(folder.path().join("sessions/x.jsonl").exists());
    // A crash between the two renames: the next journal is found in the place of none.
    std::fs::rename(store.journal_path(), folder.path().join("session.next.jsonl")).unwrap();
    assert_eq!(store.load().unwrap().unwrap().journal.header.session, "s4");
    // An archive that can't be written: the session that would have ended is still there.
    std::fs::remove_dir_all(folder.path().join("sessions")).unwrap();
    std::fs::write(folder.path().join("sessions"), "a file").unwrap();
    assert!(store.begin("s4", header(5, "s5").as_bytes()).is_err());
    assert_eq!(store.load().unwrap().unwrap().journal.header.session, "s4");
    assert!(!folder.path().join("session.next.jsonl").exists());
}

#[test]
fn a_clock_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), TickSize::new(1, 2).unwrap()).unwrap();
    assert_eq!(store.clock().unwrap(), Clock { running: true, speed: 1.0 });
    store.keep_clock(Clock { running: false, speed: 2.5 }).unwrap();
    assert_eq!(store.clock().unwrap(), Clock { running: false, speed: 2.5 });
    std::fs::write(folder.path().join("clock.json"), "{").unwrap();
    assert_eq!(store.clock().unwrap(), Clock { running: true, speed: 1.0 });
}

#[test]
fn a_journal_takes_its_own_place_rewritten() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), TickSize::new(1, 2).unwrap()).unwrap();
    let (mut recorder, header) = Recorder::start_session(market(1, 100), "s1").unwrap();
    let mut sink = store.create(header.as_bytes()).unwrap();
    let advance = |recorder: &mut Recorder<_>, sink: &mut Box<dyn Sink>| {
        let line = recorder.propose_through(recorder.through() + 3).unwrap();
        sink.append(line.text.as_bytes()).unwrap();
        recorder.confirm(line.line.seq);
        while recorder.step().is_ok() {}
    };
    for _ in 0..3000 {
        advance(&mut recorder, &mut sink);
    }
    sink.start_copy(4096).unwrap();
    let mut pieces = 1;
    while !sink.copy_piece().unwrap() {
        // The session goes on meanwhile.
        advance(&mut recorder, &mut sink);
        pieces += 1;
    }
    assert!(pieces > 2, "{pieces} pieces");
    for _ in 0..10 {
        advance(&mut recorder, &mut sink);
    }
    let before = std::fs::metadata(store.journal_path()).unwrap().len();
    let placed = sink.place_copy().unwrap();
    sink.sync_place().unwrap();
    assert!(placed.bytes < before / 100, "{placed:?} of {before}");
    recorder.go_on_from(placed.position).unwrap();
    advance(&mut recorder, &mut sink);
    let Loaded { journal, bytes, .. } = store.load().unwrap().unwrap();
    assert!(bytes > placed.bytes && journal.torn.is_none());
    let again = Recorder::recover(&journal, |_, _| ()).unwrap();
    assert_eq!((again.digest(), again.position()), (recorder.digest(), recorder.position()));
    let mut left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["lock", "session.jsonl"]);

    // One that is given up leaves nothing, and the journal as it was.
    let bytes = std::fs::read(store.journal_path()).unwrap();
    sink.start_copy(4096).unwrap();
    drop(sink);
    assert!(!folder.path().join("session.copy.jsonl").exists());
    assert_eq!(std::fs::read(store.journal_path()).unwrap(), bytes);
}

/// The system's files, which can't be renamed, seen, opened, or have their directory synced, where that is told to fail.
#[derive(Debug, Default)]
struct Blind {
    renames: AtomicBool,
    /// A rename that fails has happened.
    renames_all_the_same: AtomicBool,
    looks: AtomicBool,
    opens: AtomicBool,
    syncs: AtomicBool,
    /// A file that can't be removed.
    stays: Option<PathBuf>,
}

fn unless(fails: &AtomicBool) -> io::Result<()> {
    if fails.load(Ordering::SeqCst) { Err(io::Error::other("input/output error")) } else { Ok(()) }
}

impl Files for Blind {
    fn create_directories(&self, path: &Path) -> io::Result<()> {
        SystemFiles.create_directories(path)
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        unless(&self.looks).and_then(|()| SystemFiles.exists(path))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        unless(&self.opens).and_then(|()| SystemFiles.open(path))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        SystemFiles.create(path)
    }

    fn replace(&self, path: &Path, bytes: &[u8], synced: bool) -> io::Result<()> {
        SystemFiles.replace(path, bytes, synced)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        if self.renames_all_the_same.load(Ordering::SeqCst) {
            SystemFiles.rename(from, to)?;
        }
        unless(&self.renames).and_then(|()| SystemFiles.rename(from, to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        if self.stays.as_deref() == Some(path) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        SystemFiles.remove(path)
    }

    fn list(&self, directory: &Path, most: usize) -> io::Result<Vec<Listed>> {
        SystemFiles.list(directory, most)
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        unless(&self.syncs).and_then(|()| SystemFiles.sync_directory(path))
    }
}

/// A copy takes the journal's place while that `fails`, and is found by a restart with what is appended after it.
#[track_caller]
fn place(fails: impl Fn(&Blind, &Path), mends: impl Fn(&Blind, &Path), expect: [&str; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let (data, files) = (folder.path().join("data"), Arc::new(Blind::default()));
    std::fs::create_dir(&data).unwrap();
    let store = Store::on(files.clone(), &data, TickSize::new(1, 2).unwrap());
    let (mut recorder, header) = Recorder::start_session(market(1, 100), "s1").unwrap();
    let mut sink = store.create(header.as_bytes()).unwrap();
    let append = |recorder: &mut Recorder<_>, sink: &mut Box<dyn Sink>| {
        let line = recorder.propose_through(recorder.through() + 3).unwrap();
        sink.append(line.text.as_bytes()).unwrap();
        recorder.confirm(line.line.seq);
    };
    for _ in 0..10 {
        append(&mut recorder, &mut sink);
    }
    sink.start_copy(4096).unwrap();
    while !sink.copy_piece().unwrap() {}
    fails(&files, &data);
    let mut place = |sink: &mut Box<dyn Sink>| match sink.place_copy() {
        Ok(placed) => {
            sink.sync_place().unwrap();
            recorder.go_on_from(placed.position).unwrap();
            "placed"
        }
        Err(PlaceError::Undone(_)) => {
            sink.drop_copy();
            "undone"
        }
        Err(_) => "unsure",
    };
    let first = place(&mut sink);
    mends(&files, &data);
    let last = if first == "unsure" { place(&mut sink) } else { first };
    assert_eq!([first, last], expect);
    append(&mut recorder, &mut sink);
    let found = store.load().unwrap().unwrap().journal;
    assert_eq!(found.through(), recorder.through(), "what was appended last is found");
}

#[test]
fn a_journal_is_never_lost_over_a_rename_whose_outcome_is_not_seen() {
    let set = |flags: &[&AtomicBool], fails: bool| flags.iter().for_each(|flag| flag.store(fails, Ordering::SeqCst));
    let nothing = |_: &Blind, _: &Path| ();
    let well = |files: &Blind, _: &Path| {
        set(&[&files.renames, &files.renames_all_the_same, &files.looks, &files.opens], false);
    };
    place(nothing, nothing, ["placed"; 2]);
    place(|files, _| set(&[&files.renames], true), well, ["undone"; 2]);
    place(|files, _| set(&[&files.renames, &files.looks], true), well, ["undone"; 2]);
    place(|files, _| set(&[&files.renames, &files.looks, &files.opens], true), well, ["unsure", "placed"]);
    // It has happened, though it failed.
    place(|files, _| set(&[&files.renames, &files.renames_all_the_same], true), well, ["placed"; 2]);
    place(
        |files, _| set(&[&files.renames, &files.renames_all_the_same, &files.opens], true),
        well,
        ["unsure", "placed"],
    );
    // Somebody has removed the copy, or the directory is away for a while.
    let remove = |_: &Blind, data: &Path| std::fs::remove_file(data.join("session.copy.jsonl")).unwrap();
    place(remove, nothing, ["undone"; 2]);
    let away = |data: &Path| data.with_file_name("away");
    let leave = |_: &Blind, data: &Path| std::fs::rename(data, away(data)).unwrap();
    let return_ = |_: &Blind, data: &Path| std::fs::rename(away(data), data).unwrap();
    place(leave, return_, ["unsure", "placed"]);
}

#[test]
fn a_journal_that_lost_its_place_is_put_back_once_the_disk_can() {
    let folder = tempfile::tempdir().unwrap();
    let files = Arc::new(Blind::default());
    let mut store = Store::on(files.clone(), folder.path(), TickSize::new(1, 2).unwrap());
    let header = |name: &str| Recorder::start_session(market(1, 100), name).unwrap().1;
    let mut sink = store.create(header("s1").as_bytes()).unwrap();
    files.syncs.store(true, Ordering::SeqCst);
    let error = store.begin("s1", header("s2").as_bytes()).map(|_| ()).unwrap_err();
    assert!(matches!(error, BeginError::Displaced(_)), "{error}");
    assert!(store.restore().is_err(), "back, but not durable yet");
    files.syncs.store(false, Ordering::SeqCst);
    store.restore().unwrap();
    sink.append(b"").unwrap();
    assert_eq!(store.load().unwrap().unwrap().journal.header.session, "s1");
    assert!(!folder.path().join("session.next.jsonl").exists());
    assert!(store.begin("s1", header("s2").as_bytes()).is_ok());
}

#[test]
fn the_oldest_sessions_go_first_and_the_newest_stays() {
    let folder = tempfile::tempdir().unwrap();
    let space = |archive_bytes| DiskSpace { archive_bytes, ..DiskSpace::default() };
    let sessions = folder.path().join("sessions");
    let left = || {
        let mut left: Vec<String> = std::fs::read_dir(&sessions)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        left
    };
    let mut store = Store::open(folder.path(), TickSize::new(1, 2).unwrap()).unwrap().with_space(space(2500));
    let line = vec![b'x'; 1000];
    let mut sink = store.create(&line).unwrap();
    for number in 1..=4 {
        let begun = store.begin(&format!("019f00000000000{number:02}"), &line);
        sink = begun.map_err(|error| error.to_string()).unwrap();
    }
    assert_eq!(left(), ["019f0000000000003.jsonl", "019f0000000000004.jsonl"]);
    // What isn't a session's journal isn't ours to remove, but for a journal that couldn't be read.
    std::fs::write(sessions.join("mine.jsonl"), &line).unwrap();
    std::fs::write(sessions.join("unread-019f0000000000002.jsonl"), &line).unwrap();
    store.archive("019f0000000000004").unwrap();
    assert_eq!(left(), ["019f0000000000004-1.jsonl", "019f0000000000004.jsonl", "mine.jsonl"]);
    drop(sink);
    let store = store.with_space(space(0));
    std::fs::write(store.journal_path(), &line).unwrap();
    store.archive("019f0000000000005").unwrap();
    assert_eq!(left(), ["019f0000000000005.jsonl", "mine.jsonl"]);
}

#[test]
fn an_order_is_gathered_last_and_has_no_seq_of_its_own() {
    let line = |seq: u64, then| Lines { epoch: 1, seq, text: format!("{seq}\n"), then };
    let order = Lines { text: String::new(), ..line(0, Some(Order::Place)) };
    let (sender, receiver) = std::sync::mpsc::channel();
    for sent in [line(2, None), order, line(3, None)] {
        sender.send(sent).unwrap();
    }
    let gathered = line(1, None).with_gathered(&receiver);
    assert_eq!((gathered.seq, gathered.text.as_str(), gathered.then), (2, "1\n2\n", Some(Order::Place)));
    assert_eq!(receiver.recv().unwrap().seq, 3, "what came after the order is not done before it");
}

#[test]
fn an_old_session_that_can_not_be_removed_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let of = |number: u64| folder.path().join(format!("sessions/019f00000000000{number:02}.jsonl"));
    let files = Blind { stays: Some(of(1)), ..Blind::default() };
    let store = Store::on(Arc::new(files), folder.path(), TickSize::new(1, 2).unwrap());
    let mut store = store.with_space(DiskSpace { archive_bytes: 0, ..DiskSpace::default() });
    drop(store.create(b"x").unwrap());
    for number in 1..=4 {
        drop(store.begin(&format!("019f00000000000{number:02}"), b"x").map_err(|error| error.to_string()).unwrap());
    }
    assert_eq!((1..=4).map(|number| of(number).exists()).collect::<Vec<_>>(), [true, false, false, true]);
}
