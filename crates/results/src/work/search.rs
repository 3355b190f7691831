//! Finding text in held rows.

use driver::Error;
use serde::Serialize;

use super::{Stop, filter::Needle};
use crate::{Cells, Hold, View, cells::no_column};

/// What to look for.
#[derive(Clone, Debug)]
pub struct Search {
    /// The text, without regard to case.
    pub text: String,
    /// In which visible columns; `None` is all.
    pub columns: Option<Vec<usize>>,
    /// The row to begin with, as numbered where the search looks.
    pub from: u64,
    /// Towards the beginning instead of the end.
    pub backward: bool,
}

/// Where it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// The row, as numbered where the search looked.
    pub row: u64,
    /// The column.
    pub column: usize,
}

/// Rows looked at together when going backward or through a view.
const STRIDE: u64 = 4096;

impl Hold {
    /// The next cell that contains a text, in the rows of `over` or of the whole hold. It does not go round the end.
    ///
    /// # Errors
    /// `NotFound` for a column that is not there, `Corrupt`, `Cancelled`.
    pub fn search(&self, over: Option<&View>, search: &Search, stop: &Stop) -> Result<Option<Hit>, Error> {
        let visible = self.visible_columns();
        let columns = search.columns.clone().unwrap_or_else(|| (0..visible).collect());
        if let Some(index) = columns.iter().find(|index| **index >= visible) {
            return Err(no_column(*index));
        }
        let needle = Needle::new(&search.text);
        let end = over.map_or_else(|| self.rows(), View::len);
        let mut at = if search.backward { search.from.saturating_add(1).min(end) } else { search.from.min(end) };
        loop {
            stop.check()?;
            let (first, last) = match search.backward {
                true => (at.saturating_sub(STRIDE), at),
                false => (at, at.saturating_add(STRIDE).min(end)),
            };
            if first == last {
                return Ok(None);
            }
            let mut found = None;
            let mut row = first;
            let batches: Box<dyn Iterator<Item = _>> = match over {
                Some(view) => Box::new(view.batches(first..last)),
                None => Box::new(self.kept_batches(first..last)),
            };
            for batch in batches {
                let batch = batch?;
                let cells = columns.iter().map(|index| Cells::of(&batch, *index)).collect::<Result<Vec<_>, _>>()?;
                for local in 0..batch.num_rows() {
                    let contains = |cells: &Cells<'_>| {
                        cells.get(local).text(&mut itoa::Buffer::new()).is_some_and(|text| needle.is_in(text))
                    };
                    if let Some(position) = cells.iter().position(contains) {
                        let column = columns.get(position).copied().unwrap_or(0);
                        found = Some(Hit { row: row + local as u64, column });
                        if !search.backward {
                            return Ok(found);
                        }
                    }
                }
                row += batch.num_rows() as u64;
            }
            if found.is_some() {
                return Ok(found);
            }
            at = if search.backward { first } else { last };
        }
    }
}
