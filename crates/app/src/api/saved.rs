use serde::{Deserialize, Serialize};
use specta::Type;

use super::Count;

/// A saved query without its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SavedHead {
    /// Its id, which stays when it is renamed or moved.
    pub id: String,
    /// Its name: once in a folder, without regard to case.
    pub name: String,
    /// Its folder: names with slashes between them; empty is the top.
    pub folder: String,
    /// Its tags, in the order they were given.
    pub tags: Vec<String>,
    /// The connection it is for, which may be gone.
    pub profile_id: Option<String>,
    /// The engine it is written for.
    pub driver: Option<String>,
    /// Counts its texts: who saves says which one was edited.
    pub version: u32,
    /// When it was made, in ms since the epoch.
    #[specta(type = Count)]
    pub created_ms: i64,
    /// When its text was last changed, in ms since the epoch.
    #[specta(type = Count)]
    pub changed_ms: i64,
    /// The beginning of its text on one line.
    pub excerpt: String,
}

/// A saved query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SavedQuery {
    /// What it is called and where it is.
    pub head: SavedHead,
    /// Its text.
    pub text: String,
}

/// What to look for among the saved queries.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct SavedFilter {
    /// Words that must all occur in name, folder, tags or text; empty lists everything.
    pub text: String,
    /// Only this folder and those in it.
    pub folder: Option<String>,
    /// Only those with all of these tags.
    pub tags: Vec<String>,
}

/// A tag and how many saved queries have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SavedTag {
    /// The tag.
    pub name: String,
    /// How many.
    pub count: u32,
}

/// Saved queries that were asked for, and what there is to narrow them by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SavedList {
    /// Those found, by folder and name.
    pub queries: Vec<SavedHead>,
    /// Every folder there is, also empty ones, sorted.
    pub folders: Vec<String>,
    /// Every tag there is, sorted.
    pub tags: Vec<SavedTag>,
    /// How many saved queries there are in all.
    pub total: u32,
}

/// What a saved query is called, where it is and what it is for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct SavedDetails {
    /// Its name.
    pub name: String,
    /// Its folder; made where it is not there.
    pub folder: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// The connection it is for.
    pub profile_id: Option<String>,
    /// The engine it is written for; the connection's, where one is given.
    pub driver: Option<String>,
}

/// What was deleted together, so that it can be brought back together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SavedRemoval {
    /// The queries.
    pub ids: Vec<String>,
    /// The folders.
    pub folders: Vec<String>,
}

/// Which saved query a tab edits, and which of its texts it began with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SavedBinding {
    /// The saved query.
    pub id: String,
    /// The text's number.
    pub version: u32,
}

/// What an export wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SavedExport {
    /// Files that were made or changed.
    pub written: u32,
    /// Files that said the same already, and were left alone.
    pub unchanged: u32,
}

/// A file an import left out, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SavedSkipped {
    /// The file, from the folder that was read.
    pub path: String,
    /// Why, as a sentence.
    pub reason: String,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SavedImport {
    /// Queries that are new, as paths.
    pub added: Vec<String>,
    /// Queries that were replaced, as paths.
    pub updated: Vec<String>,
    /// Queries that say something else than the file of their place, and were left as they are.
    pub differing: Vec<String>,
    /// How many say the same already.
    pub unchanged: u32,
    /// Files that were left out.
    pub skipped: Vec<SavedSkipped>,
}

/// Whose parameters are meant: the most particular that is known comes first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct ParameterScope {
    /// The connection the text runs on.
    pub profile_id: Option<String>,
    /// The saved query.
    pub saved_id: Option<String>,
    /// The tab.
    pub tab_id: Option<String>,
    /// The driver whose language the text is.
    pub driver: String,
    /// The text that has the placeholders.
    pub text: String,
}
