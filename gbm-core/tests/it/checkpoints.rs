//! A checkpoint and the journal's tail after it give what the whole journal gives.

use gbm_core::journal::{self, Checkpoint, Proposed, Recorder, ResumeError};
use gbm_core::prelude::*;

use crate::replay::read;
use crate::support::{Dice, at, btc};

/// A session's text, and where checkpoints of it were made.
struct Session {
    text: String,
    kept: Vec<(usize, journal::Position, String)>,
    recorder: Recorder<Model>,
}

fn session(seed: u64, body: fn(&mut Dice, u64) -> Intervention) -> Session {
    let mut dice = Dice(seed);
    let (mut recorder, mut text) = Recorder::start(btc(seed)).unwrap();
    let mut kept = Vec::new();
    for given in 1..=400 {
        let now = recorder.simulation().tick();
        let proposal = if dice.below(2) == 0 {
            recorder.propose_through((now + dice.below(40)).max(recorder.through())).unwrap()
        } else {
            let command = Command::now(body(&mut dice, given)).at(now + 1 + dice.below(30));
            match recorder.propose_command(&command, "test", "") {
                Ok(Proposed::Line(line)) => *line,
                _ => continue,
            }
        };
        assert!(recorder.position().is_none(), "a line is open");
        text.push_str(&proposal.text);
        recorder.confirm(proposal.line.seq);
        if dice.below(4) == 0 {
            let checkpoint = recorder.checkpoint().to_text().unwrap();
            kept.push((text.len(), recorder.position().unwrap(), checkpoint));
        }
        for _ in 0..dice.below(20) {
            if recorder.step().is_err() {
                break;
            }
        }
    }
    Session { text, kept, recorder }
}

#[test]
fn a_tail_goes_on_where_its_checkpoint_was_made() {
    let Session { text, kept, mut recorder } = session(5, Dice::any_body);
    let whole = read(text.as_bytes());
    let mut all = Vec::new();
    let recovered = Recorder::recover(&whole, |_, tick| all.push(tick)).unwrap();
    let end = recorder.propose_through(1_000_000).unwrap();
    assert!(kept.len() > 50);
    for (offset, position, checkpoint) in &kept {
        let header = journal::read_first::<Model>(text.lines().next().unwrap().as_bytes()).unwrap().0;
        let tail = journal::read_tail(header, *position, &text.as_bytes()[*offset..]).unwrap();
        assert_eq!((tail.through(), tail.chain), (whole.through(), whole.chain));
        let checkpoint = Checkpoint::from_text(checkpoint.as_bytes()).unwrap();
        let mut ticks = Vec::new();
        let mut resumed = Recorder::resume(&tail, checkpoint, |_, tick| ticks.push(tick)).unwrap();
        assert_eq!(resumed.digest(), recovered.digest());
        assert!(ticks[..] == all[all.len() - ticks.len()..], "the same ticks again");
        assert_eq!(resumed.position(), recovered.position());
        // It goes on as the session itself does, to the byte.
        while resumed.simulation().tick() < end.line.at {
            resumed.step().unwrap();
        }
        let further = resumed.propose_through(1_000_000).unwrap();
        if resumed.simulation().tick() == end.line.at {
            assert_eq!(further.text, end.text);
        }
    }
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let Session { text, kept, .. } = session(6, Dice::body);
    let header = || journal::read_first::<Model>(text.lines().next().unwrap().as_bytes()).unwrap().0;
    let (offset, position, checkpoint) = &kept[20];
    let (later, other, _) = kept.iter().find(|(later, other, _)| later > offset && other.at > position.at + 5).unwrap();
    // Bytes from elsewhere: the first line's seal doesn't hold, and its number is the file's.
    let error = journal::read_tail(header(), *position, &text.as_bytes()[*later..]).unwrap_err();
    assert_eq!(error.line, usize::try_from(position.seq).unwrap() + 2, "{error}");
    assert!(error.to_string().contains("the seal does not match"), "{error}");
    // A checkpoint from elsewhere: its digest isn't that of the first line after it.
    let tail = journal::read_tail(header(), *other, &text.as_bytes()[*later..]).unwrap();
    let checkpoint = Checkpoint::<Model>::from_text(checkpoint.as_bytes()).unwrap();
    let error = Recorder::resume(&tail, checkpoint, |_, _| ()).map(|_| ()).unwrap_err();
    assert!(matches!(error, ResumeError::Replay(_)), "{error}");
    // A torn tail is cut where the whole journal would be.
    let torn = text.clone() + "{\"seq\"";
    let cut = journal::read_tail(header(), *position, &torn.as_bytes()[*offset..]).unwrap().torn.unwrap();
    let whole = read(torn.as_bytes()).torn.unwrap();
    assert_eq!((cut.line, cut.offset + offset, cut.bytes), (whole.line, whole.offset, whole.bytes));
}

#[test]
fn a_position_is_known_again_after_lines_that_could_not_be_written() {
    let (mut recorder, _) = Recorder::start(btc(1)).unwrap();
    let start = recorder.position().unwrap();
    let _ = recorder.propose_through(10).unwrap();
    let _ = recorder.propose_command(&at(5, r#"{"kind":"set_drift","mu":1}"#), "", "").unwrap();
    recorder.retract();
    assert_eq!(recorder.position(), Some(start));
}
