//! The texts of rows that batches of ours give.

use arrow_array::{
    Array, ArrayRef,
    cast::AsArray,
    types::{Int16Type, Int32Type, Int64Type},
};
use arrow_schema::DataType;

use crate::wire::Batch;

/// Rows of a batch of ours.
pub(crate) type Rows = Vec<Vec<Option<String>>>;

/// Appends the texts of some rows.
pub(crate) fn read_batch(rows: &mut Rows, batch: &Batch) {
    rows.extend((0..batch.rows).map(|row| batch.columns.iter().map(|column| text(column, row)).collect()));
}

fn text(column: &ArrayRef, row: usize) -> Option<String> {
    if column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Int16 => column.as_primitive::<Int16Type>().value(row).to_string(),
        DataType::Int32 => column.as_primitive::<Int32Type>().value(row).to_string(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Boolean => u8::from(column.as_boolean().value(row)).to_string(),
        _ => String::from_utf8_lossy(column.as_binary_opt::<i32>()?.value(row)).into_owned(),
    })
}

/// The cells of a row, from left to right.
pub(crate) struct Row(std::vec::IntoIter<Option<String>>);

impl Row {
    pub(crate) fn new(cells: Vec<Option<String>>) -> Self {
        Row(cells.into_iter())
    }

    /// Empty for NULL.
    pub(crate) fn text(&mut self) -> String {
        self.0.next().flatten().unwrap_or_default()
    }

    /// Nothing for an empty text too.
    pub(crate) fn some(&mut self) -> Option<String> {
        self.0.next().flatten().filter(|text| !text.is_empty())
    }

    pub(crate) fn number<T: std::str::FromStr>(&mut self) -> Option<T> {
        self.0.next().flatten().and_then(|text| text.parse().ok())
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.text() == "1"
    }
}
