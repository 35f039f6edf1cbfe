//! Imports point one way: a module uses only what stands before it in the list.

use std::path::Path;

use test_support::layers;

/// Lowest first. A module may use itself and everything to its left.
const LAYERS: [&str; 19] = [
    "error",
    "minimise",
    "fitted",
    "returns",
    "likelihood",
    "face",
    "search",
    "slopes",
    "maximise",
    "nnls",
    "gbm",
    "garch",
    "ewma",
    "jumps",
    "regimes",
    "range",
    "realised",
    "cascade",
    "model",
];

#[test]
fn no_module_imports_a_higher_one() {
    layers::check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &LAYERS);
}
