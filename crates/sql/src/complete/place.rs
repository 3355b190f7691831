//! Which block of the statement the caret is in, and what belongs there.

mod clause;

pub(super) use super::columns;
use super::scope::{self, Scope};
use super::{Place, ScopeRelation};
use crate::TokenKind;
use crate::classify::with;
use crate::nodes::Nodes;

/// The query or statement around the caret.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) relations: Vec<ScopeRelation>,
    pub(super) ctes: Vec<ScopeRelation>,
    pub(super) output_names: Vec<String>,
    /// Whether the names of the select list can be used at the caret.
    pub(super) names_outputs: bool,
    /// Its first token.
    start: usize,
    end: usize,
    /// The parentheses around the caret that hold no query of their own, outermost first.
    groups: Vec<usize>,
}

/// What belongs before the token at `caret`, and what can be named there.
pub(super) fn place(nodes: &Nodes<'_>, caret: usize) -> (Place, Block) {
    let mut block = block_at(nodes, caret);
    let place = clause::place(nodes, caret, &mut block);
    (place, block)
}

fn block_at(nodes: &Nodes<'_>, caret: usize) -> Block {
    let mut outer = Scope::default();
    let (mut from, mut to) = (0, nodes.len());
    for depth in 0..scope::MOST_NESTED {
        (from, to) = between(nodes, from, to, caret, |at| nodes.is_kind(at, TokenKind::Semicolon));
        if let Some(with_at) = with_position(nodes, from, to, caret) {
            let clause = with::with_clause(nodes, with_at, to);
            let body = clause.ctes.iter().map(|cte| cte.body).find(|body| body.0 <= caret && caret <= body.1);
            scope::read_ctes(nodes, with_at, to, Some(caret), &mut outer, depth);
            if let Some(body) = body {
                outer = outer.inner();
                (from, to) = body;
                continue;
            }
            if caret < clause.next {
                return Block { ctes: outer.ctes, start: with_at, end: to, ..Block::default() };
            }
            from = clause.next.min(caret);
        }
        let set_operation = |at: usize| nodes.is_any(at, &["UNION", "INTERSECT", "EXCEPT"]);
        (from, to) = between(nodes, from, to, caret, set_operation);
        while from < caret
            && nodes.is_any(from.wrapping_sub(1), &["UNION", "INTERSECT", "EXCEPT"])
            && nodes.is_any(from, &["ALL", "DISTINCT"])
        {
            from += 1;
        }
        from = query_of_insert(nodes, from, to, caret);
        let relations = scope::relations(nodes, from, to, &outer, depth);
        let mut groups = Vec::new();
        let mut inner = group_at(nodes, from, to, caret);
        while let Some(open) = inner {
            let close = nodes.close(open).min(to);
            let mut first = open + 1;
            while first < caret && nodes.is_open(first) && nodes.close(first) < caret {
                first += 1;
            }
            let heads = ["SELECT", "WITH", "VALUES", "INSERT", "UPDATE", "DELETE", "MERGE"];
            let values = nodes.is(first, "VALUES") && nodes.is_open(first.wrapping_add(1));
            let query = first < caret && nodes.is_any(first, &heads) && (!nodes.is(first, "VALUES") || values);
            if query {
                break;
            }
            groups.push(open);
            if groups.len() > 256 {
                break;
            }
            inner = group_at(nodes, open + 1, close, caret);
        }
        let Some(open) = inner.filter(|open| groups.last() != Some(open)) else {
            let outputs = select_outputs(nodes, from, to, caret);
            return Block {
                relations,
                ctes: outer.ctes,
                output_names: outputs,
                names_outputs: false,
                start: from,
                end: to,
                groups,
            };
        };
        // A sub-select of FROM sees the queries outside, and its neighbours only where it is LATERAL.
        let in_from = clause::is_relation_position(nodes, from, open, &groups);
        let lateral = nodes.is(open.wrapping_sub(1), "LATERAL");
        if !in_from || lateral {
            outer.relations = relations;
        }
        outer = outer.inner();
        (from, to) = (open + 1, nodes.close(open).min(to));
    }
    Block { relations: outer.relations, ctes: outer.ctes, start: from, end: to, ..Block::default() }
}

/// The part of `from..to` around the caret between the tokens that satisfy `test`.
fn between(nodes: &Nodes<'_>, from: usize, to: usize, caret: usize, test: impl Fn(usize) -> bool) -> (usize, usize) {
    let (mut start, mut end) = (from, to);
    let mut at = from;
    while at < to {
        if test(at) {
            if at < caret {
                start = at + 1;
            } else {
                end = at;
                break;
            }
        }
        at = nodes.after(at);
    }
    (start.min(caret), end.max(caret.min(to)))
}

/// The `WITH` that begins the query of the block: its first word, or the one after `AS` and the like.
fn with_position(nodes: &Nodes<'_>, from: usize, to: usize, caret: usize) -> Option<usize> {
    nodes.find(from, to.min(caret), |at| {
        nodes.is(at, "WITH")
            && (at == from
                || nodes.is_any(
                    at.wrapping_sub(1),
                    &["AS", "EXPLAIN", "ANALYZE", "VERBOSE", "FOR", "PLAN", "BEGIN", "ATOMIC"],
                )
                || nodes.is_kind(at.wrapping_sub(1), TokenKind::CloseParen)
                    && nodes.is_any(from, &["EXPLAIN", "INSERT"]))
    })
}

/// In `INSERT INTO t SELECT …`, the select is a block of its own until `RETURNING` or `ON CONFLICT`.
fn query_of_insert(nodes: &Nodes<'_>, from: usize, to: usize, caret: usize) -> usize {
    if !nodes.is_any(from, &["INSERT", "REPLACE"]) {
        return from;
    }
    let select = nodes.find(from, to.min(caret), |at| nodes.is(at, "SELECT"));
    let Some(select) = select else { return from };
    let after = nodes.find(select, to.min(caret), |at| {
        nodes.is(at, "RETURNING") || (nodes.is(at, "ON") && nodes.is_any(at + 1, &["CONFLICT", "DUPLICATE"]))
    });
    if after.is_some() { from } else { select }
}

/// The parentheses in `from..to`, not inside others, that the caret is in.
fn group_at(nodes: &Nodes<'_>, from: usize, to: usize, caret: usize) -> Option<usize> {
    let mut at = from;
    while at < caret.min(to) {
        if matches!(nodes.kind(at), Some(TokenKind::OpenParen | TokenKind::OpenBracket)) && caret <= nodes.close(at) {
            return Some(at);
        }
        at = nodes.after(at);
    }
    None
}

/// The names of the select list, for the clauses that may use them.
fn select_outputs(nodes: &Nodes<'_>, from: usize, to: usize, caret: usize) -> Vec<String> {
    let Some(select) = nodes.find(from, to.min(caret), |at| nodes.is(at, "SELECT")) else { return Vec::new() };
    let end = nodes.find(select + 1, to, |at| scope::ends_select_list(nodes, at)).unwrap_or(to);
    columns::items(nodes, select + 1, end)
        .into_iter()
        .take(scope::MOST_COLUMNS)
        .filter_map(|(start, end)| columns::item_name(nodes, start, end))
        .collect()
}
