//! Statements about the session: settings, pragmas and transactions.

use super::{Class, Reader, Setting, SettingScope, TransactionKind};
use crate::{Span, TokenKind};

impl Reader<'_> {
    pub(super) fn note_setting(&mut self, name: &str, scope: SettingScope, value: Option<String>, span: Span) {
        let name = name.to_ascii_lowercase();
        self.effect.settings.push(Setting { name, scope, value, span });
    }

    /// `SET`, `RESET` and `DISCARD`, at the verb.
    pub(super) fn setting(&mut self, at: usize) {
        let nodes = self.nodes;
        if nodes.is(at, "DISCARD") {
            let span = nodes.span(at + 1);
            self.note_setting(nodes.raw(at + 1), SettingScope::Reset, None, span);
            return;
        }
        let resets = nodes.is(at, "RESET");
        let mut scope = if resets { SettingScope::Reset } else { SettingScope::Session };
        let mut next = at + 1;
        let characteristics = nodes.after_words(next, &["SESSION", "CHARACTERISTICS", "AS", "TRANSACTION"]);
        if let Some(modes) = characteristics {
            return self.transaction_modes("default_transaction_read_only", scope, modes);
        }
        if nodes.is_any(next, &["SESSION", "LOCAL", "GLOBAL"]) && !nodes.is(next + 1, "AUTHORIZATION") {
            if nodes.is(next, "LOCAL") {
                scope = SettingScope::Local;
            }
            next += 1;
        }
        if nodes.is(next, "TRANSACTION") {
            return self.transaction_modes("transaction_read_only", SettingScope::Local, next + 1);
        }
        let special: &[(&[&str], &str)] = &[
            (&["TIME", "ZONE"], "timezone"),
            (&["SESSION", "AUTHORIZATION"], "session_authorization"),
            (&["XML", "OPTION"], "xmloption"),
            (&["NAMES"], "client_encoding"),
            (&["SCHEMA"], "search_path"),
            (&["ROLE"], "role"),
            (&["CONSTRAINTS"], "constraints"),
        ];
        for (words, name) in special {
            if let Some(after) = nodes.after_words(next, words) {
                let span = nodes.span(next);
                let value = self.single_value(after);
                return self.note_setting(name, scope, value, span);
            }
        }
        let Some((path, after)) = nodes.path(next) else { return };
        let assigns = nodes.is(after, "TO") || nodes.is_operator(after, "=") || nodes.is_kind(after, TokenKind::Colon);
        let value = if assigns { self.single_value(after + 1) } else { None };
        // `SET a = 1, b = 2` is not PostgreSQL's, but a guard has to see every name a dialect may accept.
        self.note_setting(&path.parts.join("."), scope, value, path.span);
    }

    fn single_value(&self, at: usize) -> Option<String> {
        let nodes = self.nodes;
        if at + 1 < self.end && !nodes.is_kind(at + 1, TokenKind::Semicolon) && !nodes.is(at + 1, "UESCAPE") {
            return None;
        }
        match nodes.kind(at)? {
            TokenKind::Word | TokenKind::Number => Some(nodes.raw(at).to_owned()),
            TokenKind::QuotedName => nodes.name(at).map(|(name, _)| name),
            _ => nodes.string(at).map(|(text, _)| text),
        }
    }

    /// `READ WRITE`, `READ ONLY` and the rest of a transaction's modes from `at` on.
    pub(super) fn transaction_modes(&mut self, name: &str, scope: SettingScope, at: usize) {
        let nodes = self.nodes;
        for position in at..self.end {
            if nodes.is(position, "READ") && nodes.is_any(position + 1, &["WRITE", "ONLY"]) {
                let read_only = nodes.is(position + 1, "ONLY");
                // Of several, one that allows writing is the one a guard must know.
                let allowed = self.effect.access_read_write.unwrap_or(false) || !read_only;
                self.effect.access_read_write = Some(allowed);
                let value = if read_only { "on" } else { "off" };
                let span = nodes.span(position).to(nodes.span(position + 1));
                self.note_setting(name, scope, Some(value.to_owned()), span);
            }
        }
    }

    /// A statement that begins, ends or marks a transaction, at its verb.
    pub(super) fn transaction(&mut self, at: usize) {
        let nodes = self.nodes;
        let prepared = nodes.is(at + 1, "PREPARED");
        let back_to = nodes.find(at + 1, self.end, |position| nodes.is(position, "TO")).is_some();
        let kind = match self.effect.command.as_str() {
            "BEGIN" | "START" => TransactionKind::Begin,
            "COMMIT" if prepared => TransactionKind::CommitPrepared,
            "COMMIT" | "END" => TransactionKind::Commit,
            "ROLLBACK" if prepared => TransactionKind::RollbackPrepared,
            "ROLLBACK" | "ABORT" if back_to => TransactionKind::RollbackTo,
            "SAVEPOINT" => TransactionKind::Savepoint,
            "RELEASE" => TransactionKind::Release,
            _ => TransactionKind::Rollback,
        };
        self.effect.transaction = Some(kind);
        if kind == TransactionKind::Begin {
            self.transaction_modes("transaction_read_only", SettingScope::Local, at + 1);
        }
    }

    /// `PRAGMA`, at the verb.
    pub(super) fn pragma(&mut self, at: usize) -> Class {
        let nodes = self.nodes;
        let Some((path, after)) = nodes.path(at + 1) else { return Class::Unknown };
        let name = path.name().to_ascii_lowercase();
        self.effect.command = format!("PRAGMA {name}");
        let facts = nodes.dialect;
        let given = after < self.end;
        if facts.reading_pragmas.contains(&name.as_str()) || (!given && !facts.acting_pragmas.contains(&name.as_str()))
        {
            return Class::Read;
        }
        if given {
            let value = self
                .single_value(after + 1)
                .or_else(|| nodes.is_kind(after + 2, TokenKind::CloseParen).then(|| nodes.raw(after + 1).to_owned()));
            self.note_setting(&name, SettingScope::Session, value, path.span);
        }
        if facts.session_pragmas.contains(&name.as_str()) { Class::Session } else { Class::Write }
    }
}
