//! The clause before the caret, and what it takes.

use super::super::scope::{self, Scope};
use super::super::{Place, RelationSource, ScopeRelation};
use super::Block;
use crate::TokenKind;
use crate::nodes::Nodes;

/// Words that begin a clause, as far as what follows depends on it.
const CLAUSES: &[&str] = &[
    "SELECT",
    "FROM",
    "JOIN",
    "STRAIGHT_JOIN",
    "ON",
    "USING",
    "WHERE",
    "GROUP",
    "HAVING",
    "ORDER",
    "PARTITION",
    "LIMIT",
    "OFFSET",
    "SET",
    "VALUES",
    "RETURNING",
    "INTO",
    "UPDATE",
    "WINDOW",
    "WHEN",
    "REFERENCES",
    "TABLE",
    "VIEW",
    "SEQUENCE",
    "SCHEMA",
    "FUNCTION",
    "PROCEDURE",
    "ROUTINE",
    "CALL",
    "TRUNCATE",
    "COPY",
    "LOCK",
    "VACUUM",
    "ANALYZE",
    "REINDEX",
    "COLUMN",
    "CHECK",
    "PRAGMA",
    "SEARCH_PATH",
    "FILTER",
    "FOR",
    "CONFLICT",
];

/// Words that stand before an operand though a name could be spelled like them.
const BEFORE_OPERANDS: &[&str] = &[
    "BY",
    "BETWEEN",
    "SET",
    "EXISTS",
    "VALUES",
    "ESCAPE",
    "GLOB",
    "REGEXP",
    "MATCH",
    "ROW",
    "RETURNING",
    "DISTINCT",
    "ALL",
    "LIKE",
    "ILIKE",
    "IN",
    "IS",
    "NOT",
    "OVER",
    "UPDATE",
    "CALL",
    "PRAGMA",
    "CONFLICT",
    "EXPLAIN",
    "BEGIN",
    "ATOMIC",
    "COPY",
    "TRUNCATE",
    "LOCK",
    "VACUUM",
    "SCHEMA",
    "VIEW",
    "SEQUENCE",
    "FUNCTION",
    "PROCEDURE",
    "ROUTINE",
    "EXECUTE",
    "REINDEX",
    "FILTER",
    "PARTITION",
];

/// Reserved words that are a value.
const VALUES: &[&str] = &[
    "NULL",
    "TRUE",
    "FALSE",
    "END",
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "CURRENT_USER",
    "CURRENT_ROLE",
    "CURRENT_CATALOG",
    "CURRENT_SCHEMA",
    "LOCALTIME",
    "LOCALTIMESTAMP",
    "SESSION_USER",
    "USER",
    "DEFAULT",
];

/// The last word before `to` that begins a clause, outside parentheses opened after `from`.
fn last_clause(nodes: &Nodes<'_>, from: usize, to: usize) -> Option<usize> {
    let mut found = None;
    let mut at = from;
    while at < to {
        if nodes.is_any(at, CLAUSES) && !not_a_clause(nodes, at) {
            found = Some(at);
        }
        at = nodes.after(at);
    }
    found
}

fn not_a_clause(nodes: &Nodes<'_>, at: usize) -> bool {
    let before = |words: &[&str]| nodes.is_any(at.wrapping_sub(1), words);
    nodes.is_kind(at.wrapping_sub(1), TokenKind::Dot)
        || (nodes.is(at, "FROM") && before(&["DISTINCT"]))
        || (nodes.is(at, "UPDATE")
            && !updates_duplicate(nodes, at)
            && before(&["FOR", "KEY", "ON", "DO", "THEN", "OR", "AFTER", "BEFORE", "OF"]))
        || (nodes.is(at, "FOR") && !nodes.is_any(at + 1, &["UPDATE", "SHARE", "NO", "KEY"]))
        || (nodes.is(at, "ON") && nodes.is_any(at + 1, &["CONFLICT", "DUPLICATE"]))
        || (nodes.is(at, "ANALYZE") && before(&["EXPLAIN"]))
        || (nodes.is(at, "VALUES") && before(&["DEFAULT"]))
}

/// Whether the `UPDATE` at `at` is that of `ON DUPLICATE KEY UPDATE`, after which columns of the table are set.
fn updates_duplicate(nodes: &Nodes<'_>, at: usize) -> bool {
    at >= 2 && nodes.is(at, "UPDATE") && nodes.after_words(at - 2, &["DUPLICATE", "KEY"]).is_some()
}

/// Whether the parentheses opened at `open` stand where a relation is named.
pub(super) fn is_relation_position(nodes: &Nodes<'_>, from: usize, open: usize, groups: &[usize]) -> bool {
    let from = groups.last().map_or(from, |group| group + 1);
    let before = open.wrapping_sub(1);
    if nodes.is_any(before, &["FROM", "JOIN", "LATERAL"]) && !not_a_clause(nodes, before) {
        return true;
    }
    let clause = last_clause(nodes, from, open);
    nodes.is_kind(before, TokenKind::Comma) && clause.is_some_and(|at| nodes.is_any(at, &["FROM", "JOIN"]))
}

/// Whether the token can end an expression, so that an operator or a keyword follows it.
fn is_operand(nodes: &Nodes<'_>, at: usize) -> bool {
    match nodes.kind(at) {
        Some(TokenKind::Word) => {
            if nodes.is_kind(at.wrapping_sub(1), TokenKind::Dot) {
                return true;
            }
            nodes.is_any(at, VALUES)
                || !(nodes.is_any(at, BEFORE_OPERANDS) || nodes.dialect.reserved.contains(nodes.raw(at)))
        }
        Some(TokenKind::Operator) => {
            let before = at.wrapping_sub(1);
            nodes.raw(at) == "*"
                && (nodes.is_any(before, &["SELECT", "DISTINCT", "ALL", "RETURNING"])
                    || matches!(nodes.kind(before), Some(TokenKind::Dot | TokenKind::Comma | TokenKind::OpenParen)))
        }
        Some(
            TokenKind::QuotedName
            | TokenKind::Number
            | TokenKind::Placeholder
            | TokenKind::Variable
            | TokenKind::CloseParen
            | TokenKind::CloseBracket,
        ) => true,
        Some(kind) => kind.is_string(),
        None => false,
    }
}

/// The names before the dot before `caret`, and where they begin.
fn qualifier(nodes: &Nodes<'_>, caret: usize) -> (Vec<String>, usize) {
    let mut parts = Vec::new();
    let mut at = caret;
    while at >= 2 && nodes.is_kind(at - 1, TokenKind::Dot) && parts.len() < 8 {
        let Some((name, _)) = nodes.name(at - 2) else { break };
        parts.push(name);
        at -= 2;
    }
    parts.reverse();
    (parts, at)
}

/// What belongs before the token at `caret`.
pub(super) fn place(nodes: &Nodes<'_>, caret: usize, block: &mut Block) -> Place {
    let (parts, base) = qualifier(nodes, caret);
    if base == caret && nodes.is_kind(caret.wrapping_sub(1), TokenKind::Dot) {
        // A dot after something that is no name: a field of an expression.
        return Place::Nothing;
    }
    let column = |parts: Vec<String>| Place::Column { qualifier: (!parts.is_empty()).then_some(parts) };
    let table = |parts: Vec<String>| Place::Table { qualifier: parts };
    let previous = base.wrapping_sub(1);
    let group = block.groups.last().copied();
    if let Some(open) = group
        && let Some(place) = in_group(nodes, open, base, &parts, block)
    {
        return place;
    }
    let mut from = group.map_or(block.start, |open| open + 1);
    if base <= block.start && group.is_none() {
        return if parts.is_empty() { Place::Keyword } else { column(parts) };
    }
    let mut clause = last_clause(nodes, from, base);
    // Within plain parentheses the clause outside them says what is meant.
    for open in block.groups.iter().rev() {
        if clause.is_some() {
            break;
        }
        let call = nodes
            .kind(open.wrapping_sub(1))
            .is_some_and(|kind| matches!(kind, TokenKind::Word | TokenKind::QuotedName))
            && is_operand(nodes, open.wrapping_sub(1));
        if call {
            break;
        }
        from = block.groups.iter().rev().find(|other| *other < open).map_or(block.start, |other| other + 1);
        clause = last_clause(nodes, from, *open);
    }
    if nodes.is_kind(previous, TokenKind::Cast) {
        return Place::Type { qualifier: parts };
    }
    let lead = |words: &[&str]| nodes.is_any(block.start, words);
    if nodes.is(previous, "AS") {
        let body = lead(&["CREATE", "PREPARE", "WITH"])
            && group.is_none()
            && clause.is_none_or(|at| nodes.is_any(at, &["VIEW", "TABLE"]));
        return if body { Place::Keyword } else { Place::Nothing };
    }
    if previous == block.start && nodes.word(previous).is_some_and(|word| nodes.dialect.command_class(word).is_some()) {
        if lead(&["DESCRIBE", "DESC", "HANDLER"]) {
            return table(parts);
        }
        if lead(&["USE"]) {
            return Place::Schema;
        }
    }
    let Some(at) = clause else {
        let expression = group.is_some() && !is_operand(nodes, previous);
        return if expression || !parts.is_empty() { column(parts) } else { Place::Keyword };
    };
    let directly = previous == at;
    let listed = nodes.is_kind(previous, TokenKind::Comma);
    let relation_words =
        nodes.is_any(previous, &["ONLY", "LATERAL", "EXISTS", "TABLE", "IF", "CONCURRENTLY", "FROM", "INTO"]);
    let word = nodes.raw(at).to_ascii_uppercase();
    let word = if updates_duplicate(nodes, at) { "SET".to_owned() } else { word };
    match word.as_str() {
        "FROM" | "JOIN" | "STRAIGHT_JOIN" | "INTO" | "UPDATE" | "REFERENCES" | "TRUNCATE" | "COPY" | "LOCK"
        | "VACUUM" | "ANALYZE" | "REINDEX" => {
            if directly || relation_words || (listed && word != "INTO") {
                table(parts)
            } else {
                Place::Keyword
            }
        }
        "USING" if lead(&["DELETE", "MERGE"]) && (directly || listed) => table(parts),
        "USING" => Place::Keyword,
        "TABLE" | "VIEW" | "SEQUENCE" | "SCHEMA" | "FUNCTION" | "PROCEDURE" | "ROUTINE" => {
            let named = directly || relation_words || listed;
            if let Some(relation) = altered(nodes, block, base) {
                block.relations.push(relation);
                return Place::Keyword;
            }
            match (named, word.as_str()) {
                (false, _) => Place::Keyword,
                (true, "FUNCTION" | "PROCEDURE" | "ROUTINE") if nodes.is(at.wrapping_sub(1), "EXECUTE") => {
                    Place::Function { qualifier: parts }
                }
                (true, _) if lead(&["CREATE"]) => Place::Nothing,
                (true, "SCHEMA") => Place::Schema,
                (true, "TABLE" | "VIEW" | "SEQUENCE") => table(parts),
                (true, _) => Place::Function { qualifier: parts },
            }
        }
        "CALL" if directly => Place::Function { qualifier: parts },
        "CALL" | "PRAGMA" => Place::Keyword,
        "COLUMN" if directly || relation_words => match altered(nodes, block, at) {
            Some(relation) => Place::TargetColumn { relation, listed: Vec::new() },
            None => column(parts),
        },
        "COLUMN" => Place::Keyword,
        "SEARCH_PATH" => {
            let assigned = directly || listed || nodes.is(previous, "TO") || nodes.is_operator(previous, "=");
            if assigned && !directly { Place::Schema } else { Place::Keyword }
        }
        "ON" if lead(&["CREATE", "DROP", "ALTER", "GRANT", "REVOKE", "COMMENT"]) && !queries(nodes, block) => {
            if directly || listed || relation_words {
                table(parts)
            } else {
                Place::Keyword
            }
        }
        "ON" => {
            let begins = directly || nodes.is_any(previous, &["AND", "OR"]);
            match join_sides(nodes, block, at) {
                Some((left, right)) if begins && parts.is_empty() => Place::JoinCondition { left, right },
                _ => operand_or_keyword(nodes, previous, parts),
            }
        }
        "SET" if lead(&["SET"]) => Place::Keyword,
        "SET" => {
            let target = block.relations.iter().find(|relation| relation.level == 0).cloned();
            match target {
                Some(relation) if (directly || listed) && parts.is_empty() => {
                    Place::TargetColumn { relation, listed: assigned(nodes, at, block.end) }
                }
                _ => operand_or_keyword(nodes, previous, parts),
            }
        }
        "GROUP" | "ORDER" | "PARTITION" => {
            block.names_outputs = word != "PARTITION" && group.is_none();
            if directly { Place::Keyword } else { operand_or_keyword(nodes, previous, parts) }
        }
        "FOR" | "WINDOW" | "CONFLICT" => Place::Keyword,
        "LIMIT" | "OFFSET" | "FILTER" | "CHECK" => operand_or_keyword(nodes, previous, parts),
        _ => operand_or_keyword(nodes, previous, parts),
    }
}

fn operand_or_keyword(nodes: &Nodes<'_>, previous: usize, parts: Vec<String>) -> Place {
    if !parts.is_empty() {
        return Place::Column { qualifier: Some(parts) };
    }
    if is_operand(nodes, previous) { Place::Keyword } else { Place::Column { qualifier: None } }
}

/// Whether the block has a query, so that `ON` in it belongs to a join.
fn queries(nodes: &Nodes<'_>, block: &Block) -> bool {
    nodes.find(block.start, block.end, |at| nodes.is(at, "SELECT")).is_some()
}

/// The table of an `ALTER TABLE` whose name ends before `before`.
fn altered(nodes: &Nodes<'_>, block: &Block, before: usize) -> Option<ScopeRelation> {
    if !nodes.is(block.start, "ALTER") {
        return None;
    }
    let at = nodes.find(block.start, before, |at| nodes.is(at, "TABLE"))? + 1;
    let at = nodes.after_words(at, &["IF", "EXISTS"]).unwrap_or(at);
    let (path, next) = nodes.path(nodes.skip_words(at, &["ONLY"]))?;
    (next <= before && nodes.len() > 0).then(|| named(path.parts))
}

fn named(parts: Vec<String>) -> ScopeRelation {
    ScopeRelation { alias: None, source: RelationSource::Named(parts), columns: None, level: 0 }
}

/// What is joined by the `ON` or `USING` at `at`, and to what.
fn join_sides(nodes: &Nodes<'_>, block: &Block, at: usize) -> Option<(Vec<ScopeRelation>, ScopeRelation)> {
    let outer = Scope { relations: Vec::new(), ctes: block.ctes.clone() };
    let mut left = scope::relations(nodes, block.start, at, &outer, 0);
    let right = left.pop()?;
    (!left.is_empty()).then_some((left, right))
}

/// The columns a `SET` has already.
fn assigned(nodes: &Nodes<'_>, from: usize, to: usize) -> Vec<String> {
    let end = nodes.find(from + 1, to, |at| nodes.is_any(at, &["FROM", "WHERE", "RETURNING"])).unwrap_or(to);
    super::columns::items(nodes, from + 1, end)
        .into_iter()
        .filter(|(start, _)| nodes.is_operator(start + 1, "="))
        .filter_map(|(start, _)| nodes.name(start))
        .map(|(name, _)| name)
        .collect()
}

/// What belongs in the parentheses opened at `open`, where what stands before them decides.
fn in_group(nodes: &Nodes<'_>, open: usize, base: usize, parts: &[String], block: &mut Block) -> Option<Place> {
    let before = open.wrapping_sub(1);
    let previous = base.wrapping_sub(1);
    let begins = previous == open || nodes.is_kind(previous, TokenKind::Comma);
    if nodes.is(previous, "AS") && nodes.is_any(before, &["CAST", "TRY_CAST"]) {
        return Some(Place::Type { qualifier: parts.to_vec() });
    }
    if nodes.is_any(before, &["EXTRACT", "TRIM", "SUBSTRING", "OVERLAY", "POSITION"]) {
        return Some(operand_or_keyword(nodes, previous, parts.to_vec()));
    }
    if nodes.is_any(before, &["OVER", "WITHIN"]) && previous == open {
        return Some(Place::Keyword);
    }
    if nodes.is(before, "USING")
        && let Some((left, right)) = join_sides(nodes, block, before)
    {
        return Some(if begins { Place::JoinColumns { left, right } } else { Place::Keyword });
    }
    let (name_at, path) = name_before(nodes, open)?;
    let word = name_at.wrapping_sub(1);
    let lead = nodes.word(block.start).map(str::to_ascii_uppercase).unwrap_or_default();
    let listed = || {
        let close = nodes.close(open).min(nodes.len());
        (open + 1..close).take(scope::MOST_COLUMNS).filter_map(|at| nodes.name(at)).map(|(name, _)| name).collect()
    };
    let target = |parts: Vec<String>| Place::TargetColumn { relation: named(parts), listed: listed() };
    let takes_columns = nodes.is_any(word, &["INTO", "REFERENCES"]) || (lead == "COPY" && word == block.start);
    if takes_columns {
        return Some(if begins { target(path) } else { Place::Keyword });
    }
    if nodes.is(word, "ON") && lead == "CREATE" {
        block.relations.push(named(path));
        return Some(operand_or_keyword(nodes, previous, parts.to_vec()));
    }
    let creates = lead == "CREATE" && block.groups.len() == 1 && nodes.is_any(word, &["TABLE", "EXISTS"]);
    if creates {
        let constraint = nodes.is_any(previous, &["CHECK", "KEY", "UNIQUE", "CONSTRAINT", "NOT", "DEFAULT"]);
        return Some(match () {
            () if begins => Place::Nothing,
            () if nodes.is(previous, "REFERENCES") => Place::Table { qualifier: parts.to_vec() },
            () if constraint => Place::Keyword,
            () if nodes.is_kind(previous.wrapping_sub(1), TokenKind::Comma) || previous.wrapping_sub(1) == open => {
                Place::Type { qualifier: parts.to_vec() }
            }
            () => Place::Keyword,
        });
    }
    if lead == "PRAGMA" {
        return Some(Place::Table { qualifier: parts.to_vec() });
    }
    let new_names =
        nodes.is_any(word, &["WITH", "RECURSIVE"]) || (nodes.is(word, "AS") && !nodes.is_any(block.start, &["CREATE"]));
    new_names.then_some(Place::Nothing)
}

/// The qualified name right before `open`, and where it begins.
fn name_before(nodes: &Nodes<'_>, open: usize) -> Option<(usize, Vec<String>)> {
    let mut at = open.checked_sub(1)?;
    nodes.free_name(at)?;
    while at >= 2 && nodes.is_kind(at - 1, TokenKind::Dot) && nodes.name(at - 2).is_some() {
        at -= 2;
    }
    let (path, next) = nodes.path(at)?;
    (next == open).then_some((at, path.parts))
}
