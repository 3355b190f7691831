//! Definition texts, as SQLite keeps them: the text of the object itself, a table with its indexes and triggers.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use ::catalog::{ObjectKey, ObjectKind};
use driver::{Code, Error};
use rusqlite::{Connection, types::ValueRef};

use crate::{error, quote};

/// The text of an object.
pub(crate) fn definition(connection: &Connection, key: &ObjectKey) -> Result<Arc<str>, Error> {
    let narrow = match key.kind {
        ObjectKind::Schema | ObjectKind::Database => None,
        ObjectKind::Relation => Some(("tbl_name", key.name.as_str())),
        ObjectKind::Index | ObjectKind::Trigger => Some(("name", key.name.as_str())),
        _ => return Err(textless()),
    };
    Stored::read(connection, schema(key), narrow)?.text(key)
}

/// The texts of many objects: whatever a schema keeps is read once.
pub(crate) fn definitions(connection: &Connection, keys: Vec<ObjectKey>) -> Result<Vec<(ObjectKey, Arc<str>)>, Error> {
    let mut schemas: HashMap<String, Result<Stored, Error>> = HashMap::new();
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        let stored = match schemas.entry(schema(&key).to_owned()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let stored = Stored::read(connection, place.key(), None);
                place.insert(stored)
            }
        };
        match stored.as_ref().map_err(Clone::clone).and_then(|stored| stored.text(&key)) {
            Ok(text) => found.push((key, text)),
            Err(error) if error.is_about_one_object() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

fn schema(key: &ObjectKey) -> &str {
    key.schema.as_deref().unwrap_or("main")
}

/// A row of the schema's own table.
struct Row {
    kind: String,
    name: String,
    table: String,
    sql: Option<String>,
}

/// What a schema keeps: tables, views, indexes, triggers, the oldest of each first.
#[derive(Default)]
struct Stored {
    rows: Vec<Row>,
    /// The rows of a table, and those of a name, by place.
    tables: HashMap<String, Vec<usize>>,
    names: HashMap<String, Vec<usize>>,
}

impl Stored {
    /// All of it, or what has this value in one column.
    fn read(connection: &Connection, schema: &str, narrow: Option<(&str, &str)>) -> Result<Self, Error> {
        let exists = "SELECT count(*) FROM pragma_database_list WHERE name = ?1";
        let known: bool =
            connection.query_row(exists, [schema], |row| row.get(0)).map_err(|e| error::translate(e, exists))?;
        if !known {
            return Err(Error::new(Code::NotFound, format!("There is no attached database named {schema}.")));
        }
        let text = format!(
            "SELECT type, name, tbl_name, sql FROM {}.sqlite_schema WHERE ?1 IS NULL OR {} = ?1 \
             ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'view' THEN 1 WHEN 'index' THEN 2 ELSE 3 END, rowid",
            quote::name(schema),
            narrow.map_or("name", |(column, _)| column)
        );
        let read = || -> Result<Vec<Row>, rusqlite::Error> {
            let mut statement = connection.prepare(&text)?;
            let row = |row: &rusqlite::Row<'_>| {
                // A file may hold text in any encoding: one such name is no reason to read none.
                let text = |column| match row.get_ref(column)? {
                    ValueRef::Text(bytes) => {
                        Ok::<_, rusqlite::Error>(Some(String::from_utf8_lossy(bytes).into_owned()))
                    }
                    _ => Ok(None),
                };
                let name = |column| text(column).map(Option::unwrap_or_default);
                Ok(Row { kind: name(0)?, name: name(1)?, table: name(2)?, sql: text(3)? })
            };
            statement.query_map([narrow.map(|(_, value)| value)], row)?.collect()
        };
        let mut stored = Stored { rows: read().map_err(|error| error::translate(error, &text))?, ..Stored::default() };
        for (place, row) in stored.rows.iter().enumerate() {
            stored.tables.entry(row.table.clone()).or_default().push(place);
            stored.names.entry(row.name.clone()).or_default().push(place);
        }
        Ok(stored)
    }

    /// The rows at some places.
    fn at<'a>(&'a self, places: Option<&'a Vec<usize>>) -> impl Iterator<Item = &'a Row> {
        places.into_iter().flatten().filter_map(|place| self.rows.get(*place))
    }

    fn text(&self, key: &ObjectKey) -> Result<Arc<str>, Error> {
        let named = |kind: &'static str| self.at(self.names.get(&key.name)).filter(move |row| row.kind == kind);
        let found: Vec<&Row> = match key.kind {
            ObjectKind::Schema | ObjectKind::Database => self.rows.iter().collect(),
            ObjectKind::Relation => self.at(self.tables.get(&key.name)).collect(),
            ObjectKind::Index => named("index").collect(),
            ObjectKind::Trigger => {
                named("trigger").filter(|row| key.signature.as_ref().is_none_or(|table| *table == row.table)).collect()
            }
            _ => return Err(textless()),
        };
        let is_there = match key.kind {
            ObjectKind::Schema | ObjectKind::Database => true,
            ObjectKind::Relation => found
                .iter()
                .any(|row| matches!(row.kind.as_str(), "table" | "view") && row.name == key.name && row.sql.is_some()),
            _ => !found.is_empty(),
        };
        if !is_there {
            return Err(Error::new(Code::NotFound, format!("{} does not exist.", key.name)));
        }
        let texts: Vec<String> =
            found.into_iter().filter_map(|row| row.sql.as_ref()).map(|sql| format!("{sql};")).collect();
        if texts.is_empty() && key.kind == ObjectKind::Index {
            return Err(Error::new(
                Code::Unsupported,
                "This index belongs to a constraint of its table and has no text.",
            )
            .with_hint("See the table's definition."));
        }
        Ok(Arc::from(texts.join("\n\n")))
    }
}

fn textless() -> Error {
    Error::new(Code::Unsupported, "SQLite keeps no text of its own for this kind of object.")
}
