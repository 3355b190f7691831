//! The catalog of one database, one query per kind.
//!
//! What is asked for in one call is read in one REPEATABLE READ transaction, so that the kinds agree with each other. What
//! cannot be read inside of it (sizes, views' queries, sequences' values) follows in short statements, because those lock
//! what they look at until their transaction ends.
//!
//! A kind is `Denied` where the login may not read the server's tables for it, and `NotLoaded` where somebody held one of
//! its relations exclusively: then what could be read is there, and the expressions of that relation are missing.
//! `Value(())` means everything within the asked scope.

mod later;
mod objects;
mod parts;
pub(crate) mod rows;

use std::{
    collections::{HashMap, HashSet},
    time::{SystemTime, UNIX_EPOCH},
};

use catalog::{Catalog, Kind, Known, RelationId, SchemaId, Scope};
use driver::{Code, Error};

use crate::{
    control::{ControlSession, Failure, query},
    wire::Client,
};
use rows::{Rows, array, oids};

/// How often a read is begun anew when objects vanish or are locked under it.
const ATTEMPTS: usize = 4;
/// Sizes are read without being asked for where there are at most this many relations: each costs several file look-ups.
const RELATIONS_SIZED_AT_ONCE: usize = 200;

/// Kinds whose objects hang on relations.
const PARTS: [Kind; 7] = [
    Kind::Relations,
    Kind::Columns,
    Kind::Constraints,
    Kind::ForeignKeys,
    Kind::Indexes,
    Kind::Triggers,
    Kind::Policies,
];

/// Reads the catalog.
pub(crate) async fn read(session: &ControlSession, version: u32, scope: &Scope) -> Result<Catalog, Error> {
    let mut attempt = 1;
    loop {
        let mut lent = session.lend().await.map_err(Error::from)?;
        let mut reading = Reading::new(lent.client(), version, scope);
        let result = reading.all().await;
        let catalog = std::mem::take(&mut reading.catalog);
        match result {
            Err(failure) if failure.ended() && lent.reused => {}
            // Objects that vanished, or were locked, between two looks at them.
            Err(failure)
                if attempt < ATTEMPTS
                    && matches!(
                        failure.state(),
                        "55P03" | "XX000" | "40001" | "42P01" | "42704" | "42883" | "3F000"
                    ) =>
            {
                attempt += 1;
                let undone = query(lent.client(), "rollback", &[]).await.map(drop);
                lent.give_back(undone).map_err(Error::from)?;
            }
            Err(failure) => {
                let undone = match failure.ended() {
                    true => Err(failure),
                    false => query(lent.client(), "rollback", &[]).await.and(Err(failure)),
                };
                return lent.give_back(undone).map_err(Error::from);
            }
            Ok(()) => {
                lent.give_back(Ok(())).map_err(Error::from)?;
                return finished(catalog);
            }
        }
    }
}

fn finished(mut catalog: Catalog) -> Result<Catalog, Error> {
    if !catalog.coverage.is_empty() && catalog.coverage.values().all(|coverage| *coverage == Known::Denied) {
        return Err(Error::new(Code::Forbidden, "This login may not read any of the server's own tables.")
            .with_hint("Ask for SELECT on the tables of the schema pg_catalog."));
    }
    catalog.seal();
    Ok(catalog)
}

/// One read in progress.
struct Reading<'a> {
    client: &'a mut Client,
    version: u32,
    scope: &'a Scope,
    /// `scope.schemas` as the server reads it.
    schemas: Option<String>,
    catalog: Catalog,
    schema_ids: HashMap<u32, SchemaId>,
    relation_ids: HashMap<u32, RelationId>,
    /// By [`RelationId`].
    relation_oids: Vec<u32>,
    /// By index into [`Catalog::indexes`].
    index_oids: Vec<u32>,
    /// By [`RelationId`]: the partitioned relation above it.
    parents: Vec<Option<u32>>,
    column_names: HashMap<(u32, i16), String>,
    /// Relations held exclusively by others, whose expressions cannot be read without waiting.
    busy: HashSet<u32>,
    busy_text: String,
}

impl<'a> Reading<'a> {
    fn new(client: &'a mut Client, version: u32, scope: &'a Scope) -> Self {
        Reading {
            client,
            version,
            scope,
            schemas: scope.schemas.as_ref().map(array),
            catalog: Catalog::default(),
            schema_ids: HashMap::new(),
            relation_ids: HashMap::new(),
            relation_oids: Vec::new(),
            index_oids: Vec::new(),
            parents: Vec::new(),
            column_names: HashMap::new(),
            busy: HashSet::new(),
            busy_text: String::new(),
        }
    }

    async fn all(&mut self) -> Result<(), Failure> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        self.catalog.as_of_ms = i64::try_from(now).unwrap_or(i64::MAX);
        self.begin().await?;
        let database = query(self.client, "select current_database()", &[]).await?;
        self.catalog.database = database.first().and_then(|row| row.string(0));
        self.find_busy().await?;
        self.consistent_kinds().await?;
        query(self.client, "commit", &[]).await?;
        self.search_path().await?;
        self.later().await
    }

    /// The search path of the login's new sessions. This session's own is ours, so it is put together from where it is set.
    async fn search_path(&mut self) -> Result<(), Failure> {
        if !self.scope.wants(Kind::Schemas) {
            return Ok(());
        }
        match query(self.client, include_str!("queries/search_path.sql"), &[]).await {
            Ok(rows) => {
                let row = rows.first();
                let (text, user) = (row.and_then(|row| row.string(0)), row.and_then(|row| row.string(1)));
                self.catalog.search_path = sql::search_path(&text.unwrap_or_default(), user.as_deref());
                Ok(())
            }
            // Not worth a catalog: names are then offered as if nothing were known.
            Err(failure) if !failure.ended() => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    async fn begin(&mut self) -> Result<(), Failure> {
        query(self.client, "begin isolation level repeatable read, read only", &[]).await.map(drop)
    }

    async fn find_busy(&mut self) -> Result<(), Failure> {
        let rows = match query(self.client, include_str!("queries/busy.sql"), &[]).await {
            Ok(rows) => rows,
            // Without the list, locks are found out by waiting for them.
            Err(failure) if failure.state() == "42501" => {
                query(self.client, "rollback", &[]).await?;
                self.begin().await?;
                Rows::default()
            }
            Err(failure) => return Err(failure),
        };
        self.busy = rows.iter().map(|row| row.oid(0)).collect();
        self.busy_text = oids(self.busy.iter().copied());
        Ok(())
    }

    async fn consistent_kinds(&mut self) -> Result<(), Failure> {
        if self.scope.wants(Kind::Databases) {
            self.databases().await?;
        }
        let in_schemas = [Kind::Schemas, Kind::Types, Kind::Routines, Kind::Sequences];
        let parts = PARTS.iter().any(|kind| self.scope.wants(*kind));
        if parts || in_schemas.iter().any(|kind| self.scope.wants(*kind)) {
            self.schemas().await?;
        }
        if parts {
            self.relations().await?;
        }
        let named = [Kind::Columns, Kind::Constraints, Kind::ForeignKeys, Kind::Indexes];
        if named.iter().any(|kind| self.scope.wants(*kind)) {
            self.columns().await?;
        }
        if self.scope.wants(Kind::Constraints) {
            self.constraints().await?;
        }
        if self.scope.wants(Kind::ForeignKeys) {
            self.foreign_keys().await?;
        }
        if self.scope.wants(Kind::Indexes) {
            self.indexes().await?;
        }
        if self.scope.wants(Kind::Triggers) {
            self.triggers().await?;
        }
        if self.scope.wants(Kind::Policies) {
            self.policies().await?;
        }
        if self.scope.wants(Kind::Types) {
            self.types().await?;
        }
        if self.scope.wants(Kind::Routines) {
            self.routines().await?;
        }
        if self.scope.wants(Kind::Sequences) {
            self.sequences().await?;
        }
        if self.scope.wants(Kind::Roles) {
            self.roles().await?;
        }
        if self.scope.wants(Kind::Grants) {
            self.grants().await?;
        }
        if self.scope.wants(Kind::Extensions) {
            self.extensions().await?;
        }
        Ok(())
    }

    /// Asks one kind's query; `None` where the login may not read it, which is then its coverage.
    async fn ask(&mut self, kind: Kind, text: &str, values: &[Option<&str>]) -> Result<Option<Rows>, Failure> {
        match query(self.client, text, values).await {
            Ok(rows) => {
                self.cover(kind, Known::Value(()));
                Ok(Some(rows))
            }
            Err(failure) if failure.state() == "42501" => {
                self.cover(kind, Known::Denied);
                query(self.client, "rollback", &[]).await?;
                self.begin().await?;
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Notes how completely a kind was read, if it was asked for; the worst that is said of it stays.
    fn cover(&mut self, kind: Kind, coverage: Known<()>) {
        if !self.scope.wants(kind) {
            return;
        }
        let place = self.catalog.coverage.entry(kind).or_insert(Known::Value(()));
        if *place == Known::Value(()) {
            *place = coverage;
        }
    }

    /// The values most queries begin with: schemas, relation, whether also the server's own.
    fn scoped(&self) -> [Option<String>; 3] {
        [self.schemas.clone(), self.scope.relation.clone(), Some(flag(self.scope.include_system).to_owned())]
    }
}

fn flag(value: bool) -> &'static str {
    if value { "t" } else { "f" }
}
