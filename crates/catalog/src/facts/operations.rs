//! How a server is doing: who holds what open, how many are connected, who follows it, what is kept for recovery. Ages are in
//! milliseconds by the server's clock.

use serde::{Deserialize, Serialize};

/// A transaction that has been open for a while, or for which others wait.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenTransaction {
    /// The server's id of its session; `None` of a prepared one, which no session holds.
    pub session: Option<String>,
    /// The login.
    pub user: String,
    /// How its client names itself; the name of a prepared one.
    pub application: String,
    /// For how long it has been open.
    pub age_ms: i64,
    /// For how long it has done nothing; `None` while it runs a statement.
    pub idle_ms: Option<i64>,
    /// Sessions that cannot go on before it ends, those that wait for such sessions too.
    pub waiting: i64,
}

/// Transactions that are open, the oldest first, at most [`super::MOST`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenTransactions {
    /// Those that have been open for a minute or more, or for which others wait.
    pub old: Vec<OpenTransaction>,
    /// Sessions of which this login may not see what they do.
    pub hidden: i64,
}

/// How many are connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connections {
    /// Clients that are connected, or hold a place.
    pub used: i64,
    /// How many places there are for clients, without those that are kept for superusers.
    pub most: i64,
    /// Clients that are connected and do nothing, where that may be seen.
    pub idle: i64,
}

/// What follows the server's changes, or keeps them until somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowerKind {
    /// A server that follows this one now.
    Replica,
    /// A place in the log up to which changes are kept for whoever follows by it.
    Slot,
    /// The server asked: it follows another.
    Itself,
}

/// One that follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follower {
    /// What it is.
    pub kind: FollowerKind,
    /// Its name.
    pub name: String,
    /// Whether it follows now; `None` where that may not be seen.
    pub active: Option<bool>,
    /// How far behind it is, or what is kept for it, in bytes of the log.
    pub behind_bytes: Option<i64>,
    /// How far behind it is.
    pub behind_ms: Option<i64>,
    /// A slot whose changes are not kept any more, so that nobody can follow by it.
    pub lost: bool,
    /// What stopped it, as the server says.
    pub trouble: Option<String>,
}

/// What becomes of the log that a server could be recovered by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archiving {
    /// Whether it is archived at all.
    pub on: bool,
    /// Files that were archived since this is counted.
    pub archived: i64,
    /// Times that failed.
    pub failed: i64,
    /// When a file was last archived, in milliseconds since the epoch.
    pub last_archived_ms: Option<i64>,
    /// When that last failed, in milliseconds since the epoch.
    pub last_failed_ms: Option<i64>,
}
