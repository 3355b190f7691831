//! Batches: statements one after another, with or without `;` between them.
//!
//! What a batch would do is the worst that one of its statements would. Where one begins is told by the words that can be nothing
//! else, so a word too many makes a batch look worse than it is, and never better.

use super::{Class, Reader, SettingScope, TransactionKind};
use crate::TokenKind;

/// Words before which a verb is no statement: parts of `MERGE`, of a foreign key, of a cursor, of a privilege.
const NOT_AFTER: &[&str] = &["ON", "THEN", "FOR", "OF", "GRANT", "DENY", "REVOKE"];
/// The same in statements that define something.
const NOT_AFTER_IN_DEFINITIONS: &[&str] = &["AFTER", "BEFORE"];
/// Verbs that are names elsewhere: they begin a statement only where one must begin.
const PLAIN_WORDS: &[&str] =
    &["WITH", "THROW", "SEND", "RECEIVE", "ENABLE", "DISABLE", "GET", "MOVE", "RENAME", "COPY", "ADD"];
/// What begins with `BEGIN` and is no block.
const BEGUN: &[&str] = &["TRAN", "TRANSACTION", "DISTRIBUTED", "TRY", "CATCH", "DIALOG", "CONVERSATION", "ATOMIC"];
/// Objects whose definition reaches to the end of the batch.
const WHOLE_BATCH: &[&str] = &["PROCEDURE", "PROC", "FUNCTION", "TRIGGER", "VIEW"];
/// What `ALTER` drops and alters in something is no statement; of these it is one.
const DROPPED: &[&str] =
    &["TABLE", "DATABASE", "SCHEMA", "VIEW", "PROCEDURE", "PROC", "FUNCTION", "LOGIN", "SEQUENCE", "TYPE", "SECURITY"];
const ALTERED: &[&str] = &["COLUMN", "FILTER", "BLOCK", "CONSTRAINT", "INDEX"];

impl Reader<'_> {
    /// The class of the batch at `start`.
    pub(super) fn batch(&mut self, start: usize) -> Class {
        let whole = self.end;
        let heads = self.heads(start);
        let mut class = Class::Read;
        let mut command = None;
        for (index, head) in heads.iter().enumerate() {
            self.end = heads.get(index + 1).copied().unwrap_or(whole);
            while self.end > *head && self.nodes.is_kind(self.end - 1, TokenKind::Semicolon) {
                self.end -= 1;
            }
            self.depth = 0;
            let one = self.command(*head);
            self.everywhere(*head);
            if command.is_none() || one > class {
                command = Some(self.effect.command.clone());
            }
            class = class.max(one);
        }
        self.end = whole;
        self.effect.command = command.unwrap_or_default();
        class
    }

    /// Where its statements begin, the first of them at `start`.
    pub(super) fn heads(&self, start: usize) -> Vec<usize> {
        let nodes = self.nodes;
        let mut heads = vec![start];
        let (mut at, mut cases, mut assigned) = (start, 0usize, false);
        loop {
            let head = heads.last().copied().unwrap_or(start);
            if at == head && self.takes_the_rest(head) {
                break;
            }
            let word_before = at;
            at = nodes.after(at);
            if at >= self.end {
                break;
            }
            let boundary = cases == 0 && self.is_boundary(word_before, at);
            let Some(word) = nodes.word(at) else {
                // Nothing but a statement may stand there, whatever it is.
                if boundary && !nodes.is_kind(at, TokenKind::Semicolon) {
                    heads.push(at);
                }
                continue;
            };
            let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
            if is("CASE") {
                cases += 1;
            }
            if cases > 0 && (is("END") || is("ELSE")) {
                cases -= usize::from(is("END"));
                continue;
            }
            let label = nodes.is_kind(at + 1, TokenKind::Colon);
            let known = nodes.dialect.command_class(word).is_some();
            let begins = if boundary {
                !label
            } else if PLAIN_WORDS.iter().any(|one| is(one)) {
                nodes.is_any(at, &["ENABLE", "DISABLE"]) && nodes.is(at + 1, "TRIGGER")
            } else {
                known && self.is_verb(head, at, word, assigned)
            };
            if is("SET") {
                assigned = true;
            }
            if begins {
                assigned = false;
                cases = 0;
                heads.push(at);
            }
        }
        heads
    }

    /// Whether a statement must begin at `at`, after the token at `before`.
    fn is_boundary(&self, before: usize, at: usize) -> bool {
        let nodes = self.nodes;
        let opens = nodes.is(before, "BEGIN") && !nodes.is_any(at, BEGUN);
        let guarded =
            nodes.is_any(before, &["TRY", "CATCH"]) && nodes.is_any(before.wrapping_sub(1), &["BEGIN", "END"]);
        nodes.is_kind(before, TokenKind::Semicolon) || nodes.is(before, "ELSE") || opens || guarded
    }

    /// Whether the verb at `at` begins a statement after the one at `head`.
    fn is_verb(&self, head: usize, at: usize, word: &str, assigned: bool) -> bool {
        let nodes = self.nodes;
        let before = at.saturating_sub(1);
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
        let defines = nodes.is_any(head, &["CREATE", "ALTER"]);
        if nodes.is_kind(before, TokenKind::Dot)
            || nodes.is_kind(before, TokenKind::Comma)
            || nodes.is_any(before, NOT_AFTER)
            || (defines && nodes.is_any(before, NOT_AFTER_IN_DEFINITIONS))
        {
            return false;
        }
        if is("SET") {
            let changes = nodes.is_any(head, &["UPDATE", "MERGE", "WITH"]);
            return (!changes || assigned) && !nodes.is(before, "UPDATE");
        }
        if is("MERGE") {
            return !nodes.is_any(at + 1, &["JOIN", "UNION"]);
        }
        if nodes.is(head, "ALTER") {
            return !(is("DROP") && !nodes.is_any(at + 1, DROPPED) || is("ALTER") && nodes.is_any(at + 1, ALTERED));
        }
        true
    }

    fn takes_the_rest(&self, head: usize) -> bool {
        let nodes = self.nodes;
        let kind = nodes.after_words(head + 1, &["OR", "ALTER"]).unwrap_or(head + 1);
        nodes.is_any(head, &["CREATE", "ALTER"]) && nodes.is_any(kind, WHOLE_BATCH)
    }

    /// A statement whose words mean something else in a batch than elsewhere, at its verb.
    pub(super) fn batched(&mut self, at: usize, class: Class) -> Class {
        let nodes = self.nodes;
        let transaction = nodes.is_any(at + 1, &["TRAN", "TRANSACTION"]);
        let distributed = nodes.is(at + 1, "DISTRIBUTED");
        let noted = match self.effect.command.as_str() {
            "BEGIN" if transaction || distributed => TransactionKind::Begin,
            "BEGIN" if nodes.is_any(at + 1, &["DIALOG", "CONVERSATION"]) => return Class::Write,
            "BEGIN" => return Class::Read,
            "SAVE" => TransactionKind::Savepoint,
            "COMMIT" => TransactionKind::Commit,
            // With a name it goes back to that point, or to the beginning where that is its name.
            "ROLLBACK" if transaction && at + 2 < self.end && nodes.kind(at + 2).is_some() => {
                TransactionKind::RollbackTo
            }
            "ROLLBACK" => TransactionKind::Rollback,
            "SET" => {
                self.batch_settings(at);
                return class;
            }
            "EXEC" | "EXECUTE" if nodes.is(at + 1, "AS") => return Class::Session,
            "UPDATE" if !nodes.is(at + 1, "STATISTICS") => {
                self.write_at(at, self.end);
                return class;
            }
            _ => return class,
        };
        self.effect.transaction = Some(noted);
        Class::Transaction
    }

    /// `SET a, b ON`, `SET @x = 1`, `SET TRANSACTION ISOLATION LEVEL …`.
    fn batch_settings(&mut self, at: usize) {
        let nodes = self.nodes;
        let mut next = at + 1;
        while let Some((name, after)) = nodes.word(next).map(|word| (word.to_owned(), next + 1)) {
            let more = nodes.is_kind(after, TokenKind::Comma);
            let value = (!more).then(|| nodes.raw(after).to_owned());
            self.note_setting(&name, SettingScope::Session, value, nodes.span(next));
            if !more {
                break;
            }
            next = after + 1;
        }
    }
}
