//! What statements drop or empty.

use super::{Destroys, Destruction, Reader};
use crate::{QualifiedName, Span, TokenKind};

/// Objects with parts that `ALTER` drops.
const WITH_PARTS: &[&str] = &["TABLE", "FOREIGN TABLE", "TYPE", "DOMAIN", "MATERIALIZED VIEW", "VIEW", "SERVER"];

/// Parts that have a word of their own; a part without one is a column.
const PARTS: &[&str] = &[
    "COLUMN",
    "CONSTRAINT",
    "PRIMARY",
    "FOREIGN",
    "INDEX",
    "KEY",
    "CHECK",
    "PARTITION",
    "ATTRIBUTE",
    "PERIOD",
    "SYSTEM",
];

/// What `DROP` takes from a column or a domain that holds no value of anybody's.
const NO_PARTS: &[&str] = &["DEFAULT", "NOT", "IDENTITY", "EXPRESSION"];

/// Objects whose `CREATE OR REPLACE` drops what was there with everything in it.
const REPLACED: &[&str] = &["TABLE", "DATABASE", "SCHEMA", "SEQUENCE"];

impl Reader<'_> {
    /// Notes what the definition at `at` destroys; its names were read up to `next`.
    pub(super) fn note_destroyed(
        &mut self,
        at: usize,
        verb: &str,
        kind: &str,
        mut names: Vec<QualifiedName>,
        next: usize,
    ) {
        let nodes = self.nodes;
        let span = nodes.span(at);
        match verb {
            // The session's own.
            "DROP" if nodes.is_any(at + 1, &["TEMPORARY", "TEMP"]) => {}
            "DROP" => {
                let parted = ["POLICY", "TRIGGER", "RULE"].contains(&kind)
                    || (kind == "INDEX" && names.len() > 1 && nodes.is(next, "ON"));
                let of = if parted && names.len() > 1 { names.pop() } else { None };
                self.destroyed(Destruction::Drop, kind, names, of, span);
            }
            "CREATE"
                if REPLACED.contains(&kind)
                    && nodes.after_words(at + 1, &["OR", "REPLACE"]).is_some()
                    && !nodes.is_any(at + 3, &["TEMPORARY", "TEMP"]) =>
            {
                self.destroyed(Destruction::Drop, kind, names, None, span);
            }
            "ALTER" if WITH_PARTS.contains(&kind) => {
                if let Some(object) = names.into_iter().next() {
                    self.dropped_parts(&object, next, span);
                }
            }
            _ => {}
        }
    }

    /// Notes tables that are emptied.
    pub(super) fn emptied(&mut self, tables: Vec<QualifiedName>, span: Span) {
        self.destroyed(Destruction::Empty, "TABLE", tables, None, span);
    }

    fn destroyed(
        &mut self,
        how: Destruction,
        kind: &str,
        names: Vec<QualifiedName>,
        of: Option<QualifiedName>,
        span: Span,
    ) {
        if self.effect.destroys.len() >= super::MOST_WRITES {
            return;
        }
        self.effect.destroys.push(Destroys { how, kind: kind.to_owned(), names, of, span });
    }

    /// The parts that the actions of an `ALTER` drop.
    fn dropped_parts(&mut self, object: &QualifiedName, from: usize, span: Span) {
        let nodes = self.nodes;
        let mut action = from;
        action += usize::from(nodes.is_operator(action, "*"));
        if nodes.is(action, "WAIT") {
            action += 2;
        }
        action = nodes.skip_words(action, &["NOWAIT"]);
        while action < self.end {
            self.dropped_part(object, action, span);
            let comma = nodes.find(action, self.end, |at| nodes.is_kind(at, TokenKind::Comma));
            action = comma.map_or(self.end, |at| at + 1);
        }
    }

    fn dropped_part(&mut self, object: &QualifiedName, action: usize, span: Span) {
        let nodes = self.nodes;
        let of = || Some(object.clone());
        if nodes.is(action, "TRUNCATE") && nodes.is(action + 1, "PARTITION") {
            let names = self.list(action + 2);
            return self.destroyed(Destruction::Empty, "PARTITION", names, of(), span);
        }
        if nodes.is(action, "DISCARD") {
            return self.destroyed(Destruction::Drop, "TABLESPACE", Vec::new(), of(), span);
        }
        if !nodes.is(action, "DROP") || nodes.is_any(action + 1, NO_PARTS) {
            return;
        }
        let part = nodes.word(action + 1).map(str::to_ascii_uppercase).filter(|word| PARTS.contains(&word.as_str()));
        let (kind, mut next) = match part.as_deref() {
            // A key without a name of its own, and what is one of a kind.
            Some("PRIMARY") => ("PRIMARY KEY", action + 3),
            Some("FOREIGN") => ("FOREIGN KEY", action + 3),
            Some("SYSTEM") => ("SYSTEM VERSIONING", action + 3),
            Some("KEY") => ("INDEX", action + 2),
            Some(word) => (word, action + 2),
            None => ("COLUMN", action + 1),
        };
        next = nodes.after_words(next, &["IF", "EXISTS"]).unwrap_or(next);
        let names = match kind {
            "PRIMARY KEY" | "SYSTEM VERSIONING" | "PERIOD" => Vec::new(),
            "PARTITION" => self.list(next),
            _ => nodes.path(next).map(|(name, _)| name).into_iter().collect(),
        };
        self.destroyed(Destruction::Drop, kind, names, of(), span);
    }

    /// Names with commas between them.
    fn list(&self, mut at: usize) -> Vec<QualifiedName> {
        let mut names = Vec::new();
        while let Some((name, after)) = self.nodes.path(at) {
            names.push(name);
            if !self.nodes.is_kind(after, TokenKind::Comma) {
                break;
            }
            at = after + 1;
        }
        names
    }
}
