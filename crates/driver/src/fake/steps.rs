//! What a fake statement does, step by step.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use arrow_array::{ArrayRef, BinaryArray, Int64Array, RecordBatch};
use arrow_schema::{DataType, Schema, SchemaRef};

use crate::{Error, Notice, Transaction, arrow};

/// A session's memory, which replies read and change.
#[derive(Debug, Default)]
pub struct Memory {
    /// Anything, by name: temporary tables, settings.
    pub values: BTreeMap<String, String>,
    /// The transaction's state.
    pub transaction: Transaction,
    /// The session's number.
    pub server_id: String,
    /// Whether the connection refuses writes.
    pub read_only: bool,
}

/// Makes the batch at a position, `None` at the end.
pub type Batches = Arc<dyn Fn(u64) -> Option<RecordBatch> + Send + Sync>;

/// One thing a statement does.
#[derive(Clone)]
pub enum Step {
    /// A result set begins.
    Head(SchemaRef),
    /// Rows of it.
    Rows(RecordBatch),
    /// Rows made one batch at a time, possibly without end.
    Stream(Batches),
    /// The server says something.
    Notice(Notice),
    /// Time passes; a cancel ends it.
    Wait(Duration),
    /// The transaction changes.
    Transaction(Transaction),
    /// This session listens to a channel.
    Listen(String),
    /// Every listener is told.
    Notify {
        /// The channel.
        channel: String,
        /// The text.
        payload: String,
    },
    /// A reported parameter changed.
    Parameter {
        /// Its name.
        name: String,
        /// Its value now.
        value: String,
    },
    /// The link dies.
    Die(String),
    /// The statement fails; nothing after it happens.
    Fail(Error),
    /// The command tag and the rows changed, told with `Done`.
    Tag(String, Option<u64>),
}

/// A batch of one `bigint` column `n`.
pub fn integer_batch(values: impl IntoIterator<Item = i64>) -> RecordBatch {
    let schema = Arc::new(Schema::new(vec![arrow::field("n", DataType::Int64, "bigint")]));
    let column: ArrayRef = Arc::new(Int64Array::from_iter_values(values));
    RecordBatch::try_new(schema.clone(), vec![column]).unwrap_or_else(|_| RecordBatch::new_empty(schema))
}

/// A column's name, its native type and the bytes of each row.
pub type Cells<'a> = (&'a str, &'a str, Vec<Option<Vec<u8>>>);

/// A batch of `Binary` columns: name, native type and the bytes of each row. Columns of unequal length give no rows.
pub fn binary_batch(columns: &[Cells<'_>]) -> RecordBatch {
    let fields: Vec<_> = columns.iter().map(|(name, native, _)| arrow::field(name, DataType::Binary, native)).collect();
    let schema = Arc::new(Schema::new(fields));
    let arrays = columns
        .iter()
        .map(|(_, _, cells)| Arc::new(BinaryArray::from_iter(cells.iter().map(|cell| cell.as_deref()))) as ArrayRef)
        .collect();
    RecordBatch::try_new(schema.clone(), arrays).unwrap_or_else(|_| RecordBatch::new_empty(schema))
}

/// A stream of consecutive integers from 0: `rows` of them, or without end.
pub fn repeat(rows: Option<u64>, per_batch: u64) -> Vec<Step> {
    let head = Step::Head(integer_batch([]).schema());
    let batches: Batches = Arc::new(move |position| {
        let first = position.checked_mul(per_batch)?;
        let mut last = first.checked_add(per_batch)?;
        if let Some(rows) = rows {
            last = last.min(rows);
        }
        let range = i64::try_from(first).ok()?..i64::try_from(last).ok()?;
        (!range.is_empty()).then(|| integer_batch(range))
    });
    vec![head, Step::Stream(batches)]
}
