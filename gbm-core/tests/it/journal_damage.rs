//! Torn writes are cut, damage is refused with its line, and no bytes make the reader panic.

use std::ops::RangeInclusive;

use gbm_core::journal::{
    self, BLOCK_TICKS, Chain, Digest, LineError, Proposed, Recorder, Replay, ReplayError, TickDigest,
};
use gbm_core::prelude::*;
use proptest::prelude::*;

use crate::replay::{read, session};
use crate::support::btc;

fn digest_of(bytes: &[u8]) -> Digest {
    let journal = read(bytes);
    let mut replay = Replay::new(&journal);
    assert!(replay.by_ref().all(|tick| tick.is_ok()));
    replay.digest()
}

fn last_line(text: &str) -> usize {
    text[..text.len() - 1].rfind('\n').unwrap() + 1
}

#[test]
fn a_last_line_torn_at_any_byte_is_cut_and_the_rest_replays() {
    let (text, _, digest) = session(btc(4), 4, 40, 3000);
    let start = last_line(&text);
    for end in start..text.len() {
        let bytes = &text.as_bytes()[..end];
        let torn = read(bytes).torn;
        assert_eq!(
            torn.map(|torn| (torn.offset, torn.bytes)),
            (end > start).then_some((start, end - start)),
            "cut at {end}"
        );
        // A file that grew before its contents reached the disk ends in zeros.
        let mut zeroed = text.clone().into_bytes();
        zeroed[end..].fill(0);
        assert!(read(&zeroed).torn.is_some(), "zeros from {end}");
        if end % 4 == 0 {
            assert_eq!(digest_of(bytes), digest, "cut at {end}");
            assert_eq!(digest_of(&zeroed), digest, "zeros from {end}");
        }
    }
    assert_eq!(digest_of(text.as_bytes()), digest);
}

#[test]
fn a_torn_command_was_never_given() {
    let (text, ..) = session(btc(8), 8, 30, 2000);
    let ends: Vec<usize> = text.match_indices('\n').map(|(newline, _)| newline + 1).collect();
    let is_command = |line: &str| line.contains(r#""kind":"command""#);
    let command = text.lines().enumerate().filter(|(_, line)| is_command(line)).last().unwrap().0;
    let (start, end) = (ends[command - 1], ends[command]);
    let before = read(&text.as_bytes()[..start]);
    let digest = digest_of(&text.as_bytes()[..start]);
    for cut in start..end {
        let journal = read(&text.as_bytes()[..cut]);
        assert_eq!((journal.lines.len(), journal.chain), (before.lines.len(), before.chain), "cut at {cut}");
        assert_eq!(digest_of(&text.as_bytes()[..cut]), digest, "cut at {cut}");
    }
    assert_eq!(read(&text.as_bytes()[..end]).lines.len(), before.lines.len() + 1);
}

#[test]
fn a_batch_with_a_hole_is_cut_where_the_hole_begins_unless_ticks_have_passed_it() {
    let (mut recorder, mut text) = Recorder::start(btc(3)).unwrap();
    text.push_str(&recorder.propose_through(10).unwrap().text);
    recorder.confirm(1);
    let sure = text.len();
    for tick in [20, 30, 40] {
        text.push_str(&recorder.propose_through(tick).unwrap().text);
    }
    // A hole of any size, over the ends of lines too: none of these three was confirmed.
    let length = text.len() - sure;
    for (from, to) in [(0, 2), (5, 60), (length / 3 - 3, length / 3 + 9), (0, length - 1), (length / 2, length)] {
        let mut bytes = text.clone().into_bytes();
        bytes[sure + from..sure + to].fill(0);
        let journal = read(&bytes);
        assert!(journal.through() >= 10 && journal.torn.is_some_and(|torn| torn.offset >= sure), "{from} to {to}");
    }
    // A single zero is a changed byte, and so is another byte in the place of the last newline.
    let mut zero = text.clone().into_bytes();
    zero[text.len() - 100] = 0;
    assert_eq!(journal::read::<Model>(&zero).unwrap_err().line, 5);
    let newline = text[..text.len() - 1].to_owned() + "*";
    assert_eq!(journal::read::<Model>(newline.as_bytes()).unwrap_err().line, 5);
    // Ticks above the watermark before the hole: what is missing had been confirmed.
    recorder.confirm(4);
    while recorder.simulation().tick() < 15 {
        recorder.step().unwrap();
    }
    text.push_str(&recorder.propose_through(50).unwrap().text);
    let mut bytes = text.into_bytes();
    bytes[sure..sure + 40].fill(0);
    assert_eq!(journal::read::<Model>(&bytes).unwrap_err().line, 3);
}

#[test]
fn the_lines_of_one_request_count_together_or_not_at_all() {
    let (mut recorder, mut text) = Recorder::start(btc(3)).unwrap();
    text.push_str(&recorder.propose_through(10).unwrap().text);
    recorder.confirm(1);
    let before = read(text.as_bytes());
    let sure = text.len();
    for more in [true, true, false] {
        let set = Command::now(Intervention::SetDrift(SetDrift { mu: Drift::new(0.1).unwrap(), ramp_s: None })).at(5);
        let Ok(Proposed::Line(line)) = recorder.propose_part(&set, "me", "", "", more) else { panic!("refused") };
        text.push_str(&line.text);
    }
    for cut in sure + 1..text.len() {
        let journal = read(&text.as_bytes()[..cut]);
        assert_eq!((&journal.lines, journal.chain), (&before.lines, before.chain), "cut at {cut}");
        assert_eq!(journal.torn.map(|torn| (torn.line, torn.offset, torn.bytes)), Some((3, sure, cut - sure)));
    }
    let whole = read(text.as_bytes());
    assert_eq!((whole.lines.len(), whole.torn), (4, None));
    // A changed byte in them is still one.
    let changed = text.replacen("\"mu\":0.1", "\"mu\":0.2", 1);
    assert_eq!(journal::read::<Model>(changed.as_bytes()).unwrap_err().line, 3);
}

#[test]
fn a_changed_newline_before_a_torn_line_is_refused() {
    let (text, ..) = session(btc(4), 4, 40, 3000);
    let (start, lines) = (last_line(&text), text.lines().count());
    for end in start..text.len() {
        let mut bytes = text.as_bytes()[..end].to_vec();
        bytes[start - 1] ^= 1;
        let error = journal::read::<Model>(&bytes).unwrap_err();
        assert_eq!(error.line, lines - 1, "cut at {end}: what is before the last line is no torn line");
    }
}

#[test]
fn a_changed_byte_is_refused_with_its_line() {
    let (text, ..) = session(btc(5), 5, 10, 1000);
    for position in 0..text.len() - 1 {
        let line = text[..position].matches('\n').count() + 1;
        for flip in [1, 32] {
            let mut bytes = text.clone().into_bytes();
            bytes[position] ^= flip;
            let Err(error) = journal::read::<Model>(&bytes) else {
                panic!("byte {position} of line {line} was changed unnoticed")
            };
            assert_eq!(error.line, line, "byte {position} ^ {flip}: {error}");
        }
    }
}

#[test]
fn a_missing_a_doubled_and_a_swapped_line_are_refused() {
    let (text, ..) = session(btc(6), 6, 10, 2000);
    let lines: Vec<&str> = text.lines().collect();
    let refused_at = |lines: &[&str]| journal::read::<Model>((lines.join("\n") + "\n").as_bytes()).unwrap_err().line;
    assert!(lines.len() > 8);
    let missing: Vec<&str> = lines.iter().enumerate().filter(|(i, _)| *i != 4).map(|(_, line)| *line).collect();
    assert_eq!(refused_at(&missing), 5);
    let mut doubled = lines.clone();
    doubled.insert(4, lines[4]);
    assert_eq!(refused_at(&doubled), 6);
    let mut swapped = lines.clone();
    swapped.swap(3, 4);
    assert_eq!(refused_at(&swapped), 4);
}

/// A journal of these lines, each sealed after the one before.
fn sealed(lines: &[serde_json::Value]) -> Vec<u8> {
    let mut chain = Chain::default();
    let mut text = String::new();
    for line in lines {
        let (sealed, next) = chain.seal(line).unwrap();
        text += &(sealed + "\n");
        chain = next;
    }
    text.into_bytes()
}

#[track_caller]
fn refused(change: impl FnOnce(&mut Vec<serde_json::Value>), line: usize, text: &str) -> LineError {
    let (journal, ..) = session(btc(7), 7, 0, 100);
    let strip = |line: &str| {
        let mut value: serde_json::Value = serde_json::from_str(line).unwrap();
        value.as_object_mut().unwrap().remove("hash");
        value
    };
    let mut lines: Vec<serde_json::Value> = journal.lines().map(strip).collect();
    assert!(journal::read::<Model>(&sealed(&lines)).is_ok());
    change(&mut lines);
    let error = journal::read::<Model>(&sealed(&lines)).unwrap_err();
    assert_eq!((error.line, error.error.to_string().as_str()), (line, text));
    error.error
}

#[test]
fn contradicting_lines_are_refused_even_when_sealed() {
    refused(|lines| lines[0]["format"] = 9.into(), 1, "format = 9: this build reads format 1");
    refused(|lines| lines[0]["value_version"] = 2.into(), 1, "value_version = 2: this build produces version 1");
    refused(
        |lines| lines[0]["streams"] = "path:64".into(),
        1,
        "streams = \"path:64\": this build divides them as \"domain:8,asset:16,path:40\"",
    );
    refused(|lines| lines[1]["seq"] = 2.into(), 2, "seq = 2, expected 1");
    refused(|lines| lines[1]["at"] = 7.into(), 2, "at = 7 is outside [0, 0]");
    refused(
        |lines| lines[1]["entry"]["tick"] = (1_u64 << 60).into(),
        2,
        "through = 1152921504606846976 is outside [0, 9005499254740]",
    );
    refused(|lines| lines.push(lines[1].clone()), 4, "there is a line after the end");
    refused(
        |lines| lines[1]["entry"]["kind"] = "begin".into(),
        2,
        "unknown variant `begin`, expected one of `command`, `through`, `end` at line 1 column 107",
    );
}

#[test]
fn nothing_and_half_a_header_are_no_journal() {
    for bytes in [&b""[..], b"{", b"\n", b"\0\0\n", b"{}\n"] {
        assert_eq!(journal::read::<Model>(bytes).unwrap_err().line, 1);
    }
    assert_eq!(journal::read::<Model>(b"").unwrap_err().to_string(), "journal line 1: there is no whole header");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = journal::read::<Model>(&bytes);
    }

    #[test]
    fn no_edit_makes_reader_or_replay_panic(seed in 0_u64..4, at in 0_usize..4000, with in "[ -~]{0,12}", cut in 0_usize..12) {
        let (mut text, ..) = session(btc(seed), seed, 5, 50);
        let at = at.min(text.len());
        let end = (at + cut).min(text.len());
        text.replace_range(at..end, &with);
        if let Ok(journal) = journal::read::<Model>(text.as_bytes()) {
            let _ = Replay::new(&journal).map(Result::err).count();
        }
    }

    #[test]
    fn commands_survive_json_to_the_bit(mu in -1000.0..1000.0_f64, r in -20.0..20.0_f64, f in 0.0..1.0_f64, h in 1e-3..1e12_f64) {
        for body in [
            Intervention::SetDrift(SetDrift { mu: Drift::new(mu).unwrap(), ramp_s: None }),
            Intervention::Shock(Shock {
                log_return: LogReturn::new(r).unwrap(),
                permanent_fraction: Fraction::new(f).unwrap(),
                half_life_s: Some(Seconds::new(h).unwrap()),
            }),
        ] {
            let text = serde_json::to_string(&body).unwrap();
            prop_assert_eq!(serde_json::from_str::<Intervention>(&text).unwrap(), body);
        }
    }
}

/// The ticks that a line's digest is of, by the line's `at`.
type RangeOf = fn(u64) -> RangeInclusive<u64>;

/// The mistakes that a digest's range invites, each made on every line of a session as its writer would have.
#[test]
fn a_digest_over_the_wrong_range_is_found() {
    let (text, published, _) = session(btc(6), 6, 20, 9000);
    let over = |ticks: RangeInclusive<u64>| {
        let mut digest = TickDigest::default();
        ticks.for_each(|tick| digest.push(tick, &published[usize::try_from(tick - 1).unwrap()..][..1]));
        digest.value().to_string()
    };
    let replayed = |range: RangeOf| {
        let mut lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for line in lines.iter_mut().filter(|line| line["at"].as_u64().is_some_and(|at| at > 0)) {
            line["digest"] = over(range(line["at"].as_u64().unwrap())).into();
        }
        let journal = journal::read::<Model>(&sealed(&lines)).unwrap();
        Replay::new(&journal).find_map(Result::err)
    };
    assert_eq!(replayed(|at| 1..=at), None, "the right range");
    let wrong: [(&str, RangeOf); 4] = [
        ("without the last tick", |at| 1..=at - 1),
        ("with the next tick", |at| 1..=(at + 1).min(9000)),
        ("without the first tick", |at| 2..=at),
        ("of finished blocks alone", |at| 1..=at - at % BLOCK_TICKS),
    ];
    for (what, range) in wrong {
        let found = replayed(range);
        assert!(matches!(found, Some(ReplayError::Digest { .. })), "{what}: {found:?}");
    }
}
