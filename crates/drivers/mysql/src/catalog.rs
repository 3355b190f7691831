//! The catalog, a query or two per kind over `information_schema`.
//!
//! A database of this server is a schema of the catalog. The server shows a login only what it may see and does not say
//! that there is more; a kind is `Denied` where it refuses the query itself.

mod access;
mod parts;
mod relations;
mod routines;

use std::{
    collections::HashMap,
    time::{SystemTime, UNIX_EPOCH},
};

use catalog::{Catalog, Coverage, Kind, Known, RelationId, Schema, SchemaId, Scope};
use driver::{Code, Error};

use crate::{
    control::{ControlSession, Failure, Rows},
    dialect::Facts,
    quote,
};

/// The server's own databases.
const SYSTEM: [&str; 4] = ["information_schema", "mysql", "performance_schema", "sys"];

/// Kinds whose objects hang on relations.
const PARTS: [Kind; 6] =
    [Kind::Relations, Kind::Columns, Kind::Constraints, Kind::ForeignKeys, Kind::Indexes, Kind::Triggers];

/// Kinds this server has none of. Its databases are schemas here.
const NONE: [Kind; 7] = [
    Kind::Databases,
    Kind::Policies,
    Kind::Types,
    Kind::Extensions,
    Kind::Publications,
    Kind::EventTriggers,
    Kind::Others,
];

/// Reads the catalog. `database` is the current one of new sessions.
pub(crate) async fn read(
    session: &ControlSession,
    facts: Facts,
    database: Option<&str>,
    scope: &Scope,
) -> Result<Catalog, Error> {
    let mut reading = Reading {
        session,
        facts,
        scope,
        catalog: Catalog { as_of_ms: now_ms(), ..Catalog::default() },
        schemas: HashMap::new(),
        relations: HashMap::new(),
        collations: Vec::new(),
    };
    reading.catalog.search_path = database.map(str::to_owned).into_iter().collect();
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
    facts: Facts,
    scope: &'a Scope,
    catalog: Catalog,
    schemas: HashMap<String, SchemaId>,
    relations: HashMap<(String, String), RelationId>,
    /// By [`RelationId`]: the collation a column has unless it says otherwise.
    collations: Vec<Option<String>>,
}

impl Reading<'_> {
    async fn all(&mut self) -> Result<(), Error> {
        for kind in self.scope.kinds.iter().filter(|kind| NONE.contains(kind)) {
            self.catalog.coverage.insert(*kind, Known::Unsupported);
        }
        let coverage = self.schemas().await?;
        self.cover(Kind::Schemas, coverage);
        if PARTS.iter().any(|kind| self.wants(*kind)) {
            let coverage = self.relations().await?;
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
        if self.wants(Kind::Routines) {
            let coverage = self.routines().await?;
            self.cover(Kind::Routines, coverage);
        }
        if self.wants(Kind::Sequences) {
            let coverage = self.sequences().await?;
            self.cover(Kind::Sequences, coverage);
        }
        if self.wants(Kind::Events) {
            let coverage = self.events().await?;
            self.cover(Kind::Events, coverage);
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

    /// The rows of a query, or why they may not be read.
    async fn ask(&self, text: &str) -> Result<Result<Rows, Coverage>, Error> {
        match self.session.query(text).await {
            Ok(rows) => Ok(Ok(rows)),
            Err(failure) => match refusal(&failure) {
                Some(coverage) => Ok(Err(coverage)),
                None => Err(failure.into()),
            },
        }
    }

    /// The condition of the scope over these columns.
    fn within(&self, schema: &str, relation: Option<&str>) -> String {
        let list = |names: &mut dyn Iterator<Item = &str>| names.map(quote::text).collect::<Vec<_>>().join(", ");
        let mut condition = match &self.scope.schemas {
            Some(schemas) if schemas.is_empty() => "FALSE".to_owned(),
            Some(schemas) => format!("{schema} IN ({})", list(&mut schemas.iter().map(String::as_str))),
            None if self.scope.include_system => "TRUE".to_owned(),
            None => format!("{schema} NOT IN ({})", list(&mut SYSTEM.into_iter())),
        };
        if let (Some(column), Some(name)) = (relation, &self.scope.relation) {
            condition.push_str(&format!(" AND {column} = {}", quote::text(name)));
        }
        condition
    }

    async fn schemas(&mut self) -> Result<Coverage, Error> {
        let comment = if self.facts.mariadb { "SCHEMA_COMMENT" } else { "''" };
        let text = format!(
            "SELECT SCHEMA_NAME, {comment}, DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE {} \
             ORDER BY SCHEMA_NAME",
            self.within("SCHEMA_NAME", None)
        );
        let rows = match self.ask(&text).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row(row);
            let name = row.text();
            let schema = Schema {
                comment: row.some(),
                encoding: row.some(),
                collation: row.some(),
                system: SYSTEM.iter().any(|own| own.eq_ignore_ascii_case(&name)),
                may_use: Known::Value(true),
                ..Schema::named(&name)
            };
            let id = self.catalog.push_schema(schema);
            self.schemas.insert(name, id);
        }
        Ok(Known::Value(()))
    }

    fn relation_of(&self, schema: &str, name: &str) -> Option<RelationId> {
        self.relations.get(&(schema.to_owned(), name.to_owned())).copied()
    }
}

/// Whether a refusal only concerns what was asked for.
fn refusal(failure: &Failure) -> Option<Coverage> {
    match failure.number() {
        1044 | 1045 | 1142 | 1143 | 1227 => Some(Known::Denied),
        // Tables and columns this version does not have.
        1054 | 1109 | 1146 | 1049 | 1064 => Some(Known::Unsupported),
        _ => None,
    }
}

/// The cells of a row, from left to right.
struct Row(Vec<Option<String>>);

impl Row {
    fn next(&mut self) -> Option<String> {
        if self.0.is_empty() { None } else { self.0.remove(0) }
    }

    /// Empty for NULL.
    fn text(&mut self) -> String {
        self.next().unwrap_or_default()
    }

    /// Nothing for an empty text too.
    fn some(&mut self) -> Option<String> {
        self.next().filter(|text| !text.is_empty())
    }

    fn number<T: std::str::FromStr>(&mut self) -> Option<T> {
        self.next().and_then(|text| text.parse().ok())
    }
}
