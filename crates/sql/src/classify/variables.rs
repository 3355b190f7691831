//! `SET` where it is a list of assignments to variables of the session, the server and the person.

use super::{Class, Reader, SettingScope};
use crate::TokenKind;

const SCOPES: [&str; 5] = ["GLOBAL", "PERSIST", "PERSIST_ONLY", "SESSION", "LOCAL"];

fn scope(word: &str) -> SettingScope {
    let session = word.eq_ignore_ascii_case("SESSION") || word.eq_ignore_ascii_case("LOCAL");
    if session { SettingScope::Session } else { SettingScope::Server }
}

impl Reader<'_> {
    /// `SET`, at the verb.
    pub(super) fn assignments(&mut self, at: usize) -> Class {
        let nodes = self.nodes;
        let next = at + 1;
        let assigned = nodes.is_operator(next + 1, "=") || nodes.is_kind(next + 1, TokenKind::Colon);
        if nodes.is(next, "PASSWORD") && (assigned || nodes.is(next + 1, "FOR")) {
            self.effect.command = "SET PASSWORD".to_owned();
            return Class::Ddl;
        }
        if nodes.is(next, "DEFAULT") && nodes.is(next + 1, "ROLE") {
            self.effect.command = "SET DEFAULT ROLE".to_owned();
            return Class::Ddl;
        }
        if nodes.is(next, "RESOURCE") && nodes.is(next + 1, "GROUP") {
            return Class::Write;
        }
        if nodes.is(next, "ROLE") && !assigned {
            return Class::Session;
        }
        if nodes.is(next, "STATEMENT") && !assigned {
            return self.with_settings(next + 1);
        }
        let scoped = nodes.is_any(next, &SCOPES);
        let transaction = next + usize::from(scoped);
        if nodes.is(transaction, "TRANSACTION") {
            let scope = if scoped { scope(nodes.raw(next)) } else { SettingScope::Local };
            self.transaction_modes("transaction_read_only", scope, transaction + 1);
            return if scope == SettingScope::Server { Class::Write } else { Class::Session };
        }
        self.assignment_list(next, self.end)
    }

    /// `SET STATEMENT a = 1, b = 2 FOR …`, at the first name: the settings last as long as the statement after `FOR`.
    fn with_settings(&mut self, at: usize) -> Class {
        let nodes = self.nodes;
        let Some(until) = nodes.find(at, self.end, |position| nodes.is(position, "FOR")) else {
            return Class::Unknown;
        };
        let settings = self.assignment_list(at, until);
        let inner = self.explain_prefix(until + 1);
        let class = self.command(inner);
        if settings == Class::Write && !class.is_write() { settings } else { class }
    }

    /// The assignments in `from..to`.
    fn assignment_list(&mut self, from: usize, to: usize) -> Class {
        let nodes = self.nodes;
        let mut class = Class::Session;
        let mut at = from;
        while at < to {
            let end = nodes.find(at, to, |position| nodes.is_kind(position, TokenKind::Comma)).unwrap_or(to);
            if self.assignment(at, end) == SettingScope::Server {
                class = Class::Write;
            }
            at = end + 1;
        }
        class
    }

    /// One assignment in `at..end`; says what it is to.
    fn assignment(&mut self, at: usize, end: usize) -> SettingScope {
        let nodes = self.nodes;
        let charset = nodes
            .after_words(at, &["NAMES"])
            .or_else(|| nodes.after_words(at, &["CHARSET"]))
            .or_else(|| nodes.after_words(at, &["CHARACTER", "SET"]));
        if let Some(value) = charset {
            // A collation may follow, and says nothing more.
            let alone = value + 1 >= end || nodes.is(value + 1, "COLLATE");
            let value = if alone { self.plain_value(value) } else { None };
            self.note_setting("character_set_client", SettingScope::Session, value, nodes.span(at));
            return SettingScope::Session;
        }
        let mut found = SettingScope::Session;
        let mut next = at;
        let mut name = String::new();
        if nodes.is_any(at, &SCOPES) && !nodes.is_operator(at + 1, "=") {
            found = scope(nodes.raw(at));
            next += 1;
        }
        if nodes.is_kind(next, TokenKind::Variable) {
            // A variable of the person's own is no setting.
            let Some(written) = nodes.raw(next).strip_prefix("@@") else { return SettingScope::Session };
            let written = written.trim_matches('`');
            let qualifies = nodes.is_kind(next + 1, TokenKind::Dot);
            if qualifies && SCOPES.iter().any(|one| written.eq_ignore_ascii_case(one)) {
                found = scope(written);
                next += 2;
            } else {
                name = written.to_owned();
                next += 1;
                if qualifies {
                    name.push('.');
                    next += 1;
                }
            }
        }
        let mut span = nodes.span(next);
        let mut after = next;
        if name.is_empty() || name.ends_with('.') {
            let Some((path, rest)) = nodes.path(next) else { return SettingScope::Server };
            name.push_str(&path.parts.join("."));
            (span, after) = (path.span, rest);
        }
        let assigns = nodes.is_operator(after, "=") || nodes.is_kind(after, TokenKind::Colon);
        let value = if assigns && after + 2 >= end { self.plain_value(after + 1) } else { None };
        self.note_setting(&name, found, value, span);
        found
    }

    fn plain_value(&self, at: usize) -> Option<String> {
        let nodes = self.nodes;
        match nodes.kind(at)? {
            TokenKind::Word | TokenKind::Number => Some(nodes.raw(at).to_owned()),
            TokenKind::QuotedName => nodes.name(at).map(|(name, _)| name),
            _ => nodes.string(at).map(|(text, _)| text),
        }
    }
}
