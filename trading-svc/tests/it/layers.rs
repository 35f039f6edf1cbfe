//! Imports point one way.

use std::path::Path;

/// Lowest first. A module may use itself and everything to its left.
const LAYERS: [&str; 19] = [
    "wire",
    "refusal",
    "curve",
    "state",
    "books",
    "flow",
    "ledger",
    "acting",
    "views",
    "handle",
    "market",
    "steering",
    "venue",
    "push",
    "backtests",
    "stream",
    "rest",
    "service",
    "cli",
];

#[test]
fn no_module_imports_a_higher_one() {
    test_support::layers::check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &LAYERS);
}
