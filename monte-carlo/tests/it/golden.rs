//! The published bits of estimates: with and without threads, on any machine.
//!
//! `MONTE_CARLO_RENEW_GOLDEN=1 cargo test -p monte-carlo --test it golden` writes them anew.

use std::fmt::Write;
use std::path::Path;

use crate::threads::estimates;

#[test]
fn estimates_have_the_published_bits() {
    let mut text = String::new();
    for (name, estimate) in estimates() {
        let (mean, error) = (estimate.mean, estimate.standard_error);
        writeln!(text, "{name}: {:016x} {:016x} {mean} {error}", mean.to_bits(), error.to_bits()).unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data/golden.txt");
    if std::env::var_os("MONTE_CARLO_RENEW_GOLDEN").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), text);
}
