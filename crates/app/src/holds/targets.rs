//! Where INSERT and UPDATE statements of held rows lead.

use std::sync::Arc;

use arrow_schema::Field;
use driver::{Code, Error, arrow};
use results::SqlTarget;

use super::{Head, Held};

/// Schema, relation and column a field comes from.
pub(super) fn origin(field: &Field) -> Option<(&str, &str, &str)> {
    let mut parts = field.metadata().get(arrow::ORIGIN)?.split('\u{1f}');
    Some((parts.next()?, parts.next()?, parts.next()?))
}

/// The columns that tell one row of a table from another, with their positions among those that are held, where all rows
/// come from one table and its whole primary key is among them.
pub(super) fn keys(held: &Held, about: &Head<'_>) -> Vec<(usize, String)> {
    let fields = held.hold.schema().fields();
    let visible = || fields.iter().take(held.visible).enumerate();
    let find = |wanted: &str| match about.relation {
        Some(_) => visible().find(|(_, field)| field.name() == wanted),
        None => visible().find(|(_, field)| origin(field).is_some_and(|(.., column)| column == wanted)),
    };
    let relation = about.relation.or_else(|| {
        let (schema, relation, _) = fields.first().and_then(|field| origin(field))?;
        let same =
            |(_, field): (usize, &Arc<Field>)| origin(field).is_some_and(|(s, r, _)| (s, r) == (schema, relation));
        if !visible().all(same) {
            return None;
        }
        let shelved = about.shelved?;
        let id = shelved.relation(Some(schema).filter(|schema| !schema.is_empty()), relation)?;
        shelved.catalog.relation(id)
    });
    let Some(key) = relation.and_then(|relation| relation.primary_key()) else { return Vec::new() };
    let found = key.columns.iter().map(|column| Some((find(column)?.0, column.clone())));
    found.collect::<Option<Vec<_>>>().unwrap_or_default()
}

/// Why UPDATE statements cannot be written for these rows.
pub(crate) fn no_update(held: &Held) -> Option<&'static str> {
    match held.keys.get() {
        Some(keys) if !keys.is_empty() => None,
        _ => Some("the rows do not come from one table with its whole primary key"),
    }
}

/// What SQL of these columns needs; `update` leaves the key out of what is set.
///
/// # Errors
/// `Unsupported` for UPDATE statements of rows whose key is not known.
pub(crate) fn target(held: &Held, columns: &[usize], table: Option<&str>, update: bool) -> Result<SqlTarget, Error> {
    let Some(dialect) = held.language.sql() else {
        return Err(Error::new(Code::Unsupported, "These rows are not from a database that reads SQL."));
    };
    let fields = held.hold.schema().fields();
    let keys = if update { held.keys.get().cloned().unwrap_or_default() } else { Vec::new() };
    if update && let Some(why) = no_update(held) {
        return Err(Error::new(Code::Unsupported, format!("UPDATE statements cannot be written: {why}."))
            .with_hint("Read the table's key too, or write INSERT statements."));
    }
    let is_set = |column: &&usize| keys.iter().all(|(key, _)| key != *column);
    let name = |column: &usize| {
        let field = fields.get(*column)?;
        let own = origin(field).map(|(.., column)| column).filter(|column| !column.is_empty());
        Some(dialect.quote_identifier_if_needed(own.unwrap_or(field.name())))
    };
    let quoted = |(at, name): &(usize, String)| (*at, dialect.quote_identifier_if_needed(name));
    Ok(SqlTarget {
        table: table.map(str::trim).filter(|table| !table.is_empty()).map_or_else(|| table_of(held), str::to_owned),
        columns: columns.iter().filter(is_set).filter_map(name).collect(),
        keys: keys.iter().map(quoted).collect(),
        literals: held.driver.cast().literals(),
        backslash_escapes: dialect.backslash_escapes,
    })
}

/// The relation all columns come from, as it is written; `result` where there is none.
pub(crate) fn table_of(held: &Held) -> String {
    let fields = held.hold.schema().fields();
    let mut origins = fields.iter().take(held.visible).map(|field| origin(field).map(|(s, r, _)| (s, r)));
    let first = origins.next().flatten();
    match first.filter(|first| origins.all(|origin| origin.as_ref() == Some(first))) {
        Some((schema, relation)) => {
            held.language.quote_path([schema, relation].into_iter().filter(|part| !part.is_empty()))
        }
        None => match held.relation.get() {
            Some(parts) => held.language.quote_path(parts.iter().map(String::as_str)),
            None => "result".to_owned(),
        },
    }
}
