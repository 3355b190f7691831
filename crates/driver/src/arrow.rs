//! How results are laid out in Arrow.
//!
//! | column of | Arrow type | holds |
//! |---|---|---|
//! | 16, 32, 64 bit integers, unsigned ones | `Int16` … `UInt64` | the value |
//! | booleans | `Boolean` | the value |
//! | everything else | `Binary` | the server's own bytes, as its own client would print them |
//!
//! Where values of one column differ in kind (SQLite's storage classes, invalid UTF-8), a sibling
//! `UInt8` column named `<index>#class` follows all others and says what each cell is: [`CellClass`].
//! Field metadata: [`NATIVE_TYPE`] always; [`ORIGIN`] where the server says which column a value comes from.

use std::collections::HashMap;

use arrow_schema::{DataType, Field, Schema};

/// Field metadata: the native type as the server prints it.
pub const NATIVE_TYPE: &str = "rowhouse.native_type";
/// Field metadata: `schema\u{1f}relation\u{1f}column` the value comes from.
pub const ORIGIN: &str = "rowhouse.origin";
/// Field metadata: the server's number of the type (an oid), for casts.
pub const TYPE_ID: &str = "rowhouse.type_id";
/// Schema metadata, `true`: raw chunks of `COPY … TO STDOUT` in one column, to be written as they are.
pub const RAW_COPY: &str = "rowhouse.raw_copy";
/// Suffix of a class column's name.
pub const CLASS_SUFFIX: &str = "#class";

/// Most rows of a batch.
pub const BATCH_ROWS: usize = 8192;
/// Most bytes of a batch, but for one row that is larger.
pub const BATCH_BYTES: usize = 4 << 20;
/// Longest time rows wait for company, in milliseconds.
pub const BATCH_MS: u64 = 50;

/// What one cell of a mixed column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum CellClass {
    /// NULL.
    Null = 0,
    /// Text in UTF-8.
    Text = 1,
    /// Bytes that are no text.
    Bytes = 2,
    /// An integer's digits.
    Integer = 3,
    /// A float's shortest digits that read back the same.
    Real = 4,
    /// Declared text whose bytes are not UTF-8.
    InvalidText = 5,
    /// There is no such field: not the same as one that is NULL.
    Missing = 6,
}

impl CellClass {
    /// Reads a class column's value; an unknown one counts as bytes.
    pub fn from_u8(value: u8) -> Self {
        match value {
            0 => CellClass::Null,
            1 => CellClass::Text,
            3 => CellClass::Integer,
            4 => CellClass::Real,
            5 => CellClass::InvalidText,
            6 => CellClass::Missing,
            _ => CellClass::Bytes,
        }
    }
}

/// A field with its native type.
pub fn field(name: &str, data_type: DataType, native_type: &str) -> Field {
    Field::new(name, data_type, true).with_metadata(HashMap::from([(NATIVE_TYPE.to_owned(), native_type.to_owned())]))
}

/// The class column that belongs to the column at `index`.
pub fn class_field(index: usize) -> Field {
    Field::new(format!("{index}{CLASS_SUFFIX}"), DataType::UInt8, false)
}

/// How many columns a person sees: all but the class columns, which stand last.
pub fn visible_columns(schema: &Schema) -> usize {
    schema.fields().iter().take_while(|field| class_of(field).is_none()).count()
}

/// Which column's classes this field holds; `None` for an ordinary column.
///
/// An ordinary column may be *named* like one, so a class column is told by having no native type.
pub fn class_of(field: &Field) -> Option<usize> {
    if field.metadata().contains_key(NATIVE_TYPE) || field.data_type() != &DataType::UInt8 {
        return None;
    }
    field.name().strip_suffix(CLASS_SUFFIX)?.parse().ok()
}

/// The position of the class column of column `index`.
pub fn class_column(schema: &Schema, index: usize) -> Option<usize> {
    schema.fields().iter().position(|field| class_of(field) == Some(index))
}

/// The native type of a field, empty when unknown.
pub fn native_type(field: &Field) -> &str {
    field.metadata().get(NATIVE_TYPE).map_or("", String::as_str)
}
