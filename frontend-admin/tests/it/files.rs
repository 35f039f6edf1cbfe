//! What is in the binary.

use std::collections::BTreeSet;
use std::path::Path;

use frontend_admin::assets::{FILES, content, text};
use frontend_admin::content::media_type;
use frontend_admin::modules::closure;

/// The most that a page's scripts and styles may weigh together, compressed.
const LIVE_BYTES: usize = 110_000;
const ADMIN_BYTES: usize = 130_000;

fn is_module(name: &str) -> bool {
    media_type(name).starts_with("text/javascript")
}

/// The text of a module whose imports matter.
fn source(path: &str) -> Option<&'static str> {
    text(path).filter(|_| path.starts_with("js/"))
}

fn collect(folder: &Path, root: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, root, found);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            if !name.ends_with(".d.ts") && !name.ends_with(".d.mts") {
                found.insert(name);
            }
        }
    }
}

#[test]
fn every_file_is_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("static");
    let mut there = BTreeSet::new();
    collect(&root, &root, &mut there);
    let listed: BTreeSet<String> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(listed, there);
}

/// What these modules, the longer of two languages, and styles weigh.
fn weight(entry: &str, languages: [&[&'static str]; 2], styles: &[&'static str]) -> usize {
    let sent = |path: &str| {
        let (name, _) = FILES.iter().find(|(name, _)| *name == path).unwrap();
        content(name).sent_bytes()
    };
    let all = |paths: &[&'static str]| paths.iter().map(|path| sent(path)).sum::<usize>();
    let modules: usize = closure(entry, source).iter().map(|path| sent(path)).sum();
    modules + languages.map(all).into_iter().max().unwrap() + all(styles)
}

#[test]
fn code_stays_within_its_budget() {
    let live = weight("js/live.js", [&["js/i18n/en.js"], &["js/i18n/th.js"]], &["css/base.css", "css/page.css"]);
    assert!(live <= LIVE_BYTES, "the live market weighs {live} bytes, over {LIVE_BYTES}");
    let languages: [&[&str]; 2] =
        [&["js/i18n/en.js", "js/i18n/en.control.js"], &["js/i18n/th.js", "js/i18n/th.control.js"]];
    let admin = weight("js/admin.js", languages, &["css/base.css", "css/page.css", "css/admin.css"]);
    assert!(admin <= ADMIN_BYTES, "the Control room weighs {admin} bytes, over {ADMIN_BYTES}");
}

#[test]
fn vendored_files_are_the_ones_described() {
    use sha2::{Digest, Sha256};
    let described = text("vendor/README.md").unwrap();
    for (name, bytes) in FILES.iter().filter(|(name, _)| name.starts_with("vendor/") && is_module(name)) {
        let digest = Sha256::digest(bytes).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        assert!(described.contains(&digest), "{name}: vendor/README.md doesn't name {digest}");
    }
}

#[test]
fn every_module_belongs_to_a_page_and_every_import_is_there() {
    let needed: BTreeSet<String> =
        ["js/live.js", "js/admin.js"].iter().flat_map(|entry| closure(entry, source)).collect();
    // Languages are loaded when they are chosen.
    let there = FILES.iter().map(|(name, _)| *name).filter(|name| is_module(name) && !name.starts_with("js/i18n/"));
    assert_eq!(needed, there.map(str::to_owned).collect());
}

#[test]
fn own_code_is_in_small_modules_without_inline_styles() {
    for (name, bytes) in FILES.iter().filter(|(name, _)| name.starts_with("js/") && !name.starts_with("js/i18n/")) {
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(text.lines().count() <= 250, "{name} has {} lines", text.lines().count());
        assert!(!text.contains("style=") && !text.contains("innerHTML"), "{name} would break the content policy");
    }
}
