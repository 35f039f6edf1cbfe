//! What the server holds is made here, once: each page's own modules as one script, its sheets as one, everything that
//! shrinks also compressed.

#![allow(clippy::expect_used, clippy::panic, reason = "a build that can't go on ends, and says why")]
#![allow(clippy::print_stdout, reason = "the way to talk to cargo")]

mod gzip;
mod lexer;
mod module;
mod script;
mod sheet;
mod tree;

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, thread};

/// A file to be served: its path, and its bytes.
type File = (String, Vec<u8>);

fn main() {
    println!("cargo:rerun-if-changed=static");
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo names the crate's folder")).join("static");
    let out = env::var("OUT_DIR").expect("cargo names a folder for what is made");
    let sources = tree::read(&root);
    let files = files(&sources).unwrap_or_else(|error| panic!("{error}"));
    let mut list = String::from("&[\n");
    for (place, ((path, bytes), gzip)) in files.iter().zip(all_compressed(&files)).enumerate() {
        let include = |bytes: &[u8], end: &str| {
            let made = Path::new(&out).join(format!("{place}{end}"));
            fs::write(&made, bytes).expect("the folder can be written");
            format!("include_bytes!({:?})", made.to_string_lossy())
        };
        let plain = include(bytes, "");
        let gzip = gzip.map_or("None".to_owned(), |gzip| format!("Some({})", include(&gzip, ".gz")));
        writeln!(list, "File {{ path: {path:?}, plain: {plain}, gzip: {gzip} }},").expect("a string takes text");
    }
    list.push(']');
    fs::write(Path::new(&out).join("files.rs"), list).expect("the folder can be written");
}

/// Everything but our own scripts and sheets is served as it is. Of those, the pages' are served, with all they import.
fn files(sources: &tree::Sources) -> Result<Vec<File>, String> {
    let (is_script, is_sheet) = (|path: &str| path.starts_with("js/"), |path: &str| path.starts_with("css/"));
    let is_own = |path: &str| is_script(path) || is_sheet(path);
    let mut files: Vec<File> =
        sources.iter().filter(|(path, _)| !is_own(path)).map(|(path, bytes)| (path.clone(), bytes.clone())).collect();
    for (page, bytes) in sources.iter().filter(|(path, _)| is_page(path)) {
        let html = str::from_utf8(bytes).map_err(|_| format!("{page} isn't text"))?;
        for path in named(html).into_iter().filter(|path| is_own(path)) {
            files.extend(if is_sheet(path) { sheet::whole(sources, path)? } else { script::whole(sources, path)? });
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// Pages have marks to be filled in when the server starts.
fn is_page(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == "html")
}

/// What a page loads from `static/`.
fn named(html: &str) -> Vec<&str> {
    html.split("\"static/").skip(1).filter_map(|rest| rest.split_once('"')).map(|(path, _)| path).collect()
}

/// The compressed form of each file, where it has one: all at once, since one takes as long as all others together.
fn all_compressed(files: &[File]) -> Vec<Option<Vec<u8>>> {
    thread::scope(|scope| {
        let compress = |(path, bytes): &File| if is_page(path) { None } else { gzip::compressed(bytes) };
        let works: Vec<_> = files.iter().map(|file| scope.spawn(move || compress(file))).collect();
        works.into_iter().map(|work| work.join().expect("compressing doesn't fail")).collect()
    })
}
