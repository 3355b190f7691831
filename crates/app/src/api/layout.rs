use serde::{Deserialize, Serialize};
use specta::Type;

/// How a person left one column of a relation's rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ColumnLayout {
    /// Its name: a column that is renamed is another one.
    pub name: String,
    /// Its width, in pixels; fitted to its rows where there is none.
    pub width: Option<u32>,
    /// Not shown.
    pub hidden: bool,
    /// Keeps its place while the others scroll.
    pub pinned: bool,
}

/// The columns of a relation's rows in the order a person left them. A column it does not name is one that came later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RelationLayout {
    /// Every column there was, pinned ones first.
    pub columns: Vec<ColumnLayout>,
}
