//! What is served, as `build/` made it of `static/`: each page's own modules are one script under the name of the first,
//! its sheets one sheet under the name of the last; all else is as it is there.

/// A file in the binary. Both forms are kept, since one is as cheap as a table: no client makes the server compute.
#[derive(Debug)]
pub struct File {
    /// Below `static/`.
    pub path: &'static str,
    /// As it is.
    pub plain: &'static [u8],
    /// Compressed, where that is shorter.
    pub gzip: Option<&'static [u8]>,
}

/// All files, by their paths.
pub const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// A file as text.
pub fn text(path: &str) -> Option<&'static str> {
    let file = FILES.iter().find(|file| file.path == path)?;
    std::str::from_utf8(file.plain).ok()
}
