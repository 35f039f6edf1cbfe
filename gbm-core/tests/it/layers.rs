//! Imports point one way: a module uses only what stands before it in the list.

use std::path::{Path, PathBuf};

/// Lowest first. A module may use itself and everything to its left.
const LAYERS: [&str; 14] = [
    "math",
    "units",
    "grid",
    "noise",
    "process",
    "correlation",
    "model",
    "paths",
    "stats",
    "calibrate",
    "market",
    "intervention",
    "engine",
    "journal",
];

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The modules that a text names after `crate::`, documentation and the grouped form included.
fn imports(text: &str) -> Vec<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let starts = code.match_indices("crate::").map(|(start, found)| &code[start + found.len()..]);
    let names = starts.flat_map(|rest| {
        let group = rest.strip_prefix('{').map(|inner| inner.split('}').next().unwrap_or(inner).split(','));
        let names: Vec<&str> = group.map_or_else(|| vec![rest], Iterator::collect);
        names.into_iter().map(|name| name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
    });
    names.collect()
}

fn climbing(module: &str, text: &str) -> Vec<String> {
    let rank = |name: &str| LAYERS.iter().position(|&layer| layer == name);
    let own = rank(module);
    imports(text).into_iter().filter(|name| rank(name).is_some_and(|other| own.is_none_or(|own| other > own))).collect()
}

#[test]
fn no_module_imports_a_higher_one() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    for path in files(&source).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
        let relative = path.strip_prefix(&source).unwrap();
        let first = relative.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let module = first.trim_end_matches(".rs");
        if module == "lib" {
            continue;
        }
        assert!(LAYERS.contains(&module), "{module} is missing from the list of layers");
        let text = std::fs::read_to_string(&path).unwrap();
        let climbing = climbing(module, &text);
        assert!(climbing.is_empty(), "{} climbs to {climbing:?}", relative.display());
        seen += 1;
    }
    assert!(seen > 20, "only {seen} files read");
}

#[test]
fn the_engine_names_no_concrete_model() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine");
    for path in files(&source) {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!imports(&text).iter().any(|name| name == "model"), "{}", path.display());
    }
}

#[test]
fn a_climbing_import_is_noticed() {
    assert_eq!(climbing("math", "use crate::engine::Quote;"), ["engine"]);
    assert_eq!(climbing("noise", "use crate::{math, journal::Digest};"), ["journal"]);
    assert!(climbing("engine", "use crate::math::exp2;\n// use crate::journal;").is_empty());
}
