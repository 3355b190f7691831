//! What is known of a database beyond its objects: use, state, settings. A driver fills it; what it may not read says so in
//! its place.

mod columns;
mod operations;
mod workload;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Known, ObjectKey, Told};

pub use columns::{ColumnStatistics, ExtendedStatistics};
pub use operations::{Archiving, Connections, Follower, FollowerKind, OpenTransaction, OpenTransactions};
pub use workload::{Bloat, IndexCost, IndexTrial, MOST, StatementUse};

const NOT_READ: &str = "it was not read";

/// The kind of server, as far as rules differ by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    MySql,
    /// SQLite.
    Sqlite,
}

/// Statistics, settings and whatever else a catalog does not hold. Everything is of one moment as nearly as the server can.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The kind of server.
    pub engine: Engine,
    /// Its version as a number that orders (`180004`); 0 where it is not known.
    pub version: u32,
    /// Who is connected.
    pub login: Known<Login>,
    /// Settings by name, as the server prints them.
    pub settings: Known<BTreeMap<String, String>>,
    /// Since when uses of tables and indexes are counted, in milliseconds since the epoch; `Value(None)` is since the database was
    /// made.
    pub counted_since_ms: Known<Option<i64>>,
    /// Whether others replicate this server, so that uses there are not counted here.
    pub has_replicas: Known<bool>,
    /// Use of tables.
    pub tables: Known<Vec<TableStatistics>>,
    /// State and use of indexes.
    pub indexes: Known<Vec<IndexState>>,
    /// How far sequences (MySQL: AUTO_INCREMENT counters) have come.
    pub sequences: Known<Vec<SequencePosition>>,
    /// Which relations views and materialized views read.
    pub views: Known<Vec<ViewSource>>,
    /// Installed extensions beside what could be installed.
    pub extensions: Known<Vec<ExtensionState>>,
    /// Objects that came with an extension: nobody here is responsible for them.
    pub extension_members: Known<Vec<ObjectKey>>,
    /// What objects made later will be granted.
    pub default_privileges: Known<Vec<DefaultPrivilege>>,
    /// How clients are let in, in order.
    pub host_rules: Known<Vec<HostRule>>,
    /// Roles whose password is stored as MD5.
    pub weak_passwords: Known<Vec<String>>,
    /// Age of the database's oldest transaction id, in transactions.
    pub oldest_transaction: Known<i64>,
    /// Columns of tables with 10,000 rows and more that indexes begin with or have together with others.
    pub columns: Known<Vec<ColumnStatistics>>,
    /// Statistics of several columns together.
    pub extended_statistics: Known<Vec<ExtendedStatistics>>,
    /// Transactions that are open.
    pub transactions: Known<OpenTransactions>,
    /// How many are connected.
    pub connections: Known<Connections>,
    /// Who follows the server.
    pub followers: Known<Vec<Follower>>,
    /// What becomes of its log.
    pub archiving: Known<Archiving>,
    /// Buckets of files whose files anybody may fetch (Supabase); `Unsupported` where there are no buckets.
    pub public_buckets: Known<Vec<String>>,
    /// The statements that took longest, all their runs together.
    pub statements: Told<Vec<StatementUse>>,
    /// The tables and indexes that waste most room.
    pub bloat: Told<Vec<Bloat>>,
    /// What indexes that rules suggest would bring; asked for after the rest, since the rest says which.
    pub index_costs: Told<Vec<IndexCost>>,
}

impl Facts {
    /// Nothing known but the engine.
    pub fn of(engine: Engine) -> Self {
        Facts {
            engine,
            version: 0,
            login: Known::NotLoaded,
            settings: Known::NotLoaded,
            counted_since_ms: Known::NotLoaded,
            has_replicas: Known::NotLoaded,
            tables: Known::NotLoaded,
            indexes: Known::NotLoaded,
            sequences: Known::NotLoaded,
            views: Known::NotLoaded,
            extensions: Known::NotLoaded,
            extension_members: Known::NotLoaded,
            default_privileges: Known::NotLoaded,
            host_rules: Known::NotLoaded,
            weak_passwords: Known::NotLoaded,
            oldest_transaction: Known::NotLoaded,
            columns: Known::NotLoaded,
            extended_statistics: Known::NotLoaded,
            transactions: Known::NotLoaded,
            connections: Known::NotLoaded,
            followers: Known::NotLoaded,
            archiving: Known::NotLoaded,
            public_buckets: Known::NotLoaded,
            statements: Told::NotEvaluated(NOT_READ.to_owned()),
            bloat: Told::NotEvaluated(NOT_READ.to_owned()),
            index_costs: Told::NotEvaluated(NOT_READ.to_owned()),
        }
    }
}

/// Who is connected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The role whose rights count.
    pub name: String,
    /// Whether checks do not apply to it.
    pub superuser: bool,
    /// Whether row security does not apply to it.
    pub bypass_row_security: bool,
}

/// Use of a table since counting began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableStatistics {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Rows, as the server estimates.
    pub live_rows: i64,
    /// Rows that are gone but not cleaned up.
    pub dead_rows: i64,
    /// Times it was read from end to end.
    pub sequential_scans: i64,
    /// Rows read that way.
    pub sequential_rows: i64,
    /// Times it was read by an index.
    pub index_scans: i64,
    /// Rows that were added, changed or deleted; `None` where that is not counted.
    pub written_rows: Option<i64>,
}

/// State and use of an index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexState {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Operator classes of its keys, in order, qualified.
    pub operator_classes: Vec<String>,
    /// Collations of its keys, in order; empty for a type without any.
    pub collations: Vec<String>,
    /// Whether two NULLs are duplicates.
    pub nulls_not_distinct: bool,
    /// The constraint it stands behind.
    pub constraint: Option<String>,
    /// Whether it tells rows apart for logical replication, or the table is clustered by it.
    pub depended_on: bool,
    /// Whether it is the head of an index over partitions, or one of its parts.
    pub partitioned: bool,
    /// Times it was used.
    pub scans: Option<i64>,
    /// Its size.
    pub bytes: Option<u64>,
}

/// How far a sequence has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequencePosition {
    /// The schema of the table it numbers.
    pub schema: String,
    /// The table.
    pub relation: String,
    /// The column.
    pub column: String,
    /// The sequence itself: schema and name; `None` where the table counts.
    pub sequence: Option<(String, String)>,
    /// The last value handed out; `None` before the first.
    pub last: Option<i64>,
    /// The greatest value it can hand out.
    pub most: i64,
    /// Its step.
    pub step: i64,
    /// Whether it starts over at its end.
    pub cycles: bool,
}

/// A view reads a relation, as the server keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewSource {
    /// The view: schema and name.
    pub view: (String, String),
    /// What it reads: schema and name.
    pub reads: (String, String),
}

/// An installed extension.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionState {
    /// Its name.
    pub name: String,
    /// The version the server would install now.
    pub default_version: Option<String>,
    /// Whether its schema can be changed.
    pub relocatable: bool,
}

/// What objects that somebody makes later will be granted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefaultPrivilege {
    /// Who makes them.
    pub owner: String,
    /// Where; `None` is everywhere.
    pub schema: Option<String>,
    /// What, as the statement names it (`TABLES` …).
    pub objects: String,
    /// To whom; `PUBLIC` for everyone.
    pub grantee: String,
    /// The privilege.
    pub privilege: String,
}

/// One line of how clients are let in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostRule {
    /// Its place in the file.
    pub line: i64,
    /// `local`, `host` …
    pub kind: String,
    /// Databases it is for.
    pub databases: Vec<String>,
    /// Users it is for.
    pub users: Vec<String>,
    /// The address it is for; `None` on a socket.
    pub address: Option<String>,
    /// How they prove who they are.
    pub method: String,
}
