//! A script taken apart as far as it must be: what is code, what is text and stays as it is, what is a comment.

/// What a stretch of a script is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Code, the `}` that ends a template's place among it.
    Code,
    /// A string, a regular expression, or a stretch of a template up to a place or the end; with its delimiters.
    Text,
    /// A comment.
    Comment,
}

/// The pieces of a script, which together are all of it.
pub(crate) fn pieces(source: &str) -> Vec<(Kind, &str)> {
    let mut pieces = Vec::new();
    // For each template around the place: how many braces are open in its code.
    let mut templates: Vec<usize> = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(next) = source[at..].chars().next() {
        let rest = &source[at..];
        let found = match next {
            '"' | '\'' => Some((Kind::Text, closed(rest, next))),
            '`' => Some((Kind::Text, 1 + stretch(&rest[1..], &mut templates))),
            '/' if rest.starts_with("//") => Some((Kind::Comment, rest.find('\n').unwrap_or(rest.len()))),
            '/' if rest.starts_with("/*") => Some((Kind::Comment, rest.find("*/").map_or(rest.len(), |end| end + 2))),
            '/' if begins_regex(&source[..at]) => Some((Kind::Text, regex(rest))),
            '}' if templates.last() == Some(&0) => {
                // The place ends, and its template goes on.
                templates.pop();
                at += 1;
                Some((Kind::Text, stretch(&source[at..], &mut templates)))
            }
            _ => None,
        };
        let Some((kind, length)) = found else {
            match (templates.last_mut(), next) {
                (Some(open), '{') => *open += 1,
                (Some(open), '}') => *open -= 1,
                _ => {}
            }
            at += next.len_utf8();
            continue;
        };
        pieces.push((Kind::Code, &source[start..at]));
        pieces.push((kind, &source[at..at + length]));
        at += length;
        start = at;
    }
    pieces.push((Kind::Code, &source[start..]));
    pieces.retain(|(_, text)| !text.is_empty());
    pieces
}

/// The length of a string, delimiters included.
fn closed(rest: &str, delimiter: char) -> usize {
    let mut escaped = false;
    for (place, next) in rest.char_indices().skip(1) {
        match next {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if next == delimiter => return place + next.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// The length of a template's text up to its end, or up to a place, which is then open.
fn stretch(rest: &str, templates: &mut Vec<usize>) -> usize {
    let mut escaped = false;
    for (place, next) in rest.char_indices() {
        match next {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '`' => return place + 1,
            '$' if rest[place..].starts_with("${") => {
                templates.push(0);
                return place + 2;
            }
            _ => {}
        }
    }
    rest.len()
}

/// The length of a regular expression without its flags.
fn regex(rest: &str) -> usize {
    let (mut escaped, mut in_class) = (false, false);
    for (place, next) in rest.char_indices().skip(1) {
        match next {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => return place + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Whether a slash after this code can't divide, because nothing to be divided stands before it.
fn begins_regex(before: &str) -> bool {
    let before = before.trim_end();
    let ends_value = |end: char| end.is_alphanumeric() || "_$)]}\"'`".contains(end);
    before.ends_with("return") || !before.ends_with(ends_value)
}
