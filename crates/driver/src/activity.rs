//! What a server is doing now, for whom, and who waits for whom; how large its tables are and what of them is used.

use std::time::Duration;

use async_trait::async_trait;
use catalog::ObjectKey;
use serde::{Deserialize, Serialize};

use crate::Error;

/// Watching a server's sessions, ending what they do, and measuring its tables.
#[async_trait]
pub trait Activity: Send + Sync {
    /// The sessions of the server and who waits for whom, both of one moment as nearly as the server can.
    ///
    /// # Errors
    /// `Unreachable`, `TimedOut`; `Forbidden` only when nothing at all may be seen.
    async fn now(&self) -> Result<Moment, Error>;

    /// Sizes and use of the tables and indexes of the connection's database.
    ///
    /// # Errors
    /// As [`Activity::now`].
    async fn sizes(&self) -> Result<Sizes, Error>;

    /// The statement that [`Activity::signal`] sends, for a person to read beforehand.
    ///
    /// # Errors
    /// `InvalidStatement` for an id that is none of this server's.
    fn statement(&self, session: &str, signal: Signal) -> Result<String, Error>;

    /// Cancels what another's session does, or ends that session. Waits a moment for the server to
    /// do it.
    ///
    /// # Errors
    /// `Forbidden` where the server refuses, and for the session this is asked over; `InvalidStatement` as
    /// [`Activity::statement`]; `Unreachable`, and then nobody knows.
    async fn signal(&self, target: &Target, signal: Signal) -> Result<Signalled, Error>;
}

/// How long [`Activity::signal`] waits to see that the server did it.
pub const SIGNAL_PATIENCE: Duration = Duration::from_millis(1_500);

/// What is to be done to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Stop its statement; the session and its transaction stay.
    Cancel,
    /// End it; its transaction is rolled back.
    Kill,
}

/// A session as it was seen. What is given is compared first: nothing is done to another that came in its place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The server's id.
    pub session: String,
    /// [`ServerSession::opened`] as it was seen.
    pub opened: Option<String>,
    /// [`ServerSession::statement_id`] as it was seen; compared before a cancel.
    pub statement_id: Option<String>,
}

/// What became of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signalled {
    /// The server did it: the statement runs no more, or the session is gone.
    Done,
    /// The server accepted it; after [`SIGNAL_PATIENCE`] it was still at it.
    Accepted,
    /// Nothing was sent: the session runs no statement.
    Idle,
    /// Nothing was sent: the session runs another statement than the one that was seen.
    Another,
    /// Nothing was sent, or nothing was found: the session is gone.
    Gone,
}

/// What a session does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// It runs a statement.
    Active,
    /// It waits for its client, and holds nothing.
    Idle,
    /// It waits for its client in an open transaction.
    IdleInTransaction,
    /// It waits for its client in a transaction that failed.
    IdleInFailedTransaction,
    /// It is being ended.
    Ending,
    /// Work of the server's own.
    Background,
    /// The login may not see it.
    Hidden,
    /// Something else, or the server does not say.
    Unknown,
}

/// One session of the server. Ages are in milliseconds by the server's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerSession {
    /// The server's id.
    pub id: String,
    /// When it was opened, opaque: an id may be used again.
    pub opened: Option<String>,
    /// The login.
    pub user: Option<String>,
    /// The database it is in.
    pub database: Option<String>,
    /// Where its client is.
    pub client: Option<String>,
    /// How its client names itself.
    pub application: Option<String>,
    /// What it does.
    pub doing: Doing,
    /// For how long it has done so.
    pub doing_ms: Option<u64>,
    /// Age of its open transaction.
    pub transaction_ms: Option<u64>,
    /// What it waits for, in the server's words.
    pub waits_for: Option<String>,
    /// The statement it runs, or ran last; `None` where there is none or it may not be seen.
    pub statement: Option<String>,
    /// How long ago that began.
    pub statement_ms: Option<u64>,
    /// Which statement it is, opaque.
    pub statement_id: Option<String>,
    /// Whether the text is cut by the server.
    pub cut: bool,
    /// What the server's own process is, where it is none of a client's.
    pub background: Option<String>,
    /// Opened by this program on this computer, as far as the server tells.
    pub ours: bool,
    /// The one this was asked over: it cannot be signalled.
    pub asking: bool,
}

/// Who is in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Blocker {
    /// A session.
    Session(String),
    /// A prepared transaction, which no session holds.
    Prepared(String),
    /// The server does not tell.
    Unknown,
}

/// One session waits for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// Who waits.
    pub waiter: String,
    /// For whom.
    pub blocker: Blocker,
    /// What is locked, in words: `row of public.orders`.
    pub object: Option<String>,
    /// The lock that is waited for, as the server names it.
    pub wanted: Option<String>,
    /// The lock the blocker has; `None` where it only waits ahead in the queue, or the server does not tell.
    pub held: Option<String>,
    /// For how long.
    pub waiting_ms: Option<u64>,
}

/// The server's sessions at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The sessions.
    pub sessions: Vec<ServerSession>,
    /// Who waits for whom.
    pub waits: Vec<Wait>,
    /// What this login may not see, as sentences.
    pub unseen: Vec<String>,
}

/// A table's size and use. Bytes and moments (ms since the epoch) as the server tells them; `None` is not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSize {
    /// The table.
    pub key: ObjectKey,
    /// How it is stored: an engine, `partitioned`, `materialized view`.
    pub kind: Option<String>,
    /// Rows, as the server estimates.
    pub rows: Option<u64>,
    /// All of it.
    pub total_bytes: Option<u64>,
    /// Rows and long values.
    pub table_bytes: Option<u64>,
    /// Its indexes.
    pub index_bytes: Option<u64>,
    /// Allocated and not used.
    pub free_bytes: Option<u64>,
    /// Whether somebody holds it exclusively, so that its size is the one the server last wrote down.
    pub busy: bool,
    /// Times it was read from end to end.
    pub seq_scans: Option<u64>,
    /// Times it was read by an index.
    pub index_scans: Option<u64>,
    /// Rows that are gone but not cleaned up, as the server estimates.
    pub dead_rows: Option<u64>,
    /// When it was cleaned up last, by hand or by itself.
    pub vacuumed_ms: Option<i64>,
    /// When its statistics were gathered last.
    pub analyzed_ms: Option<i64>,
}

/// An index's size and use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexSize {
    /// The index; the table is the signature.
    pub key: ObjectKey,
    /// Its size.
    pub bytes: Option<u64>,
    /// Whether somebody holds its table exclusively.
    pub busy: bool,
    /// Times it was used; `None` where the server does not count.
    pub scans: Option<u64>,
    /// When it was used last, in ms since the epoch.
    pub used_ms: Option<i64>,
    /// Whether it is the primary key's.
    pub primary: bool,
    /// Whether it refuses duplicates.
    pub unique: bool,
    /// Whether it may be used.
    pub valid: bool,
}

/// Sizes and use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// Tables.
    pub tables: Vec<TableSize>,
    /// Indexes.
    pub indexes: Vec<IndexSize>,
    /// Since when uses are counted, in ms since the epoch.
    pub counted_since_ms: Option<i64>,
    /// Whether a use is a row that was read, not a scan.
    pub counts_rows: bool,
    /// What is not told, and why, as sentences.
    pub unseen: Vec<String>,
}
