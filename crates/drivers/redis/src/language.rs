//! The language: one command per line, quoted as `redis-cli` reads it, and what the server tells of its commands.
//!
//! What a command would do comes from the server's own `COMMAND` (flags and subcommands), read when connecting. A command that
//! the server did not name, and one whose flags do not say that it only reads, counts as a write or as unknown.

mod classify;
mod complete;
mod probe;
mod secrets;
mod table;
mod words;

use std::sync::{Arc, LazyLock};

use catalog::Catalog;
use driver::{Commands, Suggestions};
use sql::{Classification, Refusal, RefusalReason, Span, Statement, StatementKind};

pub(crate) use probe::{Known, questions};
pub(crate) use secrets::covered;
pub(crate) use words::{Problem, Word, words};

/// The language of a server, or of any where none was asked yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct RedisCommands {
    known: Arc<Known>,
}

/// What begins a comment.
const COMMENT: &str = "#";
/// Most characters of a title.
const TITLE: usize = 80;

/// The language of no server in particular.
pub(crate) fn unprobed() -> Arc<dyn Commands> {
    static UNPROBED: LazyLock<Arc<RedisCommands>> = LazyLock::new(Arc::default);
    Arc::clone(&UNPROBED) as Arc<dyn Commands>
}

impl RedisCommands {
    pub(crate) fn probed(known: Known) -> Self {
        RedisCommands { known: Arc::new(known) }
    }

    /// Whether the server has a command.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.known.command(name.as_bytes()).is_some()
    }

    /// The command as it is named in lists: with its subcommand where it is a container, in upper case.
    pub(crate) fn command(&self, words: &[Word]) -> String {
        classify::name(&self.known, words)
    }
}

/// The lines of a script that are commands: what stands before and behind is blank.
fn lines(script: &str) -> impl Iterator<Item = (Span, Span)> {
    let mut start = 0;
    script.split_inclusive('\n').filter_map(move |line| {
        let full = Span::new(start, start + line.len());
        start += line.len();
        let text = line.trim();
        if text.is_empty() || text.starts_with(COMMENT) {
            return None;
        }
        let first = full.start + (line.len() - line.trim_start().len());
        Some((Span::new(first, first + text.len()), full))
    })
}

/// The one command of a text; `None` where it has none or several.
pub(crate) fn only(text: &str) -> Option<Span> {
    let mut lines = lines(text);
    let (span, _) = lines.next()?;
    lines.next().is_none().then_some(span)
}

impl Commands for RedisCommands {
    fn name(&self) -> &'static str {
        "redis"
    }

    fn line_comment(&self) -> &'static str {
        COMMENT
    }

    fn split(&self, script: &str) -> Vec<Statement> {
        let mut previous: Option<&str> = None;
        let mut start = 0;
        let mut found = Vec::new();
        for line in script.split_inclusive('\n') {
            let full = Span::new(start, start + line.len());
            start += line.len();
            let text = line.trim();
            if !text.is_empty() && !text.starts_with(COMMENT) {
                let first = full.start + (line.len() - line.trim_start().len());
                let span = Span::new(first, first + text.len());
                let command = text.split_whitespace().next().unwrap_or_default().trim_matches(['"', '\'']);
                found.push(Statement {
                    kind: StatementKind::Sql,
                    span,
                    full,
                    command: command.to_ascii_uppercase(),
                    terminated: line.ends_with('\n'),
                    reads_stdin: false,
                    copy_data: None,
                    repeats: 1,
                    title: previous.and_then(|words| place(script, words)),
                });
            }
            previous = text.strip_prefix(COMMENT).map(str::trim).filter(|words| !words.is_empty());
        }
        found
    }

    fn classify(&self, command: &str) -> Classification {
        classify::classify(&self.known, command)
    }

    fn title(&self, command: &str) -> String {
        let covered = sql::redact_spans(command, &self.secret_spans(command));
        covered.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(TITLE).collect()
    }

    fn secret_spans(&self, text: &str) -> Vec<Span> {
        lines(text).flat_map(|(span, _)| secrets::spans(span.of(text), span.start)).collect()
    }

    /// A text that cannot be read is refused too: what the server would make of it is not known.
    fn read_only_verdict(&self, text: &str) -> Result<(), Refusal> {
        for (span, _) in lines(text) {
            let line = span.of(text);
            let reason = match words(line) {
                Err(_) => Some(RefusalReason::Unterminated),
                Ok(_) => classify::refusal(self.classify(line).class),
            };
            if let Some(reason) = reason {
                return Err(Refusal { reason, command: self.classify(line).effect.command, span });
            }
        }
        Ok(())
    }

    /// Keys come and go with every write; the catalog holds databases, users and modules only.
    fn changes_catalog(&self, command: &str) -> bool {
        let name = self.classify(command).effect.command;
        let first = name.split(' ').next().unwrap_or_default();
        matches!(first, "ACL" | "MODULE" | "SWAPDB" | "FLUSHALL" | "FLUSHDB" | "CONFIG")
    }

    fn complete(&self, text: &str, caret: usize, _catalog: Option<&Catalog>) -> Suggestions {
        complete::complete(&self.known, text, caret)
    }
}

/// The place of a part of a text in it.
fn place(text: &str, part: &str) -> Option<Span> {
    let start = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    Some(Span::new(start, start + part.len()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use sql::Class;

    use super::*;

    fn language() -> Arc<dyn Commands> {
        unprobed()
    }

    #[test]
    fn a_script_is_split_at_lines_and_comments_are_none() {
        let script = "# first\r\nSET a \"x;y\"\r\n\n   # note\n\tget a  \n#\nping";
        let found = language().split(script);
        let texts: Vec<_> = found.iter().map(|one| one.text(script)).collect();
        assert_eq!(texts, ["SET a \"x;y\"", "get a", "ping"]);
        assert_eq!(found[0].title.unwrap().of(script), "first");
        assert_eq!(found[1].command, "GET");
        assert!(found[2].title.is_none() && !found[2].terminated);
    }

    #[test]
    fn a_guard_refuses_what_it_does_not_know() {
        for text in ["SET a 1", "nosuch", "EVAL 'return 1' 0", "get a\ndel a", "get \"a", "FT.SEARCH i *", ""] {
            assert_eq!(language().read_only_verdict(text).is_err(), !text.is_empty(), "{text}");
        }
        assert!(language().read_only_verdict("# set a\nGET a\r\nINFO\nclient list\nmulti\nSELECT 3").is_ok());
        let refusal = language().read_only_verdict("get a\ndel b").unwrap_err();
        assert_eq!((refusal.command.as_str(), refusal.span), ("DEL", Span::new(6, 11)));
        assert_eq!(language().classify("KEYS *").class, Class::Read);
    }

    #[test]
    fn titles_are_short_and_hold_no_secret() {
        let title = language().title("AUTH ada   s3cr3t");
        assert!(title.starts_with("AUTH ada") && !title.contains("s3cr3t"), "{title}");
        assert_eq!(language().title(&"é".repeat(200)).chars().count(), 80);
    }
}
