//! What is in the binary.

use std::collections::BTreeSet;
use std::path::Path;

use frontend_admin::assets::{FILES, File, text};
use frontend_admin::content::media_type;

use crate::module::Module;
use crate::tree::{self, Sources, read};

/// The most that a page's scripts and styles may weigh together, compressed.
const MOST_BYTES: usize = 110_000;

fn sources() -> Sources {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("static"))
}

fn file(path: &str) -> &'static File {
    FILES.iter().find(|file| file.path == path).unwrap()
}

/// What a page names of scripts and sheets, but for what it loads later.
fn named(page: &str) -> BTreeSet<&'static str> {
    let pieces: Vec<_> = text(page).unwrap().split("\"static/").collect();
    let at_once = pieces.windows(2).filter(|pair| !pair[0].ends_with("data-later="));
    at_once.map(|pair| pair[1].split_once('"').unwrap().0).filter(|path| *path != "icon.svg").collect()
}

#[track_caller]
fn weighs(page: &str, languages: [&'static str; 2]) {
    for language in languages {
        let paths = named(page).into_iter().chain([language]);
        let bytes: usize = paths.map(|path| file(path).gzip.unwrap().len()).sum();
        assert!(bytes <= MOST_BYTES, "{page} with {language} weighs {bytes} bytes, over {MOST_BYTES}");
    }
}

#[test]
fn code_stays_within_its_budget() {
    weighs("trade.html", ["js/i18n/en.trade.js", "js/i18n/th.trade.js"]);
    weighs("admin.html", ["js/i18n/en.control.js", "js/i18n/th.control.js"]);
}

#[test]
fn a_page_names_all_that_its_script_imports_so_that_a_browser_fetches_it_at_once() {
    for (page, script) in [("trade.html", "js/trade.js"), ("admin.html", "js/admin.js")] {
        let imports = text(script).unwrap().lines().take_while(|line| line.starts_with("import"));
        let imports: BTreeSet<_> =
            imports.map(|line| line.rsplit_once("\"../").unwrap().1.trim_end_matches("\";")).collect();
        let preloaded: BTreeSet<_> = named(page).into_iter().filter(|path| path.starts_with("vendor/")).collect();
        assert_eq!(preloaded, imports, "{page}");
    }
}

#[test]
fn compressed_files_are_the_same_files() {
    for file in FILES {
        let Some(gzip) = file.gzip else { continue };
        let mut unpacked = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(gzip), &mut unpacked).unwrap();
        assert!(unpacked == file.plain && gzip.len() < file.plain.len(), "{}", file.path);
    }
}

#[test]
fn vendored_files_are_the_ones_described() {
    use sha2::{Digest, Sha256};
    let described = text("vendor/README.md").unwrap();
    let scripts = FILES.iter().filter(|file| media_type(file.path).starts_with("text/javascript"));
    for File { path, plain, .. } in scripts.filter(|file| file.path.starts_with("vendor/")) {
        assert_eq!(sources().get(*path).map(Vec::as_slice), Some(*plain), "{path}");
        let digest = Sha256::digest(plain).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        assert!(described.contains(&digest), "{path}: vendor/README.md doesn't name {digest}");
    }
}

#[test]
fn every_module_and_every_sheet_belongs_to_a_page() {
    let sources = sources();
    let mut reached: Vec<String> = ["js/trade.js", "js/admin.js"].map(str::to_owned).into();
    for place in 0.. {
        let Some(path) = reached.get(place) else { break };
        let module = Module::parse(path, tree::text(&sources, path, "a page").unwrap(), "a page").unwrap();
        let imports = module.imports.into_iter().map(|import| import.path).filter(|path| path.starts_with("js/"));
        for next in imports.chain(module.loads) {
            if !reached.contains(&next) {
                reached.push(next);
            }
        }
    }
    for path in sources.keys().filter(|path| path.starts_with("js/")) {
        assert!(reached.contains(path), "{path} is in no script");
    }
    for (page, sheet, mark) in [
        ("css/trade.css", "css/base.css", ":root{"),
        ("css/trade.css", "css/page.css", ".topbar{"),
        ("css/trade.later.css", "css/dialogs.css", "dialog{"),
        ("css/trade.later.css", "css/trade.later.css", ".histogram "),
        ("css/admin.css", "css/page.css", ".topbar{"),
        ("css/admin.css", "css/admin.css", ".state-bar{"),
        ("css/later.css", "css/dialogs.css", "dialog{"),
        ("css/later.css", "css/later.css", ".effect{"),
    ] {
        assert!(text(page).unwrap().contains(mark), "{sheet} is missing in {page}");
    }
}

#[test]
fn own_code_is_in_small_modules_without_inline_styles() {
    for (path, bytes) in sources().iter().filter(|(path, _)| path.starts_with("js/") && !path.starts_with("js/i18n/")) {
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(text.lines().count() <= 250, "{path} has {} lines", text.lines().count());
        assert!(!text.contains("style=") && !text.contains("innerHTML"), "{path} would break the content policy");
    }
}
