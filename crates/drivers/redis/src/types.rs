//! The native types of replies, and rows of cells into Arrow batches.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, RecordBatch,
    builder::{BinaryBuilder, BooleanBuilder, Int64Builder, UInt8Builder},
};
use arrow_schema::{DataType, Schema, SchemaRef};
use bytes::Bytes;
use driver::arrow::{CellClass, class_field, field};

/// What the server calls a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Native {
    Status,
    Integer,
    Bulk,
    Verbatim,
    Double,
    Boolean,
    BigNumber,
    Nil,
    Error,
    /// Elements, printed as `redis-cli` prints them.
    Array,
    /// Several of these.
    Mixed,
}

impl Native {
    /// As field metadata has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Native::Status => "status",
            Native::Integer => "integer",
            Native::Bulk => "bulk string",
            Native::Verbatim => "verbatim string",
            Native::Double => "double",
            Native::Boolean => "boolean",
            Native::BigNumber => "big number",
            Native::Nil => "nil",
            Native::Error => "error",
            Native::Array => "array",
            Native::Mixed => "mixed",
        }
    }
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Integer(i64),
    Boolean(bool),
    /// Bytes of this type.
    Bytes(Native, Bytes),
}

impl Cell {
    fn native(&self) -> Native {
        match self {
            Cell::Null => Native::Nil,
            Cell::Integer(_) => Native::Integer,
            Cell::Boolean(_) => Native::Boolean,
            Cell::Bytes(native, _) => *native,
        }
    }

    /// Bytes it adds to a batch.
    pub(crate) fn len(&self) -> usize {
        match self {
            Cell::Null => 1,
            Cell::Integer(_) | Cell::Boolean(_) => 8,
            Cell::Bytes(_, bytes) => bytes.len() + 4,
        }
    }

    fn class(&self) -> CellClass {
        match self {
            Cell::Null => CellClass::Null,
            Cell::Integer(_) => CellClass::Integer,
            Cell::Boolean(_) => CellClass::Text,
            Cell::Bytes(Native::Double, _) => CellClass::Real,
            Cell::Bytes(Native::BigNumber, _) => CellClass::Integer,
            Cell::Bytes(_, bytes) if std::str::from_utf8(bytes).is_ok() => CellClass::Text,
            Cell::Bytes(..) => CellClass::Bytes,
        }
    }
}

/// How one column is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Layout {
    native: Native,
    /// Whether a class column goes with it.
    classed: bool,
}

/// The columns of a result, decided when its first rows are there.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    schema: SchemaRef,
    layouts: Vec<Layout>,
}

impl Columns {
    /// The columns for these rows. `more` is whether others may come, of which nothing is known: then a column of bytes is
    /// prepared for any kind of value.
    pub(crate) fn new(names: &[&str], rows: &[Vec<Cell>], more: bool) -> Self {
        let layouts: Vec<Layout> = (0..names.len()).map(|column| layout(rows, column, more)).collect();
        let mut fields = Vec::new();
        for (name, layout) in names.iter().zip(&layouts) {
            let data_type = match layout.native {
                Native::Integer if !layout.classed => DataType::Int64,
                Native::Boolean if !layout.classed => DataType::Boolean,
                _ => DataType::Binary,
            };
            fields.push(field(name, data_type, layout.native.name()));
        }
        for (index, _) in layouts.iter().enumerate().filter(|(_, layout)| layout.classed) {
            fields.push(class_field(index));
        }
        Columns { schema: Arc::new(Schema::new(fields)), layouts }
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// Rows as a batch; a row that is too short ends with nulls.
    ///
    /// # Errors
    /// Where Arrow refuses the arrays, which would be a fault of ours.
    pub(crate) fn batch(&self, rows: &[Vec<Cell>]) -> Result<RecordBatch, arrow_schema::ArrowError> {
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.schema.fields().len());
        for (index, layout) in self.layouts.iter().enumerate() {
            arrays.push(column(rows, index, *layout));
        }
        for (index, _) in self.layouts.iter().enumerate().filter(|(_, layout)| layout.classed) {
            let mut classes = UInt8Builder::with_capacity(rows.len());
            rows.iter().for_each(|row| classes.append_value(row.get(index).map_or(CellClass::Null, Cell::class) as u8));
            arrays.push(Arc::new(classes.finish()));
        }
        RecordBatch::try_new(self.schema(), arrays)
    }
}

fn layout(rows: &[Vec<Cell>], column: usize, more: bool) -> Layout {
    let mut native: Option<Native> = None;
    let mut binary = false;
    for cell in rows.iter().filter_map(|row| row.get(column)) {
        binary |= cell.class() == CellClass::Bytes;
        native = match (native, cell.native()) {
            (found, Native::Nil) => found,
            (None, first) => Some(first),
            (Some(found), other) if found == other => Some(found),
            _ => Some(Native::Mixed),
        };
    }
    let empty = if rows.is_empty() { Native::Bulk } else { Native::Nil };
    let native = native.unwrap_or(empty);
    Layout { native, classed: more || binary || native == Native::Mixed }
}

fn column(rows: &[Vec<Cell>], index: usize, layout: Layout) -> ArrayRef {
    let cells = rows.iter().map(|row| row.get(index).unwrap_or(&Cell::Null));
    match layout {
        Layout { native: Native::Integer, classed: false } => {
            let mut values = Int64Builder::with_capacity(rows.len());
            cells.for_each(|cell| {
                values.append_option(if let Cell::Integer(number) = cell { Some(*number) } else { None })
            });
            Arc::new(values.finish())
        }
        Layout { native: Native::Boolean, classed: false } => {
            let mut values = BooleanBuilder::with_capacity(rows.len());
            cells.for_each(|cell| {
                values.append_option(if let Cell::Boolean(answer) = cell { Some(*answer) } else { None })
            });
            Arc::new(values.finish())
        }
        _ => {
            let mut values = BinaryBuilder::with_capacity(rows.len(), 0);
            for cell in cells {
                match cell {
                    Cell::Null => values.append_null(),
                    Cell::Integer(number) => values.append_value(number.to_string()),
                    Cell::Boolean(answer) => values.append_value(if *answer { "true" } else { "false" }),
                    Cell::Bytes(_, bytes) => values.append_value(bytes),
                }
            }
            Arc::new(values.finish())
        }
    }
}
