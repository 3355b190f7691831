//! Rows of SQLite as Arrow batches: `Binary` columns, each with a class column behind all of them.

use std::{collections::HashMap, sync::Arc};

use arrow_array::{ArrayRef, BinaryArray, RecordBatch, RecordBatchOptions, UInt8Array};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use driver::arrow::{BATCH_BYTES, BATCH_ROWS, CellClass, NATIVE_TYPE, ORIGIN, class_field};
use rusqlite::{Row, Statement, types::ValueRef};

use crate::real::{push_integer, push_real};

/// Rows of the first batch: a person waits for it.
const FIRST_ROWS: usize = 1024;

/// The schema of a statement's result, also when it has no rows.
pub(crate) fn schema_of(statement: &Statement<'_>) -> SchemaRef {
    let origins = statement.columns_with_metadata();
    let mut fields: Vec<Field> = statement
        .columns()
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let mut metadata =
                HashMap::from([(NATIVE_TYPE.to_owned(), column.decl_type().unwrap_or_default().to_owned())]);
            let origin = origins.get(index).and_then(|column| {
                Some([column.database_name()?, column.table_name()?, column.origin_name()?].join("\u{1f}"))
            });
            if let Some(origin) = origin {
                metadata.insert(ORIGIN.to_owned(), origin);
            }
            Field::new(column.name(), DataType::Binary, true).with_metadata(metadata)
        })
        .collect();
    fields.extend((0..fields.len()).map(class_field));
    Arc::new(Schema::new(fields))
}

#[derive(Default)]
struct Cells {
    values: Vec<u8>,
    ends: Vec<i32>,
    classes: Vec<u8>,
}

/// Rows on their way into a batch.
pub(crate) struct Rows {
    schema: SchemaRef,
    columns: Vec<Cells>,
    count: usize,
    bytes: usize,
    room: usize,
}

impl Rows {
    pub(crate) fn new(schema: SchemaRef) -> Self {
        let width = schema.fields().len() / 2;
        let columns = std::iter::repeat_with(Cells::default).take(width).collect();
        Rows { schema, columns, count: 0, bytes: 0, room: FIRST_ROWS }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Takes a row in. Returns whether a batch is due.
    pub(crate) fn push(&mut self, row: &Row<'_>) -> Result<bool, rusqlite::Error> {
        for (index, column) in self.columns.iter_mut().enumerate() {
            let before = column.values.len();
            let class = match row.get_ref(index)? {
                ValueRef::Null => CellClass::Null,
                ValueRef::Integer(value) => {
                    push_integer(&mut column.values, value);
                    CellClass::Integer
                }
                ValueRef::Real(value) => {
                    push_real(&mut column.values, value);
                    CellClass::Real
                }
                ValueRef::Text(bytes) => {
                    column.values.extend_from_slice(bytes);
                    if std::str::from_utf8(bytes).is_ok() { CellClass::Text } else { CellClass::InvalidText }
                }
                ValueRef::Blob(bytes) => {
                    column.values.extend_from_slice(bytes);
                    CellClass::Bytes
                }
            };
            self.bytes += column.values.len() - before + 5;
            // SQLite's largest value is 1 GB and a batch is cut at 4 MiB, so an offset always fits.
            column.ends.push(i32::try_from(column.values.len()).unwrap_or(i32::MAX));
            column.classes.push(class as u8);
        }
        self.count += 1;
        Ok(self.count >= self.room || self.bytes >= BATCH_BYTES)
    }

    /// The batch of the rows taken in so far. When the last one made it larger than allowed, that one stays for the next.
    pub(crate) fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        let keep = usize::from(self.bytes > BATCH_BYTES && self.count > 1);
        let count = self.count - keep;
        self.room = BATCH_ROWS;
        self.count = keep;
        self.bytes = 0;
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.columns.len() * 2);
        let mut classes: Vec<ArrayRef> = Vec::with_capacity(self.columns.len());
        for column in &mut self.columns {
            let mut rest = Cells::default();
            if keep > 0 {
                let end = column.ends.get(count.saturating_sub(1)).map_or(0, |end| usize::try_from(*end).unwrap_or(0));
                rest.values = column.values.split_off(end.min(column.values.len()));
                rest.ends = vec![i32::try_from(rest.values.len()).unwrap_or(i32::MAX)];
                rest.classes = column.classes.split_off(count.min(column.classes.len()));
                column.ends.truncate(count);
                self.bytes += rest.values.len() + 5;
            } else {
                // The next batch is likely as large as this one.
                rest.values.reserve(column.values.len().min(BATCH_BYTES));
                rest.ends.reserve(count);
                rest.classes.reserve(count);
            }
            let full = std::mem::replace(column, rest);
            let mut offsets = Vec::with_capacity(count + 1);
            offsets.push(0);
            offsets.extend_from_slice(&full.ends);
            let nulls = full.classes.contains(&(CellClass::Null as u8)).then(|| {
                let null = CellClass::Null as u8;
                NullBuffer::new(BooleanBuffer::collect_bool(count, |row| full.classes.get(row) != Some(&null)))
            });
            let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
            arrays.push(Arc::new(BinaryArray::try_new(offsets, Buffer::from_vec(full.values), nulls)?));
            classes.push(Arc::new(UInt8Array::from(full.classes)));
        }
        arrays.append(&mut classes);
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
    }
}
