//! Sorting held rows.

use driver::Error;
use serde::{Deserialize, Serialize};

use super::{Column, SORT_BYTES, SORT_ROWS, Stop, Subject, too_much};
use crate::{Hold, View, gather::each_row};

/// Which way to sort. NULLs stand last either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// From least to greatest.
    Ascending,
    /// From greatest to least.
    Descending,
}

/// A row and where its key lies.
struct Keyed {
    /// The key's first eight bytes: most comparisons end here.
    prefix: u64,
    start: u32,
    length: u32,
    row: u32,
}

fn prefix(key: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(key) {
        *to = *from;
    }
    u64::from_be_bytes(bytes)
}

impl Hold {
    /// Sorts by one column: numbers as numbers, times as times, all else by bytes; rows that are equal keep their order.
    /// `over` sorts the rows of a view instead of all. At most [`SORT_ROWS`] rows and [`SORT_BYTES`] bytes of keys.
    ///
    /// # Errors
    /// `Exhausted` beyond those limits, `NotFound` for a column that is not there, `Corrupt`, `Cancelled`.
    pub fn sort(&self, over: Option<&View>, column: Column<'_>, order: Order, stop: &Stop) -> Result<View, Error> {
        let complete = self.is_complete();
        let of = self.rows();
        let count = over.map_or(of, View::len);
        if count > SORT_ROWS {
            return Err(too_much(format!("Sorting here is limited to {SORT_ROWS} rows; these are {count}.")));
        }
        let subject = Subject::of(self, column)?;
        let only = over.map(ascending);
        let capacity = usize::try_from(count).unwrap_or(0);
        let (mut keyed, mut nulls) = (Vec::with_capacity(capacity), Vec::new());
        let mut keys: Vec<u8> = Vec::new();
        each_row(self, 0..of, only.as_deref(), stop, |batch, first, rows| {
            let cells = subject.cells(batch)?;
            for local in rows {
                let row = u32::try_from(first + local as u64).map_err(|_| too_much("Too many rows.".to_owned()))?;
                let start = keys.len();
                if !subject.push_key(cells.get(local), &mut keys) {
                    nulls.push(row);
                    continue;
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
            let by_key = if order == Order::Descending { by_key.reverse() } else { by_key };
            by_key.then(left.row.cmp(&right.row))
        });
        let mut rows: Vec<u32> = keyed.iter().map(|keyed| keyed.row).collect();
        rows.append(&mut nulls);
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
