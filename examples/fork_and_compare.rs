//! A session, its journal, and a branch of it: what if that shock had been half as strong, and nobody had halted trading?
//!
//! `cargo run --release --example fork_and_compare [FILE.svg]`

#![allow(clippy::print_stdout, reason = "an example talks")]

mod drawing;

use std::error::Error;

use gbm_core::counterfactual::{Edit, fork};
use gbm_core::intervention::InterventionId;
use gbm_core::journal::{self, Proposed, Recorder, Replay};
use gbm_core::prelude::*;

const LAST: u64 = 4 * 3600;
const FORK_AT: u64 = 3000;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "fork_and_compare.svg".into());
    let text = session()?;
    let journal = journal::read::<Model>(text.as_bytes())?;
    let was: Vec<Tick> = Replay::new(&journal).collect::<Result<_, _>>()?;

    let weaker =
        serde_json::from_str(r#"{"kind":"shock","log_return":-0.03,"permanent_fraction":0.3,"half_life_s":900}"#)?;
    let edits =
        [Edit::Change { id: InterventionId::new(1)?, body: weaker }, Edit::Remove { id: InterventionId::new(2)? }];
    let branch: Vec<Tick> = fork(&journal, FORK_AT, &edits)?.take((LAST - FORK_AT).try_into()?).collect();

    let fork_at = usize::try_from(FORK_AT)?;
    let low = |ticks: &[Tick]| ticks.iter().map(|tick| tick.price).fold(f64::INFINITY, f64::min);
    println!("lowest: {:.2} as it was, {:.2} in the branch", low(&was), low(&branch));
    let same = was[fork_at..].iter().zip(&branch).take_while(|(was, is)| was.price == is.price).count();
    println!("the same to the bit for {same} ticks after the fork, until the first edit acts");

    let all = |ticks: &[Tick], of: fn(&Tick) -> f64| ticks.iter().step_by(20).map(of).collect::<Vec<f64>>();
    let mut forked = was[..fork_at].to_vec();
    forked.extend(branch);
    let lines = [
        ("without any intervention", drawing::REFERENCE, all(&was, |tick| tick.reference)),
        ("as it was", drawing::PRICE, all(&was, |tick| tick.price)),
        ("branch", drawing::OTHER, all(&forked, |tick| tick.price)),
    ];
    drawing::draw(&path, 20.0, &lines, &[(FORK_AT as f64, "fork")])?;
    println!("drawn to {path}");
    Ok(())
}

/// A journal of four hours with a shock and a halt.
fn session() -> Result<String, Box<dyn Error>> {
    let (spot, model) = (Price::new(100_000.0)?, Model::from(Gbm::new(0.5, 0.8)?));
    let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot, model, book: Book::btc() };
    let market = Market::new(Seed::from(7), TimeGrid::new(0, 1000)?, vec![btc], None)?;
    let (mut recorder, mut text) = Recorder::start(market)?;
    for (tick, body) in [
        (3600, r#"{"kind":"shock","log_return":-0.06,"permanent_fraction":0.3,"half_life_s":900}"#),
        (3700, r#"{"kind":"halt","reopen":"catch_up","duration_s":1200}"#),
    ] {
        let command = Command::now(serde_json::from_str(body)?).at(tick);
        if let Proposed::Line(line) = recorder.propose_command(&command, "alice", "an example")? {
            text.push_str(&line.text);
            recorder.confirm(line.line.seq);
        }
    }
    text.push_str(&recorder.propose_through(LAST)?.text);
    Ok(text)
}
