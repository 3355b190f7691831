//! Work on held rows: sort, filter, search, statistics. All of it blocks and can be stopped.
//!
//! Each result says of how many rows it speaks and whether those are the whole result.

mod calendar;
pub mod chart;
mod decimal;
mod filter;
mod key;
mod search;
mod sort;
mod statistics;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use arrow_array::RecordBatch;
use driver::{Cast, Code, Error, ValueClass, ValueContext, arrow};

pub use filter::{Condition, RowFilter};
pub use search::{Hit, Hits, Search};
pub use sort::Order;
pub use statistics::{Bucket, Outlier, Outliers, Quartiles, Scale, Statistics, TopValue};

use crate::{Cells, Hold, cells::no_column};

/// Most rows that can be sorted here.
pub const SORT_ROWS: u64 = 5_000_000;
/// Most bytes of the values that can be sorted here.
pub const SORT_BYTES: usize = 512 << 20;
/// Most rows of a filtered view.
pub const VIEW_ROWS: usize = 20_000_000;

/// Stops work that is going on; clone it freely.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Stops the work it was given to.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Goes on, unless it was stopped.
    ///
    /// # Errors
    /// `Cancelled`.
    pub fn check(&self) -> Result<(), Error> {
        if self.0.load(Ordering::Relaxed) { Err(Error::cancelled()) } else { Ok(()) }
    }
}

/// A column and how its values are read.
#[derive(Clone, Copy)]
pub struct Column<'a> {
    /// Its index in the hold.
    pub index: usize,
    /// How the database's values are read.
    pub cast: &'a dyn Cast,
}

/// What work on one column knows of it.
pub(crate) struct Subject<'a> {
    pub(crate) index: usize,
    class_index: Option<usize>,
    pub(crate) native: String,
    pub(crate) class: ValueClass,
    pub(crate) cast: &'a dyn Cast,
    pub(crate) context: ValueContext,
}

impl<'a> Subject<'a> {
    pub(crate) fn of(hold: &Hold, column: Column<'a>) -> Result<Self, Error> {
        let schema = hold.schema();
        if column.index >= hold.visible_columns() {
            return Err(no_column(column.index));
        }
        let native = arrow::native_type(schema.field(column.index)).to_owned();
        Ok(Subject {
            index: column.index,
            class_index: arrow::class_column(schema, column.index),
            class: column.cast.class(&native),
            native,
            cast: column.cast,
            context: hold.context().clone(),
        })
    }

    pub(crate) fn cells<'b>(&self, batch: &'b RecordBatch) -> Result<Cells<'b>, Error> {
        Cells::at(batch, self.index, self.class_index)
    }
}

pub(crate) fn too_much(message: String) -> Error {
    Error::new(Code::Exhausted, message).with_hint("Run it on the server, or narrow it down first.")
}
