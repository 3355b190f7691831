//! `\copy t from 'file'` and `\copy (query) to 'file'`, as psql reads them: the file is on this computer.

use std::path::{Path, PathBuf};

use driver::CopyFeed;
use sql::{Dialect, Span, TokenKind, tokenize};

use crate::api::{AppError, ErrorCode};

/// A `\copy`, turned into what the server understands.
#[derive(Debug)]
pub(super) struct ClientCopy {
    pub(super) sent: String,
    pub(super) feed: CopyFeed,
    pub(super) shifts: Shifts,
}

/// Where the text that was sent differs from the one that was written.
#[derive(Debug)]
pub(super) struct Shifts {
    /// The file's name in the written text.
    written: Span,
    /// What stands for it in the sent text.
    sent: Span,
}

const WRITTEN: &str = "\\copy";
const SENT: &str = "COPY";

impl Shifts {
    /// The byte of the written text for one of the sent.
    pub(super) fn written(&self, byte: usize) -> usize {
        if byte < SENT.len() {
            0
        } else if byte <= self.sent.start {
            byte + WRITTEN.len() - SENT.len()
        } else if byte < self.sent.end {
            self.written.start
        } else {
            byte - self.sent.end + self.written.end
        }
    }
}

fn wrong(message: impl Into<String>) -> AppError {
    AppError::new(ErrorCode::InvalidStatement, message)
        .with_hint("Write \\copy table from 'file' or \\copy (query) to 'file', and options after it.")
}

/// Reads a client command.
///
/// # Errors
/// `Unsupported` for any but `\copy` and for programs; `InvalidStatement` for one that cannot be read.
pub(super) fn read(text: &str, dialect: &Dialect) -> Result<ClientCopy, AppError> {
    let command: String = text.chars().take_while(|character| !character.is_whitespace()).collect();
    let rest_at = command.len();
    if !command.eq_ignore_ascii_case(WRITTEN) {
        return Err(AppError::new(
            ErrorCode::Unsupported,
            format!("{command} is a command of psql; the server does not know it."),
        )
        .with_hint("Of those, \\copy works here. Everything else is in the explorer and the menus."));
    }
    let rest = text.get(rest_at..).unwrap_or("");
    let (mut depth, mut found) = (0usize, None);
    for token in tokenize(rest, dialect) {
        match token.kind {
            TokenKind::OpenParen => depth += 1,
            TokenKind::CloseParen => depth = depth.saturating_sub(1),
            TokenKind::Word if depth == 0 => {
                let word = token.span.of(rest);
                let into = word.eq_ignore_ascii_case("from");
                if into || word.eq_ignore_ascii_case("to") {
                    found = Some((into, token.span.end));
                    break;
                }
            }
            _ => {}
        }
    }
    let (into, after) = found.ok_or_else(|| wrong("\\copy needs FROM or TO and a file."))?;
    let tail = rest.get(after..).unwrap_or("");
    let start = after + (tail.len() - tail.trim_start().len());
    let (name, end) = file_name(rest, start)?;
    let path = place(&name)?;
    let stand_in = if into { "STDIN" } else { "STDOUT" };
    let head = rest.get(..start).unwrap_or("");
    let sent = format!("{SENT}{head}{stand_in}{}", rest.get(end..).unwrap_or(""));
    let at = SENT.len() + head.len();
    Ok(ClientCopy {
        sent,
        feed: if into { CopyFeed::FromFile(path) } else { CopyFeed::ToFile(path) },
        shifts: Shifts { written: Span::new(rest_at + start, rest_at + end), sent: Span::new(at, at + stand_in.len()) },
    })
}

/// The file's name at `start`, in quotes or up to the next blank, and where it ends.
fn file_name(rest: &str, start: usize) -> Result<(String, usize), AppError> {
    let tail = rest.get(start..).unwrap_or("");
    if let Some(quoted) = tail.strip_prefix('\'') {
        let mut name = String::new();
        let mut characters = quoted.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            if character != '\'' {
                name.push(character);
            } else if characters.peek().is_some_and(|(_, next)| *next == '\'') {
                characters.next();
                name.push('\'');
            } else {
                return Ok((name, start + 1 + at + 1));
            }
        }
        return Err(wrong("The file's name has no closing quote."));
    }
    let name: String = tail.chars().take_while(|character| !character.is_whitespace() && *character != ';').collect();
    match name.to_ascii_lowercase().as_str() {
        "" => Err(wrong("\\copy needs the name of a file.")),
        "program" => Err(AppError::new(ErrorCode::Unsupported, "\\copy runs no programs here.")
            .with_hint("Write to a file and run the program in a terminal.")),
        "stdin" | "stdout" | "pstdin" | "pstdout" => {
            Err(AppError::new(ErrorCode::Unsupported, format!("\\copy has no {name} here."))
                .with_hint("Name a file, or use COPY without the backslash."))
        }
        _ => {
            let end = start + name.len();
            Ok((name, end))
        }
    }
}

/// The file's place: `~` is the home folder, anything relative counts from the current folder.
fn place(name: &str) -> Result<PathBuf, AppError> {
    if name.is_empty() || name.contains('\0') {
        return Err(wrong("The file's name is empty or holds a NUL."));
    }
    let home = || std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from);
    let path = match name.strip_prefix("~/").or_else(|| (name == "~").then_some("")) {
        Some(rest) => home().ok_or_else(|| wrong("There is no home folder for ~."))?.join(rest),
        None => PathBuf::from(name),
    };
    std::path::absolute(&path).map_err(|error| AppError::file(&error, Path::new(name), "found"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn copy(text: &str) -> Result<ClientCopy, AppError> {
        read(text, sql::dialect::postgres())
    }

    #[test]
    fn a_file_stands_for_the_servers_standard_streams() {
        let read = copy("\\copy \"we\"\"ird\" (a, b) from '/tmp/it''s.csv' with (format csv)").unwrap();
        assert_eq!(read.sent, "COPY \"we\"\"ird\" (a, b) from STDIN with (format csv)");
        assert!(matches!(&read.feed, CopyFeed::FromFile(path) if path == Path::new("/tmp/it's.csv")));
        let read = copy("\\COPY (select 'to x' from t) to /tmp/out.csv csv header").unwrap();
        assert_eq!(read.sent, "COPY (select 'to x' from t) to STDOUT csv header");
        assert!(matches!(&read.feed, CopyFeed::ToFile(path) if path == Path::new("/tmp/out.csv")));
        let read = copy("\\copy t to ~/x y.csv").unwrap();
        assert_eq!(read.sent, "COPY t to STDOUT y.csv");
    }

    #[test]
    fn positions_of_what_was_sent_lead_back_to_what_was_written() {
        let text = "\\copy orders from '/tmp/x.csv' with (formt csv)";
        let read = copy(text).unwrap();
        for word in ["orders", "from", "with", "formt", "csv)"] {
            let sent = read.sent.find(word).unwrap();
            assert!(text[read.shifts.written(sent)..].starts_with(word), "{word}");
        }
        assert_eq!(read.shifts.written(0), 0);
        assert_eq!(read.shifts.written(read.sent.len()), text.len());
    }

    #[test]
    fn programs_other_commands_and_half_written_ones_are_refused() {
        for (text, code) in [
            ("\\copy t from program 'rm -rf /'", ErrorCode::Unsupported),
            ("\\copy t to stdout", ErrorCode::Unsupported),
            ("\\d orders", ErrorCode::Unsupported),
            ("\\! ls", ErrorCode::Unsupported),
            ("\\", ErrorCode::Unsupported),
            ("\\copy", ErrorCode::InvalidStatement),
            ("\\copy t", ErrorCode::InvalidStatement),
            ("\\copy t from", ErrorCode::InvalidStatement),
            ("\\copy t from 'open", ErrorCode::InvalidStatement),
            ("\\copy t from ''", ErrorCode::InvalidStatement),
            ("\\copy (select a from t", ErrorCode::InvalidStatement),
        ] {
            assert_eq!(copy(text).unwrap_err().code, code, "{text}");
        }
    }
}
