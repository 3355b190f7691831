//! Views: some rows of a hold in some order.

use std::{ops::Range, sync::Arc};

use arrow_array::RecordBatch;
use driver::{Cast, Error};

use crate::{
    CellText, Hold, MAX_WINDOW_ROWS,
    gather::gather,
    window::{build, no_row},
};

/// The outcome of a local sort or filter: row numbers over a hold.
#[derive(Clone, Debug)]
pub struct View {
    hold: Hold,
    rows: Arc<[u32]>,
    /// How many rows of the hold it was made from.
    pub of: u64,
    /// Whether those were the whole result.
    pub complete: bool,
}

impl View {
    pub(crate) fn new(hold: &Hold, rows: Vec<u32>, of: u64, complete: bool) -> Self {
        View { hold: hold.clone(), rows: rows.into(), of, complete }
    }

    /// The hold it looks at.
    pub fn hold(&self) -> &Hold {
        &self.hold
    }

    /// How many rows it has.
    pub fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The hold's number of a row of this view.
    pub fn row(&self, at: u64) -> Option<u64> {
        self.rows.get(usize::try_from(at).ok()?).copied().map(u64::from)
    }

    /// The hold's numbers of its rows, in its order.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// As [`Hold::window`], over this view's rows.
    ///
    /// # Errors
    /// As [`Hold::window`].
    pub fn window(
        &self,
        first: u64,
        rows: usize,
        columns: &[usize],
        cell_limit: usize,
        cast: &dyn Cast,
    ) -> Result<Vec<u8>, Error> {
        let start = usize::try_from(first).unwrap_or(usize::MAX).min(self.rows.len());
        let end = start.saturating_add(rows.min(MAX_WINDOW_ROWS)).min(self.rows.len());
        let batch = gather(&self.hold, self.rows.get(start..end).unwrap_or_default(), true)?;
        build(self.hold.schema(), &[batch], columns, cell_limit, cast)
    }

    /// As [`Hold::cell`], by this view's row number.
    ///
    /// # Errors
    /// As [`Hold::cell`].
    pub fn cell(&self, row: u64, column: usize, range: Range<u64>) -> Result<CellText, Error> {
        self.hold.cell(self.row(row).ok_or_else(|| no_row(row))?, column, range)
    }

    /// As [`Hold::texts`], by this view's row number.
    ///
    /// # Errors
    /// As [`Hold::cell`].
    pub fn texts(&self, row: u64, columns: &[usize]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        self.hold.texts(self.row(row).ok_or_else(|| no_row(row))?, columns)
    }

    /// The rows of a range as batches, in this view's order; rows past the end are left out.
    ///
    /// Every batch reads the hold once from end to end where the order is scattered, so it is large: about 64 MiB.
    pub fn batches(&self, range: Range<u64>) -> impl Iterator<Item = Result<RecordBatch, Error>> + use<'_> {
        let bound = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(self.rows.len());
        let (start, end) = (bound(range.start), bound(range.end));
        let progress = self.hold.progress().borrow().clone();
        let average = progress.bytes / progress.rows.max(1);
        let step = usize::try_from((64 << 20) / average.max(64)).unwrap_or(1).clamp(1, 500_000);
        self.rows
            .get(start..end.max(start))
            .unwrap_or_default()
            .chunks(step)
            .map(|rows| gather(&self.hold, rows, false))
    }
}
