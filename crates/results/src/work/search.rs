//! Finding text in held rows.

use std::ops::Range;

use arrow_array::RecordBatch;
use driver::Error;
use serde::Serialize;

use super::{Stop, filter::Needle};
use crate::{Cells, Hold, View, cells::no_column};

/// What to look for.
#[derive(Clone, Debug)]
pub struct Search {
    /// The text, without regard to case.
    pub text: String,
    /// In which visible columns, in the order they are read in; `None` is all.
    pub columns: Option<Vec<usize>>,
    /// The row to begin with, as numbered where the search looks.
    pub from: u64,
    /// In that row, only the columns behind this one count, or before it when going backward. `None` is the whole row.
    pub past: Option<usize>,
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

/// How many cells contain a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Hits {
    /// Cells; at least this many where it is not `all`.
    pub cells: u64,
    /// Whether all rows were looked at.
    pub all: bool,
    /// Which of them, from 1, is the one asked about; `None` where it is none of those that were counted.
    pub nth: Option<u64>,
}

/// Rows looked at together when going backward or through a view.
const STRIDE: u64 = 4096;

/// The rows of a hold, or of a view of it, by the numbers they have there.
struct Rows<'a> {
    hold: &'a Hold,
    over: Option<&'a View>,
}

impl Rows<'_> {
    fn end(&self) -> u64 {
        self.over.map_or_else(|| self.hold.rows(), View::len)
    }

    fn batches(&self, rows: Range<u64>) -> Box<dyn Iterator<Item = Result<RecordBatch, Error>> + '_> {
        match self.over {
            Some(view) => Box::new(view.batches(rows)),
            None => Box::new(self.hold.kept_batches(rows)),
        }
    }
}

fn is_in(needle: &Needle, cells: &Cells<'_>, row: usize) -> bool {
    cells.get(row).text(&mut itoa::Buffer::new()).is_some_and(|text| needle.is_in(text))
}

impl Hold {
    fn looked_in(&self, columns: Option<&Vec<usize>>) -> Result<Vec<usize>, Error> {
        let visible = self.visible_columns();
        let columns = columns.cloned().unwrap_or_else(|| (0..visible).collect());
        match columns.iter().find(|index| **index >= visible) {
            Some(index) => Err(no_column(*index)),
            None => Ok(columns),
        }
    }

    /// The next cell that contains a text, in the rows of `over` or of the whole hold. It does not go round the end.
    ///
    /// # Errors
    /// `NotFound` for a column that is not there, `Corrupt`, `Cancelled`.
    pub fn search(&self, over: Option<&View>, search: &Search, stop: &Stop) -> Result<Option<Hit>, Error> {
        let columns = self.looked_in(search.columns.as_ref())?;
        let needle = Needle::new(&search.text);
        let past = search.past.and_then(|past| columns.iter().position(|column| *column == past));
        let rows = Rows { hold: self, over };
        let end = rows.end();
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
            for batch in rows.batches(first..last) {
                let batch = batch?;
                let cells = columns.iter().map(|index| Cells::of(&batch, *index)).collect::<Result<Vec<_>, _>>()?;
                for local in 0..batch.num_rows() {
                    let number = row + local as u64;
                    let among = match past.filter(|_| number == search.from) {
                        Some(past) if search.backward => 0..past,
                        Some(past) => past + 1..cells.len(),
                        None => 0..cells.len(),
                    };
                    let contains = |at: &usize| cells.get(*at).is_some_and(|cells| is_in(&needle, cells, local));
                    let mut among = among;
                    let position = if search.backward { among.rev().find(contains) } else { among.find(contains) };
                    if let Some(column) = position.and_then(|position| columns.get(position)) {
                        found = Some(Hit { row: number, column: *column });
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

    /// Counts the cells that contain a text, in reading order, up to `most`; and which of them `asked` is.
    ///
    /// # Errors
    /// As [`Hold::search`].
    pub fn count_hits(
        &self,
        over: Option<&View>,
        text: &str,
        columns: Option<&Vec<usize>>,
        asked: Option<Hit>,
        most: u64,
        stop: &Stop,
    ) -> Result<Hits, Error> {
        let columns = self.looked_in(columns)?;
        let needle = Needle::new(text);
        let rows = Rows { hold: self, over };
        let (end, mut first) = (rows.end(), 0);
        let mut hits = Hits { all: true, ..Hits::default() };
        while first < end {
            stop.check()?;
            let last = first.saturating_add(STRIDE).min(end);
            let mut row = first;
            for batch in rows.batches(first..last) {
                let batch = batch?;
                let cells = columns.iter().map(|index| Cells::of(&batch, *index)).collect::<Result<Vec<_>, _>>()?;
                for local in 0..batch.num_rows() {
                    for (cells, column) in cells.iter().zip(&columns) {
                        if !is_in(&needle, cells, local) {
                            continue;
                        }
                        if hits.cells == most {
                            return Ok(Hits { all: false, ..hits });
                        }
                        hits.cells += 1;
                        if asked == Some(Hit { row: row + local as u64, column: *column }) {
                            hits.nth = Some(hits.cells);
                        }
                    }
                }
                row += batch.num_rows() as u64;
            }
            first = last;
        }
        Ok(hits)
    }
}
