//! A module as it is sent: the source, line by line and column by column, but for its comments.

/// The same text, each comment's characters left out and each line left in its place, so that what a browser reports
/// is found in the source. Comments are those of our own modules: whole lines after `//`, and `/** … */`.
///
/// ```
/// use frontend_admin::source::without_comments;
/// let text = "// Why.\n/**\n * @type {A}\n */\nconst a = /** @type {A} */ (b); // c\n";
/// assert_eq!(without_comments(text), "\n\n\n\nconst a = (b); // c\n");
/// ```
pub fn without_comments(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::with_capacity(text.len());
    while let Some(start) = rest.find("/**") {
        let (before, comment) = rest.split_at(start);
        let Some(end) = comment.find("*/") else { break };
        let (comment, after) = comment.split_at(end + 2);
        kept.push_str(before);
        kept.extend(comment.chars().filter(|&character| character == '\n'));
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
    kept.push_str(rest);
    let lines = kept.split('\n').map(|line| {
        let begins = line.trim_start();
        if begins.is_empty() || begins.starts_with("//") { "" } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}
