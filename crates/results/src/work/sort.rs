//! Sorting held rows.

use arrow_schema::DataType;
use driver::Error;
use serde::{Deserialize, Serialize};

use super::{Column, SORT_BYTES, SORT_ROWS, Stop, Subject, too_much};
use crate::{Cell, Hold, View, gather::each_row};

/// Which way to sort. NULLs stand last either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// From least to greatest.
    Ascending,
    /// From greatest to least.
    Descending,
}

/// Stands for NULL: greater than the first byte of every key, whichever way it is sorted.
const NULL: u8 = 0xff;

/// One column of a sort, and how its keys are written behind one another so that all of them compare as bytes.
struct Key<'a> {
    subject: Subject<'a>,
    descending: bool,
    /// What follows must not be taken for a part of it: a key that is not of one length has an end.
    ended: bool,
}

impl Key<'_> {
    /// Appends a cell's key. `scratch` is kept for the next one.
    fn push(&self, cell: Cell<'_>, keys: &mut Vec<u8>, scratch: &mut Vec<u8>) {
        if !self.descending && !self.ended {
            if !self.subject.push_key(cell, keys) {
                keys.push(NULL);
            }
            return;
        }
        scratch.clear();
        if !self.subject.push_key(cell, scratch) {
            keys.push(NULL);
            return;
        }
        let start = keys.len();
        if self.ended {
            // Zeros within a key are told from its end, which is less than everything that could stand there.
            for byte in scratch.iter().copied() {
                keys.push(byte);
                if byte == 0 {
                    keys.push(0xff);
                }
            }
            keys.extend([0, 0]);
        } else {
            keys.extend_from_slice(scratch);
        }
        if self.descending {
            let written = keys.get_mut(start..).unwrap_or_default();
            written.iter_mut().for_each(|byte| *byte = !*byte);
            // The first byte of a key is never 0xff, so there is room below NULL.
            if let Some(first) = written.first_mut() {
                *first = first.saturating_sub(1);
            }
        }
    }
}

/// A row and where its key lies.
struct Keyed {
    /// The key's first sixteen bytes: most comparisons end here.
    prefix: u128,
    start: u32,
    length: u32,
    row: u32,
}

fn prefix(key: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(key) {
        *to = *from;
    }
    u128::from_be_bytes(bytes)
}

impl Hold {
    /// Sorts by columns, the first one first: numbers as numbers, times as times, all else by bytes; rows that are equal keep
    /// the hold's order. `over` sorts the rows of a view instead of all. At most [`SORT_ROWS`] rows and [`SORT_BYTES`]
    /// bytes of keys.
    ///
    /// # Errors
    /// `Exhausted` beyond those limits, `NotFound` for a column that is not there, `Corrupt`, `Cancelled`.
    pub fn sort(&self, over: Option<&View>, by: &[(Column<'_>, Order)], stop: &Stop) -> Result<View, Error> {
        let complete = self.is_complete();
        let of = self.rows();
        let count = over.map_or(of, View::len);
        if count > SORT_ROWS {
            return Err(too_much(format!("Sorting here is limited to {SORT_ROWS} rows; these are {count}.")));
        }
        let columns = by
            .iter()
            .enumerate()
            .map(|(at, (column, order))| {
                let subject = Subject::of(self, *column)?;
                let data_type = self.schema().field(column.index).data_type();
                let one_length = data_type.is_integer() || data_type == &DataType::Boolean;
                let descending = *order == Order::Descending;
                let last = at + 1 == by.len();
                Ok(Key { subject, descending, ended: !one_length && (descending || !last) })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let only = over.map(ascending);
        let mut keyed = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
        let (mut keys, mut scratch): (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new());
        each_row(self, 0..of, only.as_deref(), stop, |batch, first, rows| {
            let cells = columns.iter().map(|key| key.subject.cells(batch)).collect::<Result<Vec<_>, _>>()?;
            for local in rows {
                let row = u32::try_from(first + local as u64).map_err(|_| too_much("Too many rows.".to_owned()))?;
                let start = keys.len();
                for (key, cells) in columns.iter().zip(&cells) {
                    key.push(cells.get(local), &mut keys, &mut scratch);
                }
                if keys.len() > SORT_BYTES {
                    return Err(too_much(format!("Sorting here is limited to {} MB of values.", SORT_BYTES >> 20)));
                }
                let key = keys.get(start..).unwrap_or_default();
                let (start, length) = (u32::try_from(start).unwrap_or(0), u32::try_from(key.len()).unwrap_or(0));
                keyed.push(Keyed { prefix: prefix(key), start, length, row });
            }
            Ok(true)
        })?;
        stop.check()?;
        let key = |keyed: &Keyed| {
            let start = keyed.start as usize;
            keys.get(start..start + keyed.length as usize).unwrap_or_default()
        };
        keyed.sort_unstable_by(|left, right| {
            let by_key = left.prefix.cmp(&right.prefix).then_with(|| key(left).cmp(key(right)));
            by_key.then(left.row.cmp(&right.row))
        });
        stop.check()?;
        let rows: Vec<u32> = keyed.iter().map(|keyed| keyed.row).collect();
        Ok(View::new(self, rows, of, complete && over.is_none_or(|view| view.complete)))
    }
}

/// A view's rows in the hold's order.
pub(super) fn ascending(view: &View) -> Vec<u32> {
    let mut rows = view.rows().to_vec();
    if !rows.is_sorted() {
        rows.sort_unstable();
    }
    rows
}
