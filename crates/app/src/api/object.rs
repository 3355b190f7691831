use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, ObjectIcon, ObjectRef};

/// How a list stands: an empty one of what was never read would look like none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ListState {
    /// Read in full.
    Read,
    /// The login may not read it.
    Denied,
    /// It was not asked for: this is what was kept of the last reading.
    Unread,
    /// There is no such thing here.
    Absent,
}

/// What one grantee may do with an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct GrantRow {
    /// Who has it; `PUBLIC` for everyone.
    pub grantee: String,
    /// Only this column.
    pub column: Option<String>,
    /// What it allows, as the server names it (`SELECT` …).
    pub privileges: Vec<String>,
    /// Whether the grantee may pass it on.
    pub grantable: bool,
    /// Who gave it.
    pub grantor: Option<String>,
    /// On what it was given, where that is not the object itself (`schema shop`, `everything`).
    pub through: Option<String>,
}

/// One fact about an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ObjectFact {
    /// What it is about (`Language`).
    pub label: String,
    /// What is so.
    pub value: String,
    /// Whether the value is code rather than words.
    pub code: bool,
    /// What is dangerous about it, as a sentence.
    pub warning: Option<String>,
}

/// A list of an object's parts: labels, attributes, memberships.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ObjectList {
    /// What is listed (`Labels`).
    pub label: String,
    /// Heads of its columns.
    pub heads: Vec<String>,
    /// Its rows, a cell for each head.
    pub rows: Vec<Vec<String>>,
}

/// Everything about one object that is not a relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ObjectPage {
    /// The object.
    pub object: ObjectRef,
    /// Its icon.
    pub icon: ObjectIcon,
    /// What it is, in words (`function`, `domain`).
    pub kind: String,
    /// Its comment.
    pub comment: Option<String>,
    /// Who owns it.
    pub owner: Option<String>,
    /// What is known of it, the most telling first.
    pub facts: Vec<ObjectFact>,
    /// What it is made of.
    pub lists: Vec<ObjectList>,
    /// Who may use it.
    pub grants: Vec<GrantRow>,
    /// How `grants` stands.
    pub grants_state: ListState,
    /// When this was read, in ms since the epoch.
    #[specta(type = Count)]
    pub as_of_ms: i64,
}
