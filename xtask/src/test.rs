//! Everything that must hold before a change lands.

use std::fs;
use std::path::PathBuf;

use crate::shell::{Result, exists, output, root, run, say};

/// What the checks need beside Rust: (a command that shows it is there, its name, Debian's package).
const NEEDS: [(&str, &str, &str); 3] = [
    ("cc --version", "a C compiler, which links Rust programs", "gcc libc6-dev"),
    ("npm --version", "npm, which brings what tests the pages", "nodejs npm"),
    ("chromium --version", "Chromium, in which the pages are tested", "chromium fonts-noto-core"),
];
/// Where the tests of the pages are.
const BROWSER: &str = "frontend-admin/tests/browser";
/// Workspaces of their own.
const FUZZ: &str = "fuzz/Cargo.toml";
const PEERS: &str = "peers/Cargo.toml";
const COMPONENTS: [(&str, &str); 2] = [("cargo fmt --version", "rustfmt"), ("cargo clippy --version", "clippy")];

fn check(install: bool, long: bool) -> Result {
    run("cargo fmt --all --check", &[])?;
    // What else is written against the crates is looked at first, not after half an hour.
    for manifest in [FUZZ, PEERS] {
        run(&format!("cargo check --manifest-path {manifest} --locked"), &[])?;
    }
    run("cargo clippy --workspace --all-targets --all-features -- -D warnings", &[])?;
    run("cargo clippy --package algo-trading --no-default-features --benches -- -D warnings", &[])?;
    let long: &[_] = if long { &[("ALGO_TRADING_LONG", "1")] } else { &[] };
    run("cargo test --workspace --all-features", long)?;
    run("cargo test --package gbm-core --test it golden", &[])?;
    run("cargo test --package monte-carlo --test it golden", &[])?;
    run("cargo test --release --package gbm-core --all-features --test it kernels", &[])?;
    run("cargo doc --workspace --no-deps --all-features", &[("RUSTDOCFLAGS", "-D warnings")])?;
    golden_digest("")?;
    golden_digest(" --release")?;
    browser()?;
    run("cargo bench --no-run", &[])?;
    run("cargo bench -- --test", &[])?;
    crate::instructions::instructions(install, false)
}

pub(crate) fn test(install: bool, long: bool) -> Result {
    for (probe, name) in COMPONENTS {
        if !exists(probe) {
            return Err(format!("{name} is missing: rustup component add {name}"));
        }
    }
    for (probe, name, packages) in NEEDS {
        if exists(probe) {
            continue;
        }
        if !install {
            return Err(format!("{name}, is missing: install {packages}, or run `cargo xtask test --install`"));
        }
        run("apt-get update", &[])?;
        run(
            &format!("apt-get install --yes --no-install-recommends {packages}"),
            &[("DEBIAN_FRONTEND", "noninteractive")],
        )?;
    }
    check(install, long)?;
    say("--- all checks passed");
    Ok(())
}

/// The pages in a real browser, and the feed by the real client, against the built programs.
fn browser() -> Result {
    run("cargo build --workspace --bins", &[])?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let built = |profile: &str, name: &str| target.join(profile).join(name).to_string_lossy().into_owned();
    let programs = [
        ("ALGO_TRADING_BIN", built("release", "algo-trading")),
        ("GATEWAY_BIN", built("debug", "gateway-svc")),
        ("DASHBOARD_BIN", built("debug", "frontend-admin")),
        ("MARKET_DATA_BIN", built("debug", "market-data-svc")),
        ("TRADING_BIN", built("debug", "trading-svc")),
    ];
    let programs = programs.each_ref().map(|(name, path)| (*name, path.as_str()));
    run(&format!("npm --prefix {BROWSER} ci --no-audit --no-fund"), &[])?;
    run(&format!("npm --prefix {BROWSER} run typecheck"), &[])?;
    run(&format!("npm --prefix {BROWSER} test"), &programs)
}

/// The built binary, without any test's dependencies in its build, gives the published digests: whole and in pieces.
fn golden_digest(profile: &str) -> Result {
    run(&format!("cargo build --package algo-trading{profile}"), &[])?;
    let pieces = [(10_000_000, "digest_seed_42.txt", " --model gbm"), (1_000_000, "digest_btc_seed_42.txt", "")];
    pieces.into_iter().try_for_each(|(ticks, file, model)| one_digest(profile, ticks, file, model))
}

fn one_digest(profile: &str, ticks: u64, file: &str, model: &str) -> Result {
    let golden = fs::read_to_string(root().join("tests/golden").join(file)).map_err(|error| error.to_string())?;
    let resume = format!("cargo run --quiet --package algo-trading{profile} -- simulate --format digest");
    let simulate = resume.clone() + model;
    let [whole, third, half] = [ticks, ticks / 3, ticks / 2 + 1].map(|tick| tick.to_string());
    say(&format!("--- {simulate} --seed 42 --ticks {whole}, in one call and resumed"));
    let folder = std::env::temp_dir().join(format!("algo-trading-xtask-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let snapshot = folder.join("snapshot").to_string_lossy().into_owned();
    let at_once = output(&simulate, &["--seed", "42", "--ticks", &whole]);
    let pieces = output(&simulate, &["--seed", "42", "--ticks", &third, "--snapshot", &snapshot])
        .and_then(|_| output(&resume, &["--resume", &snapshot, "--until", &half, "--snapshot", &snapshot]))
        .and_then(|_| output(&resume, &["--resume", &snapshot, "--until", &whole]));
    fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    for (how, digest) in [("in one call", at_once?), ("resumed in pieces", pieces?)] {
        if digest.trim() != golden.trim() {
            return Err(format!(
                "the digest{model} {how}{profile} is {}, published is {}",
                digest.trim(),
                golden.trim()
            ));
        }
    }
    Ok(())
}
