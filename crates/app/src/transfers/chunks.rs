//! A file's rows in portions: read and made into statements on a thread of their own while the former portion is on its way.

use std::{ops::Range, path::Path, sync::Arc};

use driver::{Load, LoadChunk, LoadRows, Statement};
use tokio::sync::mpsc;
use transfer::{Problem, ReadError, Source};

use super::{Tally, plan::Plan, reading::refused};
use crate::api::AppError;

/// Portions that wait: the server never waits for the file, and memory holds few of them.
const WAITING: usize = 1;
/// Records that cannot be read, of one portion.
const PROBLEMS: usize = 1000;
/// Bytes of a value on average below which a portion ends by the number of its values: what is kept of each is more than nothing.
const SHORT: usize = 4;

/// Where portions go, and where they come from.
pub(super) fn channel() -> (mpsc::Sender<Chunk>, mpsc::Receiver<Chunk>) {
    mpsc::channel(WAITING)
}

/// Rows of a file with the lines they begin in.
#[derive(Default)]
pub(super) struct Chunk {
    text: String,
    /// Where each value ends, times two, and one more where it is not NULL, which has no text.
    ends: Vec<usize>,
    lines: Vec<u64>,
    columns: usize,
    /// Sends all of its rows.
    whole: Option<Statement>,
    /// Records of the file among these rows that cannot be read.
    pub(super) problems: Vec<Problem>,
}

impl Chunk {
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn line(&self, row: usize) -> u64 {
        self.lines.get(row).copied().unwrap_or_default()
    }

    fn push<'a>(&mut self, line: u64, values: impl Iterator<Item = Option<&'a str>>) {
        self.lines.push(line);
        for value in values {
            self.text.push_str(value.unwrap_or_default());
            self.ends.push(self.text.len() << 1 | usize::from(value.is_some()));
        }
    }

    fn is_full(&self, size: LoadChunk) -> bool {
        self.len() >= size.rows
            || self.text.len() >= size.bytes
            || self.ends.len() >= size.bytes / SHORT
            || self.problems.len() >= PROBLEMS
    }

    /// The values of some rows, row after row; of a portion that was not kept, none.
    pub(super) fn values(&self, rows: Range<usize>) -> Vec<Option<&str>> {
        let first = rows.start * self.columns;
        let before = first.checked_sub(1).and_then(|before| self.ends.get(before));
        let mut start = before.map_or(0, |end| end >> 1);
        let value = |end: &usize| {
            let text = self.text.get(start..end >> 1).unwrap_or_default();
            start = end >> 1;
            (end & 1 == 1).then_some(text)
        };
        self.ends.get(first..rows.end * self.columns).unwrap_or_default().iter().map(value).collect()
    }

    /// The statement that appends some of its rows.
    pub(super) fn append(&self, load: &dyn Load, plan: &Plan, rows: Range<usize>) -> Statement {
        if let Some(whole) = self.whole.as_ref().filter(|_| rows == (0..self.len())) {
            return whole.clone();
        }
        let rows = LoadRows { values: &self.values(rows), columns: self.columns };
        load.append(&plan.table, &plan.columns, &rows)
    }
}

/// How a file is cut into portions.
pub(super) struct Cutting<'a> {
    pub(super) load: &'a dyn Load,
    pub(super) plan: &'a Plan,
    pub(super) size: LoadChunk,
    /// Whether a portion keeps its values: some of its rows may have to be sent again.
    pub(super) keep: bool,
}

impl Cutting<'_> {
    fn fresh(&self) -> Chunk {
        Chunk { columns: self.plan.columns.len(), ..Chunk::default() }
    }

    /// What was gathered, with the statement that sends it.
    fn cut(&self, gathered: &mut Chunk) -> Chunk {
        let whole = (gathered.len() > 0).then(|| gathered.append(self.load, self.plan, 0..gathered.len()));
        let mut next = self.fresh();
        if !self.keep {
            // The room of its values is used again, but for what one huge value took.
            next.text = std::mem::take(&mut gathered.text);
            next.text.clear();
            next.text.shrink_to(self.size.bytes * 2);
            next.ends = std::mem::take(&mut gathered.ends);
            next.ends.clear();
        }
        Chunk { whole, ..std::mem::replace(gathered, next) }
    }

    /// Reads the file and passes its rows on.
    ///
    /// # Errors
    /// As the file system says; `Cancelled` once nobody takes them any more.
    pub(super) fn read(
        &self,
        source: &Source,
        names: &[String],
        to: &mpsc::Sender<Chunk>,
        tally: &Arc<Tally>,
    ) -> Result<(), AppError> {
        let path: &Path = &source.path;
        let mut chunk = self.fresh();
        let done = transfer::read(source, names, &mut |record| {
            if tally.is_stopped() {
                return Err(ReadError::Stopped);
            }
            match record {
                Ok(record) => {
                    let cells = record.cells(&source.null)?;
                    chunk.push(record.line, self.plan.sources.iter().map(|at| cells.get(*at)));
                }
                Err(problem) => chunk.problems.push(problem),
            }
            if chunk.is_full(self.size) {
                to.blocking_send(self.cut(&mut chunk)).map_err(|_| ReadError::Stopped)?;
            }
            Ok(())
        });
        done.map_err(|error| refused(path, error))?;
        if chunk.len() > 0 || !chunk.problems.is_empty() {
            // Whoever took them has said why they take no more.
            drop(to.blocking_send(self.cut(&mut chunk)));
        }
        Ok(())
    }
}
