//! What each text is where the session does not promise UTF-8: text, or bytes that are not.
//!
//! A server checks what it sends in UTF-8. From a `SQL_ASCII` database, or after a `SET client_encoding`, anything may come.

use std::{iter, sync::Arc};

use arrow_array::{Array, ArrayRef, UInt8Array, cast::AsArray};
use arrow_schema::{DataType, Field, Schema};
use driver::{
    Cast, ValueClass,
    arrow::{CellClass, class_field, class_of, native_type},
};

use crate::cast::CAST;

/// Whether the server promises UTF-8 under this `client_encoding`; one it does not name is its default.
pub(crate) fn is_utf8(client_encoding: Option<&str>) -> bool {
    client_encoding.is_none_or(|name| name.eq_ignore_ascii_case("UTF8") || name.eq_ignore_ascii_case("UNICODE"))
}

/// The class columns that belong to these columns: numbers, times and the like print in ASCII and have none.
pub(super) fn fields(columns: &[Field]) -> Vec<Field> {
    let may_be_anything = |field: &Field| {
        field.data_type() == &DataType::Binary
            && matches!(
                CAST.class(native_type(field)),
                ValueClass::Text | ValueClass::Json | ValueClass::Xml | ValueClass::Array | ValueClass::Other
            )
    };
    columns
        .iter()
        .enumerate()
        .filter(|(_, field)| may_be_anything(field))
        .map(|(index, _)| class_field(index))
        .collect()
}

/// The columns of a batch with the class columns its schema wants.
pub(crate) fn complete(schema: &Schema, mut columns: Vec<ArrayRef>) -> Vec<ArrayRef> {
    for field in schema.fields().iter().skip(columns.len()) {
        let cells =
            class_of(field).and_then(|index| columns.get(index)).and_then(|column| column.as_binary_opt::<i32>());
        let classes: UInt8Array = match cells {
            Some(cells) => cells.iter().map(|cell| Some(class(cell) as u8)).collect(),
            None => {
                iter::repeat_n(Some(CellClass::Text as u8), columns.first().map_or(0, |column| column.len())).collect()
            }
        };
        columns.push(Arc::new(classes));
    }
    columns
}

fn class(cell: Option<&[u8]>) -> CellClass {
    match cell {
        None => CellClass::Null,
        Some(bytes) if std::str::from_utf8(bytes).is_ok() => CellClass::Text,
        Some(_) => CellClass::InvalidText,
    }
}
