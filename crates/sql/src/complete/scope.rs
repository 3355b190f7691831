//! The relations of a query: its `FROM`, its CTEs, and those of the queries around it.

use super::{DerivedColumn, RelationSource, ScopeRelation, columns};
use crate::TokenKind;
use crate::classify::with;
use crate::nodes::Nodes;

/// Bounds, so that a text made to be slow or deep is neither.
pub(super) const MOST_NESTED: usize = 24;
pub(super) const MOST_COLUMNS: usize = 2000;
const MOST_RELATIONS: usize = 200;

/// What can be named at some point.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    pub(super) relations: Vec<ScopeRelation>,
    pub(super) ctes: Vec<ScopeRelation>,
}

impl Scope {
    /// The scope of a query inside this one.
    pub(super) fn inner(&self) -> Self {
        let mut inner = self.clone();
        inner.relations.iter_mut().for_each(|relation| relation.level += 1);
        inner
    }
}

/// Words after which the list of a select cannot go on.
pub(super) fn ends_select_list(nodes: &Nodes<'_>, at: usize) -> bool {
    nodes.is_any(at, &["FROM", "INTO"]) || ends_from(nodes, at)
}

/// Words that end a `FROM` clause.
pub(super) fn ends_from(nodes: &Nodes<'_>, at: usize) -> bool {
    nodes.is_any(
        at,
        &[
            "WHERE",
            "GROUP",
            "HAVING",
            "WINDOW",
            "ORDER",
            "LIMIT",
            "OFFSET",
            "FETCH",
            "UNION",
            "INTERSECT",
            "EXCEPT",
            "RETURNING",
            "SET",
            "VALUES",
            "SELECT",
            "WHEN",
            "DEFAULT",
        ],
    ) || (nodes.is(at, "FOR") && nodes.is_any(at + 1, &["UPDATE", "SHARE", "NO", "KEY"]))
}

/// Reads the `WITH` at `at` into `scope` and returns where its statement begins. With a caret, only the CTEs that can be
/// named there are read: those before it, and its own where the clause is recursive.
pub(super) fn read_ctes(
    nodes: &Nodes<'_>,
    at: usize,
    to: usize,
    caret: Option<usize>,
    scope: &mut Scope,
    depth: usize,
) -> usize {
    let clause = with::with_clause(nodes, at, to);
    for cte in clause.ctes.into_iter().take(MOST_RELATIONS) {
        let (from, until) = cte.body;
        let holds_caret = caret.is_some_and(|caret| from <= caret && caret <= until);
        let before_caret = caret.is_none_or(|caret| from <= caret);
        if (holds_caret && !clause.recursive) || !before_caret {
            continue;
        }
        let named = cte.columns.map(|names| names.into_iter().map(DerivedColumn::Named).collect());
        let columns = named.or_else(|| columns::of_query(nodes, from, until, &scope.inner(), depth + 1));
        scope.ctes.push(ScopeRelation { alias: None, source: RelationSource::Cte(cte.name), columns, level: 0 });
    }
    clause.next
}

/// The relations of the one query or statement in `from..to`, and after them those of `outer`.
pub(super) fn relations(nodes: &Nodes<'_>, from: usize, to: usize, outer: &Scope, depth: usize) -> Vec<ScopeRelation> {
    let mut found = Vec::new();
    let mut at = from;
    while at < to && found.len() < MOST_RELATIONS {
        let target = nodes.is_any(at, &["UPDATE", "INTO"])
            && !nodes.is_any(at.wrapping_sub(1), &["FOR", "KEY", "DO", "ON", "THEN"]);
        if target {
            let next = nodes.skip_words(at + 1, &["ONLY"]);
            let next = if nodes.is(next, "OR") { next + 2 } else { next };
            at = item(nodes, next, to, outer, depth, &mut found).max(at + 1);
        } else if begins_list(nodes, at) {
            at = list(nodes, at + 1, to, outer, depth, &mut found).max(at + 1);
        } else {
            at = nodes.after(at);
        }
    }
    found.extend(outer.relations.iter().cloned());
    found
}

/// Whether relations follow: after `FROM`, `JOIN`, and the `USING` of `DELETE` and `MERGE`.
fn begins_list(nodes: &Nodes<'_>, at: usize) -> bool {
    nodes.is_any(at, &["JOIN", "STRAIGHT_JOIN"])
        || (nodes.is(at, "FROM") && !nodes.is(at.wrapping_sub(1), "DISTINCT"))
        || (nodes.is(at, "USING") && !nodes.is_open(at + 1))
}

/// Reads relations between commas from `at` on; returns where it stopped.
fn list(nodes: &Nodes<'_>, at: usize, to: usize, outer: &Scope, depth: usize, found: &mut Vec<ScopeRelation>) -> usize {
    let mut next = item(nodes, at, to, outer, depth, found);
    while next < to && nodes.is_kind(next, TokenKind::Comma) && found.len() < MOST_RELATIONS {
        next = item(nodes, next + 1, to, outer, depth, found);
    }
    next
}

/// Reads one relation with its alias; returns where it stopped.
fn item(nodes: &Nodes<'_>, at: usize, to: usize, outer: &Scope, depth: usize, found: &mut Vec<ScopeRelation>) -> usize {
    let mut at = nodes.skip_words(at, &["ONLY", "LATERAL", "TABLE"]);
    if nodes.is(at, "ROWS") && nodes.is(at + 1, "FROM") {
        at += 2;
    }
    if at >= to {
        return at;
    }
    let mut relation = ScopeRelation { alias: None, source: RelationSource::Select, columns: None, level: 0 };
    let mut next;
    if nodes.is_open(at) {
        let close = nodes.close(at).min(to);
        next = nodes.after(at).min(to);
        let inside = innermost(nodes, at + 1, close);
        if !nodes.is_any(inside, &["SELECT", "WITH", "VALUES", "INSERT", "UPDATE", "DELETE"]) {
            // Parentheses around joins.
            if depth < MOST_NESTED {
                let inner = Scope { relations: Vec::new(), ctes: outer.ctes.clone() };
                list(nodes, at + 1, close, outer, depth + 1, found);
                let joined = relations(nodes, at + 1, close, &inner, depth + 1);
                found.extend(joined);
            }
            return next;
        }
        relation.columns = columns::of_query(nodes, at + 1, close, &outer.inner(), depth + 1);
    } else {
        let Some((path, after)) = nodes.free_name(at).and_then(|_| nodes.path(at)) else { return at };
        if nodes.is_kind(after, TokenKind::Dot) {
            // A name being typed.
            return after + 1;
        }
        next = after.min(to);
        if nodes.is_open(next) && !insert_target(nodes, at) {
            relation.source = RelationSource::Function(path.parts);
            next = nodes.after(next).min(to);
            next = nodes.after_words(next, &["WITH", "ORDINALITY"]).unwrap_or(next);
        } else {
            let single = path.parts.len() == 1;
            let cte = outer
                .ctes
                .iter()
                .rev()
                .find(|cte| single && cte.name().is_some_and(|name| nodes.dialect.same_name(name, path.name())));
            match cte {
                Some(cte) => {
                    relation.source = cte.source.clone();
                    relation.columns.clone_from(&cte.columns);
                }
                None => relation.source = RelationSource::Named(path.parts),
            }
        }
    }
    next += usize::from(nodes.is_operator(next, "*"));
    let explicit = nodes.is(next, "AS");
    let name_at = next + usize::from(explicit);
    if name_at < to
        && let Some((alias, after)) = alias(nodes, name_at, explicit)
    {
        relation.alias = Some(alias);
        next = after;
        // `AS t (a, b)` renames the columns; of a function it may give their types too.
        if nodes.is_open(next) && !insert_target(nodes, at) {
            let close = nodes.close(next).min(to);
            let names = columns::items(nodes, next + 1, close);
            let names = names.into_iter().filter_map(|(from, _)| nodes.name(from));
            let mut renamed: Vec<_> = names.map(|(name, _)| DerivedColumn::Named(name)).collect();
            if let Some(known) = &relation.columns {
                renamed.extend(known.iter().skip(renamed.len()).cloned());
            }
            relation.columns = Some(renamed);
            next = nodes.after(next).min(to);
        }
    }
    found.push(relation);
    next
}

fn insert_target(nodes: &Nodes<'_>, at: usize) -> bool {
    nodes.is(at.wrapping_sub(1), "INTO")
}

fn innermost(nodes: &Nodes<'_>, at: usize, to: usize) -> usize {
    let mut at = at;
    while at < to && nodes.is_open(at) {
        at += 1;
    }
    at
}

fn alias(nodes: &Nodes<'_>, at: usize, explicit: bool) -> Option<(String, usize)> {
    let next_clause = [
        "JOIN",
        "LEFT",
        "RIGHT",
        "FULL",
        "INNER",
        "CROSS",
        "NATURAL",
        "ON",
        "USING",
        "SET",
        "WHERE",
        "TABLESAMPLE",
        "VALUES",
        "WHEN",
        "INDEXED",
        "NOT",
        "DEFAULT",
        "OVERRIDING",
        "STRAIGHT_JOIN",
    ];
    if !explicit && nodes.is_any(at, &next_clause) {
        return None;
    }
    nodes.free_name(at)
}
