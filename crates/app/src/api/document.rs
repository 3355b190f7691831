use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ObjectRef, SavedBinding};

/// What a tab is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TabKind {
    /// An editor.
    Query,
    /// A relation.
    Relation,
    /// The list of connections.
    Home,
    /// The settings.
    Settings,
    /// A connection's form: of a saved one where there is a profile, else of a new one.
    Connection,
    /// What a connection's server is doing.
    Activity,
    /// A kept plan.
    Plan,
    /// Row security of a connection's database.
    Policies,
    /// What the advisor says of a connection's database.
    Advisor,
    /// A diagram of a connection's database.
    Diagram,
    /// Migrations of a connection's database.
    Migrations,
    /// A comparison of two schemas; the connection's database is its first side.
    Compare,
    /// Keys of a connection's database.
    Keys,
    /// What happens on a connection's server.
    Live,
}

impl TabKind {
    /// Whether closing it loses something worth bringing back.
    pub(crate) fn is_work(self) -> bool {
        !matches!(self, TabKind::Home | TabKind::Settings | TabKind::Connection)
    }
}

/// A tab as it is kept: everything but an editor's text, which is journaled apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TabRecord {
    /// Its id, made by the window.
    pub id: String,
    /// What it is.
    pub kind: TabKind,
    /// Its place.
    pub position: u32,
    /// Its title.
    pub title: String,
    /// Its connection.
    pub profile_id: Option<String>,
    /// Another database of that server.
    pub database: Option<String>,
    /// The relation, for relation tabs.
    pub object: Option<ObjectRef>,
    /// The file it was opened from.
    pub path: Option<String>,
    /// The file's stamp when opened or saved.
    pub stamp: Option<String>,
    /// The saved query it edits.
    #[serde(default)]
    pub saved: Option<SavedBinding>,
    /// Whether the text differs from the file, or from the saved query.
    pub dirty: bool,
    /// Whether its file has `\r\n`, or will have.
    #[serde(default)]
    pub crlf: bool,
    /// The window's own view state as JSON: caret, scroll, split, column widths. Never rows, never text.
    pub view: String,
}

/// A tab with its text, as restored.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RestoredTab {
    /// The tab.
    pub tab: TabRecord,
    /// An editor's text, empty for others.
    pub text: String,
    /// The number of its last journaled edit.
    pub sequence: u32,
}

/// A window's tabs.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Workspace {
    /// Its tabs in order.
    pub tabs: Vec<RestoredTab>,
    /// The tab in front.
    pub active: Option<String>,
    /// The window's own JSON of how its tabs are split.
    #[serde(default)]
    #[specta(optional)]
    pub layout: Option<String>,
}

/// One replacement in an editor's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TextEdit {
    /// Replaced range, in UTF-16 units of the text before this edit.
    pub range: super::TextRange,
    /// What stands there now.
    pub insert: String,
}

/// Edits of one moment, to be applied from the last to the first (ranges all count in the text before them).
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct JournalEntry {
    /// The tab.
    pub tab_id: String,
    /// One more than the previous entry's.
    pub sequence: u32,
    /// The edits; ignored when `text` is given.
    pub edits: Vec<TextEdit>,
    /// The whole text instead: at first, and when the core asks for it.
    pub text: Option<String>,
}

/// What the journal says to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Journaled {
    /// On disk.
    Kept,
    /// It does not fit what was kept before: send the whole text.
    Resend,
}
