use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, HoldProgress, ObjectRef, ResultHead};

/// How a column is compared; see [`driver::Comparison`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum FilterOperator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    StartsWith,
    Like,
    In,
    IsNull,
    IsNotNull,
}

/// One condition of a data tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BrowseFilter {
    /// The column.
    pub column: String,
    /// How it is compared.
    pub operator: FilterOperator,
    /// With what; text the server reads.
    pub values: Vec<String>,
}

/// One sort key of a data tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BrowseSort {
    /// The column.
    pub column: String,
    /// From greatest to least.
    pub descending: bool,
}

/// Opens a relation's rows.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct BrowseRequest {
    /// The connection.
    pub profile_id: String,
    /// The relation.
    pub object: ObjectRef,
    /// Conditions, done by the server.
    pub filters: Vec<BrowseFilter>,
    /// Sort, done by the server.
    pub sort: Vec<BrowseSort>,
}

/// A relation's first rows. More come by `browse_more`, in pages appended to the same hold.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Browsed {
    /// Head of the hold.
    pub head: ResultHead,
    /// Rows so far.
    pub progress: HoldProgress,
    /// The statement that was sent.
    pub statement: String,
    /// How pages are told apart, in words ("by primary key id"; a warning where rows may repeat or be missed).
    pub paging: String,
    /// Whether `paging` is a warning.
    pub paging_warns: bool,
}

/// An exact count, asked for by a person.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Counted {
    /// Rows.
    #[specta(type = Count)]
    pub rows: u64,
    /// How long it took.
    #[specta(type = Count)]
    pub elapsed_ms: u64,
}
