//! Statements that only servers with stored programs, variables and files of their own have.

use super::{
    Class, CopyDirection, CopyEffect, CopyEndpoint, Destroys, Effect, Reader, TransactionKind, Write, classify,
};
use crate::nodes::Nodes;
use crate::{QualifiedName, Span, TokenKind};

/// The statements that can be explained: after another word, `EXPLAIN` describes a table.
const EXPLAINED: [&str; 11] =
    ["SELECT", "WITH", "VALUES", "TABLE", "INSERT", "REPLACE", "UPDATE", "DELETE", "MERGE", "CREATE", "SET"];

impl Reader<'_> {
    /// Whether what `EXPLAIN` and its like stand before is a table or a connection rather than a statement. Such a
    /// statement reads, and what it describes is all there is to say.
    pub(super) fn describes(&mut self, at: usize) -> bool {
        let nodes = self.nodes;
        if nodes.dialect.explain_words.len() < 2 || nodes.is_open(at) || nodes.is_any(at, &EXPLAINED) {
            return false;
        }
        let connection = nodes.is(at, "FOR") && nodes.is(at + 1, "CONNECTION");
        // The name of the table, then one of its columns or a pattern.
        let Some(after) = nodes.path(at).map(|(_, after)| after) else { return false };
        let described = after >= self.end || (after + 1 >= self.end && nodes.token(after).is_some());
        if connection || described {
            self.effect.command = "EXPLAIN".to_owned();
        }
        connection || described
    }

    /// Whether the `ANALYZE` at `at` is about a table's statistics.
    pub(super) fn is_table_maintenance(&self, at: usize) -> bool {
        let kind = self.nodes.skip_words(at + 1, &["NO_WRITE_TO_BINLOG", "LOCAL"]);
        self.nodes.is_any(kind, &["TABLE", "TABLES"])
    }

    /// What a query's `INTO` at `at` leads to.
    pub(super) fn note_into(&mut self, at: usize) {
        let nodes = self.nodes;
        if nodes.is_any(at + 1, &["OUTFILE", "DUMPFILE"]) {
            self.into_file = true;
            self.effect.file.get_or_insert(nodes.span(at).to(nodes.span(at + 1)));
        } else if nodes.is_kind(at + 1, TokenKind::Variable) {
            self.into_variable = true;
        }
    }

    /// `PREPARE x FROM …`, at the verb: as the text does, when it is told.
    pub(super) fn prepared_text(&mut self, at: usize) -> Class {
        let nodes = self.nodes;
        let from = nodes.find(at + 1, self.end, |position| nodes.is(position, "FROM"));
        match from.and_then(|from| self.note_text(from + 1)) {
            Some(Class::Read | Class::Session) => Class::Session,
            Some(class) => class,
            None => Class::Unknown,
        }
    }

    /// The class of the statement in the string at `at`, when that string is all there is; what it would change is noted
    /// where the string stands.
    pub(super) fn note_text(&mut self, at: usize) -> Option<Class> {
        let nodes = self.nodes;
        let (text, _) = nodes.string(at).filter(|(_, after)| *after >= self.end)?;
        let inner = classify(&text, nodes.dialect);
        self.note_changes(inner.effect, nodes.span(at));
        Some(inner.class)
    }

    /// Notes the changes a text inside this one makes, all where that text stands.
    fn note_changes(&mut self, effect: Effect, span: Span) {
        let here = |name: QualifiedName| QualifiedName { span, ..name };
        let writes = effect.writes.into_iter();
        self.effect.writes.extend(writes.map(|write| Write { target: write.target.map(here), span, ..write }));
        let destroyed = effect.destroys.into_iter();
        self.effect.destroys.extend(destroyed.map(|one| Destroys {
            names: one.names.into_iter().map(here).collect(),
            of: one.of.map(here),
            span,
            ..one
        }));
    }

    /// Notes what a block of statements changes (`BEGIN NOT ATOMIC … END`, `IF … THEN … END IF`), each where it stands.
    pub(super) fn block(&mut self, start: usize) {
        let nodes = self.nodes;
        for at in start + 1..self.end {
            let begins = nodes.is_kind(at - 1, TokenKind::Semicolon)
                || nodes.is_any(at - 1, &["BEGIN", "ATOMIC", "THEN", "ELSE", "DO", "LOOP", "REPEAT"]);
            if self.effect.writes.len() > super::MOST_WRITES {
                break;
            }
            if !begins || !nodes.is_any(at, &["UPDATE", "DELETE", "WITH", "TRUNCATE", "DROP"]) {
                continue;
            }
            let end = nodes.find(at, self.end, |at| nodes.is_kind(at, TokenKind::Semicolon)).unwrap_or(self.end);
            if nodes.is(at, "DROP") {
                let command = std::mem::replace(&mut self.effect.command, "DROP".to_owned());
                let whole = std::mem::replace(&mut self.end, end);
                self.definition(at);
                self.end = whole;
                self.effect.command = command;
            } else {
                self.write_at(at, end);
            }
        }
    }

    /// The same for a block in a string (`DO $$ … $$`), after `LANGUAGE x` or before it.
    pub(super) fn block_text(&mut self, at: usize) {
        let nodes = self.nodes;
        let Some(at) = (at..self.end).find(|at| nodes.kind(*at).is_some_and(TokenKind::is_string)) else { return };
        let Some((text, _)) = nodes.string(at) else { return };
        let inner = Nodes::new(&text, nodes.dialect);
        let end = inner.len();
        let mut reader =
            Reader { nodes: &inner, effect: Effect::default(), end, depth: 0, into_file: false, into_variable: false };
        reader.block(0);
        self.note_changes(reader.effect, nodes.span(at));
    }

    /// `LOAD DATA` and `LOAD XML`, at the verb.
    pub(super) fn load(&mut self, at: usize) {
        let nodes = self.nodes;
        let local = nodes.find(at, self.end, |position| nodes.is_any(position, &["LOCAL", "INFILE"]));
        let local = local.is_some_and(|position| nodes.is(position, "LOCAL"));
        let endpoint = if local { CopyEndpoint::Client } else { CopyEndpoint::ServerFile };
        self.effect.copy = Some(CopyEffect { direction: CopyDirection::From, endpoint });
        let into = nodes.find(at, self.end, |position| nodes.after_words(position, &["INTO", "TABLE"]).is_some());
        self.effect.targets.extend(into.and_then(|into| nodes.path(into + 2)).map(|(target, _)| target));
    }

    /// `XA`, at the verb.
    pub(super) fn distributed(&mut self, at: usize) -> Class {
        let nodes = self.nodes;
        let Some(word) = nodes.word(at + 1).map(str::to_ascii_uppercase) else { return Class::Unknown };
        self.effect.transaction = match word.as_str() {
            "START" | "BEGIN" => Some(TransactionKind::Begin),
            "PREPARE" => Some(TransactionKind::Prepare),
            "COMMIT" => Some(TransactionKind::CommitPrepared),
            "ROLLBACK" => Some(TransactionKind::RollbackPrepared),
            "RECOVER" => return Class::Read,
            "END" => None,
            _ => return Class::Unknown,
        };
        self.effect.command = format!("XA {word}");
        Class::Transaction
    }

    /// `RENAME TABLE a TO b, c TO d`, at the verb.
    pub(super) fn renaming(&mut self, at: usize) {
        let nodes = self.nodes;
        let Some(kind) = nodes.word(at + 1) else { return };
        self.effect.command = format!("RENAME {}", kind.to_ascii_uppercase());
        if !nodes.is_any(at + 1, &["TABLE", "TABLES"]) {
            return;
        }
        let mut next = nodes.after_words(at + 2, &["IF", "EXISTS"]).unwrap_or(at + 2);
        while let Some((target, after)) = nodes.path(next) {
            self.effect.targets.push(target);
            if !nodes.is(after, "TO") && !nodes.is_kind(after, TokenKind::Comma) {
                break;
            }
            next = after + 1;
        }
    }

    /// Whether a statement of this class commits the transaction it is sent in.
    pub(super) fn commits(&self, class: Class) -> bool {
        let nodes = self.nodes;
        let committing = nodes.dialect.committing_commands;
        if committing.is_empty() || self.effect.explain.is_some() {
            return false;
        }
        let command = self.effect.command.as_str();
        let first = command.split(' ').next().unwrap_or("");
        if class == Class::Ddl {
            let temporary = nodes.is(1, "TEMPORARY") || (nodes.is(0, "CREATE") && nodes.is(3, "TEMPORARY"));
            return !(temporary && command.ends_with(" TABLE"));
        }
        let load_index = first == "LOAD" && nodes.is(1, "INDEX");
        let autocommit = self.effect.settings.iter().any(|setting| {
            let off = setting.value.as_deref().is_some_and(|value| value == "0" || value.eq_ignore_ascii_case("off"));
            setting.name == "autocommit" && !off
        });
        committing.contains(&first) || load_index || autocommit
    }
}
