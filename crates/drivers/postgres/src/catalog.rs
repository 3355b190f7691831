//! The catalog of one database, one query per kind.
//!
//! What is asked for in one call is read in one REPEATABLE READ transaction, so that the kinds agree with each other. What
//! cannot be read inside of it (sizes, views' queries, sequences' values) follows in short statements, because those lock
//! what they look at until their transaction ends.
//!
//! A kind is `Denied` where the login may not read the server's tables for it, and `NotLoaded` where somebody held one of
//! its relations exclusively: then what could be read is there, and the expressions of that relation are missing.
//! `Value(())` means everything within the asked scope.

mod column_types;
mod later;
mod objects;
mod parts;
mod questions;
pub(crate) mod rows;
mod server;

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
use column_types::TypeOfColumn;
use rows::oids;

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
        let result = session.unless_silent(reading.all()).await;
        let catalog = std::mem::take(&mut reading.catalog);
        match result {
            Err(failure) if lent.reused && failure.may_be_old() => {}
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
                return finished(catalog, scope);
            }
        }
    }
}

/// Kinds this server has none of.
const NONE: [Kind; 1] = [Kind::Events];

fn finished(mut catalog: Catalog, scope: &Scope) -> Result<Catalog, Error> {
    if !catalog.coverage.is_empty() && catalog.coverage.values().all(|coverage| *coverage == Known::Denied) {
        return Err(Error::new(Code::Forbidden, "This login may not read any of the server's own tables.")
            .with_hint("Ask for SELECT on the tables of the schema pg_catalog."));
    }
    for kind in NONE.into_iter().filter(|kind| scope.wants(*kind)) {
        catalog.coverage.insert(kind, Known::Unsupported);
    }
    catalog.seal();
    Ok(catalog)
}

/// One read in progress.
struct Reading<'a> {
    client: &'a mut Client,
    version: u32,
    scope: &'a Scope,
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
    /// By index into [`Catalog::columns`].
    column_types: Vec<TypeOfColumn>,
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
            catalog: Catalog::default(),
            schema_ids: HashMap::new(),
            relation_ids: HashMap::new(),
            relation_oids: Vec::new(),
            index_oids: Vec::new(),
            parents: Vec::new(),
            column_names: HashMap::new(),
            column_types: Vec::new(),
            busy: HashSet::new(),
            busy_text: String::new(),
        }
    }

    async fn all(&mut self) -> Result<(), Failure> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        self.catalog.as_of_ms = i64::try_from(now).unwrap_or(i64::MAX);
        self.begin_and_look_around().await?;
        self.consistent_kinds().await?;
        self.types_of_columns().await?;
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

    fn set_busy(&mut self, busy: HashSet<u32>) {
        self.busy_text = oids(busy.iter().copied());
        self.busy = busy;
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
}

fn flag(value: bool) -> &'static str {
    if value { "t" } else { "f" }
}
