//! Published bits. A change here is value-breaking: raise `VALUE_VERSION`, renew the file with
//! `GBM_CORE_RENEW_GOLDEN=1 cargo test -p gbm-core golden`, and say so under **Values** in CHANGELOG.md.

use std::fmt::Write;

use gbm_core::math::{exp2, inverse_normal, ln};
use gbm_core::noise::{Domain, NoiseStream, StreamId};
use gbm_core::prelude::*;

use crate::prints::{Told, told};
use crate::quotes::increment;
use crate::replay::session_of;
use crate::support::{Dice, btc, pair};

const GOLDEN: &str = include_str!("golden/values.txt");

fn values() -> String {
    let mut text = format!("value_version {}\n", gbm_core::VALUE_VERSION);
    let mut noise = NoiseStream::new(Seed::from(42), StreamId::live(Domain::Diffusion, 0));
    for index in [0, 1, 7, 8, 1 << 35, 1_000_000_000_000] {
        let (word, normal) = (noise.word(index), noise.normal(index));
        writeln!(text, "noise {index} {word:016x} {:016x} {normal:e}", normal.to_bits()).unwrap();
    }
    for x in [-1000.25, -0.3, 0.1, 0.999, 10.7] {
        writeln!(text, "exp2 {x} {:016x}", exp2(x).to_bits()).unwrap();
    }
    for x in [1e-310, 0.7, 1.5, 1e5, 1e300] {
        writeln!(text, "ln {x:e} {:016x}", ln(x).to_bits()).unwrap();
    }
    for word in [0, 1 << 20, 1 << 50, (1 << 63) - 1, 1 << 63, u64::MAX] {
        writeln!(text, "inverse_normal {word:016x} {:016x}", inverse_normal(word).to_bits()).unwrap();
    }
    for tick in Simulation::new(btc(42)).take(20) {
        writeln!(text, "tick {} {:016x} {}", tick.tick, tick.price.to_bits(), tick.price).unwrap();
    }
    for (name, market, commands, body) in [
        ("plain", btc(42), 0, Dice::body as fn(&mut Dice, u64) -> Intervention),
        ("steered", btc(42), 60, Dice::body),
        ("pair", pair(42), 60, Dice::body),
        ("controlled", btc(42), 60, Dice::any_body),
        ("controlled pair", pair(42), 60, Dice::any_body),
    ] {
        let (_, _, digest) = session_of(body, market, 42, commands, 20_000);
        writeln!(text, "digest {name} {digest}").unwrap();
    }
    for told in &told(&mut Simulation::new(btc(42)), 6) {
        let Told { tick, price, book, volume, prints, .. } = told;
        let Best { bid, ask } = Best::around(*price, Quoting::new(&Book::btc(), book), increment(2));
        writeln!(text, "printed {tick} {bid} {price} {ask} {}", volume.total()).unwrap();
        for print in prints {
            writeln!(text, "print {} {:?} {} {}", print.offset_ms, print.side, print.lots, print.price).unwrap();
        }
    }
    writeln!(text, "tape steered {:016x}", tape_digest()).unwrap();
    text
}

/// FNV-1a over all that a steered market's tape says.
fn tape_digest() -> u64 {
    let (mut simulation, mut dice) = (Simulation::new(btc(42)), Dice(42));
    for _ in 0..60 {
        // Some are refused.
        drop(simulation.intervene(&Command::now(dice.any_body(60)).at(1 + dice.below(20_000))));
    }
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for Told { tick, price, book, volume, prints, .. } in told(&mut simulation, 20_000) {
        let Best { bid, ask } = Best::around(price, Quoting::new(&Book::btc(), &book), increment(2));
        let mut words = vec![tick, volume.own, volume.bought, volume.sold];
        words.extend([bid, price, ask, book.liquidity].map(f64::to_bits));
        for print in prints {
            words.extend([print.offset_ms, u64::from(print.side == OrderSide::Buy), print.lots, print.price.to_bits()]);
        }
        for byte in words.into_iter().flat_map(u64::to_le_bytes) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    hash
}

#[test]
fn published_bits_have_not_changed() {
    let found = values();
    if std::env::var_os("GBM_CORE_RENEW_GOLDEN").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/golden/values.txt"), &found).unwrap();
        return;
    }
    for (found, golden) in found.lines().zip(GOLDEN.lines()) {
        assert_eq!(found, golden, "a published bit has changed");
    }
    assert_eq!(found.lines().count(), GOLDEN.lines().count());
}

#[test]
fn the_first_ticks_are_the_exact_solution_at_70_digits() {
    // tools/tables.py: another ChaCha8, Newton's quantile, the textbook formula.
    let mut noise = NoiseStream::new(Seed::from(42), StreamId::live(Domain::Diffusion, 0));
    let rows = include_str!("data/ticks.txt").lines().zip(Simulation::new(btc(42)));
    let mut compared = 0;
    for (line, tick) in rows {
        let mut fields = line.split(' ').map(|field| u64::from_str_radix(field, 16).unwrap());
        let mut field = || fields.next().unwrap();
        assert_eq!(noise.word(tick.tick - 1), field());
        let price = crate::double_double::Pair::new(f64::from_bits(field()), f64::from_bits(field()));
        assert!(price.relative_error(tick.price) < 1e-15, "tick {}: {}", tick.tick, tick.price);
        compared += 1;
    }
    assert_eq!(compared, 200);
}
