//! Whether a change of rows is held to some of them, and which tables it changes where it names several.

use super::Reader;
use crate::{QualifiedName, TokenKind};

/// Parentheses within each other that are looked into.
const MOST_NESTED: usize = 32;
/// Tables of one statement that are told apart.
const MOST_TABLES: usize = 64;

/// Words of a condition that name nothing.
const PLAIN_WORDS: &[&str] = &[
    "TRUE", "FALSE", "NULL", "UNKNOWN", "NOT", "AND", "OR", "XOR", "IS", "ISNULL", "NOTNULL", "IN", "BETWEEN", "LIKE",
    "ILIKE", "REGEXP", "RLIKE", "SIMILAR", "TO", "DISTINCT", "FROM", "EXISTS", "SELECT", "CASE", "WHEN", "THEN",
    "ELSE", "END", "DIV", "MOD",
];

/// Words that may follow a table and are no alias of it.
const AFTER_TABLE: &[&str] = &[
    "JOIN",
    "INNER",
    "LEFT",
    "RIGHT",
    "FULL",
    "OUTER",
    "CROSS",
    "NATURAL",
    "STRAIGHT_JOIN",
    "ON",
    "USING",
    "SET",
    "WHERE",
    "PARTITION",
    "USE",
    "FORCE",
    "IGNORE",
    "FOR",
    "ORDER",
    "LIMIT",
    "RETURNING",
];

/// A table of a statement that names several.
struct Table {
    path: QualifiedName,
    alias: Option<String>,
}

impl Reader<'_> {
    /// Whether nothing between `from` and `end` holds an `UPDATE` or `DELETE` to some rows.
    pub(super) fn is_whole_table(&self, from: usize, end: usize) -> bool {
        let nodes = self.nodes;
        let found = nodes.find(from, end, |at| self.clause(at, "WHERE") || self.clause(at, "RETURNING"));
        let condition = found.filter(|at| nodes.is(*at, "WHERE")).map(|at| at + 1);
        let rest = condition.unwrap_or(from);
        let bound = nodes.find(rest, end, |at| self.clause(at, "LIMIT") || self.clause(at, "RETURNING"));
        let counted = |at: usize| {
            matches!(nodes.kind(at + 1), Some(TokenKind::Number | TokenKind::Placeholder | TokenKind::Variable))
        };
        if bound.is_some_and(|at| nodes.is(at, "LIMIT") && counted(at)) {
            return false;
        }
        let Some(condition) = condition else { return true };
        let closes = |at: usize| {
            let clause = ["RETURNING", "LIMIT", "ORDER"].iter().any(|word| self.clause(at, word));
            (at > condition && clause) || nodes.is_kind(at, TokenKind::Semicolon)
        };
        let last = nodes.find(condition, end, closes).unwrap_or(end).min(nodes.len());
        self.is_always(condition, last, 0)
    }

    /// Whether the word at `at` begins a clause. After a dot and after AS any word is a name: `x.where`, `a AS limit`.
    fn clause(&self, at: usize, word: &str) -> bool {
        let nodes = self.nodes;
        let named = |before: usize| nodes.is_kind(before, TokenKind::Dot) || nodes.is(before, "AS");
        nodes.is(at, word) && !at.checked_sub(1).is_some_and(named)
    }

    /// Whether a condition is the same for every row, and not plainly false.
    fn is_always(&self, from: usize, to: usize, depth: usize) -> bool {
        let nodes = self.nodes;
        let open = from < to && nodes.is_open(from) && nodes.close(from) + 1 == to;
        if open && depth < MOST_NESTED {
            return self.is_always(from + 1, to - 1, depth + 1);
        }
        let either = |at: usize| self.clause(at, "OR") || (nodes.dialect.pipes_mean_or && nodes.is_operator(at, "||"));
        // `x BETWEEN a AND b` is cut in its middle too, and names its column on the left.
        let both = |at: usize| self.clause(at, "AND") || nodes.is_operator(at, "&&");
        let leaf = |from: usize, to: usize| {
            let nested = from < to && nodes.is_open(from) && nodes.close(from) + 1 == to && depth < MOST_NESTED;
            if nested {
                self.is_always(from + 1, to - 1, depth + 1)
            } else {
                self.names_no_column(from, to) || self.compares_with_itself(from, to)
            }
        };
        self.pieces(from, to, either)
            .into_iter()
            .any(|(from, to)| self.pieces(from, to, both).into_iter().all(|(from, to)| leaf(from, to)))
    }

    /// What stands between the positions that satisfy `cut`, outside parentheses.
    fn pieces(&self, from: usize, to: usize, cut: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
        let mut pieces = Vec::new();
        let mut begin = from;
        while let Some(at) = self.nodes.find(begin, to, &cut) {
            pieces.push((begin, at));
            begin = at + 1;
        }
        pieces.push((begin, to));
        pieces
    }

    /// Whether an expression holds values alone, and not one that is false as it stands.
    fn names_no_column(&self, from: usize, to: usize) -> bool {
        let nodes = self.nodes;
        if self.is_plainly_false(from, to) {
            return false;
        }
        (from..to).all(|at| match nodes.kind(at) {
            Some(TokenKind::Word) => {
                let cast = at > from && nodes.is_kind(at - 1, TokenKind::Cast);
                cast || nodes.is_any(at, PLAIN_WORDS)
            }
            Some(TokenKind::QuotedName | TokenKind::Other) | None => false,
            Some(_) => true,
        })
    }

    /// `false`, `0`, `NULL` and `1 = 0`: what people write to change nothing.
    fn is_plainly_false(&self, from: usize, to: usize) -> bool {
        let nodes = self.nodes;
        let whole =
            |at: usize| nodes.is_kind(at, TokenKind::Number).then(|| nodes.raw(at).parse::<u64>().ok()).flatten();
        match to.saturating_sub(from) {
            1 => nodes.is_any(from, &["FALSE", "NULL"]) || whole(from) == Some(0),
            3 if nodes.is_operator(from + 1, "=") => {
                whole(from).zip(whole(from + 2)).is_some_and(|(left, right)| left != right)
            }
            _ => false,
        }
    }

    /// `id = id`.
    fn compares_with_itself(&self, from: usize, to: usize) -> bool {
        let nodes = self.nodes;
        let Some((left, operator)) = nodes.path(from) else { return false };
        let same = ["=", "==", "<=>", ">=", "<="].iter().any(|sign| nodes.is_operator(operator, sign));
        let right = nodes.path(operator + 1).filter(|_| same);
        right.is_some_and(|(right, after)| after == to && right.parts == left.parts)
    }

    /// The tables whose columns an `UPDATE` sets, where its list of tables can be read.
    pub(super) fn updated_tables(&self, from: usize, end: usize) -> Option<Vec<QualifiedName>> {
        let nodes = self.nodes;
        let set = nodes.find(from, end, |at| self.clause(at, "SET"))?;
        let mut tables = Vec::new();
        self.tables(from, set, 0, &mut tables);
        if tables.len() < 2 {
            return tables.pop().map(|table| vec![table.path]);
        }
        let last = nodes.find(set, end, |at| self.clause(at, "WHERE") || self.clause(at, "LIMIT")).unwrap_or(end);
        let mut changed: Vec<QualifiedName> = Vec::new();
        for (from, _) in self.pieces(set + 1, last, |at| nodes.is_kind(at, TokenKind::Comma)) {
            let table = nodes.path(from).and_then(|(column, _)| {
                let (_, qualifier) = column.parts.split_last()?;
                self.named(&tables, qualifier)
            });
            match table {
                Some(table) if changed.iter().any(|one| one.parts == table.parts) => {}
                Some(table) => changed.push(table),
                // A column without its table may be of any of them.
                None => return Some(tables.into_iter().map(|table| table.path).collect()),
            }
        }
        Some(changed)
    }

    /// The tables a `DELETE` means by the names it lists, aliases among them. `listed` where they stand before `FROM`.
    pub(super) fn deleted_tables(
        &self,
        names: Vec<QualifiedName>,
        listed: bool,
        from: usize,
        end: usize,
    ) -> Vec<QualifiedName> {
        let nodes = self.nodes;
        let word = if listed { "FROM" } else { "USING" };
        if !nodes.is(from, word) {
            return names;
        }
        let last = nodes.find(from, end, |at| self.clause(at, "WHERE") || self.clause(at, "RETURNING")).unwrap_or(end);
        let mut tables = Vec::new();
        self.tables(from + 1, last, 0, &mut tables);
        names.into_iter().map(|name| self.named(&tables, &name.parts).unwrap_or(name)).collect()
    }

    /// The table that is called so.
    fn named(&self, tables: &[Table], name: &[String]) -> Option<QualifiedName> {
        if name.is_empty() {
            return None;
        }
        let same = |left: &String, right: &String| self.nodes.dialect.same_name(left, right);
        let by_alias = tables.iter().find(|table| match (name, &table.alias) {
            ([name], Some(alias)) => same(name, alias),
            _ => false,
        });
        let by_name = || {
            tables.iter().find(|table| {
                table.alias.is_none()
                    && table.path.parts.len() >= name.len()
                    && name.iter().rev().zip(table.path.parts.iter().rev()).all(|(left, right)| same(left, right))
            })
        };
        by_alias.or_else(by_name).map(|table| table.path.clone())
    }

    /// Collects the tables of a list with commas and joins.
    fn tables(&self, from: usize, to: usize, depth: usize, found: &mut Vec<Table>) {
        let nodes = self.nodes;
        let mut at = from;
        while at < to.min(nodes.len()) && found.len() < MOST_TABLES {
            let next = if nodes.is_open(at) {
                if depth < MOST_NESTED && !nodes.is_any(at + 1, &["SELECT", "WITH", "VALUES", "TABLE"]) {
                    self.tables(at + 1, nodes.close(at).min(to), depth + 1, found);
                }
                nodes.after(at)
            } else if let Some((path, after)) = nodes.path(at) {
                let mut next = after;
                let named = nodes.skip_words(next, &["AS"]);
                let free = !nodes.is_any(named, AFTER_TABLE) && named < to;
                let alias = nodes.name(named).filter(|_| free);
                next = alias.as_ref().map_or(next, |(_, after)| *after);
                found.push(Table { path, alias: alias.map(|(alias, _)| alias) });
                next
            } else {
                at + 1
            };
            let joins = |at: usize| nodes.is_kind(at, TokenKind::Comma) || nodes.is_any(at, &["JOIN", "STRAIGHT_JOIN"]);
            at = nodes.find(next, to, joins).map_or(to, |at| at + 1);
        }
    }
}
