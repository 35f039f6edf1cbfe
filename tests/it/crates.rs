//! Imports between the crates point one way.

use std::path::Path;

/// Which of our crates each may import, tests apart.
const MAY_IMPORT: [(&str, &[&str]); 18] = [
    ("backtest", &["gbm-core", "trading-core"]),
    ("calibration", &["gbm-core"]),
    ("closed-form", &[]),
    ("gbm-core", &[]),
    ("market-api", &[]),
    ("svc-common", &["market-api"]),
    ("market-setup", &["gbm-core"]),
    ("market-data-svc", &["gbm-core", "market-api", "market-setup", "scenario", "svc-common"]),
    ("gateway-svc", &["market-api", "svc-common"]),
    ("frontend-admin", &["svc-common"]),
    ("monte-carlo", &["gbm-core"]),
    ("realism", &["calibration", "gbm-core", "market-setup", "report-page"]),
    ("report-page", &[]),
    ("scenario", &["gbm-core"]),
    ("statistical-tests", &["closed-form", "gbm-core"]),
    ("test-support", &[]),
    ("trading-core", &["gbm-core"]),
    ("trading-svc", &["backtest", "market-api", "svc-common", "trading-core"]),
];

/// Our crates among the dependencies of a manifest, tests' and builds' apart.
fn imports(manifest: &str) -> Vec<&'static str> {
    let sections = manifest.split("\n[").filter(|section| section.starts_with("dependencies]"));
    let named = sections.flat_map(str::lines).filter_map(|line| line.split(['.', ' ', '=']).next());
    let named: Vec<&str> = named.collect();
    MAY_IMPORT.into_iter().map(|(ours, _)| ours).filter(|ours| named.contains(ours)).collect()
}

#[test]
fn no_crate_imports_what_it_should_not_know() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, allowed) in MAY_IMPORT {
        let manifest = std::fs::read_to_string(root.join(name).join("Cargo.toml")).unwrap();
        let found = imports(&manifest);
        let beyond: Vec<&&str> = found.iter().filter(|import| !allowed.contains(*import)).collect();
        assert!(beyond.is_empty(), "{name} imports {beyond:?}");
        assert!(
            allowed.iter().all(|import| found.contains(import)),
            "{name} imports only {found:?}: the list is too long"
        );
    }
    let workspace = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let members = workspace.split_once("members = [").unwrap().1.split_once(']').unwrap().0;
    for member in members.split(',').map(|member| member.trim().trim_matches('"')) {
        let is_known = MAY_IMPORT.iter().any(|(name, _)| *name == member) || member == "xtask";
        assert!(is_known, "{member} is missing from the list");
    }
}

#[test]
fn an_import_is_noticed() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\ngbm-core.workspace = true\nserde = \"1\"\n\n[dev-dependencies]\nmarket-api = { path = \"..\" }\n";
    assert_eq!(imports(manifest), ["gbm-core"]);
}
