//! The catalog, a query per kind over `ALL_*`: what the login may see. The server does not say that there is more; a kind is
//! `Denied` where it refuses the query itself. Pure but for who runs the queries.

mod parts;
mod programs;
mod relations;

use std::{
    collections::HashMap,
    time::{SystemTime, UNIX_EPOCH},
};

use catalog::{Catalog, Coverage, Kind, Known, RelationId, Schema, SchemaId, Scope};
use driver::{Code, Error};

use crate::{
    error::{Report, refused},
    quote,
    rows::{Row, Rows},
};

/// Runs a query of ours.
pub(crate) type Query<'a> = dyn FnMut(&str) -> Result<Rows, Failure> + 'a;

/// Why a query of ours gave nothing.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The server refused it.
    Refused(Report),
    /// The connection is of no further use.
    Ended(Error),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            // The place is in a query of ours, which nobody typed.
            Failure::Refused(report) => Error { span: None, ..refused(&report, "") },
            Failure::Ended(error) => error,
        }
    }
}

/// Kinds whose objects hang on relations.
const PARTS: [Kind; 6] =
    [Kind::Relations, Kind::Columns, Kind::Constraints, Kind::ForeignKeys, Kind::Indexes, Kind::Triggers];

/// Kinds that are not read: policies of VPD are functions that give texts (`DBMS_RLS`), and databases are reached one by one.
const NONE: [Kind; 9] = [
    Kind::Databases,
    Kind::Policies,
    // Told by their names.
    Kind::Types,
    Kind::Extensions,
    Kind::Events,
    Kind::Publications,
    Kind::EventTriggers,
    Kind::Roles,
    Kind::Grants,
];

/// Reads the catalog.
///
/// # Errors
/// Those of a broken connection; `Forbidden` where nothing at all may be read.
pub(crate) fn read(query: &mut Query<'_>, scope: &Scope) -> Result<Catalog, Error> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let as_of_ms = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    let mut reading = Reading {
        query,
        scope,
        catalog: Catalog { as_of_ms, ..Catalog::default() },
        schemas: HashMap::new(),
        relations: HashMap::new(),
    };
    reading.all()?;
    let mut catalog = reading.catalog;
    let mut read = catalog.coverage.values().filter(|coverage| **coverage != Known::Unsupported).peekable();
    if read.peek().is_some() && read.all(|coverage| *coverage == Known::Denied) {
        return Err(Error::new(Code::Forbidden, "This login may not read any of the server's own views."));
    }
    catalog.seal();
    Ok(catalog)
}

/// One read in progress.
struct Reading<'a, 'q> {
    query: &'a mut Query<'q>,
    scope: &'a Scope,
    catalog: Catalog,
    schemas: HashMap<String, SchemaId>,
    relations: HashMap<(String, String), RelationId>,
}

impl Reading<'_, '_> {
    fn all(&mut self) -> Result<(), Error> {
        for kind in self.scope.kinds.iter().filter(|kind| NONE.contains(kind)) {
            self.catalog.coverage.insert(*kind, Known::Unsupported);
        }
        let here = "SELECT SYS_CONTEXT('USERENV', 'SERVICE_NAME'), SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') FROM dual";
        if let Ok(rows) = self.ask(here)?
            && let Some(row) = rows.into_iter().next()
        {
            let mut row = Row::new(row);
            self.catalog.database = row.some();
            self.catalog.search_path = row.some().into_iter().collect();
        }
        let coverage = self.read_schemas()?;
        self.cover(Kind::Schemas, coverage);
        if PARTS.iter().any(|kind| self.wants(*kind)) {
            let coverage = self.read_relations()?;
            self.cover(Kind::Relations, coverage);
        }
        type Part<R> = fn(&mut R) -> Result<Coverage, Error>;
        let parts: [(Kind, Part<Self>); 8] = [
            (Kind::Columns, Self::columns),
            (Kind::Constraints, Self::constraints),
            (Kind::ForeignKeys, Self::foreign_keys),
            (Kind::Indexes, Self::indexes),
            (Kind::Triggers, Self::triggers),
            (Kind::Routines, Self::routines),
            (Kind::Sequences, Self::sequences),
            (Kind::Others, Self::others),
        ];
        for (kind, part) in parts {
            if self.wants(kind) {
                let coverage = part(self)?;
                self.cover(kind, coverage);
            }
        }
        Ok(())
    }

    fn wants(&self, kind: Kind) -> bool {
        self.scope.wants(kind)
    }

    fn cover(&mut self, kind: Kind, coverage: Coverage) {
        if self.wants(kind) {
            self.catalog.coverage.insert(kind, coverage);
        }
    }

    /// The rows of a query within the scope, or why they may not be read.
    fn ask(&mut self, query: &str) -> Result<Result<Rows, Coverage>, Error> {
        let text = query.replace("{schemas}", &self.schemas_within()).replace("{within}", &self.objects_within());
        match (self.query)(&text) {
            Ok(rows) => Ok(Ok(rows)),
            Err(Failure::Refused(report)) if matches!(report.number, 1031 | 942) => Ok(Err(Known::Denied)),
            // Columns that this version does not have.
            Err(Failure::Refused(report)) if report.number == 904 => Ok(Err(Known::Unsupported)),
            Err(failure) => Err(failure.into()),
        }
    }

    /// The condition of the scope over users, which a query calls `u`.
    fn schemas_within(&self) -> String {
        match &self.scope.schemas {
            Some(schemas) if schemas.is_empty() => "1 = 0".to_owned(),
            Some(schemas) => {
                let names: Vec<String> = schemas.iter().map(|name| quote::text(name)).collect();
                format!("u.username IN ({})", names.join(", "))
            }
            None if self.scope.include_system => "1 = 1".to_owned(),
            None => "u.oracle_maintained = 'N'".to_owned(),
        }
    }

    /// The condition of the scope over objects, whose owner and name a query calls `o.owner` and `o.object_name`.
    fn objects_within(&self) -> String {
        let mut condition = format!("o.owner IN (SELECT u.username FROM all_users u WHERE {})", self.schemas_within());
        if let Some(name) = &self.scope.relation {
            condition.push_str(&format!(" AND o.object_name = {}", quote::text(name)));
        }
        condition
    }

    fn read_schemas(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("queries/schemas.sql"))? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row::new(row);
            let name = row.text();
            let schema = Schema { system: row.is("Y"), may_use: Known::Value(true), ..Schema::named(&name) };
            let id = self.catalog.push_schema(schema);
            self.schemas.insert(name, id);
        }
        Ok(Known::Value(()))
    }

    fn relation_of(&self, schema: &str, name: &str) -> Option<RelationId> {
        self.relations.get(&(schema.to_owned(), name.to_owned())).copied()
    }
}

/// A type as the server's DDL spells it, from what `ALL_TAB_COLS` and `ALL_ARGUMENTS` say of it.
fn spelled(row: &mut Row) -> String {
    let (owner, name) = (row.some(), row.text());
    let (by_characters, characters, bytes) = (row.is("C"), row.number::<i64>(), row.number::<i64>());
    let (precision, scale) = (row.number::<i64>(), row.number::<i64>());
    if let Some(owner) = owner {
        return quote::path(&owner, &name);
    }
    match (name.as_str(), precision, scale) {
        ("CHAR" | "VARCHAR2", ..) if by_characters => format!("{name}({} CHAR)", characters.unwrap_or(0)),
        ("CHAR" | "VARCHAR2" | "RAW", ..) => bytes.map_or(name.clone(), |bytes| format!("{name}({bytes})")),
        ("NCHAR" | "NVARCHAR2", ..) => characters.map_or(name.clone(), |count| format!("{name}({count})")),
        ("NUMBER", Some(precision), Some(0)) => format!("NUMBER({precision})"),
        ("NUMBER", Some(precision), Some(scale)) => format!("NUMBER({precision},{scale})"),
        // An integer as the standard means it.
        ("NUMBER", None, Some(0)) => "NUMBER(38)".to_owned(),
        ("FLOAT", Some(precision), _) => format!("FLOAT({precision})"),
        _ => name,
    }
}

#[cfg(test)]
mod tests;
