//! Windows: the rows a screen shows, as bytes of one Arrow IPC stream.
//!
//! The stream has one batch. Its columns are named by their index in the hold (`3`); behind them stand the
//! class columns of those asked for (`3#class`), also of those whose type alone says that they hold bytes, and, for each column with cut cells, their full lengths in bytes
//! (`3#long`, `UInt64`, null where the cell is whole).

use std::{ops::Range, sync::Arc};

use arrow_array::{
    Array, ArrayRef, RecordBatch, RecordBatchOptions, UInt8Array,
    builder::{BinaryBuilder, UInt64Builder},
};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use driver::{Cast, Error, arrow, arrow::CellClass};

use crate::{
    Cell, Cells, Hold,
    cells::{is_raw, no_column},
    hold::gather_error,
};

/// Suffix of the column that holds the full lengths of cut cells.
pub const LONG_SUFFIX: &str = "#long";
/// Most rows of a window; more are left out.
pub const MAX_WINDOW_ROWS: usize = 10_000;
/// Most bytes of a cell in a window.
pub const MAX_CELL_LIMIT: usize = 64 << 10;
/// A window that would exceed this many bytes has fewer rows than asked for, but at least one.
const WINDOW_BYTES: usize = 64 << 20;

/// A cell, or a part of it, read alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellText {
    /// The bytes of the range asked for: the server's own, digits, `true` or `false`. `None` is NULL.
    pub bytes: Option<Vec<u8>>,
    /// Bytes of the whole cell.
    pub total: u64,
    /// What the cell is, where its column is mixed.
    pub class: Option<CellClass>,
}

/// Where to cut `bytes` so that no character is split.
pub(crate) fn cut(bytes: &[u8], limit: usize) -> &[u8] {
    if bytes.len() <= limit {
        return bytes;
    }
    // A character has at most three bytes behind its first.
    for back in 0..4.min(limit + 1) {
        let end = limit - back;
        if bytes.get(end).is_some_and(|byte| byte & 0b1100_0000 != 0b1000_0000) {
            return bytes.get(..end).unwrap_or_default();
        }
    }
    bytes.get(..limit).unwrap_or_default()
}

/// Builds a window of batches of one schema.
pub(crate) fn build(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    columns: &[usize],
    cell_limit: usize,
    cast: &dyn Cast,
) -> Result<Vec<u8>, Error> {
    let limit = cell_limit.min(MAX_CELL_LIMIT);
    let visible = arrow::visible_columns(schema);
    if let Some(index) = columns.iter().find(|index| **index >= visible) {
        return Err(no_column(*index));
    }
    let batches = &within_budget(batches, columns, limit)?;
    let rows = batches.iter().map(RecordBatch::num_rows).sum();
    let (mut fields, mut arrays): (Vec<Field>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    let mut siblings: Vec<(Field, ArrayRef)> = Vec::new();
    for index in columns.iter().copied() {
        let field = schema.field(index);
        let named = |data_type| Field::new(index.to_string(), data_type, true).with_metadata(field.metadata().clone());
        if field.data_type() == &DataType::Binary {
            let (values, lengths) = cut_column(batches, index, limit, rows)?;
            if let Some(class) = arrow::class_column(schema, index) {
                siblings.push((arrow::class_field(index), whole_column(schema, batches, class)?));
            } else if is_raw(cast, field) {
                siblings.push((arrow::class_field(index), all_bytes(&values)));
            }
            fields.push(named(DataType::Binary));
            arrays.push(values);
            if let Some(lengths) = lengths {
                let name = format!("{index}{LONG_SUFFIX}");
                siblings.push((Field::new(name, DataType::UInt64, true), lengths));
            }
        } else {
            fields.push(named(field.data_type().clone()));
            arrays.push(whole_column(schema, batches, index)?);
        }
    }
    for (field, array) in siblings {
        fields.push(field);
        arrays.push(array);
    }
    let schema = Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()));
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options).map_err(gather_error)?;
    let mut writer = StreamWriter::try_new(Vec::new(), &schema).map_err(gather_error)?;
    writer.write(&batch).and_then(|()| writer.finish()).map_err(gather_error)?;
    writer.into_inner().map_err(gather_error)
}

/// Says of every cell that it is no text.
fn all_bytes(values: &dyn Array) -> ArrayRef {
    let class = |row| if values.is_null(row) { CellClass::Null } else { CellClass::Bytes };
    Arc::new(UInt8Array::from_iter_values((0..values.len()).map(|row| class(row) as u8)))
}

/// Leaves rows out until the window fits, but for the first row.
fn within_budget(batches: &[RecordBatch], columns: &[usize], limit: usize) -> Result<Vec<RecordBatch>, Error> {
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    if rows.saturating_mul(columns.len()).saturating_mul(limit + 8) <= WINDOW_BYTES {
        return Ok(batches.to_vec());
    }
    let (mut kept, mut bytes) = (Vec::new(), 0usize);
    for batch in batches {
        let cells = columns.iter().map(|index| Cells::of(batch, *index)).collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            let size = |cells: &Cells<'_>| match cells.get(row) {
                Cell::Bytes(bytes, _) => bytes.len().min(limit) + 8,
                _ => 16,
            };
            bytes += cells.iter().map(size).sum::<usize>();
            if bytes > WINDOW_BYTES && (row > 0 || !kept.is_empty()) {
                kept.push(batch.slice(0, row));
                return Ok(kept);
            }
        }
        kept.push(batch.clone());
    }
    Ok(kept)
}

fn whole_column(schema: &SchemaRef, batches: &[RecordBatch], index: usize) -> Result<ArrayRef, Error> {
    let columns: Vec<&dyn Array> = batches.iter().map(|batch| batch.column(index).as_ref()).collect();
    if columns.is_empty() {
        return Ok(arrow_array::new_empty_array(schema.field(index).data_type()));
    }
    arrow_select::concat::concat(&columns).map_err(gather_error)
}

fn cut_column(
    batches: &[RecordBatch],
    index: usize,
    limit: usize,
    rows: usize,
) -> Result<(ArrayRef, Option<ArrayRef>), Error> {
    let mut values = BinaryBuilder::with_capacity(rows, rows * 16);
    let (mut lengths, mut long) = (UInt64Builder::with_capacity(rows), false);
    for batch in batches {
        let cells = Cells::of(batch, index)?;
        for row in 0..batch.num_rows() {
            match cells.get(row) {
                Cell::Bytes(bytes, _) => {
                    let shown = cut(bytes, limit);
                    values.append_value(shown);
                    let whole = shown.len() == bytes.len();
                    lengths.append_option((!whole).then_some(bytes.len() as u64));
                    long |= !whole;
                }
                _ => {
                    values.append_null();
                    lengths.append_null();
                }
            }
        }
    }
    Ok((Arc::new(values.finish()), long.then(|| Arc::new(lengths.finish()) as ArrayRef)))
}

/// One cell of a batch.
pub(crate) fn cell_text(batch: &RecordBatch, row: usize, column: usize, range: Range<u64>) -> Result<CellText, Error> {
    if column >= arrow::visible_columns(batch.schema_ref()) {
        return Err(no_column(column));
    }
    let cell = Cells::of(batch, column)?.get(row);
    let class = match cell {
        Cell::Bytes(_, class) => class,
        _ => None,
    };
    let mut digits = itoa::Buffer::new();
    let Some(text) = cell.text(&mut digits) else { return Ok(CellText { bytes: None, total: 0, class }) };
    let bound = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(text.len());
    let (start, end) = (bound(range.start), bound(range.end));
    let bytes = text.get(start..end.max(start)).unwrap_or_default().to_vec();
    Ok(CellText { bytes: Some(bytes), total: text.len() as u64, class })
}

pub(crate) fn no_row(row: u64) -> Error {
    Error::new(driver::Code::NotFound, format!("The result has no row {}.", row.saturating_add(1)))
}

impl Hold {
    /// The rows from `first` on, as bytes of an Arrow IPC stream (see the module's source for its columns).
    /// `rows` counts at most [`MAX_WINDOW_ROWS`]; `columns` are visible ones; cells longer than `cell_limit` bytes are cut.
    /// Rows past the end are left out. `cast` is that of the database the rows came from. Blocks on the disk.
    ///
    /// # Errors
    /// `NotFound` for a column that is not there, `Corrupt` when the spool is damaged.
    pub fn window(
        &self,
        first: u64,
        rows: usize,
        columns: &[usize],
        cell_limit: usize,
        cast: &dyn Cast,
    ) -> Result<Vec<u8>, Error> {
        let rows = rows.min(MAX_WINDOW_ROWS);
        let range = first..first.saturating_add(rows as u64);
        let batches = self.kept_batches(range).collect::<Result<Vec<_>, _>>()?;
        build(self.schema(), &batches, columns, cell_limit, cast)
    }

    /// One row as it is seen.
    fn row(&self, row: u64) -> Result<RecordBatch, Error> {
        let (batch, first) = self.around(row, true)?.ok_or_else(|| no_row(row))?;
        let at = usize::try_from(row - first).ok().filter(|at| *at < batch.num_rows()).ok_or_else(|| no_row(row))?;
        self.see(batch.slice(at, 1))
    }

    /// A part of one cell: `range` counts bytes of its text. Blocks on the disk.
    ///
    /// # Errors
    /// `NotFound` for a row or column that is not there, `Corrupt` when the spool is damaged.
    pub fn cell(&self, row: u64, column: usize, range: Range<u64>) -> Result<CellText, Error> {
        cell_text(&self.row(row)?, 0, column, range)
    }

    /// The whole texts of some cells of one row, hidden columns included: what keys a page or a row. `None` is NULL.
    ///
    /// # Errors
    /// As [`Hold::cell`].
    pub fn texts(&self, row: u64, columns: &[usize]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let batch = self.row(row)?;
        let text = |column: &usize| {
            let cell = Cells::of(&batch, *column)?.get(0);
            Ok(cell.text(&mut itoa::Buffer::new()).map(<[u8]>::to_vec))
        };
        columns.iter().map(text).collect()
    }
}
