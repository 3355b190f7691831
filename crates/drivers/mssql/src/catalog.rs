//! The catalog, a query per kind over `sys.*`. The server shows a login only what it may see and does not say that there is
//! more; a kind is `Denied` where it refuses the query itself.

mod access;
mod parts;
mod relations;
mod routines;

use std::{
    collections::HashMap,
    time::{SystemTime, UNIX_EPOCH},
};

use catalog::{Catalog, Coverage, Database, Kind, Known, RelationId, Schema, SchemaId, Scope};
use driver::{Code, Error};

use crate::{
    control::{ControlSession, Failure},
    quote,
    rows::{Row, Rows},
};

/// The server's own schemas: its views, and those that go with its roles.
const SYSTEM: &str = "N'sys', N'INFORMATION_SCHEMA', N'guest', N'db_owner', N'db_accessadmin', N'db_securityadmin', \
     N'db_ddladmin', N'db_backupoperator', N'db_datareader', N'db_datawriter', N'db_denydatareader', N'db_denydatawriter'";

/// Kinds whose objects hang on relations.
const PARTS: [Kind; 6] =
    [Kind::Relations, Kind::Columns, Kind::Constraints, Kind::ForeignKeys, Kind::Indexes, Kind::Triggers];

/// Kinds this server has none of. Security policies are read with row security, which has a model of its own for them.
const NONE: [Kind; 5] = [Kind::Policies, Kind::Extensions, Kind::Events, Kind::Publications, Kind::EventTriggers];

/// Reads the catalog of the database that the control session is in.
pub(crate) async fn read(session: &ControlSession, scope: &Scope) -> Result<Catalog, Error> {
    let mut reading = Reading {
        session,
        scope,
        catalog: Catalog { as_of_ms: now_ms(), ..Catalog::default() },
        schemas: HashMap::new(),
        relations: HashMap::new(),
        texts: HashMap::new(),
    };
    reading.all().await?;
    let mut catalog = reading.catalog;
    if !catalog.coverage.is_empty() && catalog.coverage.values().all(|coverage| *coverage == Known::Denied) {
        return Err(Error::new(Code::Forbidden, "This login may not read any of the server's own tables."));
    }
    catalog.seal();
    Ok(catalog)
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// One read in progress.
struct Reading<'a> {
    session: &'a ControlSession,
    scope: &'a Scope,
    catalog: Catalog,
    schemas: HashMap<String, SchemaId>,
    relations: HashMap<(String, String), RelationId>,
    /// Texts of views and routines, by schema and name.
    texts: HashMap<(String, String), Option<String>>,
}

impl Reading<'_> {
    async fn all(&mut self) -> Result<(), Error> {
        for kind in self.scope.kinds.iter().filter(|kind| NONE.contains(kind)) {
            self.catalog.coverage.insert(*kind, Known::Unsupported);
        }
        let rows = self.session.query("SELECT DB_NAME(), SCHEMA_NAME()").await?;
        if let Some(row) = rows.into_iter().next() {
            let mut row = Row::new(row);
            self.catalog.database = row.some();
            self.catalog.search_path = row.some().into_iter().collect();
        }
        if self.wants(Kind::Databases) {
            let coverage = self.databases().await?;
            self.cover(Kind::Databases, coverage);
        }
        let coverage = self.read_schemas().await?;
        self.cover(Kind::Schemas, coverage);
        if self.scope.definitions && (self.wants(Kind::Relations) || self.wants(Kind::Routines)) {
            self.definitions().await?;
        }
        if PARTS.iter().any(|kind| self.wants(*kind)) {
            let coverage = self.read_relations().await?;
            self.cover(Kind::Relations, coverage);
        }
        if self.wants(Kind::Columns) {
            let coverage = self.columns().await?;
            self.cover(Kind::Columns, coverage);
        }
        if self.wants(Kind::Indexes) || self.wants(Kind::Constraints) {
            let coverage = self.indexes().await?;
            self.cover(Kind::Indexes, coverage.clone());
            let coverage = if coverage == Known::Value(()) { self.checks().await? } else { coverage };
            self.cover(Kind::Constraints, coverage);
        }
        if self.wants(Kind::ForeignKeys) {
            let coverage = self.foreign_keys().await?;
            self.cover(Kind::ForeignKeys, coverage);
        }
        if self.wants(Kind::Triggers) {
            let coverage = self.triggers().await?;
            self.cover(Kind::Triggers, coverage);
        }
        if self.wants(Kind::Types) {
            let coverage = self.types().await?;
            self.cover(Kind::Types, coverage);
        }
        if self.wants(Kind::Routines) {
            let coverage = self.routines().await?;
            self.cover(Kind::Routines, coverage);
        }
        if self.wants(Kind::Sequences) {
            let coverage = self.sequences().await?;
            self.cover(Kind::Sequences, coverage);
        }
        if self.wants(Kind::Others) {
            let coverage = self.others().await?;
            self.cover(Kind::Others, coverage);
        }
        if self.wants(Kind::Roles) {
            let coverage = self.roles().await?;
            self.cover(Kind::Roles, coverage);
        }
        if self.wants(Kind::Grants) {
            let coverage = self.grants().await?;
            self.cover(Kind::Grants, coverage);
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
    async fn ask(&self, query: &str) -> Result<Result<Rows, Coverage>, Error> {
        let text = query.replace("{schemas}", &self.schemas_within()).replace("{within}", &self.objects_within());
        match self.session.query(&text).await {
            Ok(rows) => Ok(Ok(rows)),
            Err(failure) => match refusal(&failure) {
                Some(coverage) => Ok(Err(coverage)),
                None => Err(failure.into()),
            },
        }
    }

    /// The condition of the scope over schemas, which a query calls `s`.
    fn schemas_within(&self) -> String {
        match &self.scope.schemas {
            Some(schemas) if schemas.is_empty() => "1 = 0".to_owned(),
            Some(schemas) => {
                let names: Vec<String> = schemas.iter().map(|name| quote::text(name)).collect();
                format!("s.name IN ({})", names.join(", "))
            }
            None if self.scope.include_system => "1 = 1".to_owned(),
            None => format!("s.name NOT IN ({SYSTEM})"),
        }
    }

    /// The condition of the scope over objects, which a query calls `o`.
    fn objects_within(&self) -> String {
        let mut condition = self.schemas_within();
        if !self.scope.include_system {
            condition.push_str(" AND o.is_ms_shipped = 0");
        }
        if let Some(name) = &self.scope.relation {
            condition.push_str(&format!(" AND o.name = {}", quote::text(name)));
        }
        condition
    }

    async fn databases(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("queries/databases.sql")).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row::new(row);
            self.catalog.databases.push(Database {
                name: row.text(),
                owner: row.some(),
                collation: row.some(),
                current: row.flag(),
                may_connect: Known::Value(row.flag()),
                ..Database::default()
            });
        }
        Ok(Known::Value(()))
    }

    async fn read_schemas(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("queries/schemas.sql")).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row::new(row);
            let name = row.text();
            let schema = Schema {
                owner: row.some(),
                comment: row.some(),
                system: row.flag(),
                may_use: Known::Value(true),
                ..Schema::named(&name)
            };
            let id = self.catalog.push_schema(schema);
            self.schemas.insert(name, id);
        }
        Ok(Known::Value(()))
    }

    async fn definitions(&mut self) -> Result<(), Error> {
        if let Ok(rows) = self.ask(include_str!("queries/definitions.sql")).await? {
            self.texts = rows
                .into_iter()
                .map(|row| {
                    let mut row = Row::new(row);
                    ((row.text(), row.text()), row.some())
                })
                .collect();
        }
        Ok(())
    }

    /// The text of a view or routine; `Denied` where it is encrypted or not for this login.
    fn text_of(&self, schema: &str, name: &str) -> Known<String> {
        if !self.scope.definitions {
            return Known::NotLoaded;
        }
        match self.texts.get(&(schema.to_owned(), name.to_owned())) {
            Some(Some(text)) => Known::Value(text.clone()),
            _ => Known::Denied,
        }
    }

    fn relation_of(&self, schema: &str, name: &str) -> Option<RelationId> {
        self.relations.get(&(schema.to_owned(), name.to_owned())).copied()
    }
}

/// Whether a refusal only concerns what was asked for.
fn refusal(failure: &Failure) -> Option<Coverage> {
    match failure.number() {
        229 | 230 | 262 | 297 | 300 | 371 => Some(Known::Denied),
        // Tables, columns and functions this version does not have.
        195 | 207 | 208 | 4104 | 40_514 => Some(Known::Unsupported),
        _ => None,
    }
}

/// A type as the server's DDL spells it, from what `sys.columns` says of it.
fn spelled(schema: Option<&str>, name: &str, bytes: i64, precision: i64, scale: i64) -> String {
    let sized = |divisor: i64| match bytes {
        -1 => format!("{name}(max)"),
        bytes => format!("{name}({})", bytes / divisor),
    };
    match (schema, name) {
        (Some(schema), _) => quote::path(schema, name),
        (None, "nchar" | "nvarchar") => sized(2),
        (None, "char" | "varchar" | "binary" | "varbinary") => sized(1),
        (None, "decimal" | "numeric") => format!("{name}({precision},{scale})"),
        (None, "time" | "datetime2" | "datetimeoffset") => format!("{name}({scale})"),
        // Its old name; nothing else is called so.
        (None, "timestamp") => "rowversion".to_owned(),
        (None, _) => name.to_owned(),
    }
}

impl Row {
    /// The type that the next cells describe: schema of a user's, name, bytes, precision, scale.
    fn native_type(&mut self) -> String {
        let (schema, name) = (self.some(), self.text());
        let mut next = || self.number().unwrap_or(0);
        let (bytes, precision, scale) = (next(), next(), next());
        spelled(schema.as_deref(), &name, bytes, precision, scale)
    }
}
