//! Imports of a crate's modules, and which of them climb.

use std::path::{Path, PathBuf};

/// Every file below a directory.
pub fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The top-level modules that a file names: after `crate::`, or after as many `super::` as lead to the crate's root.
/// `depth` is the file's own, 1 for `src/x.rs` and `src/x/mod.rs`, 2 for `src/x/y.rs`.
pub fn imports(text: &str, depth: usize) -> Vec<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let root = "super::".repeat(depth);
    let up = code.match_indices(&root).filter(|(start, _)| !code[..*start].ends_with("super::"));
    let starts = code.match_indices("crate::").chain(up).map(|(start, found)| &code[start + found.len()..]);
    starts.flat_map(first_names).collect()
}

/// The first name of a path, or of each path of a group in braces.
fn first_names(rest: &str) -> Vec<String> {
    let name = |path: &str| path.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let (mut depth, mut names, mut start) = (1, Vec::new(), 0);
    for (at, character) in group.char_indices() {
        depth += i32::from(character == '{') - i32::from(character == '}');
        if depth == 0 || (depth == 1 && character == ',') {
            names.push(name(&group[start..at]));
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn climbing(layers: &[&str], module: &str, depth: usize, text: &str) -> Vec<String> {
    let rank = |name: &str| layers.iter().position(|&layer| layer == name);
    let own = rank(module);
    let climbs = |name: &String| rank(name).is_some_and(|other| own.is_none_or(|own| other > own));
    imports(text, depth).into_iter().filter(climbs).collect()
}

/// How deep a file's module lies below the crate's root.
fn depth(relative: &Path) -> usize {
    relative.components().count() - usize::from(relative.ends_with("mod.rs"))
}

/// Checks that a module uses only what stands before it in the list, lowest first, and that every module is in it.
pub fn check(source: &Path, layers: &[&str]) {
    let is_source = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    for path in files(source).into_iter().filter(is_source) {
        let relative = path.strip_prefix(source).unwrap();
        let first = relative.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let module = first.trim_end_matches(".rs");
        if ["lib", "main"].contains(&module) {
            continue;
        }
        assert!(layers.contains(&module), "{module} is missing from the list of layers");
        let text = std::fs::read_to_string(&path).unwrap();
        let climbing = climbing(layers, module, depth(relative), &text);
        assert!(climbing.is_empty(), "{} climbs to {climbing:?}", relative.display());
    }
}

#[cfg(test)]
mod tests {
    const LAYERS: [&str; 4] = ["math", "noise", "engine", "journal"];

    fn climbing(module: &str, depth: usize, text: &str) -> Vec<String> {
        super::climbing(&LAYERS, module, depth, text)
    }

    #[test]
    fn a_climbing_import_is_noticed() {
        assert_eq!(climbing("math", 1, "use crate::engine::Quote;"), ["engine"]);
        assert_eq!(climbing("noise", 1, "use crate::{math, journal::Digest};"), ["journal"]);
        assert_eq!(climbing("noise", 1, "use crate::{math::{exp2, ln}, journal::Digest};"), ["journal"]);
        assert_eq!(climbing("noise", 2, "use super::super::engine::Quote;"), ["engine"]);
        assert_eq!(climbing("noise", 1, "use super::engine::Quote;"), ["engine"]);
        assert!(
            climbing("engine", 2, "use crate::math::exp2;\nuse super::journal;\n// use crate::journal;").is_empty()
        );
    }
}
