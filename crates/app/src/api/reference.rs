use serde::{Deserialize, Serialize};
use specta::Type;

use super::{BrowseFilter, Count, ObjectRef, PolicyActor};

/// A foreign key that columns of a result belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ResultKey {
    /// The constraint's name; SQLite's may have none.
    pub name: Option<String>,
    /// The referring columns.
    pub columns: Vec<String>,
    /// Where they stand in the result: those of them that are in it.
    pub shown_at: Vec<u32>,
    /// The referred relation.
    pub object: ObjectRef,
    /// The referred columns, pairwise with `columns`.
    pub referenced_columns: Vec<String>,
    /// All of it in words: `→ users.id (ON DELETE CASCADE)`.
    pub label: String,
    /// Where the values of `columns` stand, pairwise; empty where the key cannot be followed.
    pub values_at: Vec<u32>,
    /// Why it cannot be followed.
    pub obstacle: Option<String>,
}

/// Where rows lead: a relation and what finds exactly these rows of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Followed {
    /// The connection.
    pub profile_id: String,
    /// The relation.
    pub object: ObjectRef,
    /// What finds the rows, with whole and exact values.
    pub filters: Vec<BrowseFilter>,
    /// Why there is nothing to follow, as a sentence; the filters are empty then.
    pub nothing: Option<String>,
}

/// A foreign key of some relation that leads to a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReferringKey {
    /// The constraint's name.
    pub name: Option<String>,
    /// The referring columns.
    pub columns: Vec<String>,
    /// `orders.user_id`, with its schema where that is another.
    pub label: String,
    /// What happens to the rows when ours goes or changes: `ON DELETE CASCADE`; empty for the usual.
    pub actions: String,
    /// The referring rows.
    pub rows: Followed,
}

/// A row and the foreign keys that lead to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReferredRow {
    /// Its relation.
    pub object: ObjectRef,
    /// The values of its key as texts, shortened: `17`, `3, 7`; empty where the result does not have it.
    pub title: String,
    /// The keys, those of its own schema first.
    pub keys: Vec<ReferringKey>,
}

/// A count that stops at a cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CappedCount {
    /// Rows, at most the cap.
    pub rows: u32,
    /// Whether there are more.
    pub more: bool,
    /// How long it took.
    #[specta(type = Count)]
    pub elapsed_ms: u64,
}

/// What to look for among the rows of a relation.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct LookupRequest {
    /// Names this question, so that it can be stopped.
    pub ask_id: String,
    /// The connection.
    pub profile_id: String,
    /// The relation.
    pub object: ObjectRef,
    /// The columns that name a row.
    pub key_columns: Vec<String>,
    /// What is searched; every word of it must be found. Empty shows the first rows.
    pub text: String,
    /// As whom; `None` is the login.
    #[serde(default)]
    #[specta(optional)]
    pub actor: Option<PolicyActor>,
}

/// A column that can be a label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LookupColumn {
    /// Its name.
    pub name: String,
    /// Its type, as the server prints it.
    pub native_type: String,
}

/// One row to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LookupRow {
    /// Whole values of the key's columns, as filters take them; `None` is NULL.
    pub key: Vec<Option<String>>,
    /// Values of the labels, the beginning of long ones; `None` is NULL.
    pub labels: Vec<Option<String>>,
}

/// Rows to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LookupPage {
    /// The columns that were searched and are shown: those a person chose, or else likely ones.
    pub labels: Vec<String>,
    /// Every column that can be one.
    pub columns: Vec<LookupColumn>,
    /// The rows, in the order of the key.
    pub rows: Vec<LookupRow>,
    /// Whether there are more than these.
    pub more: bool,
    /// How long it took.
    #[specta(type = Count)]
    pub elapsed_ms: u64,
}
