use serde::{Deserialize, Serialize};
use specta::Type;

use super::TextRange;

/// Asks what could stand at the caret.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CompletionRequest {
    /// The tab whose session says what its search path is, where it has one.
    pub tab_id: Option<String>,
    /// The connection whose catalog is used; `None` completes keywords only.
    pub profile_id: Option<String>,
    /// Another database of that server.
    pub database: Option<String>,
    /// The driver whose language it is.
    pub driver: String,
    /// The text around the caret: at least the statement it is in.
    pub text: String,
    /// The caret in `text`, in UTF-16 units.
    pub caret: u32,
    /// Asked for by a key rather than by typing.
    pub explicit: bool,
}

/// What a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum CompletionKind {
    Table,
    View,
    Column,
    Function,
    Keyword,
    Schema,
    Join,
    Alias,
    Type,
}

/// One completion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CompletionItem {
    /// What is shown.
    pub label: String,
    /// What is inserted.
    pub insert: String,
    /// What it is.
    pub kind: CompletionKind,
    /// A short remark at the right (a column's type).
    pub detail: Option<String>,
    /// A sentence or two beside the list.
    pub documentation: Option<String>,
}

/// What could stand at the caret, best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Completions {
    /// What the chosen one replaces, in `text`.
    pub replace: TextRange,
    /// The items.
    pub items: Vec<CompletionItem>,
    /// Whether typing on can only narrow this list.
    pub narrows: bool,
}

/// A placeholder of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlaceholderMark {
    /// Its name without its sigil; positional ones count from 1.
    pub name: String,
    /// As it stands in the text.
    pub text: String,
    /// Its first place.
    pub range: TextRange,
}

/// What a text consists of.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Outline {
    /// Its statements.
    pub statements: Vec<super::StatementMark>,
    /// Its placeholders, each name once.
    pub placeholders: Vec<PlaceholderMark>,
}

/// A text file as opened.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct OpenedFile {
    /// Its path, absolute.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Its text; line ends as `\n`.
    pub text: String,
    /// Stands for the content on disk; given back when saving.
    pub stamp: String,
    /// Whether the file has `\r\n`; kept when saving.
    pub crlf: bool,
}

/// Whether a file is still what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// As it was.
    Unchanged,
    /// Another program changed it.
    Changed,
    /// It is gone.
    Missing,
}

/// Saves a text file.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SaveFile {
    /// Where.
    pub path: String,
    /// What.
    pub text: String,
    /// The stamp it was opened or last saved with; `None` replaces whatever is there.
    pub stamp: Option<String>,
    /// Write `\r\n`.
    pub crlf: bool,
}
