//! Definition texts, as SQLite keeps them: the text of the object itself, a table with its indexes and triggers.

use std::sync::Arc;

use ::catalog::{ObjectKey, ObjectKind};
use driver::{Code, Error};
use rusqlite::Connection;

use crate::{error, quote};

/// The texts of an object.
pub(crate) fn definition(connection: &Connection, key: &ObjectKey) -> Result<Arc<str>, Error> {
    let schema = key.schema.as_deref().unwrap_or("main");
    let (condition, owner) = match key.kind {
        ObjectKind::Relation => ("tbl_name = ?1 AND sql IS NOT NULL", None),
        ObjectKind::Index => ("type = 'index' AND name = ?1", None),
        ObjectKind::Trigger => ("type = 'trigger' AND name = ?1", key.signature.as_deref()),
        ObjectKind::Schema | ObjectKind::Database => ("sql IS NOT NULL AND ?1 IS NOT NULL", None),
        _ => {
            return Err(Error::new(Code::Unsupported, "SQLite keeps no text of its own for this kind of object."));
        }
    };
    let exists = "SELECT count(*) FROM pragma_database_list WHERE name = ?1";
    let known: bool =
        connection.query_row(exists, [schema], |row| row.get(0)).map_err(|e| error::translate(e, exists))?;
    if !known {
        return Err(Error::new(Code::NotFound, format!("There is no attached database named {schema}.")));
    }
    let text = format!(
        "SELECT type, name, sql FROM {}.sqlite_schema WHERE {condition} AND (?2 IS NULL OR tbl_name = ?2) \
         ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'view' THEN 1 WHEN 'index' THEN 2 ELSE 3 END, rowid",
        quote::name(schema)
    );
    let read = || -> Result<Vec<(String, String, Option<String>)>, rusqlite::Error> {
        let mut statement = connection.prepare(&text)?;
        statement.query_map((&key.name, owner), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
    };
    let found = read().map_err(|error| error::translate(error, &text))?;
    let is_it = |kind: &str, name: &str| match key.kind {
        ObjectKind::Relation => matches!(kind, "table" | "view") && name == key.name,
        _ => true,
    };
    if key.kind != ObjectKind::Schema
        && key.kind != ObjectKind::Database
        && !found.iter().any(|row| is_it(&row.0, &row.1))
    {
        return Err(Error::new(Code::NotFound, format!("{} does not exist.", key.name)));
    }
    let texts: Vec<String> = found.into_iter().filter_map(|(_, _, sql)| sql).map(|sql| format!("{sql};")).collect();
    if texts.is_empty() && key.kind == ObjectKind::Index {
        return Err(Error::new(Code::Unsupported, "This index belongs to a constraint of its table and has no text.")
            .with_hint("See the table's definition."));
    }
    Ok(Arc::from(texts.join("\n\n")))
}
