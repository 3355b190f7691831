use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, FilterOperator};

/// One condition on held rows: it is checked here, without the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LocalCondition {
    /// The column's place in the result.
    pub column: u32,
    /// How it is compared: as numbers or times where the column holds such, by bytes elsewhere.
    pub operator: FilterOperator,
    /// With what.
    pub values: Vec<String>,
}

/// One sort key of held rows. NULLs stand last either way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LocalSort {
    /// The column's place in the result.
    pub column: u32,
    /// From greatest to least.
    pub descending: bool,
}

/// Which of the held rows to show, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ViewRequest {
    /// Some cell of the row contains this, without regard to case.
    pub contains: Option<String>,
    /// In which columns that is looked for; `None` is all that are shown.
    pub columns: Option<Vec<u32>>,
    /// All of these hold too.
    pub conditions: Vec<LocalCondition>,
    /// Sort keys, the first one first.
    pub sort: Vec<LocalSort>,
}

/// Some of the rows of a hold in some order. It takes the place of a hold's id wherever one is asked for, but for edits; and is
/// released as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct HoldView {
    /// Names it.
    pub hold_id: String,
    /// Rows it has.
    #[specta(type = Count)]
    pub rows: u64,
    /// Of how many held rows it was made.
    #[specta(type = Count)]
    pub of: u64,
    /// Whether those were all there are.
    pub complete: bool,
}

/// What a local filter and sort of a query's rows would be as the server's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ServerQuery {
    /// The statement; none where it cannot be made.
    pub text: Option<String>,
    /// Why it cannot be made.
    pub refused: Option<String>,
}

/// A cell of held rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct HeldCell {
    /// The row, as numbered where it was looked for.
    #[specta(type = Count)]
    pub row: u64,
    /// The column's place in the result.
    pub column: u32,
}

/// Looks for a text in held rows, or in those of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FindRequest {
    /// The hold or view.
    pub hold_id: String,
    /// The text, without regard to case.
    pub text: String,
    /// In which columns, in the order they are shown in; `None` is all.
    pub columns: Option<Vec<u32>>,
    /// Goes on behind this cell, or before it; begins at an end without one.
    pub from: Option<HeldCell>,
    /// Whether the cell itself counts too.
    pub inclusive: bool,
    /// Towards the beginning.
    pub backward: bool,
    /// Whether to count all cells with the text as well.
    pub count: bool,
}

/// How many cells contain a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FoundHits {
    /// Cells; at least this many where it is not `all`.
    #[specta(type = Count)]
    pub cells: u64,
    /// Whether all of them were counted.
    pub all: bool,
    /// Which of them was found, from 1.
    #[specta(type = Option<Count>)]
    pub nth: Option<u64>,
}

/// What was found in held rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Found {
    /// Where; none where no cell has it.
    pub hit: Option<HeldCell>,
    /// Whether the search went round the end, or the beginning.
    pub wrapped: bool,
    /// How many there are, where that was asked for.
    pub hits: Option<FoundHits>,
}
