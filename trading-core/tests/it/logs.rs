//! Trading logs: the same ticks and inputs tell the same, and what isn't a log is refused with its line.

use gbm_core::market::Book;
use trading_core::account::Terms;
use trading_core::desk::{Desk, Input, RunId};
use trading_core::events::Event;
use trading_core::log::{FORMAT, Header, Line, Log, LogError};
use trading_core::order::AccountId;
use trading_core::quote::Quote;
use trading_core::rules::Rules;

use crate::desks::{any_input, quote};
use crate::support::Dice;

fn header() -> Header {
    Header { format: FORMAT, session: "s".into(), instrument: "BTC-USD".into(), rules: Rules::btc(Book::btc()) }
}

/// A random life of a desk: its ticks, its log as text, and what it told.
fn lived(seed: u64) -> (Vec<Quote>, String, Vec<Event>) {
    let mut dice = Dice(seed);
    let (mut desk, mut events, mut ticks, mut runs) = (Desk::new(header().rules), Vec::new(), Vec::new(), 0);
    let (mut price, mut text) = (60_000.0, serde_json::to_string(&header()).unwrap() + "\n");
    for step in 0..300 {
        let input = match dice.below(3) {
            _ if step == 0 => Input::Open { account: AccountId(1), terms: Terms::paper() },
            0 => any_input(&mut dice, &desk, price, &mut runs),
            _ => {
                price *= 1.0 + 0.002 * (dice.unit() - 0.5);
                let tick = quote(desk.last_tick() + 1, price);
                ticks.push(tick);
                desk.on_tick(&tick, &mut events);
                continue;
            }
        };
        let after = desk.last_tick();
        if desk.apply(&input, &mut events).is_ok() {
            text += &serde_json::to_string(&Line { after, input }).unwrap();
            text.push('\n');
        }
    }
    (ticks, text, events)
}

#[test]
fn a_log_and_its_ticks_tell_the_same() {
    let mut fills = 0;
    for seed in 0..500 {
        let (ticks, text, expected) = lived(seed);
        let log = Log::read(&text).unwrap();
        let (mut desk, mut events, mut player) = (Desk::new(log.header.rules.clone()), Vec::new(), log.player());
        for tick in &ticks {
            player.tell(&mut desk, &mut events).unwrap();
            desk.on_tick(tick, &mut events);
        }
        player.tell(&mut desk, &mut events).unwrap();
        assert!(player.is_over());
        assert_eq!(events, expected, "seed {seed}");
        fills += events.iter().filter(|event| matches!(event, Event::Filled(_))).count();
    }
    assert!(fills > 1000, "{fills}");
}

#[test]
fn other_ticks_are_noticed() {
    let (ticks, text, expected) = lived(3);
    let log = Log::read(&text).unwrap();
    let (mut desk, mut events, mut player) = (Desk::new(log.header.rules.clone()), Vec::new(), log.player());
    let told: Result<(), LogError> = ticks.iter().try_for_each(|tick| {
        player.tell(&mut desk, &mut events)?;
        desk.on_tick(&Quote { ask: tick.ask + 0.01, ..*tick }, &mut events);
        Ok(())
    });
    assert!(told.is_err() || events != expected);
}

#[test]
fn what_is_no_log_is_refused_with_its_line() {
    let header = serde_json::to_string(&header()).unwrap();
    let line = |after| serde_json::to_string(&Line { after, input: Input::Stop { run: RunId(1) } }).unwrap();
    let refused = |text: &str| Log::read(text).unwrap_err().to_string();
    assert_eq!(refused("\n\n"), "the log is empty");
    assert!(refused("{\"format\":1}").starts_with("line 1: missing field"));
    assert!(refused(&header.replace("\"format\":1", "\"format\":2")).starts_with("line 1: format = 2"));
    assert!(refused(&format!("{header}\n{}\n{{\"after\":3}}", line(3))).starts_with("line 3: "));
    assert!(refused(&format!("{header}\n{}\n{}", line(3), line(2))).contains("line 3: after = 2 is before 3"));
    let log = Log::read(&format!("{header}\n\n{}\n", line(0))).unwrap();
    let mut desk = Desk::new(log.header.rules.clone());
    let error = log.player().tell(&mut desk, &mut Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), "line 2: run 1 is not known; the log isn't of these ticks");
}

#[test]
fn a_log_knows_its_session_and_its_end() {
    let (ticks, text, _) = lived(1);
    let log = Log::read(&text).unwrap();
    let error = log.is_of("t").unwrap_err().to_string();
    assert_eq!(error, "the log is of session \"s\", and the journal of \"t\"");
    // A market that is only simulated has no name.
    assert!(log.is_of("s").is_ok() && log.is_of("").is_ok());
    let (mut desk, mut events, mut player) = (Desk::new(log.header.rules.clone()), Vec::new(), log.player());
    for tick in &ticks[..20] {
        player.tell(&mut desk, &mut events).unwrap();
        desk.on_tick(tick, &mut events);
    }
    player.tell(&mut desk, &mut events).unwrap();
    let beyond = log.lines.iter().filter(|line| line.after > desk.last_tick()).count();
    let error = player.end(&desk).unwrap_err();
    assert!(matches!(error, LogError::Beyond { left, last: 20, .. } if left == beyond && beyond > 0), "{error}");
}
