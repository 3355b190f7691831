//! Rows of what is held by the numbers a window shows: a hold's own, or those of a view of it.
//!
//! Whoever reads rows goes through here. A view's [`Hold`](results::Hold) is that of the rows it was made of: its numbers are others.

use std::ops::Range;

use arrow_array::RecordBatch;
use driver::Error;
use results::{CellText, View};

use super::{Held, Source};

impl Held {
    /// The view, where it is one.
    pub(crate) fn view(&self) -> Option<&View> {
        match &self.source {
            Source::View(viewed) => Some(&viewed.view),
            Source::Run { .. } | Source::Pages(_) => None,
        }
    }

    /// The rows a view was made of; itself where it is none.
    pub(crate) fn base(&self) -> &Held {
        match &self.source {
            Source::View(viewed) => &viewed.of,
            Source::Run { .. } | Source::Pages(_) => self,
        }
    }

    /// How many rows it has now.
    pub(crate) fn rows(&self) -> u64 {
        self.view().map_or_else(|| self.hold.rows(), View::len)
    }

    /// # Errors
    /// As [`results::Hold::window`].
    pub(crate) fn window(
        &self,
        first: u64,
        rows: usize,
        columns: &[usize],
        cell_limit: usize,
    ) -> Result<Vec<u8>, Error> {
        match self.view() {
            Some(view) => view.window(first, rows, columns, cell_limit, self.driver.cast()),
            None => self.hold.window(first, rows, columns, cell_limit, self.driver.cast()),
        }
    }

    /// # Errors
    /// As [`results::Hold::cell`].
    pub(crate) fn cell(&self, row: u64, column: usize, range: Range<u64>) -> Result<CellText, Error> {
        match self.view() {
            Some(view) => view.cell(row, column, range),
            None => self.hold.cell(row, column, range),
        }
    }

    /// # Errors
    /// As [`results::Hold::texts`].
    pub(crate) fn texts(&self, row: u64, columns: &[usize]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        match self.view() {
            Some(view) => view.texts(row, columns),
            None => self.hold.texts(row, columns),
        }
    }

    /// The rows of a range as batches, in the order they are shown in; rows past the end are left out.
    pub(crate) fn batches(&self, range: Range<u64>) -> Box<dyn Iterator<Item = Result<RecordBatch, Error>> + '_> {
        match self.view() {
            Some(view) => Box::new(view.batches(range)),
            None => Box::new(self.hold.batches(range)),
        }
    }
}
