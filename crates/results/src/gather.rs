//! Rows by number, in any order.

use std::ops::Range;

use arrow_array::{RecordBatch, UInt32Array};
use driver::Error;

use crate::{Hold, hold::gather_error, window::no_row, work::Stop};

/// The rows with these numbers as one batch, in this order. Each block is read once.
pub(crate) fn gather(hold: &Hold, rows: &[u32], keep: bool) -> Result<RecordBatch, Error> {
    if rows.is_empty() {
        return Ok(RecordBatch::new_empty(hold.schema().clone()));
    }
    // Positions in `rows`, by row, so that neighbours share a block.
    let mut order: Vec<u32> = (0..u32::try_from(rows.len()).unwrap_or(u32::MAX)).collect();
    let row_at = |position: u32| rows.get(position as usize).copied().unwrap_or(u32::MAX);
    order.sort_by_key(|position| row_at(*position));
    let (mut parts, mut places) = (Vec::new(), vec![(0, 0); rows.len()]);
    let mut rest = order.as_slice();
    while let Some(position) = rest.first() {
        let row = u64::from(row_at(*position));
        let (batch, first) = hold.around(row, keep)?.ok_or_else(|| no_row(row))?;
        let end = first + batch.num_rows() as u64;
        let count = rest.partition_point(|position| u64::from(row_at(*position)) < end);
        let (here, later) = rest.split_at(count);
        rest = later;
        let local = |position: &u32| u32::try_from(u64::from(row_at(*position)) - first).unwrap_or(u32::MAX);
        let taken = UInt32Array::from_iter_values(here.iter().map(local));
        for (at, position) in here.iter().enumerate() {
            if let Some(place) = places.get_mut(*position as usize) {
                *place = (parts.len(), at);
            }
        }
        parts.push(hold.see(arrow_select::take::take_record_batch(&batch, &taken).map_err(gather_error)?)?);
    }
    if hold.schema().fields().is_empty() {
        let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(rows.len()));
        return RecordBatch::try_new_with_options(hold.schema().clone(), vec![], &options).map_err(gather_error);
    }
    let parts: Vec<&RecordBatch> = parts.iter().collect();
    arrow_select::interleave::interleave_record_batch(&parts, &places).map_err(gather_error)
}

/// Walks over rows in the hold's order and shows each as a batch and the row's place in it.
///
/// `only` are row numbers in ascending order; `None` is every row of the range.
pub(crate) fn each_row(
    hold: &Hold,
    range: Range<u64>,
    only: Option<&[u32]>,
    stop: &Stop,
    mut look: impl FnMut(&RecordBatch, u64, &mut dyn Iterator<Item = usize>) -> Result<bool, Error>,
) -> Result<(), Error> {
    match only {
        None => {
            let mut first = range.start;
            for batch in hold.batches(range) {
                stop.check()?;
                let batch = batch?;
                if !look(&batch, first, &mut (0..batch.num_rows()))? {
                    return Ok(());
                }
                first += batch.num_rows() as u64;
            }
        }
        Some(mut rest) => {
            while let Some(row) = rest.first().copied() {
                stop.check()?;
                let (batch, first) = hold.around(row.into(), false)?.ok_or_else(|| no_row(row.into()))?;
                let batch = hold.see(batch)?;
                let end = first + batch.num_rows() as u64;
                let count = rest.partition_point(|row| u64::from(*row) < end);
                let (here, later) = rest.split_at(count);
                rest = later;
                let mut local = here.iter().map(|row| usize::try_from(u64::from(*row) - first).unwrap_or(usize::MAX));
                if !look(&batch, first, &mut local)? {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}
