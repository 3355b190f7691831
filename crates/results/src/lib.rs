//! Held results: what a run gave, kept on disk and looked at through windows.
//!
//! ```text
//! driver::Run --drive()--> HoldWriter --> Hold (Arrow IPC spool, offsets in memory) --window()--> bytes for the grid
//!                                          |--> View (sort, filter)   search   statistics
//!                                          `--> RowWriter (CSV, JSON, table …), which also takes a run's batches directly
//! ```
//!
//! * Memory is bounded by the window, never by the result: decoded blocks share one cache per [`Store`].
//! * A [`Hold`] is a lease. Its file has no name from the moment it exists and dies with the last lease.
//! * Local work says of how many rows it speaks and whether those are all: [`View::of`], [`View::complete`].
//!
//! This crate must not know any particular database, nor SQL, nor the user interface: only Arrow batches
//! laid out as [`driver::arrow`] says.
#![deny(missing_docs)]

mod cache;
mod cells;
pub mod documents;
mod drive;
mod format;
mod gather;
mod hold;
mod spool;
mod store;
#[cfg(test)]
mod tests;
mod view;
mod window;
mod work;

pub use cells::{Cell, Cells};
pub use drive::{Controller, ReadPolicy, RunEvent, drive};
pub use format::{BytesForm, Format, FormatOptions, RowWriter, SqlTarget, TextForms, WriteError, write_hold};
pub use hold::{Batches, Hold, HoldState, HoldWriter, Lens, Progress, Truncation};
pub use store::{Limits, Store};
pub use view::View;
pub use window::{CellText, LONG_SUFFIX, MAX_CELL_LIMIT, MAX_WINDOW_ROWS};
pub use work::chart;
pub use work::{
    Bucket, Column, Condition, Hit, Hits, Order, Outlier, Outliers, Quartiles, RowFilter, SORT_BYTES, SORT_ROWS, Scale,
    Search, Statistics, Stop, TopValue, VIEW_ROWS,
};
