//! What a server does most, and what takes room for nothing: the greatest [`MOST`] of each.

use serde::{Deserialize, Serialize};

/// Most rows of a section.
pub const MOST: usize = 50;

/// A statement, as the server counts all that differ in constants only. Times are in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StatementUse {
    /// Its text, with a number in the place of each constant; cut after 4,000 characters.
    pub query: String,
    /// As whom it ran; `None` where there is no such role any more.
    pub role: Option<String>,
    /// Times it ran.
    pub calls: i64,
    /// How long it ran, all together.
    pub total_ms: f64,
    /// How long it ran, on average.
    pub mean_ms: f64,
    /// Rows that it gave or changed, all together.
    pub rows: i64,
}

/// Room that a table or an index takes. What is wasted is reckoned from statistics; the rest the server counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bloat {
    /// The table's schema.
    pub schema: String,
    /// The table.
    pub table: String,
    /// The index of it that this is about; `None` is the table itself.
    pub index: Option<String>,
    /// All of it, in bytes, as the server last wrote down.
    pub bytes: u64,
    /// What it would need less if it were written anew, in bytes: an estimate. `None` where its columns have no statistics.
    pub wasted_bytes: Option<u64>,
    /// Rows that are there; of an index 0.
    pub live_rows: i64,
    /// Rows that are gone but not cleaned up; of an index 0.
    pub dead_rows: i64,
    /// When it was last cleaned up, in milliseconds since the epoch.
    pub last_vacuum_ms: Option<i64>,
}

/// An index that is not there, to be tried on the planner.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IndexTrial {
    /// The table's schema.
    pub schema: String,
    /// The table.
    pub table: String,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// As whom the search is planned: policies for that role filter it.
    pub role: String,
    /// The columns that the search compares with a value each; none reads all that the policies let through.
    pub compared: Vec<String>,
}

/// What the planner reckons with and without such an index, in its own unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexCost {
    /// What was tried.
    pub trial: IndexTrial,
    /// Without it.
    pub before: f64,
    /// With it.
    pub after: f64,
}
