//! Documents of replies as batches of one column.

use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, RecordBatch};
use arrow_buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use driver::arrow::{BATCH_BYTES, BATCH_ROWS};

use crate::types;

/// Gathers documents until a batch is full.
#[derive(Default)]
pub(super) struct Batches {
    bytes: Vec<u8>,
    offsets: Vec<i32>,
}

impl Batches {
    /// Adds a document; a batch where one is full.
    pub(super) fn push(&mut self, document: &[u8]) -> Option<RecordBatch> {
        let full = !self.offsets.is_empty() && self.bytes.len() + document.len() > BATCH_BYTES;
        let before = if full { self.take() } else { None };
        self.bytes.extend_from_slice(document);
        self.offsets.push(i32::try_from(self.bytes.len()).unwrap_or(i32::MAX));
        before.or_else(|| if self.offsets.len() >= BATCH_ROWS { self.take() } else { None })
    }

    /// What was gathered.
    pub(super) fn take(&mut self) -> Option<RecordBatch> {
        if self.offsets.is_empty() {
            return None;
        }
        let offsets: Vec<i32> = std::iter::once(0).chain(std::mem::take(&mut self.offsets)).collect();
        let bytes = Buffer::from_vec(std::mem::take(&mut self.bytes));
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        let column: ArrayRef = Arc::new(BinaryArray::try_new(offsets, bytes, None).ok()?);
        RecordBatch::try_new(types::schema(), vec![column]).ok()
    }
}
