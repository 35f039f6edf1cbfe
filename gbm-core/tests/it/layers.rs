//! Imports point one way: a module uses only what stands before it in the list.

use std::path::{Path, PathBuf};

use test_support::layers::{self, files, imports};

/// Lowest first. A module may use itself and everything to its left.
const LAYERS: [&str; 18] = [
    "math",
    "units",
    "grid",
    "process",
    "kernel",
    "noise",
    "correlation",
    "model",
    "paths",
    "stats",
    "calibrate",
    "market",
    "intervention",
    "engine",
    "quoting",
    "prints",
    "journal",
    "counterfactual",
];

#[test]
fn no_module_imports_a_higher_one() {
    layers::check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &LAYERS);
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
fn unsafe_code_stands_in_one_file() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let is_unsafe = |path: &PathBuf| std::fs::read(path).unwrap().windows(8).any(|bytes| bytes == b"unsafe {");
    let found: Vec<_> = files(&source).into_iter().filter(is_unsafe).collect();
    assert_eq!(found, [source.join("kernel").join("dispatch.rs")]);
}
