use serde::{Deserialize, Serialize};
use specta::Type;

use super::Count;

/// What to forget.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ForgetRequest {
    /// Only what belongs to this connection.
    pub profile_id: Option<String>,
    /// Statements of the history.
    pub history: bool,
    /// Lines of the audit trail.
    pub audit: bool,
    /// Catalogs on disk.
    pub catalogs: bool,
    /// Tabs that were closed and can be brought back, with their texts.
    pub closed_tabs: bool,
}

/// How much is kept, in all or of one connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeptAmounts {
    /// Statements of the history.
    #[specta(type = Count)]
    pub history: i64,
    /// Statements of the audit trail.
    #[specta(type = Count)]
    pub audit: i64,
    /// Catalogs on disk.
    #[specta(type = Count)]
    pub catalogs: i64,
    /// Closed tabs.
    #[specta(type = Count)]
    pub closed_tabs: i64,
    /// Open tabs, of every window.
    #[specta(type = Count)]
    pub open_tabs: i64,
    /// Saved connections, the sample apart.
    #[specta(type = Count)]
    pub connections: i64,
    /// Their secrets in the keychain.
    #[specta(type = Count)]
    pub secrets: i64,
}
