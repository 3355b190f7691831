use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, HoldProgress, ObjectRef, PolicyActor, ResultHead};

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
    NotContains,
    StartsWith,
    EndsWith,
    Like,
    In,
    NotIn,
    Between,
    IsEmpty,
    IsNotEmpty,
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

/// What rows of a data tab have to meet; see [`driver::Condition`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum BrowseCondition {
    /// One comparison.
    One {
        /// Which.
        filter: BrowseFilter,
    },
    /// Every one of these.
    All {
        /// Which.
        conditions: Vec<BrowseCondition>,
    },
    /// At least one of these.
    Any {
        /// Which.
        conditions: Vec<BrowseCondition>,
    },
    /// What a person wrote for WHERE, without that word.
    Where {
        /// The expression.
        text: String,
    },
}

impl From<BrowseFilter> for BrowseCondition {
    fn from(filter: BrowseFilter) -> Self {
        BrowseCondition::One { filter }
    }
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
    /// Conditions, done by the server; all of them hold.
    pub filters: Vec<BrowseCondition>,
    /// Sort, done by the server.
    pub sort: Vec<BrowseSort>,
    /// As whom; `None` is the login.
    #[serde(default)]
    #[specta(optional)]
    pub actor: Option<PolicyActor>,
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

/// What else is to be known of a relation whose rows are on show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BrowseFacts {
    /// The server leaves out rows that this login may not see (row security).
    pub filtered_for_you: bool,
    /// The server can tell of changes: `browse_listen`.
    pub listens: bool,
}

/// The rows of a hold read once more, into a hold of their own.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct BrowsedAgain {
    /// The new rows.
    pub browsed: Browsed,
    /// Their numbers of those that are new or not as they were, by their key; none where rows have no key or are too many.
    pub changed: Vec<u32>,
    /// Where the row is that was asked to be found again; `None` where it is no longer among them, or cannot be known by a key.
    pub kept: Option<u32>,
}
