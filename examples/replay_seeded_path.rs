//! A seeded path, steered and journaled, then replayed bit for bit from the journal's text alone.
//!
//! `cargo run --release --example replay_seeded_path`

#![allow(clippy::print_stdout, reason = "an example talks")]

use std::error::Error;

use gbm_core::journal::{self, Proposed, Recorder, Replay};
use gbm_core::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let btc = Instrument {
        name: "BTC-USD".into(),
        asset: 0,
        spot: Price::new(100_000.0)?,
        model: Model::from(Gbm::new(0.5, 0.8)?),
        book: Book::btc(),
    };
    let market = Market::new(Seed::from(42), TimeGrid::new(1_767_225_600_000, 1000)?, vec![btc], None)?;

    // A day of seconds. A line takes effect once it is confirmed, which a service does when it is on the disk.
    let (mut recorder, mut text) = Recorder::start(market)?;
    text.push_str(&recorder.propose_through(86_400)?.text);
    let crash = Shock {
        log_return: LogReturn::new(-0.08)?,
        permanent_fraction: Fraction::new(0.25)?,
        half_life_s: Some(Seconds::new(1800.0)?),
    };
    let command = Command::now(Intervention::Shock(crash)).at(43_200);
    if let Proposed::Line(proposal) = recorder.propose_command(&command, "example", "noon crash")? {
        text.push_str(&proposal.text);
        recorder.confirm(proposal.line.seq);
    }
    while recorder.simulation().tick() < 86_400 {
        recorder.step()?;
    }
    text.push_str(&recorder.propose_end()?.text);

    println!("The journal, {} bytes for 86,400 ticks:\n{text}", text.len());
    let journal = journal::read::<Model>(text.as_bytes())?;
    let mut replay = Replay::new(&journal);
    for tick in replay.by_ref() {
        let Tick { tick, price, reference, .. } = tick?;
        if tick % 14_400 == 0 {
            println!("tick {tick:>6}: price {price:>10.2}, without the crash {reference:>10.2}");
        }
    }
    println!("recorded digest {}\nreplayed digest {}", recorder.digest(), replay.digest());
    if replay.digest() != recorder.digest() {
        return Err("the replay differs".into());
    }
    Ok(())
}
