//! Imports point one way.

use std::path::Path;

/// Lowest first. A module may use itself and everything to its left.
const LAYERS: [&str; 24] = [
    "clock",
    "wire",
    "pace",
    "history",
    "overrides",
    "files",
    "kept",
    "archive",
    "scenarios",
    "writer",
    "journal_file",
    "session",
    "store",
    "handle",
    "market",
    "begin",
    "allowance",
    "jobs",
    "what_if",
    "feed",
    "stream",
    "rest",
    "service",
    "cli",
];

#[test]
fn no_module_imports_a_higher_one() {
    test_support::layers::check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &LAYERS);
}
