//! Statements about objects: what kind, and which.

use super::Reader;
use crate::TokenKind;

/// Words between the verb and the kind of object.
const MODIFIERS: &[&str] = &[
    "OR",
    "REPLACE",
    "TEMP",
    "TEMPORARY",
    "GLOBAL",
    "LOCAL",
    "UNLOGGED",
    "UNIQUE",
    "RECURSIVE",
    "VIRTUAL",
    "CONSTRAINT",
    "TRUSTED",
    "PROCEDURAL",
    "ON",
    "FULLTEXT",
    "ONLINE",
    "OFFLINE",
    "IGNORE",
    "CLUSTERED",
    "NONCLUSTERED",
    "COLUMNSTORE",
];

/// The same, where a value follows after `=`, or after a word of its own.
const MODIFIERS_WITH_VALUE: &[&[&str]] = &[&["DEFINER"], &["ALGORITHM"], &["SQL", "SECURITY"]];

/// Kinds of object with more than one word.
const LONG_KINDS: &[&[&str]] = &[
    &["MATERIALIZED", "VIEW"],
    &["FOREIGN", "TABLE"],
    &["FOREIGN", "DATA", "WRAPPER"],
    &["EVENT", "TRIGGER"],
    &["USER", "MAPPING"],
    &["TEXT", "SEARCH", "CONFIGURATION"],
    &["TEXT", "SEARCH", "DICTIONARY"],
    &["TEXT", "SEARCH", "PARSER"],
    &["TEXT", "SEARCH", "TEMPLATE"],
    &["ACCESS", "METHOD"],
    &["OPERATOR", "CLASS"],
    &["OPERATOR", "FAMILY"],
    &["DEFAULT", "PRIVILEGES"],
    &["LARGE", "OBJECT"],
    &["RESOURCE", "GROUP"],
    &["LOGFILE", "GROUP"],
    &["UNDO", "TABLESPACE"],
    &["SPATIAL", "REFERENCE", "SYSTEM"],
    &["SPATIAL", "INDEX"],
    &["PACKAGE", "BODY"],
    &["SECURITY", "POLICY"],
    &["EXTERNAL", "TABLE"],
    &["EXTERNAL", "DATA", "SOURCE"],
    &["EXTERNAL", "FILE", "FORMAT"],
    &["PARTITION", "FUNCTION"],
    &["PARTITION", "SCHEME"],
    &["SYMMETRIC", "KEY"],
    &["ASYMMETRIC", "KEY"],
    &["MASTER", "KEY"],
    &["XML", "SCHEMA", "COLLECTION"],
    &["DATABASE", "SCOPED", "CREDENTIAL"],
    &["DATABASE", "SCOPED", "CONFIGURATION"],
    &["SERVER", "ROLE"],
];

/// Kinds whose name is not what follows.
const NAMELESS_KINDS: &[&str] = &["DEFAULT PRIVILEGES", "USER MAPPING", "SYSTEM", "CAST", "TRANSFORM", "OPERATOR"];

impl Reader<'_> {
    /// `CREATE`, `ALTER`, `DROP`, `COMMENT` and `REFRESH`, at the verb.
    pub(super) fn definition(&mut self, at: usize) {
        let nodes = self.nodes;
        let verb = self.effect.command.clone();
        let kind_at = self.after_modifiers(at + 1);
        let long = LONG_KINDS.iter().find(|kind| nodes.after_words(kind_at, kind).is_some());
        let (kind, mut next) = match long {
            Some(words) => (words.join(" "), kind_at + words.len()),
            None => (nodes.word(kind_at).map(str::to_ascii_uppercase).unwrap_or_default(), kind_at + 1),
        };
        if kind.is_empty() {
            return;
        }
        self.effect.command = format!("{verb} {kind}");
        let before = self.effect.targets.len();
        if !NAMELESS_KINDS.contains(&kind.as_str()) {
            next = self.defined(&verb, &kind, next);
        }
        let named = self.effect.targets.get(before..).unwrap_or_default().to_vec();
        self.note_destroyed(at, &verb, &kind, named, next);
    }

    /// Notes the objects named from `next` on; returns where the names end.
    fn defined(&mut self, verb: &str, kind: &str, mut next: usize) -> usize {
        let nodes = self.nodes;
        next = nodes.skip_words(next, if kind == "OWNED" { &["BY"] } else { &[] });
        next = nodes.skip_words(next, &["CONCURRENTLY"]);
        next = nodes.after_words(next, &["IF", "NOT", "EXISTS"]).unwrap_or(next);
        next = nodes.after_words(next, &["IF", "EXISTS"]).unwrap_or(next);
        next = nodes.skip_words(next, &["ONLY"]);
        // An index, a policy, a rule and a trigger may do without a name or mean little without their table.
        let named = |at: usize| nodes.path(at).filter(|_| kind != "INDEX" || !nodes.is(at, "ON"));
        while let Some((target, after)) = named(next) {
            self.effect.targets.push(target);
            next = if nodes.is_open(after) && verb == "DROP" { nodes.after(after) } else { after };
            if verb != "DROP" || !nodes.is_kind(next, TokenKind::Comma) {
                break;
            }
            next += 1;
        }
        if ["INDEX", "POLICY", "TRIGGER", "RULE"].contains(&kind) {
            let on = nodes.find(next, self.end, |position| {
                nodes.is(position, "ON") && !nodes.is_any(position + 1, &["SELECT", "INSERT", "UPDATE", "DELETE"])
            });
            if let Some((table, _)) = on.and_then(|on| nodes.path(nodes.skip_words(on + 1, &["ONLY"]))) {
                self.effect.targets.push(table);
            }
        }
        next
    }

    fn after_modifiers(&self, at: usize) -> usize {
        let nodes = self.nodes;
        let at = nodes.after_words(at, &["OR", "ALTER"]).unwrap_or(at);
        let mut at = nodes.skip_words(at, MODIFIERS);
        // Elsewhere an aggregate is a kind of its own.
        at += usize::from(nodes.is(at, "AGGREGATE") && nodes.is(at + 1, "FUNCTION"));
        while let Some(mut next) = MODIFIERS_WITH_VALUE.iter().find_map(|words| nodes.after_words(at, words)) {
            next += usize::from(nodes.is_operator(next, "="));
            // `bob@h`, `'bob'@'h'`, `current_user()`.
            next = nodes.after(next);
            if nodes.is_kind(next, TokenKind::Variable) || nodes.is_open(next) {
                next = nodes.after(next);
            }
            at = nodes.skip_words(next, MODIFIERS);
        }
        at
    }

    /// `CALL`, `LOCK`, `VACUUM` and their like, at the verb.
    pub(super) fn maintenance(&mut self, at: usize) {
        let nodes = self.nodes;
        let mut next = at + 1;
        if nodes.is_open(next) {
            next = nodes.after(next);
        }
        let words = [
            "TABLE",
            "TABLES",
            "LOCAL",
            "NO_WRITE_TO_BINLOG",
            "INDEX",
            "SCHEMA",
            "DATABASE",
            "SYSTEM",
            "FULL",
            "FREEZE",
            "VERBOSE",
            "ANALYZE",
            "CONCURRENTLY",
            "ONLY",
        ];
        next = nodes.skip_words(next, &words);
        if let Some((target, after)) = nodes.free_name(next).and_then(|_| nodes.path(next)) {
            self.effect.targets.push(target);
            next = after;
        }
        if nodes.is(at, "VACUUM") {
            let into = nodes.find(next, self.end, |position| nodes.is(position, "INTO"));
            self.effect.file = into.map(|position| nodes.span(position));
        }
    }
}
