//! The rule behind an error.
//!
//! The protocol has no fields for it, and messages come in the server's language. So only names in quotes are taken from them,
//! and only where the catalog knows the name.

use catalog::{ConstraintKind, RelationWalker};
use driver::{Error, Violation, ViolationKind};

pub(super) fn of(relation: RelationWalker<'_>, error: &Error) -> Option<Violation> {
    let native = error.native.as_deref()?;
    let number: u16 = native.code.split(' ').next()?.parse().ok()?;
    let message = native.message.as_str();
    let found = |kind, constraint, columns| Some(Violation { kind, constraint, columns });
    let of_column = |kind| found(kind, None, column_in(relation, message).into_iter().collect());
    match number {
        1048 | 1364 | 1263 => of_column(ViolationKind::NotNull),
        1062 | 1586 | 1169 | 1022 => {
            let (constraint, columns) = unique(relation, native.constraint.as_deref());
            found(ViolationKind::Unique, constraint, columns)
        }
        1452 | 1216 => {
            let key = native
                .constraint
                .as_deref()
                .and_then(|name| relation.foreign_keys().iter().find(|key| key.name.as_deref() == Some(name)));
            let columns = key.map(|key| key.columns.clone()).unwrap_or_default();
            found(ViolationKind::Reference, native.constraint.clone(), columns)
        }
        1451 | 1217 => {
            let name = native.constraint.as_deref();
            let key = relation.referenced_by().find(|key| name.is_some() && key.name.as_deref() == name);
            let columns = match key {
                Some(key) => key.referenced_columns.clone(),
                None => referenced_in(relation, message),
            };
            found(ViolationKind::Referenced, native.constraint.clone(), columns)
        }
        4025 | 3819 => check(relation, native.constraint.as_deref()?),
        1406 => of_column(ViolationKind::TooLong),
        1264 | 1690 => of_column(ViolationKind::OutOfRange),
        1265 | 1292 | 1366 | 1411 | 1416 | 3140 | 3156 | 4078 => of_column(ViolationKind::NotOfType),
        _ => None,
    }
}

/// The column that a message names: the last of its quoted names that is one.
fn column_in(relation: RelationWalker<'_>, message: &str) -> Option<String> {
    let table = &relation.row().name;
    let place = |name: &str| {
        let written = [format!("'{name}'"), format!("`{name}`"), format!("'{table}.{name}'")];
        written.iter().filter_map(|quoted| message.rfind(quoted.as_str())).max()
    };
    let found = relation.columns().iter().filter_map(|column| Some((place(&column.name)?, &column.name)));
    found.max_by_key(|(place, _)| *place).map(|(_, name)| name.clone())
}

/// The key that is called that; newer servers put the table's name before it.
fn unique(relation: RelationWalker<'_>, name: Option<&str>) -> (Option<String>, Vec<String>) {
    let Some(name) = name else { return (None, Vec::new()) };
    let table = format!("{}.", relation.row().name);
    let bare = name.strip_prefix(table.as_str()).unwrap_or(name);
    for candidate in [name, bare] {
        let index = relation.indexes().iter().find(|index| index.name == candidate);
        if let Some(index) = index {
            // A key's part may be the beginning of a column, or an expression over some.
            let part = |column: &str| {
                index
                    .keys
                    .iter()
                    .any(|key| key.text == column || key.expression && key.text.contains(&format!("`{column}`")))
            };
            let columns = relation.columns().iter().filter(|column| part(&column.name));
            return (Some(index.name.clone()), columns.map(|column| column.name.clone()).collect());
        }
    }
    (Some(bare.to_owned()), Vec::new())
}

/// The columns behind REFERENCES, where they are this relation's.
fn referenced_in(relation: RelationWalker<'_>, message: &str) -> Vec<String> {
    let Some((_, rest)) = message.rsplit_once(" REFERENCES ") else { return Vec::new() };
    let Some((table, columns)) = rest.split_once(" (") else { return Vec::new() };
    if !table.ends_with(&format!("`{}`", relation.row().name)) {
        return Vec::new();
    }
    let columns = columns.split_once(')').map_or(columns, |(columns, _)| columns);
    let named = |name: &str| columns.contains(&format!("`{name}`"));
    relation.columns().iter().filter(|column| named(&column.name)).map(|column| column.name.clone()).collect()
}

/// The check that is called that; a column's own is called by table and column.
fn check(relation: RelationWalker<'_>, name: &str) -> Option<Violation> {
    let table = format!("{}.", relation.row().name);
    let bare = name.strip_prefix(table.as_str()).unwrap_or(name);
    let known = relation.constraints().iter().find(|constraint| {
        constraint.kind == ConstraintKind::Check
            && constraint.name.as_deref().is_some_and(|found| found == name || found == bare)
    });
    let definition = known.and_then(|check| check.definition.value()).map_or("", String::as_str);
    let mut columns: Vec<String> = known.map(|check| check.columns.clone()).unwrap_or_default();
    if columns.is_empty() {
        let names = |column: &str| definition.contains(&format!("`{column}`")) || known.is_none() && column == bare;
        columns =
            relation.columns().iter().filter(|column| names(&column.name)).map(|column| column.name.clone()).collect();
    }
    // The check that a server puts on every JSON column.
    let json = columns.len() == 1 && definition.to_ascii_lowercase().contains("json_valid(");
    let kind = if json { ViolationKind::NotOfType } else { ViolationKind::Check };
    Some(Violation { kind, constraint: Some(bare.to_owned()), columns })
}
