//! A file's rows in portions, read on a thread of their own while the former portion is on its way.

use std::{path::Path, sync::Arc};

use driver::{LoadChunk, LoadRows};
use tokio::sync::mpsc;
use transfer::{Problem, ReadError, Source};

use super::{Tally, plan::Plan, reading::refused};
use crate::api::AppError;

/// Rows of a file with the lines they begin in.
#[derive(Default)]
pub(super) struct Chunk {
    text: String,
    /// Where each value ends; `None` is NULL, which has no text.
    ends: Vec<(usize, bool)>,
    lines: Vec<u64>,
    columns: usize,
    /// Records of the file among these rows that cannot be read.
    pub(super) problems: Vec<Problem>,
}

impl Chunk {
    fn new(columns: usize) -> Self {
        Chunk { columns, ..Chunk::default() }
    }

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
            self.ends.push((self.text.len(), value.is_some()));
        }
    }

    /// The values, row after row.
    pub(super) fn values(&self) -> Vec<Option<&str>> {
        let mut start = 0;
        let value = |(end, some): &(usize, bool)| {
            let text = self.text.get(start..*end).unwrap_or_default();
            start = *end;
            some.then_some(text)
        };
        self.ends.iter().map(value).collect()
    }

    /// Some of its rows, of all its values.
    pub(super) fn rows<'a>(&self, values: &'a [Option<&'a str>], range: std::ops::Range<usize>) -> LoadRows<'a> {
        let values = values.get(range.start * self.columns..range.end * self.columns).unwrap_or_default();
        LoadRows { values, columns: self.columns }
    }
}

/// Reads the file and passes its rows on, in portions of this size.
///
/// # Errors
/// As the file system says; `Cancelled` once nobody takes them any more.
pub(super) fn read(
    source: &Source,
    names: &[String],
    plan: &Plan,
    size: LoadChunk,
    to: &mpsc::Sender<Chunk>,
    tally: &Arc<Tally>,
) -> Result<(), AppError> {
    let path: &Path = &source.path;
    let mut chunk = Chunk::new(plan.columns.len());
    let done = transfer::read(source, names, &mut |record| {
        if tally.is_stopped() {
            return Err(ReadError::Stopped);
        }
        let record = match record {
            Ok(record) => record,
            Err(problem) => {
                chunk.problems.push(problem);
                return Ok(());
            }
        };
        let mut values = Vec::with_capacity(names.len());
        record.values(&source.null, &mut values)?;
        let chosen = plan.sources.iter().map(|at| values.get(*at).copied().flatten());
        chunk.push(record.line, chosen);
        if chunk.len() >= size.rows || chunk.text.len() >= size.bytes {
            let full = std::mem::replace(&mut chunk, Chunk::new(plan.columns.len()));
            to.blocking_send(full).map_err(|_| ReadError::Stopped)?;
        }
        Ok(())
    });
    done.map_err(|error| refused(path, error))?;
    if chunk.len() > 0 || !chunk.problems.is_empty() {
        // Whoever took them has said why they take no more.
        drop(to.blocking_send(chunk));
    }
    Ok(())
}
