//! Reading single cells of a batch without copying them.

use arrow_array::{
    Array, BinaryArray, BooleanArray, Int8Array, Int16Array, Int32Array, Int64Array, RecordBatch, UInt8Array,
    UInt16Array, UInt32Array, UInt64Array,
};
use arrow_schema::{DataType, Field};
use driver::{Cast, Code, Error, ValueClass, arrow, arrow::CellClass};

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// NULL.
    Null,
    /// A signed integer.
    Integer(i64),
    /// An unsigned integer.
    Unsigned(u64),
    /// A boolean.
    Boolean(bool),
    /// The server's own bytes, and what they are where the column is mixed.
    Bytes(&'a [u8], Option<CellClass>),
}

enum Values<'a> {
    Int8(&'a Int8Array),
    Int16(&'a Int16Array),
    Int32(&'a Int32Array),
    Int64(&'a Int64Array),
    UInt8(&'a UInt8Array),
    UInt16(&'a UInt16Array),
    UInt32(&'a UInt32Array),
    UInt64(&'a UInt64Array),
    Boolean(&'a BooleanArray),
    Binary(&'a BinaryArray),
}

/// The cells of one column of a batch.
pub struct Cells<'a> {
    values: Values<'a>,
    /// `None` when no cell is NULL.
    nulls: Option<&'a arrow_buffer::NullBuffer>,
    classes: Option<&'a UInt8Array>,
    /// What all of its bytes are, where no class column says it.
    class: Option<CellClass>,
    len: usize,
}

/// A column of a type the drivers' contract does not have.
pub(crate) fn unsupported(data_type: &DataType) -> Error {
    Error::new(Code::Unsupported, format!("A result has a column of the Arrow type {data_type}."))
}

pub(crate) fn no_column(index: usize) -> Error {
    Error::new(Code::NotFound, format!("The result has no column {}.", index + 1))
}

/// Whether a column holds bytes as they are, where other databases print them.
pub(crate) fn is_raw(cast: &dyn Cast, field: &Field) -> bool {
    cast.forms().raw_bytes
        && field.data_type() == &DataType::Binary
        && cast.class(arrow::native_type(field)) == ValueClass::Bytes
}

impl<'a> Cells<'a> {
    /// The column at an index, with its class column if it has one.
    ///
    /// # Errors
    /// `NotFound` for an index past the columns, `Unsupported` for a type the contract does not have.
    pub fn of(batch: &'a RecordBatch, index: usize) -> Result<Self, Error> {
        Cells::at(batch, index, arrow::class_column(batch.schema_ref(), index))
    }

    /// As [`Cells::of`] when the class column's position is known already.
    ///
    /// # Errors
    /// As [`Cells::of`].
    pub fn at(batch: &'a RecordBatch, index: usize, class: Option<usize>) -> Result<Self, Error> {
        let column = batch.columns().get(index).ok_or_else(|| no_column(index))?;
        let any = column.as_any();
        macro_rules! values {
            ($($variant:ident $array:ty),*) => {
                $(if let Some(array) = any.downcast_ref::<$array>() { Values::$variant(array) } else)*
                { return Err(unsupported(column.data_type())) }
            };
        }
        let values = values!(
            Binary BinaryArray, Int64 Int64Array, Int32 Int32Array, Int16 Int16Array, Boolean BooleanArray,
            Int8 Int8Array, UInt8 UInt8Array, UInt16 UInt16Array, UInt32 UInt32Array, UInt64 UInt64Array
        );
        let classes = class.and_then(|class| batch.columns().get(class)?.as_any().downcast_ref());
        let nulls = column.nulls().filter(|nulls| nulls.null_count() > 0);
        Ok(Cells { values, nulls, classes, class: None, len: column.len() })
    }

    /// The same cells, whose bytes are of this class where no class column says otherwise.
    #[must_use]
    pub fn with_class(self, class: Option<CellClass>) -> Self {
        Cells { class, ..self }
    }

    /// The cell of a row; NULL past the end.
    #[inline]
    pub fn get(&self, row: usize) -> Cell<'a> {
        if row >= self.len || self.nulls.is_some_and(|nulls| nulls.is_null(row)) {
            return Cell::Null;
        }
        match self.values {
            Values::Int8(array) => Cell::Integer(array.value(row).into()),
            Values::Int16(array) => Cell::Integer(array.value(row).into()),
            Values::Int32(array) => Cell::Integer(array.value(row).into()),
            Values::Int64(array) => Cell::Integer(array.value(row)),
            Values::UInt8(array) => Cell::Unsigned(array.value(row).into()),
            Values::UInt16(array) => Cell::Unsigned(array.value(row).into()),
            Values::UInt32(array) => Cell::Unsigned(array.value(row).into()),
            Values::UInt64(array) => Cell::Unsigned(array.value(row)),
            Values::Boolean(array) => Cell::Boolean(array.value(row)),
            Values::Binary(array) => {
                let class = self.classes.filter(|classes| row < classes.len());
                let class = class.map(|classes| CellClass::from_u8(classes.value(row)));
                Cell::Bytes(array.value(row), class.or(self.class))
            }
        }
    }
}

impl<'a> Cell<'a> {
    /// The cell's text: the server's bytes, digits, `true` or `false`. `None` for NULL.
    pub fn text<'b>(self, digits: &'b mut itoa::Buffer) -> Option<&'b [u8]>
    where
        'a: 'b,
    {
        Some(match self {
            Cell::Null => return None,
            Cell::Integer(value) => digits.format(value).as_bytes(),
            Cell::Unsigned(value) => digits.format(value).as_bytes(),
            Cell::Boolean(true) => b"true",
            Cell::Boolean(false) => b"false",
            Cell::Bytes(bytes, _) => bytes,
        })
    }
}
