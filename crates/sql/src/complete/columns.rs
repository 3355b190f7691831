//! The names a select list gives to its columns.

use super::scope::{self, Scope};
use super::{DerivedColumn, RelationSource, ScopeRelation};
use crate::TokenKind;
use crate::nodes::Nodes;

/// The columns of the query in `from..to`, when its select list tells them.
pub(super) fn of_query(
    nodes: &Nodes<'_>,
    from: usize,
    to: usize,
    outer: &Scope,
    depth: usize,
) -> Option<Vec<DerivedColumn>> {
    if depth > scope::MOST_NESTED {
        return None;
    }
    if nodes.is_open(from) {
        return of_query(nodes, from + 1, nodes.close(from).min(to), outer, depth + 1);
    }
    let mut here = outer.clone();
    let mut start = from;
    if nodes.is(start, "WITH") {
        start = scope::read_ctes(nodes, start, to, None, &mut here, depth);
    }
    if nodes.is(start, "VALUES") && nodes.is_open(start + 1) {
        let items = items(nodes, start + 2, nodes.close(start + 1).min(to));
        return Some((1..=items.len()).map(|number| DerivedColumn::Named(format!("column{number}"))).collect());
    }
    let (list, end) = if nodes.is(start, "SELECT") {
        (start + 1, to)
    } else {
        // INSERT, UPDATE and DELETE in a CTE: what they return.
        let returning = nodes.find(start, to, |at| nodes.is(at, "RETURNING"))?;
        (returning + 1, to)
    };
    // A set operation takes its names from its first arm.
    let end = nodes.find(list, end, |at| nodes.is_any(at, &["UNION", "INTERSECT", "EXCEPT"])).unwrap_or(end);
    let relations = scope::relations(nodes, start, end, &here, depth);
    let list_end = nodes.find(list, end, |at| scope::ends_select_list(nodes, at)).unwrap_or(end);
    let mut list = nodes.skip_words(list, &["ALL"]);
    if nodes.is(list, "DISTINCT") {
        list += 1;
        if nodes.is(list, "ON") && nodes.is_open(list + 1) {
            list = nodes.after(list + 1);
        }
    }
    let mut columns = Vec::new();
    for (item, item_end) in items(nodes, list, list_end) {
        of_item(nodes, item, item_end, &relations, &mut columns);
    }
    Some(columns)
}

/// The parts of `from..to` between commas.
pub(super) fn items(nodes: &Nodes<'_>, from: usize, to: usize) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = from;
    while start < to {
        let end = nodes.find(start, to, |at| nodes.is_kind(at, TokenKind::Comma)).unwrap_or(to);
        found.push((start, end));
        start = end + 1;
    }
    found
}

fn of_item(nodes: &Nodes<'_>, from: usize, to: usize, relations: &[ScopeRelation], columns: &mut Vec<DerivedColumn>) {
    let Some(last) = to.checked_sub(1).filter(|last| *last >= from) else { return };
    if nodes.is_operator(last, "*") && (last == from || nodes.is_kind(last.saturating_sub(1), TokenKind::Dot)) {
        let qualifier = nodes.path(from).filter(|_| last > from).map(|(path, _)| path.parts);
        expand(nodes, qualifier.as_deref(), relations, columns);
        return;
    }
    if let Some(name) = item_name(nodes, from, to) {
        columns.push(DerivedColumn::Named(name));
    }
}

/// The name of one column of a select list: its alias, or the column or function it is.
pub(super) fn item_name(nodes: &Nodes<'_>, from: usize, to: usize) -> Option<String> {
    let last = to.checked_sub(1).filter(|last| *last >= from)?;
    if last > from && nodes.is(last - 1, "AS") {
        return nodes.name(last).map(|(name, _)| name);
    }
    if let Some((path, next)) = nodes.path(from) {
        let cast = nodes.is_kind(next, TokenKind::Cast);
        let call = nodes.is_open(next) && nodes.after(next) >= to;
        let keyword = nodes.word(from).is_some_and(|word| nodes.dialect.reserved.contains(word));
        if (next >= to || cast || call) && !(keyword && next >= to) {
            return Some(path.name().to_owned());
        }
    }
    // `expression name`, where the expression does not end in an operator.
    let before = last.checked_sub(1).filter(|before| *before >= from)?;
    let ends = match nodes.kind(before)? {
        TokenKind::Operator | TokenKind::Dot | TokenKind::Cast | TokenKind::Comma => false,
        TokenKind::Word => {
            let word = nodes.raw(before);
            word.eq_ignore_ascii_case("END") || !nodes.dialect.reserved.contains(word)
        }
        _ => true,
    };
    if !ends {
        return None;
    }
    nodes.free_name(last).map(|(name, _)| name)
}

/// What `*` or `qualifier.*` stands for.
fn expand(
    nodes: &Nodes<'_>,
    qualifier: Option<&[String]>,
    relations: &[ScopeRelation],
    columns: &mut Vec<DerivedColumn>,
) {
    for relation in relations.iter().filter(|relation| relation.level == 0) {
        let meant = match (qualifier, relation.name()) {
            (None, _) => true,
            (Some(parts), Some(name)) => parts.last().is_some_and(|part| nodes.dialect.same_name(part, name)),
            (Some(_), None) => false,
        };
        if !meant {
            continue;
        }
        match (&relation.columns, &relation.source) {
            (Some(known), _) => columns.extend(known.iter().cloned()),
            (None, RelationSource::Named(parts)) => columns.push(DerivedColumn::AllOf(parts.clone())),
            (None, _) => {}
        }
        if columns.len() > scope::MOST_COLUMNS {
            columns.truncate(scope::MOST_COLUMNS);
            return;
        }
    }
}
