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

/// The top-level modules that a file names: after `crate::`, or after as many `super::` as lead to the crate's root.
/// `depth` is the file's own, 1 for `src/x.rs` and `src/x/mod.rs`, 2 for `src/x/y.rs`.
fn imports(text: &str, depth: usize) -> Vec<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let root = "super::".repeat(depth);
    let up = code.match_indices(&root).filter(|(start, _)| !code[..*start].ends_with("super::"));
    let starts = code.match_indices("crate::").chain(up).map(|(start, found)| &code[start + found.len()..]);
    starts.flat_map(first_names).collect()
}

/// The first name of a path, or of each path of a group in braces.
fn first_names(rest: &str) -> Vec<String> {
    let name = |path: &str| path.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let (mut depth, mut names, mut start) = (1, Vec::new(), 0);
    for (at, character) in group.char_indices() {
        depth += i32::from(character == '{') - i32::from(character == '}');
        if depth == 0 || (depth == 1 && character == ',') {
            names.push(name(&group[start..at]));
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn climbing(module: &str, depth: usize, text: &str) -> Vec<String> {
    let rank = |name: &str| LAYERS.iter().position(|&layer| layer == name);
    let own = rank(module);
    let climbs = |name: &String| rank(name).is_some_and(|other| own.is_none_or(|own| other > own));
    imports(text, depth).into_iter().filter(climbs).collect()
}

/// How deep a file's module lies below the crate's root.
fn depth(relative: &Path) -> usize {
    relative.components().count() - usize::from(relative.ends_with("mod.rs"))
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
        let climbing = climbing(module, depth(relative), &text);
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
        assert!(!imports(&text, 2).iter().any(|name| name == "model"), "{}", path.display());
    }
}

#[test]
fn a_climbing_import_is_noticed() {
    assert_eq!(climbing("math", 1, "use crate::engine::Quote;"), ["engine"]);
    assert_eq!(climbing("noise", 1, "use crate::{math, journal::Digest};"), ["journal"]);
    assert_eq!(climbing("noise", 1, "use crate::{math::{exp2, ln}, journal::Digest};"), ["journal"]);
    assert_eq!(climbing("noise", 2, "use super::super::engine::Quote;"), ["engine"]);
    assert_eq!(climbing("noise", 1, "use super::engine::Quote;"), ["engine"]);
    assert!(climbing("engine", 2, "use crate::math::exp2;\nuse super::journal;\n// use crate::journal;").is_empty());
}
