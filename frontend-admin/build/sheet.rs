//! A page's style as one sheet.

use crate::tree::{self, Sources};

/// The sheet of a path after all that it imports, without comments and white space that means nothing.
pub(crate) fn whole(sources: &Sources, path: &str) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut sheet = String::new();
    append(sources, path, path, &mut sheet)?;
    Ok(vec![(path.to_owned(), sheet.into_bytes())])
}

fn append(sources: &Sources, path: &str, wanted_by: &str, sheet: &mut String) -> Result<(), String> {
    for line in without_comments(tree::text(sources, path, wanted_by)?).lines().map(str::trim) {
        if let Some(import) = line.strip_prefix("@import \"").and_then(|rest| rest.strip_suffix("\";")) {
            append(sources, &tree::resolve(path, import), path, sheet)?;
        } else if !line.is_empty() {
            sheet.push_str(&squeezed(line));
            // A line for each rule.
            match line.chars().next_back() {
                Some('}') => sheet.push('\n'),
                Some('{' | ';' | ',') => {}
                _ => sheet.push(' '),
            }
        }
    }
    Ok(())
}

fn without_comments(text: &str) -> String {
    let mut parts = text.split("/*");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| kept + part.split_once("*/").map_or("", |(_, after)| after))
}

/// A line without the spaces after `{`, `:`, `;` and `,`, nor those before `{` and `}`. One before a colon means
/// something in a selector.
fn squeezed(line: &str) -> String {
    let after = ["{ ", ": ", "; ", ", "].iter().fold(line.to_owned(), |line, pair| line.replace(pair, &pair[..1]));
    after.replace(" {", "{").replace(" }", "}").replace(";}", "}")
}
