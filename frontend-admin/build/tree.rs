//! The folder of sources, and paths in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Each file's bytes by its path below the folder, with `/` on every system.
pub(crate) type Sources = BTreeMap<String, Vec<u8>>;

/// All files but declarations of types, which are for the type checker.
pub(crate) fn read(root: &Path) -> Sources {
    let mut sources = Sources::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(root).expect("it is below").to_string_lossy().replace('\\', "/");
            if !name.ends_with(".d.ts") && !name.ends_with(".d.mts") {
                sources.insert(name, fs::read(&path).expect("the file can be read"));
            }
        }
    }
    sources
}

/// The text of a file that another one names.
pub(crate) fn text<'a>(sources: &'a Sources, path: &str, wanted_by: &str) -> Result<&'a str, String> {
    let bytes = sources.get(path).ok_or_else(|| format!("{wanted_by} wants {path}, which isn't there"))?;
    str::from_utf8(bytes).map_err(|_| format!("{path} isn't text"))
}

/// A relative path in a file, as a path below the folder.
pub(crate) fn resolve(file: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// The way from where a file is served up to the folder.
pub(crate) fn up(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}
