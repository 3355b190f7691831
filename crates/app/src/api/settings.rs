use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::AskWhen;

/// Light, dark or as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

/// How close rows stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Density {
    #[default]
    Dense,
    Comfortable,
}

/// Whether the window draws without the GPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum SoftwareRendering {
    /// Where there is no GPU.
    #[default]
    Auto,
    Always,
    Never,
}

/// What a person can set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Settings {
    /// Theme.
    pub theme: Theme,
    /// Size of data and SQL, in px.
    pub data_font_px: u32,
    /// Font of data and SQL; empty is the built-in one.
    pub data_font: String,
    /// How close rows stand.
    pub density: Density,
    /// Rows read before a run pauses.
    pub row_cap: u32,
    /// Megabytes read before a run pauses.
    pub byte_cap_mb: u32,
    /// Seconds after which a statement is stopped; 0 is never.
    pub statement_timeout_s: u32,
    /// Seconds a connection attempt may take.
    pub connect_timeout_s: u32,
    /// Minutes after which an idle session without state is closed.
    pub idle_close_min: u32,
    /// Minutes after which an open transaction that nobody uses is rolled back; 0 is never.
    pub idle_transaction_min: u32,
    /// Sessions per connection.
    pub session_limit: u32,
    /// Rows of one page of a data tab.
    pub page_rows: u32,
    /// Keys by command id, where they differ from the defaults; an empty text removes the key.
    pub shortcuts: BTreeMap<String, String>,
    /// Whether the window draws without the GPU; takes effect at the next start.
    pub software_rendering: SoftwareRendering,
    /// Days after which history is forgotten; 0 keeps it.
    pub history_days: u32,
    /// Days after which lines of the audit trail are forgotten; 0 keeps them.
    pub audit_days: u32,
    /// When to ask before an UPDATE or DELETE of every row.
    pub ask_whole_table: AskWhen,
    /// Whether to ask before DROP and TRUNCATE on local and development connections too; on the others it is always asked.
    pub ask_drops: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            theme: Theme::System,
            data_font_px: 12,
            data_font: String::new(),
            density: Density::Dense,
            row_cap: 100_000,
            byte_cap_mb: 512,
            statement_timeout_s: 0,
            connect_timeout_s: 15,
            idle_close_min: 10,
            idle_transaction_min: 10,
            session_limit: 6,
            page_rows: 1000,
            shortcuts: BTreeMap::new(),
            software_rendering: SoftwareRendering::Auto,
            history_days: 0,
            audit_days: 0,
            ask_whole_table: AskWhen::Always,
            ask_drops: false,
        }
    }
}
