use serde::{Deserialize, Serialize};
use specta::Type;

use super::Count;

/// What a statement of the audit trail does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AuditKind {
    /// It changes rows, or something else outside its session.
    Write,
    /// It changes the catalog.
    Schema,
    /// It changes who may do what: policies, privileges, roles.
    Access,
    /// It takes data out into a file or through the connection.
    Export,
    /// Its text does not tell.
    Unknown,
}

/// What to look for in the audit trail.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct AuditQuery {
    /// Words that must all occur in the statement, its targets or the connection's name; empty lists everything.
    pub text: String,
    /// Only this connection.
    pub profile_id: Option<String>,
    /// Only this kind.
    pub kind: Option<AuditKind>,
    /// Only what was sent at or after this moment, in ms since the epoch.
    #[specta(type = Option<Count>)]
    pub since_ms: Option<i64>,
    /// Only what was sent before this moment, in ms since the epoch.
    #[serde(default)]
    #[specta(optional, type = Option<Count>)]
    pub until_ms: Option<i64>,
    /// Only lines before this id.
    #[specta(type = Option<Count>)]
    pub before: Option<i64>,
    /// Most lines.
    pub limit: u32,
}

/// How the audit trail is written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AuditFormat {
    /// A line of names, then one per statement.
    Csv,
    /// One JSON object per line.
    Ndjson,
}

/// One statement of the audit trail, secrets redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AuditEntry {
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
    /// Where it was run: `window` or `cli`.
    pub face: String,
    /// What it does.
    pub kind: AuditKind,
    /// The command (`UPDATE`, `CREATE POLICY`).
    pub command: String,
    /// What it changes, as it names it.
    pub targets: Vec<String>,
    /// The text.
    pub text: String,
    /// SHA-256 of that text: equal statements have the same.
    pub digest: String,
    /// `completed`, `failed`, `cancelled` or `lost`; `None` while it runs, and where its process died.
    pub outcome: Option<String>,
    /// Rows sent or changed.
    #[specta(type = Option<Count>)]
    pub rows: Option<i64>,
    /// How long it took.
    #[specta(type = Option<Count>)]
    pub elapsed_ms: Option<i64>,
    /// The error's message and native code.
    pub error: Option<String>,
}
