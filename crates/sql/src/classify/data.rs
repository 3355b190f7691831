//! Statements that change rows, and `COPY`.

use super::{Class, CopyDirection, CopyEffect, CopyEndpoint, Reader, Verb, Write};
use crate::{QualifiedName, TokenKind};

impl Reader<'_> {
    /// Whether a statement that changes rows begins at `at`, rather than a column of that name.
    pub(super) fn is_write_head(&self, at: usize) -> bool {
        let nodes = self.nodes;
        if nodes.is_any(at, &["INSERT", "MERGE", "REPLACE"]) {
            nodes.is_any(at + 1, &["INTO", "OR"])
        } else if nodes.is(at, "DELETE") {
            nodes.is(at + 1, "FROM")
        } else if nodes.is(at, "UPDATE") {
            nodes.is_any(at + 1, &["ONLY", "OR"]) || nodes.name(at + 1).is_some()
        } else if nodes.is(at, "WITH") {
            let main = super::with::with_clause(nodes, at, self.end).next;
            main > at && !nodes.is(main, "WITH") && self.is_write_head(main)
        } else {
            false
        }
    }

    /// Notes the statement at `at`, which changes rows and ends at `end`.
    pub(super) fn write_at(&mut self, at: usize, end: usize) {
        let nodes = self.nodes;
        if nodes.is(at, "WITH") {
            let main = super::with::with_clause(nodes, at, end).next;
            return if main > at && !nodes.is(main, "WITH") {
                self.write_at(main, end)
            };
        }
        let verb = match nodes.word(at).map(str::to_ascii_uppercase).as_deref() {
            Some("INSERT") => Verb::Insert,
            Some("REPLACE") => Verb::Replace,
            Some("UPDATE") => Verb::Update,
            Some("DELETE") => Verb::Delete,
            Some("MERGE") => Verb::Merge,
            Some("TRUNCATE") => Verb::Truncate,
            _ => return,
        };
        let span = nodes.span(at);
        let known = self.effect.writes.len();
        if known > super::MOST_WRITES || self.effect.writes.iter().any(|write| write.span == span) {
            return;
        }
        if known == super::MOST_WRITES {
            // One more stands for all that are not read: it may be any of them.
            self.effect.writes.push(Write { verb, target: None, whole_table: true, span });
            return;
        }
        let mut next = at + 1;
        if nodes.is(next, "OR") {
            next += 2;
        }
        next = nodes.skip_words(next, nodes.dialect.write_modifiers);
        if nodes.dialect.batches && nodes.is(next, "TOP") && nodes.is_open(next + 1) {
            next = nodes.after(next + 1);
            next += usize::from(nodes.is(next, "PERCENT"));
        }
        let begin = next;
        let listed = !nodes.is(next, "FROM");
        next = nodes.skip_words(next, &["INTO", "FROM", "ONLY", "TABLE"]);
        let mut targets = Vec::new();
        while let Some((target, after)) = nodes.path(next) {
            targets.push(target);
            let dot = nodes.is_kind(after, TokenKind::Dot) && nodes.is_operator(after + 1, "*");
            let star = usize::from(dot) + usize::from(dot || nodes.is_operator(after, "*"));
            next = after + star;
            // `DELETE a, b FROM …`, `DELETE FROM a, b USING …`.
            let several = (nodes.dialect.multi_table_writes && verb == Verb::Delete) || verb == Verb::Truncate;
            if !several || !nodes.is_kind(next, TokenKind::Comma) {
                break;
            }
            next = nodes.skip_words(next + 1, &["ONLY"]);
        }
        if nodes.dialect.multi_table_writes {
            targets = match verb {
                Verb::Update => self.updated_tables(begin, end).unwrap_or(targets),
                Verb::Delete => self.deleted_tables(targets, listed, next, end),
                _ => targets,
            };
        }
        let whole_table = matches!(verb, Verb::Update | Verb::Delete) && self.is_whole_table(next, end);
        let mut note = |target: Option<QualifiedName>| {
            self.effect.writes.push(Write { verb, target, whole_table, span });
        };
        if targets.is_empty() {
            note(None);
        }
        targets.iter().cloned().for_each(|target| note(Some(target)));
        if verb == Verb::Truncate {
            self.emptied(targets.clone(), span);
        }
        self.effect.targets.extend(targets);
    }

    /// `COPY`, at its first word.
    pub(super) fn copy(&mut self, at: usize) -> Class {
        let nodes = self.nodes;
        let mut next = nodes.skip_words(at + 1, &["BINARY"]);
        let table = if nodes.is_open(next) {
            None
        } else {
            nodes.path(next).map(|(target, after)| {
                next = after;
                target
            })
        };
        let Some(way) = nodes.find(next, self.end, |position| nodes.is_any(position, &["FROM", "TO"])) else {
            return Class::Unknown;
        };
        let direction = if nodes.is(way, "FROM") { CopyDirection::From } else { CopyDirection::To };
        let endpoint = if nodes.is_any(way + 1, &["STDIN", "STDOUT"]) {
            CopyEndpoint::Connection
        } else if nodes.is(way + 1, "PROGRAM") {
            CopyEndpoint::ServerProgram
        } else {
            CopyEndpoint::ServerFile
        };
        self.effect.copy = Some(CopyEffect { direction, endpoint });
        if direction == CopyDirection::From {
            self.effect.targets.extend(table);
            return Class::Write;
        }
        if endpoint == CopyEndpoint::Connection { Class::Read } else { Class::Write }
    }

    /// A line for the terminal client: of those, only `\copy` concerns the database.
    pub(super) fn client_command(&mut self) -> Class {
        let nodes = self.nodes;
        let Some(word) = nodes.word(1) else { return Class::Unknown };
        self.effect.command = format!("\\{}", word.to_ascii_lowercase());
        if !word.eq_ignore_ascii_case("copy") {
            return Class::Unknown;
        }
        let class = self.copy(1);
        self.everywhere(1);
        let Some(copy) = &mut self.effect.copy else { return Class::Unknown };
        // A program on the person's own machine is more than a copy.
        let program = copy.endpoint == CopyEndpoint::ServerProgram;
        copy.endpoint = CopyEndpoint::Client;
        match copy.direction {
            CopyDirection::From => class,
            CopyDirection::To if self.effect.writes.is_empty() && !program => Class::Read,
            CopyDirection::To => Class::Write,
        }
    }
}
