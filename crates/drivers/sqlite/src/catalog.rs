//! Reading the catalog: a handful of queries per attached database, whatever the number of tables.
//!
//! The pragmas say what is there; the stored texts add what no pragma says ([`crate::schema_text`]).

mod keys;
mod relations;

use std::{
    collections::HashMap,
    time::{SystemTime, UNIX_EPOCH},
};

use ::catalog::{Catalog, Database, Kind, Known, RelationId, Schema, SchemaId, Scope};
use driver::Error;
use rusqlite::{Connection, Row, ToSql};

use crate::{error, quote, schema_text};

/// Sizes are summed over every page of the file, so only of files that are read in no time.
const SIZED_BYTES: u64 = 64 << 20;

const SCHEMAS: &str = include_str!("queries/schemas.sql");

/// One attached database while it is read.
struct Reading<'a> {
    connection: &'a Connection,
    scope: &'a Scope,
    schema: &'a str,
    id: SchemaId,
    relations: HashMap<String, Table>,
}

/// What later queries need of a relation.
struct Table {
    id: RelationId,
    without_rowid: bool,
    strict: bool,
    text: Option<String>,
    parsed: Option<schema_text::TableText>,
    /// Primary key columns in key order.
    primary_key: Vec<String>,
    /// Whether an index stands behind the primary key: then it is no alias of the rowid.
    key_indexed: bool,
}

/// Reads what the scope asks for. `database` is the name shown for the file.
pub(crate) fn read(connection: &Connection, scope: &Scope, database: &str) -> Result<Catalog, Error> {
    let mut catalog = Catalog { database: Some(database.to_owned()), as_of_ms: now_ms(), ..Catalog::default() };
    let wanted = |name: &str| scope.schemas.as_ref().is_none_or(|schemas| schemas.iter().any(|schema| schema == name));
    let schemas = rows(connection, SCHEMAS, &[], |row| row.get::<_, String>(0))?;
    for name in schemas.iter().filter(|name| wanted(name)) {
        if name == "temp" && is_empty(connection, name)? {
            continue;
        }
        let id = catalog.push_schema(Schema { may_use: Known::Value(true), ..Schema::named(name) });
        let mut reading = Reading { connection, scope, schema: name, id, relations: HashMap::new() };
        reading.read(&mut catalog)?;
    }
    if scope.wants(Kind::Databases) {
        catalog.databases.push(database_row(connection, database)?);
    }
    for kind in &scope.kinds {
        catalog.coverage.insert(*kind, coverage(*kind));
    }
    catalog.seal();
    Ok(catalog)
}

fn coverage(kind: Kind) -> Known<()> {
    match kind {
        Kind::Databases
        | Kind::Schemas
        | Kind::Relations
        | Kind::Columns
        | Kind::Constraints
        | Kind::ForeignKeys
        | Kind::Indexes
        | Kind::Triggers => Known::Value(()),
        Kind::Policies
        | Kind::Types
        | Kind::Routines
        | Kind::Sequences
        | Kind::Roles
        | Kind::Grants
        | Kind::Extensions
        | Kind::Events
        | Kind::Publications
        | Kind::EventTriggers
        | Kind::Others => Known::Unsupported,
    }
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn is_empty(connection: &Connection, schema: &str) -> Result<bool, Error> {
    let text = format!("SELECT NOT EXISTS (SELECT 1 FROM {}.sqlite_schema)", quote::name(schema));
    connection.query_row(&text, [], |row| row.get(0)).map_err(|error| error::translate(error, &text))
}

fn database_row(connection: &Connection, name: &str) -> Result<Database, Error> {
    let read = || -> Result<(String, i64), rusqlite::Error> {
        let encoding = connection.query_row("PRAGMA encoding", [], |row| row.get(0))?;
        Ok((encoding, file_bytes(connection, "main")?))
    };
    let (encoding, bytes) = read().map_err(|error| error::translate(error, ""))?;
    Ok(Database {
        name: name.to_owned(),
        encoding: Some(encoding),
        current: true,
        may_connect: Known::Value(true),
        bytes: u64::try_from(bytes).map_or(Known::NotLoaded, Known::Value),
        ..Database::default()
    })
}

fn file_bytes(connection: &Connection, schema: &str) -> Result<i64, rusqlite::Error> {
    let number = |what: &str| -> Result<i64, rusqlite::Error> {
        connection.query_row(&format!("PRAGMA {}.{what}", quote::name(schema)), [], |row| row.get(0))
    };
    Ok(number("page_count")?.saturating_mul(number("page_size")?))
}

impl Reading<'_> {
    fn read(&mut self, catalog: &mut Catalog) -> Result<(), Error> {
        let wants = |kind| self.scope.wants(kind);
        let columns = wants(Kind::Columns);
        let constraints = wants(Kind::Constraints);
        let foreign_keys = wants(Kind::ForeignKeys);
        let indexes = wants(Kind::Indexes);
        let triggers = wants(Kind::Triggers);
        self.read_relations(catalog)?;
        if columns || constraints || foreign_keys || indexes {
            // The key index decides whether a primary key is the rowid, so indexes come before columns.
            let found = self.read_indexes()?;
            self.read_columns(catalog)?;
            self.push_indexes(catalog, &found);
        }
        if constraints {
            self.push_constraints(catalog);
        }
        if foreign_keys {
            self.read_foreign_keys(catalog)?;
        }
        if triggers {
            self.read_triggers(catalog)?;
        }
        Ok(())
    }

    /// A query of this crate with the schema's name in its place.
    fn query(&self, text: &str) -> String {
        text.replace("{schema}", &quote::name(self.schema))
    }

    fn definition(&self, text: Option<&str>) -> Known<String> {
        match text {
            Some(text) if self.scope.definitions => Known::Value(text.to_owned()),
            _ => Known::NotLoaded,
        }
    }
}

/// All rows of a query.
fn rows<T>(
    connection: &Connection,
    text: &str,
    parameters: &[&dyn ToSql],
    read: impl FnMut(&Row<'_>) -> Result<T, rusqlite::Error>,
) -> Result<Vec<T>, Error> {
    let all = || -> Result<Vec<T>, rusqlite::Error> {
        let mut statement = connection.prepare(text)?;
        statement.query_map(parameters, read)?.collect()
    };
    all().map_err(|error| error::translate(error, text))
}
