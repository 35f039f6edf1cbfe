//! One of our own modules, as it goes into a page's script.

use crate::lexer::{Kind, pieces};
use crate::tree::{resolve, up};

/// A module without its imports, comments and white space that means nothing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Module {
    /// What it imports, in order.
    pub(crate) imports: Vec<Import>,
    /// The paths of what it loads later.
    pub(crate) loads: Vec<String>,
    /// The names that it declares outside of all braces.
    pub(crate) names: Vec<String>,
    /// The rest, without `export` where another module of the script is the one that imports.
    pub(crate) body: String,
}

/// An import of a module.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// Below the folder of sources.
    pub(crate) path: String,
    /// The name given to the default export.
    pub(crate) default: Option<String>,
    /// The names in braces.
    pub(crate) names: Vec<String>,
}

/// A line, and where it begins.
#[derive(Debug, Default)]
struct Line {
    text: String,
    /// Within a template, where white space may mean something.
    in_text: bool,
    /// How many brackets are open.
    depth: usize,
}

impl Module {
    /// Reads the source of a path for the script that is served under another, or the same: then it keeps its exports.
    ///
    /// # Errors
    /// What of it can't go into a script.
    pub(crate) fn parse(path: &str, source: &str, script: &str) -> Result<Self, String> {
        let exports = path == script;
        let mut module = Self::default();
        let lines = module.lines(path, source, script);
        let mut lines = lines.iter().filter(|line| line.in_text || !line.text.trim().is_empty());
        while let Some(Line { text, in_text, depth }) = lines.next() {
            if *in_text || *depth > 0 {
                module.push(if *in_text { text } else { text.trim_start() }, *in_text);
                continue;
            }
            let own = text.strip_prefix("export").filter(|own| own.starts_with([' ', '{', '*'])).map(str::trim_start);
            let mut to_its_end = |begin: &str| {
                let mut statement = begin.to_owned();
                while !statement.ends_with(';') {
                    let Some(line) = lines.next() else { break };
                    statement = statement + " " + line.text.trim();
                }
                statement
            };
            if text.starts_with("import ") || text.starts_with("import{") {
                let import = Import::parse(path, &to_its_end(text))?;
                module.imports.push(import);
            } else if own.is_some_and(|own| own.starts_with('{')) {
                let statement = to_its_end(text);
                if statement.contains("from ") || statement.contains(" as ") || exports {
                    return Err(format!("{path}: `{statement}`: import it, then export it by its own name"));
                }
            } else if own.is_some_and(|own| own.starts_with("default ") || own.starts_with('*')) {
                return Err(format!("{path}: `{text}`: only names can be exported"));
            } else {
                module.names.extend(declared(path, own.unwrap_or(text))?);
                module.push(if exports { text } else { own.unwrap_or(text) }, false);
            }
        }
        Ok(module)
    }

    /// A statement that visibly goes on, or has visibly ended, needs no line of its own.
    fn push(&mut self, line: &str, in_text: bool) {
        if !in_text && [",\n", "(\n", "[\n", "{\n", ";\n"].iter().any(|end| self.body.ends_with(end)) {
            self.body.pop();
        }
        self.body.push_str(line);
        self.body.push('\n');
    }

    /// The lines without comments, paths that are loaded later led from where the script is served.
    fn lines(&mut self, path: &str, source: &str, script: &str) -> Vec<Line> {
        let mut lines = vec![Line::default()];
        let mut depth = 0_usize;
        let (mut is_load, mut after_comment) = (false, false);
        for (kind, text) in pieces(source) {
            let text = match kind {
                // Its line ends stay, for what they mean to the language. A space after it belongs to it.
                Kind::Comment => text.chars().filter(|&character| character == '\n').collect(),
                Kind::Code if after_comment => squeezed(text.strip_prefix(' ').unwrap_or(text)),
                Kind::Code => squeezed(text),
                Kind::Text if is_load => {
                    let loaded = resolve(path, text.trim_matches('"'));
                    let text = format!("\"{}{loaded}\"", up(script));
                    self.loads.push(loaded);
                    text
                }
                Kind::Text => text.to_owned(),
            };
            after_comment = kind == Kind::Comment;
            is_load = kind == Kind::Code && text.ends_with("import(");
            for (place, part) in text.split('\n').enumerate() {
                if place > 0 {
                    lines.push(Line { in_text: kind == Kind::Text, depth, ..Line::default() });
                }
                if let Some(line) = lines.last_mut() {
                    line.text.push_str(part);
                }
                if kind == Kind::Code {
                    depth = part.chars().fold(depth, |depth, character| match character {
                        '(' | '[' | '{' => depth + 1,
                        ')' | ']' | '}' => depth.saturating_sub(1),
                        _ => depth,
                    });
                }
            }
            // The brace that opens a place of a template is the end of the text before it.
            depth += usize::from(kind == Kind::Text && text.ends_with("${"));
        }
        lines
    }
}

impl Import {
    /// An import as a statement of one line.
    fn parse(path: &str, statement: &str) -> Result<Self, String> {
        let refused = |why: &str| format!("{path}: `{statement}`: {why}");
        let clause = statement.strip_prefix("import").and_then(|rest| rest.strip_suffix("\";"));
        let (what, from) =
            clause.and_then(|clause| clause.split_once("from \"")).ok_or_else(|| refused("not understood"))?;
        if !from.starts_with('.') {
            return Err(refused("only a relative path is found without an import map"));
        }
        if what.contains(" as ") {
            return Err(refused("in one script a thing has one name"));
        }
        let (default, names) = what.split_once('{').unwrap_or((what, ""));
        let name =
            |name: &str| Some(name.trim().trim_matches(['}', ',', ' ']).to_owned()).filter(|name| !name.is_empty());
        Ok(Self {
            path: resolve(path, from),
            default: name(default),
            names: names.split(',').filter_map(name).collect(),
        })
    }
}

/// The name that a line declares, if it does.
fn declared(path: &str, line: &str) -> Result<Option<String>, String> {
    let is_of_name = |next: char| next.is_alphanumeric() || "_$".contains(next);
    let declaration = line.strip_prefix("async ").unwrap_or(line);
    let words = ["const", "let", "var", "class", "function"];
    let Some(rest) = words.iter().find_map(|word| declaration.strip_prefix(word)) else { return Ok(None) };
    if rest.starts_with(is_of_name) {
        return Ok(None);
    }
    let name: String = rest.trim_start().chars().take_while(|&next| is_of_name(next)).collect();
    if name.is_empty() {
        return Err(format!("{path}: `{line}`: declare one name at a time"));
    }
    Ok(Some(name))
}

/// Code without the spaces beside signs that end a word by themselves. Those between words stay, and those between two of `+`,
/// `-` and `/`, which would be one sign or a comment side by side.
fn squeezed(code: &str) -> String {
    let is_sign = |character: char| "=,;:?{}()[]<>&|*%".contains(character);
    let is_double = |character: char| "+-/".contains(character);
    let mut kept = String::with_capacity(code.len());
    let mut rest = code.chars().peekable();
    while let Some(next) = rest.next() {
        let after = rest.peek().copied();
        let (before, behind) = (kept.ends_with(is_double), after.is_some_and(is_double));
        // What comes after the code's end may be an expression between slashes.
        let is_apart = before && (behind || after.is_none());
        let ends = before || behind || kept.ends_with(is_sign) || after.is_some_and(is_sign);
        if next != ' ' || !ends || is_apart {
            kept.push(next);
        }
    }
    kept
}
