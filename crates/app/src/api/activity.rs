use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, ObjectRef};

/// What a session of the server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SessionDoing {
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

/// One session of the server. Ages are in ms by the server's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ActivitySession {
    /// The server's id.
    pub id: String,
    /// When it was opened, opaque.
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
    pub doing: SessionDoing,
    /// For how long it has done so.
    #[specta(type = Option<Count>)]
    pub doing_ms: Option<u64>,
    /// Age of its open transaction.
    #[specta(type = Option<Count>)]
    pub transaction_ms: Option<u64>,
    /// What it waits for, in the server's words.
    pub waits_for: Option<String>,
    /// The statement it runs, or ran last.
    pub statement: Option<String>,
    /// How long ago that began.
    #[specta(type = Option<Count>)]
    pub statement_ms: Option<u64>,
    /// Which statement it is, opaque.
    pub statement_id: Option<String>,
    /// Whether the server cut the text.
    pub cut: bool,
    /// What the server's own process is, where it is none of a client's.
    pub background: Option<String>,
    /// Opened by this program on this computer, as far as the server tells.
    pub ours: bool,
    /// The one this was asked over: it cannot be signalled.
    pub asking: bool,
}

/// One session waits for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ActivityWait {
    /// Who waits.
    pub waiter: String,
    /// The session in the way; `None` where it is none, or not told.
    pub blocker: Option<String>,
    /// The prepared transaction in the way, which no session holds.
    pub prepared: Option<String>,
    /// What is locked, in words.
    pub object: Option<String>,
    /// The lock that is waited for.
    pub wanted: Option<String>,
    /// The lock the blocker has; `None` where it only waits ahead, or the server does not tell.
    pub held: Option<String>,
    /// For how long.
    #[specta(type = Option<Count>)]
    pub waiting_ms: Option<u64>,
}

/// The server's sessions at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ActivityMoment {
    /// When it was read, in ms since the epoch.
    #[specta(type = Count)]
    pub at_ms: i64,
    /// The sessions.
    pub sessions: Vec<ActivitySession>,
    /// Who waits for whom.
    pub waits: Vec<ActivityWait>,
    /// What this login may not see, as sentences.
    pub unseen: Vec<String>,
}

/// A table's size and use. Bytes and moments (ms since the epoch); `None` is not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TableUse {
    /// The table.
    pub object: ObjectRef,
    /// How it is stored.
    pub kind: Option<String>,
    /// Rows, as the server estimates.
    #[specta(type = Option<Count>)]
    pub rows: Option<u64>,
    /// All of it.
    #[specta(type = Option<Count>)]
    pub total_bytes: Option<u64>,
    /// Rows and long values.
    #[specta(type = Option<Count>)]
    pub table_bytes: Option<u64>,
    /// Its indexes.
    #[specta(type = Option<Count>)]
    pub index_bytes: Option<u64>,
    /// Allocated and not used.
    #[specta(type = Option<Count>)]
    pub free_bytes: Option<u64>,
    /// Whether somebody holds it exclusively, so that its size is the one the server last wrote down.
    pub busy: bool,
    /// Times it was read from end to end.
    #[specta(type = Option<Count>)]
    pub seq_scans: Option<u64>,
    /// Times it was read by an index.
    #[specta(type = Option<Count>)]
    pub index_scans: Option<u64>,
    /// Rows that are gone but not cleaned up, as the server estimates.
    #[specta(type = Option<Count>)]
    pub dead_rows: Option<u64>,
    /// When it was cleaned up last.
    #[specta(type = Option<Count>)]
    pub vacuumed_ms: Option<i64>,
    /// When its statistics were gathered last.
    #[specta(type = Option<Count>)]
    pub analyzed_ms: Option<i64>,
}

/// An index's size and use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct IndexUse {
    /// The index; the table is the signature.
    pub object: ObjectRef,
    /// Its size.
    #[specta(type = Option<Count>)]
    pub bytes: Option<u64>,
    /// Whether somebody holds its table exclusively.
    pub busy: bool,
    /// Times it was used; `None` where the server does not count.
    #[specta(type = Option<Count>)]
    pub scans: Option<u64>,
    /// When it was used last, in ms since the epoch.
    #[specta(type = Option<Count>)]
    pub used_ms: Option<i64>,
    /// Whether it is the primary key's.
    pub primary: bool,
    /// Whether it refuses duplicates.
    pub unique: bool,
    /// Whether it may be used.
    pub valid: bool,
}

/// Sizes and use of a database's tables and indexes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ActivitySizes {
    /// When they were read, in ms since the epoch.
    #[specta(type = Count)]
    pub at_ms: i64,
    /// Tables.
    pub tables: Vec<TableUse>,
    /// Indexes.
    pub indexes: Vec<IndexUse>,
    /// Since when uses are counted, in ms since the epoch.
    #[specta(type = Option<Count>)]
    pub counted_since_ms: Option<i64>,
    /// Whether a use is a row that was read, not a scan.
    pub counts_rows: bool,
    /// What is not told, and why, as sentences.
    pub unseen: Vec<String>,
}

/// What is to be done to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SessionSignal {
    /// Stop its statement; the session and its transaction stay.
    Cancel,
    /// End it; its transaction is rolled back.
    Kill,
}

/// A session to cancel or to end, as it was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SignalRequest {
    /// The connection it was seen over.
    pub profile_id: String,
    /// The server's id.
    pub session: String,
    /// [`ActivitySession::opened`] as it was seen.
    pub opened: Option<String>,
    /// [`ActivitySession::statement_id`] as it was seen.
    pub statement_id: Option<String>,
    /// What is to be done.
    pub signal: SessionSignal,
    /// Whether a person has said yes to the question that was asked.
    pub confirmed: bool,
}

/// What became of a signal, or what is asked before it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum SignalAnswer {
    /// Nothing was sent: a person says yes first.
    Confirm {
        /// The question.
        title: String,
        /// What it costs, and whose session it is.
        description: String,
        /// The statement it runs, or ran last.
        statement: Option<String>,
        /// What the button says.
        confirm: String,
    },
    /// The server did it, or accepted it.
    Sent {
        /// Whether the server was seen to have done it.
        done: bool,
        /// What became of it, as a sentence.
        message: String,
    },
    /// Nothing was sent, because there is nothing to stop any more.
    Needless {
        /// Why, as a sentence.
        message: String,
    },
}
