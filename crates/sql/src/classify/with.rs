//! `WITH` clauses, read as far as they go.

use crate::TokenKind;
use crate::nodes::Nodes;

/// One common table expression.
#[derive(Clone, Debug)]
pub(crate) struct Cte {
    pub(crate) name: String,
    /// The names in parentheses after its own.
    pub(crate) columns: Option<Vec<String>>,
    /// The tokens inside its parentheses.
    pub(crate) body: (usize, usize),
}

/// A `WITH` clause.
#[derive(Clone, Debug, Default)]
pub(crate) struct WithClause {
    pub(crate) recursive: bool,
    pub(crate) ctes: Vec<Cte>,
    /// Where it ends: at the statement it belongs to, when it is whole.
    pub(crate) next: usize,
}

/// Reads the clause that begins with the `WITH` at `at`, up to `end`; stops where it cannot be read further.
pub(crate) fn with_clause(nodes: &Nodes<'_>, at: usize, end: usize) -> WithClause {
    let recursive = nodes.is(at + 1, "RECURSIVE");
    let mut clause = WithClause { recursive, ctes: Vec::new(), next: at + 1 + usize::from(recursive) };
    while clause.next < end {
        let Some((name, mut next)) = nodes.name(clause.next) else { break };
        let columns = nodes.is_open(next).then(|| {
            let columns = name_list(nodes, next);
            next = nodes.after(next);
            columns
        });
        if !nodes.is(next, "AS") {
            break;
        }
        next = nodes.skip_words(next + 1, &["NOT", "MATERIALIZED"]);
        if !nodes.is_open(next) {
            clause.next = next;
            break;
        }
        clause.ctes.push(Cte { name, columns, body: (next + 1, nodes.close(next).min(end)) });
        next = tail(nodes, nodes.after(next), end);
        clause.next = next.min(end);
        if !nodes.is_kind(next, TokenKind::Comma) {
            break;
        }
        clause.next = next + 1;
    }
    clause
}

/// The names in the parentheses that open at `at`.
pub(crate) fn name_list(nodes: &Nodes<'_>, at: usize) -> Vec<String> {
    // Such a list has no parentheses of its own; stopping at one keeps nested nonsense from being read again and again.
    (at + 1..nodes.close(at))
        .take_while(|position| !nodes.is_open(*position))
        .filter_map(|position| nodes.name(position))
        .map(|(name, _)| name)
        .collect()
}

/// Past `SEARCH … SET x` and `CYCLE … SET x [TO v DEFAULT v] USING y`.
fn tail(nodes: &Nodes<'_>, mut at: usize, end: usize) -> usize {
    for (keyword, last) in [("SEARCH", "SET"), ("CYCLE", "USING")] {
        if nodes.is(at, keyword) {
            let found = nodes.find(at, end, |position| nodes.is(position, last));
            at = found.map_or(end, |position| position + 2);
        }
    }
    at
}
