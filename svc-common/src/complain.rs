//! What a program says on its terminal: where it listens, and why it can't go on (one line, exit code 2).

use std::process::ExitCode;

use clap::error::ErrorKind;

/// Prints `error: …` and gives exit code 2. What a user's file or argument contains can't break the line, or reach the
/// terminal as a command.
pub fn complain(text: &str) -> ExitCode {
    print_line("error", text);
    ExitCode::from(2)
}

/// Prints a line on standard output: that a service has started, and where. Nobody has to listen.
pub fn announce(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{}", one_line(text));
}

/// Prints `warning: …`, in the same way.
pub fn warn(text: &str) {
    print_line("warning", text);
}

/// What to do with clap's word: print the help or version that was asked for, or complain in one line.
pub fn usage(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return if error.print().is_ok() { ExitCode::SUCCESS } else { ExitCode::from(2) };
    }
    complain(&first_paragraph(&error.to_string(), std::env::args()))
}

#[allow(clippy::print_stderr, reason = "the one place that tells the user what was wrong")]
fn print_line(kind: &str, text: &str) {
    eprintln!("{kind}: {}", one_line(text.trim_start_matches("error: ")));
}

/// The text with its control characters made visible.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() { line.extend(character.escape_default()) } else { line.push(character) }
    }
    line
}

/// The first paragraph of clap's message, on one line, with what the user typed in it made visible first.
fn first_paragraph(message: &str, arguments: impl Iterator<Item = String>) -> String {
    let mut text = message.to_owned();
    for argument in arguments.filter(|argument| argument.contains(char::is_control)) {
        text = text.replace(&argument, &argument.escape_default().to_string());
    }
    let paragraph = text.lines().take_while(|line| !line.trim().is_empty());
    paragraph.map(str::trim).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(one_line("a\nb\u{1b}[2J"), "a\\nb\\u{1b}[2J");
        let typed = || ["x\n\ny".to_owned()].into_iter();
        assert_eq!(first_paragraph("bad 'x\n\ny' here\n  really\n\nUsage: …", typed()), "bad 'x\\n\\ny' here really");
    }
}
