//! Own scenarios on a disk that fails, fills up and loses power: what was told is there, what was refused isn't.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use market_data_svc::scenarios::{KeepError, Library};
use scenario::Scenario;

use super::dice::Dice;
use super::disk::SimulatedDisk;
use super::faults::Planted;
use super::inode::Crash;
use crate::own_scenarios::text;

const DIRECTORY: &str = "/data";
const NAMES: [&str; 3] = ["a", "b", "c"];
const SEEDS: u64 = 400;

fn open(disk: &SimulatedDisk) -> Library {
    Library::open(Arc::new(disk.clone()), Path::new(DIRECTORY))
}

fn held(library: &Library, name: &str) -> Option<String> {
    library.get(name).map(|one| one.text().to_owned())
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// What a restart may find of each name: one text or none, and more than one only of what was refused and could not be undone.
struct Witness(BTreeMap<&'static str, BTreeSet<Option<String>>>);

impl Witness {
    fn only(&mut self, name: &'static str, text: Option<String>) {
        self.0.insert(name, BTreeSet::from([text]));
    }

    fn all_as_in(&mut self, library: &Library) {
        for name in NAMES {
            self.only(name, held(library, name));
        }
    }

    fn also(&mut self, name: &'static str, text: Option<String>) {
        self.0.entry(name).or_default().insert(text);
    }

    fn check(&self, library: &Library) -> Result<(), String> {
        for name in NAMES {
            let found = held(library, name);
            if !self.0[name].contains(&found) {
                return Err(format!("{name}: found {found:?}, of {:?}", self.0[name]));
            }
        }
        Ok(())
    }
}

/// How often changes were made and refused.
#[derive(Debug, Default)]
struct Ran {
    made: usize,
    refused: usize,
}

async fn run(seed: u64, planted: Option<Planted>) -> Result<Ran, String> {
    let mut dice = Dice::new(seed);
    let disk = SimulatedDisk::new(dice.split(), planted);
    let mut witness = Witness(NAMES.map(|name| (name, BTreeSet::from([None]))).into());
    let (mut ran, mut texts) = (Ran::default(), 0);
    for _ in 0..6 {
        let library = open(&disk);
        witness.check(&library)?;
        witness.all_as_in(&library);
        if dice.below(3) == 0 {
            disk.die_in(dice.in_range(1..60));
        }
        for _ in 0..dice.pick(&[0, 1, 3, 12]) {
            match dice.below(3) {
                0 => disk.set_weather(dice.pick(&[50, 300]), dice.coin()),
                _ => disk.set_weather(0, false),
            }
            let name = dice.pick(&NAMES);
            let before = held(&library, name);
            texts += 1;
            let wanted = (dice.below(3) > 0).then(|| text(name, 0.001 * f64::from(texts)));
            let answer = match &wanted {
                Some(text) => library.keep(Scenario::from_toml(text).unwrap(), true).await.map(drop),
                None => library.forget(name).await,
            };
            match answer {
                Ok(()) => {
                    if held(&library, name) != wanted {
                        return Err(format!("{name} was changed and isn't held"));
                    }
                    // Whatever a failure had left is settled before a change is told.
                    witness.all_as_in(&library);
                    ran.made += 1;
                }
                Err(KeepError::Disk(_)) => {
                    if held(&library, name) != before {
                        return Err(format!("{name} was refused and is held"));
                    }
                    witness.also(name, wanted);
                    ran.refused += 1;
                }
                Err(KeepError::Unknown(_)) if wanted.is_none() && before.is_none() => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        disk.die();
        disk.come_back(dice.pick(&[Crash::Kill, Crash::Prefix, Crash::Sectors]), Path::new("/data/session.jsonl"));
        disk.calm();
    }
    Ok(ran)
}

#[test]
fn what_was_told_of_scenarios_stays_true() {
    let mut all = Ran::default();
    for seed in 0..SEEDS {
        let ran = block_on(run(seed, None)).unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
        all.made += ran.made;
        all.refused += ran.refused;
    }
    println!("{SEEDS} seeds: {all:?}");
    assert!(all.made > 2000 && all.refused > 500, "{all:?}");
}

#[test]
fn scenarios_whose_names_are_not_synced_are_found() {
    let found = (0..50).find_map(|seed| block_on(run(seed, Some(Planted::UnsyncedNames))).err());
    assert!(found.is_some());
}

#[test]
fn a_full_disk_refuses_and_leaves_all_as_it_was() {
    let disk = SimulatedDisk::new(Dice::new(1), None);
    let library = open(&disk);
    let keep = |size: f64| library.keep(Scenario::from_toml(&text("a", size)).unwrap(), true);
    block_on(async {
        keep(0.1).await.unwrap();
        disk.set_weather(0, true);
        let refused = keep(0.2).await.unwrap_err();
        assert!(refused.to_string().starts_with("scenarios can't be written: "), "{refused}");
        assert_eq!(held(&library, "a"), Some(text("a", 0.1)));
        assert_eq!(held(&open(&disk), "a"), Some(text("a", 0.1)), "and on the disk");
        library.forget("a").await.expect("what is deleted needs no space");
        disk.calm();
        keep(0.2).await.unwrap();
    });
    assert_eq!(held(&open(&disk), "a"), Some(text("a", 0.2)));
}

#[test]
fn a_disk_that_cannot_be_read_stops_no_start() {
    let disk = SimulatedDisk::new(Dice::new(2), None);
    let library = open(&disk);
    block_on(library.keep(Scenario::from_toml(&text("a", 0.1)).unwrap(), true)).unwrap();
    disk.set_weather(1000, false);
    let library = open(&disk);
    assert!(library.all().is_empty());
    disk.calm();
    // What is there and wasn't read isn't overwritten.
    let refused = block_on(library.keep(Scenario::from_toml(&text("a", 0.2)).unwrap(), true)).unwrap_err();
    assert!(matches!(refused, KeepError::InTheWay(_)), "{refused}");
    assert_eq!(held(&open(&disk), "a"), Some(text("a", 0.1)));
}

#[test]
fn a_start_trusts_no_name_that_a_killed_process_left() {
    let journal = Path::new("/data/session.jsonl");
    for seed in 0..20 {
        let disk = SimulatedDisk::new(Dice::new(seed), None);
        let library = open(&disk);
        // Killed after the text has its name, and before that is durable.
        disk.die_in(6);
        assert!(block_on(library.keep(Scenario::from_toml(&text("a", 0.1)).unwrap(), true)).is_err());
        assert!(disk.is_dead());
        disk.come_back(Crash::Kill, journal);
        assert!(held(&open(&disk), "a").is_some(), "the name is there");
        disk.die();
        disk.come_back(Crash::Prefix, journal);
        assert!(held(&open(&disk), "a").is_some(), "seed {seed}: what a start has told is gone");
    }
}
