use serde::{Deserialize, Serialize};
use specta::Type;

use super::Count;

/// What to look for in the history.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct HistoryQuery {
    /// Words that must all occur; empty lists everything.
    pub text: String,
    /// Only this connection.
    pub profile_id: Option<String>,
    /// Only those that ended so; see [`HistoryEntry::outcome`].
    #[serde(default)]
    pub outcome: Option<String>,
    /// Only what was sent at or after this moment, in ms since the epoch.
    #[serde(default)]
    #[specta(type = Option<Count>)]
    pub since_ms: Option<i64>,
    /// Only what was sent before this moment, in ms since the epoch.
    #[serde(default)]
    #[specta(type = Option<Count>)]
    pub until_ms: Option<i64>,
    /// Only entries before this id.
    #[specta(type = Option<Count>)]
    pub before: Option<i64>,
    /// Most entries.
    pub limit: u32,
}

/// One executed statement, secrets redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct HistoryEntry {
    /// Its id.
    #[specta(type = Count)]
    pub id: i64,
    /// When it was sent, in ms since the epoch.
    #[specta(type = Count)]
    pub at_ms: i64,
    /// The connection, which may be gone.
    pub profile_id: Option<String>,
    /// The connection's name then.
    pub profile_name: String,
    /// The database.
    pub database: Option<String>,
    /// As whom, in words; `None` is the login.
    #[serde(default)]
    #[specta(optional)]
    pub acting: Option<String>,
    /// The text.
    pub text: String,
    /// `running`, `completed`, `failed`, `cancelled` or `lost`.
    pub outcome: String,
    /// Rows sent or changed.
    #[specta(type = Option<Count>)]
    pub rows: Option<i64>,
    /// How long it took.
    #[specta(type = Option<Count>)]
    pub elapsed_ms: Option<i64>,
    /// The error's message and native code.
    pub error: Option<String>,
    /// Where it was run: `window` or `cli`.
    pub face: String,
    /// Whether a plan is kept with it.
    pub plan: bool,
}
