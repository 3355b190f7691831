//! What the statements of a migration do to a database that is in use, before anybody runs them.
//!
//! [`review`] reads a script and says of each statement what it does, which locks on which tables it takes, whether it rewrites or
//! reads through a table, how the same is done while others go on working, and what the rules M-01 to M-14 find.
//!
//! ```
//! use advisor::{Lock, migration::{Migration, Server, TableLock, Work, review}};
//!
//! let text = "alter table orders alter column note set not null;";
//! let review = review(&Migration::of(text, Server::Postgres { major: 18 }));
//! let step = &review.steps[0];
//! assert_eq!(step.locks[0].lock, TableLock::Postgres { lock: Lock::AccessExclusive });
//! assert_eq!(step.work, Work::Scan);
//! assert!(step.online.as_ref().is_some_and(|online| online.sql.contains("NOT VALID")));
//! assert!(review.findings.iter().any(|finding| finding.rule == "M-04"));
//! ```
//!
//! # What holds
//!
//! - PostgreSQL's statements are read by its own grammar, MySQL's and SQLite's by their tokens. A statement that is not understood
//!   has [`Step::unread`], and nothing is claimed of it.
//! - Locks are those of the manual; what depends on the version is asked of [`Migration::server`]. Tests hold all of it against real
//!   servers: modes in `pg_locks`, files before and after, rows that were read.
//! - Where the catalog would decide and is not there, the worse is said, and [`Step::unless`] says what could make it less.
//! - What functions, triggers and DO blocks do inside is not seen.

mod action;
mod mysql;
mod postgres;
mod rule;
mod rules;
mod scene;
mod sqlite;
#[cfg(test)]
mod tests;
mod tokens;

use catalog::{Catalog, RelationWalker};
use serde::Serialize;
use sql::{Dialect, Span};

use crate::{Fix, Level, Lock};

pub use rule::Rule;

/// The server that a migration is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "engine")]
pub enum Server {
    /// PostgreSQL.
    Postgres {
        /// Its major version.
        major: u16,
    },
    /// MySQL.
    MySql {
        /// Its version.
        version: [u16; 3],
    },
    /// MariaDB.
    MariaDb {
        /// Its version.
        version: [u16; 3],
    },
    /// SQLite.
    Sqlite {
        /// Its version.
        version: [u16; 3],
    },
}

impl Server {
    /// The dialect its statements are written in.
    pub fn dialect(self) -> &'static Dialect {
        match self {
            Server::Postgres { .. } => sql::dialect::postgres(),
            Server::MySql { .. } | Server::MariaDb { .. } => sql::dialect::mysql(),
            Server::Sqlite { .. } => sql::dialect::sqlite(),
        }
    }
}

/// A script, and what is known of where it will run.
#[derive(Clone, Copy, Debug)]
pub struct Migration<'a> {
    /// The statements.
    pub text: &'a str,
    /// The server they are for.
    pub server: Server,
    /// Whether the migration's tool runs all of it in one transaction.
    pub in_transaction: bool,
    /// What the database holds before: types of columns, constraints, partitions and estimates of rows are looked up there.
    pub catalog: Option<&'a Catalog>,
}

impl<'a> Migration<'a> {
    /// Of a text for a server; not in a transaction, and without a catalog.
    pub fn of(text: &'a str, server: Server) -> Self {
        Migration { text, server, in_transaction: false, catalog: None }
    }

    /// The same, run in one transaction by its tool or not.
    #[must_use]
    pub fn in_transaction(self, yes: bool) -> Self {
        Migration { in_transaction: yes, ..self }
    }

    /// The same with a catalog.
    #[must_use]
    pub fn with_catalog(self, catalog: &'a Catalog) -> Self {
        Migration { catalog: Some(catalog), ..self }
    }

    /// The relation that a name means, where there is a catalog.
    pub(crate) fn relation(&self, schema: Option<&str>, name: &str) -> Option<RelationWalker<'a>> {
        let catalog = self.catalog?;
        let on_path = || catalog.search_path.iter().find_map(|schema| catalog.find_relation(Some(schema), name));
        let found = match schema {
            Some(_) => catalog.find_relation(schema, name),
            None => on_path().or_else(|| catalog.find_relation(None, name)),
        };
        catalog.relation(found?)
    }
}

/// What a statement does to a table's stored rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// It changes definitions only: as fast for a large table as for a small one.
    Nothing,
    /// It reads a whole table, to check it, to index it or to change its rows.
    Scan,
    /// It writes the whole table anew, with its indexes, and needs the room for that.
    Rewrite,
}

impl Work {
    /// In a word or two.
    pub fn name(self) -> &'static str {
        match self {
            Work::Nothing => "neither",
            Work::Scan => "full scan",
            Work::Rewrite => "table rewrite",
        }
    }
}

/// How MySQL and MariaDB make a change of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html")]
pub enum Algorithm {
    Instant,
    /// Of MariaDB: in place, without writing the table anew.
    NoCopy,
    Inplace,
    Copy,
}

impl Algorithm {
    /// As `ALGORITHM=` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Instant => "INSTANT",
            Algorithm::NoCopy => "NOCOPY",
            Algorithm::Inplace => "INPLACE",
            Algorithm::Copy => "COPY",
        }
    }
}

/// What others may do meanwhile, as MySQL's `LOCK=` takes it: everything, read, nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "https://dev.mysql.com/doc/refman/8.4/en/alter-table.html")]
pub enum Concurrency {
    None,
    Shared,
    Exclusive,
}

impl Concurrency {
    /// As `LOCK=` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Concurrency::None => "NONE",
            Concurrency::Shared => "SHARED",
            Concurrency::Exclusive => "EXCLUSIVE",
        }
    }
}

/// The lock on a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case", tag = "of")]
pub enum TableLock {
    /// PostgreSQL's. Whoever waits for one also holds up all that come later and would conflict with it.
    Postgres {
        /// The strongest that the statement takes.
        lock: Lock,
    },
    /// MySQL's and MariaDB's.
    MySql {
        /// What others may do meanwhile.
        lock: Concurrency,
        /// How the change is made, at least.
        algorithm: Algorithm,
    },
    /// SQLite's: one writer for the whole file.
    Database,
}

impl TableLock {
    /// As the server's manual writes it.
    pub fn name(self) -> String {
        match self {
            TableLock::Postgres { lock } => lock.name().to_owned(),
            TableLock::MySql { algorithm, lock } => format!("ALGORITHM={}, LOCK={}", algorithm.name(), lock.name()),
            TableLock::Database => "the whole database, against writers".to_owned(),
        }
    }
}

/// A lock on one relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Locked {
    /// Its schema, where it is written or in the catalog.
    pub schema: Option<String>,
    /// Its name as the server keeps it.
    pub name: String,
    /// The lock.
    pub lock: TableLock,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Where it stands in the script, without what ends it.
    pub span: Span,
    /// What it does, one line for each change.
    pub what: Vec<String>,
    /// The locks on relations that were there before the script, strongest first. Those that only keep a relation from being dropped
    /// meanwhile (ACCESS SHARE) are left out, and so are those on what `CASCADE` finds beyond foreign keys.
    pub locks: Vec<Locked>,
    /// The most it does to a table that was there before.
    pub work: Work,
    /// What could make that less, where the catalog did not tell.
    pub unless: Option<String>,
    /// Whether the server runs it inside a transaction.
    pub transaction_safe: bool,
    /// Whether it stands in one here.
    pub in_transaction: bool,
    /// How the same is done while others go on working, where there is a way.
    pub online: Option<Online>,
    /// Why it was not evaluated.
    pub unread: Option<Unread>,
}

/// How the same is done while others go on working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Online {
    /// The statements, each ended with `;`, to run one after the other and not in one transaction.
    pub sql: String,
    /// The strongest lock on a table that they take.
    pub lock: TableLock,
    /// Whether each of them may stand in a transaction of its own.
    pub transaction_safe: bool,
}

/// Why a statement was not evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// Why.
    pub reason: String,
    /// Where, as a byte offset into the script.
    pub at: usize,
}

/// Something that a rule found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// The rule's name.
    pub name: &'static str,
    /// How much it matters.
    pub level: Level,
    /// The statement, as an index into [`Review::steps`].
    pub step: usize,
    /// Where in the script.
    pub span: Span,
    /// What is wrong, why that matters and what to do, in a sentence or two.
    pub message: String,
    /// What to run in its place.
    pub fix: Option<Fix>,
}

/// What is to be said of a migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Review {
    /// Its statements, in order.
    pub steps: Vec<Step>,
    /// What the rules found, by statement, then by rule.
    pub findings: Vec<Finding>,
}

/// Reads a migration. Whatever the text holds, this ends.
pub fn review(migration: &Migration<'_>) -> Review {
    let scene = scene::Scene::of(migration);
    let mut findings: Vec<Finding> = rules::ALL.iter().flat_map(|rule| rule.check(&scene)).collect();
    findings.sort_by_key(|finding| (finding.step, finding.rule));
    Review { steps: scene.steps(), findings }
}

/// Every rule on migrations, by id.
pub fn rules() -> &'static [&'static Rule] {
    rules::ALL
}
