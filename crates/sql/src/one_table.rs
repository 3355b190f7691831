//! Whether a query's rows are rows of one table as they are: what can be edited where it is shown.

use serde::Serialize;

use crate::{Dialect, QualifiedName, TokenKind, nodes::Nodes};

/// A query over one table without anything between its rows and the result's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OneTable {
    /// The table as it is written.
    pub table: QualifiedName,
    /// What is selected, in order.
    pub items: Vec<SelectedItem>,
}

/// One item of a query's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum SelectedItem {
    /// `*`: every column.
    Every,
    /// A column, whatever the result calls it.
    Column(String),
}

/// What keeps a query from being over one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Composed {
    /// It is no `SELECT`.
    NoSelect,
    /// It begins with `WITH`.
    With,
    /// It leaves out equal rows.
    Distinct,
    /// `UNION` and the like.
    SetOperation,
    /// It reads from several tables; the names of the first ones.
    Joins(Vec<String>),
    /// It reads from a query or a function.
    Derived,
    /// It reads from nothing.
    NoTable,
    /// `GROUP BY`, `HAVING`, `WINDOW`.
    Grouped,
    /// An item is no plain column: its text.
    Computed(String),
    /// Something else that is not known to leave rows as they are.
    Other(String),
}

/// Words that may follow a table and leave its rows as they are.
const AFTER: [&str; 6] = ["WHERE", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR"];
const JOINS: [&str; 8] = ["JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "STRAIGHT_JOIN"];
/// Longest text of an item that is quoted, in characters.
const QUOTED: usize = 60;

/// Recognises a query whose rows are rows of one table, each as it is. What is not understood is not recognised.
///
/// # Errors
/// What it is instead.
pub fn one_table(text: &str, dialect: &Dialect) -> Result<OneTable, Composed> {
    let nodes = Nodes::new(text, dialect);
    let mut end = nodes.len();
    while end > 0 && nodes.is_kind(end - 1, TokenKind::Semicolon) {
        end -= 1;
    }
    if let Some(open) = nodes.tokens().iter().find(|token| !token.terminated) {
        return Err(Composed::Other(open.span.of(text).chars().take(QUOTED).collect()));
    }
    if nodes.is(0, "WITH") {
        return Err(Composed::With);
    }
    if !nodes.is(0, "SELECT") {
        return Err(Composed::NoSelect);
    }
    if nodes.find(0, end, |at| nodes.is_any(at, &["UNION", "INTERSECT", "EXCEPT", "MINUS"])).is_some() {
        return Err(Composed::SetOperation);
    }
    let mut at = 1;
    if nodes.is_any(at, &["DISTINCT", "DISTINCTROW", "UNIQUE"]) {
        return Err(Composed::Distinct);
    }
    if nodes.is(at, "ALL") {
        at += 1;
    }
    let from = nodes.find(at, end, |here| nodes.is(here, "FROM")).ok_or(Composed::NoTable)?;
    let items = items(&nodes, at, from)?;
    let table = table(&nodes, from + 1, end)?;
    Ok(OneTable { table, items })
}

fn items(nodes: &Nodes<'_>, mut at: usize, end: usize) -> Result<Vec<SelectedItem>, Composed> {
    let mut items = Vec::new();
    loop {
        let stop = nodes.find(at, end, |here| nodes.is_kind(here, TokenKind::Comma)).unwrap_or(end);
        items.push(item(nodes, at, stop).ok_or_else(|| {
            let whole = match stop.checked_sub(1).filter(|last| *last >= at) {
                Some(last) => nodes.span(at).to(nodes.span(last)).of(nodes.text),
                None => "",
            };
            Composed::Computed(whole.chars().take(QUOTED).collect())
        })?);
        if stop >= end {
            return Ok(items);
        }
        at = stop + 1;
    }
}

/// A plain column with or without another name, or a star.
fn item(nodes: &Nodes<'_>, at: usize, end: usize) -> Option<SelectedItem> {
    if nodes.is_operator(at, "*") {
        return (at + 1 == end).then_some(SelectedItem::Every);
    }
    nodes.free_name(at)?;
    let (path, next) = nodes.path(at)?;
    if nodes.is_kind(next, TokenKind::Dot) {
        return (nodes.is_operator(next + 1, "*") && next + 2 == end).then_some(SelectedItem::Every);
    }
    let after = match next {
        next if next == end => end,
        next if nodes.is(next, "AS") => nodes.name(next + 1)?.1,
        next => nodes.free_name(next)?.1,
    };
    (after == end).then(|| SelectedItem::Column(path.name().to_owned()))
}

fn table(nodes: &Nodes<'_>, at: usize, end: usize) -> Result<QualifiedName, Composed> {
    let other = |at: usize| Composed::Other(nodes.raw(at).to_owned());
    if at >= end {
        return Err(Composed::NoTable);
    }
    if nodes.is_open(at) || nodes.is(at, "LATERAL") {
        return Err(Composed::Derived);
    }
    nodes.free_name(at).ok_or_else(|| other(at))?;
    let (table, mut next) = nodes.path(at).ok_or_else(|| other(at))?;
    if nodes.is_open(next) && next < end {
        return Err(Composed::Derived);
    }
    let named = |at: usize| at < end && !nodes.is_any(at, &AFTER) && !nodes.is_any(at, &JOINS);
    if nodes.is(next, "AS") {
        next = nodes.name(next + 1).ok_or_else(|| other(next))?.1;
    } else if named(next)
        && !nodes.is_any(next, &["GROUP", "HAVING", "WINDOW"])
        && let Some((_, after)) = nodes.free_name(next)
    {
        next = after;
    }
    if next < end && (nodes.is_kind(next, TokenKind::Comma) || nodes.is_any(next, &JOINS)) {
        let mut names = vec![table.name().to_owned()];
        let second =
            nodes.skip_words(next + 1, &["OUTER", "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "ONLY", "LATERAL"]);
        names.extend(nodes.path(second).filter(|_| second < end).map(|(name, _)| name.name().to_owned()));
        return Err(Composed::Joins(names));
    }
    let grouped = |here: usize| nodes.is_any(here, &["GROUP", "HAVING", "WINDOW", "QUALIFY"]);
    if nodes.find(next, end, grouped).is_some() {
        return Err(Composed::Grouped);
    }
    if let Some(here) = nodes.find(next, end, |here| nodes.is_any(here, &["INTO", "PROCEDURE"])) {
        return Err(other(here));
    }
    if next < end && !nodes.is_any(next, &AFTER) {
        return Err(other(next));
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::dialect;

    fn read(text: &str) -> Result<OneTable, Composed> {
        one_table(text, dialect::postgres())
    }

    #[test]
    fn plain_columns_of_one_table_are_recognised() {
        for text in [
            "select * from orders",
            "SELECT o.* FROM shop.orders AS o WHERE total > (SELECT avg(total) FROM orders) ORDER BY 1 LIMIT 5;",
            "select all * from orders o -- all of them",
            "select * from orders for update",
        ] {
            let found = read(text).unwrap();
            assert_eq!((found.table.name(), found.items.as_slice()), ("orders", &[SelectedItem::Every][..]), "{text}");
        }
        let found = read("select id, o.Total amount, \"No te\" as n from orders o").unwrap();
        let names = ["id", "total", "No te"].map(|name| SelectedItem::Column(name.to_owned()));
        assert_eq!(found.items, names);
    }

    #[test]
    fn everything_else_says_what_it_is() {
        let joins = |names: [&str; 2]| Composed::Joins(names.map(str::to_owned).to_vec());
        for (text, expected) in [
            ("update orders set total = 1 returning *", Composed::NoSelect),
            ("with o as (select 1) select * from o", Composed::With),
            ("select distinct id from orders", Composed::Distinct),
            ("select id from orders union all select id from orders", Composed::SetOperation),
            ("select * from orders, customers", joins(["orders", "customers"])),
            ("select * from orders o left outer join customers c on true", joins(["orders", "customers"])),
            ("select * from orders natural join customers", joins(["orders", "customers"])),
            ("select * from (select * from orders) o", Composed::Derived),
            ("select * from generate_series(1, 2)", Composed::Derived),
            ("select 1", Composed::NoTable),
            ("select id from orders group by id", Composed::Grouped),
            ("select id from orders having true", Composed::Grouped),
            ("select count(*) from orders", Composed::Computed("count(*)".to_owned())),
            ("select id, total + 1 from orders", Composed::Computed("total + 1".to_owned())),
            ("select id::text from orders", Composed::Computed("id::text".to_owned())),
            ("select row_number() over () n from orders", Composed::Computed("row_number() over () n".to_owned())),
            ("select * from orders tablesample system (1)", Composed::Other("tablesample".to_owned())),
        ] {
            assert_eq!(read(text).unwrap_err(), expected, "{text}");
        }
        for text in ["", "select", "select from", "select * from", "select , from t", "select * from \"", "((("] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
