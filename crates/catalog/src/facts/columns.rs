//! What a server knows of what columns hold.

use serde::{Deserialize, Serialize};

/// Statistics of a column, by a sample of its rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ColumnStatistics {
    /// The table's schema.
    pub schema: String,
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// The part of the rows that have NULL there, 0 to 1.
    pub nulls: f64,
    /// Different values; below 0 the part of the rows that differ, times -1, as PostgreSQL keeps it.
    pub different: f64,
    /// How well the rows' place follows the values, -1 to 1; `None` for a type without an order.
    pub order: Option<f64>,
}

/// Statistics that are kept of several columns together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtendedStatistics {
    /// The table's schema.
    pub schema: String,
    /// The table.
    pub table: String,
    /// The columns.
    pub columns: Vec<String>,
}
