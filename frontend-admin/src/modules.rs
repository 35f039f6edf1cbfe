//! Which modules a page will need. Without being told, a browser finds out one level of imports at a time.

use std::collections::BTreeSet;

/// Every module that a module imports, itself first, and what those import in turn. `source` gives a module's text by
/// its path, or nothing for one whose imports don't matter.
///
/// ```
/// use frontend_admin::modules::closure;
/// let source = |path: &str| match path {
///     "js/page.js" => Some("import { a } from \"./core/a.js\";"),
///     "js/core/a.js" => Some("export { b } from \"../../vendor/b.mjs\";"),
///     _ => None,
/// };
/// assert_eq!(closure("js/page.js", source), ["js/page.js", "js/core/a.js", "vendor/b.mjs"]);
/// ```
pub fn closure<'a>(entry: &str, source: impl Fn(&str) -> Option<&'a str>) -> Vec<String> {
    let mut found = vec![entry.to_owned()];
    let mut known = BTreeSet::from([entry.to_owned()]);
    let mut next = 0;
    while let Some(path) = found.get(next).cloned() {
        next += 1;
        for import in source(&path).map_or_else(Vec::new, |text| imports(&path, text)) {
            if known.insert(import.clone()) {
                found.push(import);
            }
        }
    }
    found
}

/// The paths that a module's text imports, each `from "…"` at the end of a statement.
fn imports(path: &str, text: &str) -> Vec<String> {
    let statements = text.lines().filter_map(|line| line.strip_suffix("\";"));
    statements.filter_map(|line| line.rsplit_once("from \"")).map(|(_, import)| resolve(path, import)).collect()
}

/// A relative import as a path from the root of all files.
fn resolve(path: &str, import: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in import.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}
