//! Typed access to the rows of a catalog query. Everything may be NULL, whatever the server's documentation says.

use std::borrow::Cow;

use arrow_array::{
    Array, ArrayRef,
    cast::AsArray,
    types::{Int16Type, Int32Type, Int64Type, UInt32Type},
};
use arrow_schema::DataType;

use crate::wire::Batch;

/// A small result, whole.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    batches: Vec<Batch>,
}

impl Rows {
    pub(crate) fn push(&mut self, batch: Batch) {
        self.batches.push(batch);
    }

    pub(crate) fn len(&self) -> usize {
        self.batches.iter().map(|batch| batch.rows).sum()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.batches.iter().flat_map(|batch| (0..batch.rows).map(move |row| Row { columns: &batch.columns, row }))
    }

    pub(crate) fn first(&self) -> Option<Row<'_>> {
        self.iter().next()
    }
}

/// One row. A column that is missing or of another type than asked for reads as NULL.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    columns: &'a [ArrayRef],
    row: usize,
}

impl<'a> Row<'a> {
    fn column(self, index: usize) -> Option<&'a ArrayRef> {
        self.columns.get(index).filter(|column| self.row < column.len() && column.is_valid(self.row))
    }

    pub(crate) fn text(self, index: usize) -> Option<Cow<'a, str>> {
        let column = self.column(index)?;
        match column.data_type() {
            // A SQL_ASCII database may hold names in any encoding.
            DataType::Binary => Some(String::from_utf8_lossy(column.as_binary::<i32>().value(self.row))),
            _ => self.int(index).map(|number| Cow::Owned(number.to_string())),
        }
    }

    pub(crate) fn string(self, index: usize) -> Option<String> {
        self.text(index).map(Cow::into_owned)
    }

    /// A name; empty where the server gave none.
    pub(crate) fn name(self, index: usize) -> String {
        self.string(index).unwrap_or_default()
    }

    /// The single byte of a `"char"` column; 0 where it is empty.
    pub(crate) fn letter(self, index: usize) -> u8 {
        self.column(index)
            .filter(|column| column.data_type() == &DataType::Binary)
            .and_then(|column| column.as_binary::<i32>().value(self.row).first().copied())
            .unwrap_or(0)
    }

    pub(crate) fn int(self, index: usize) -> Option<i64> {
        let column = self.column(index)?;
        match column.data_type() {
            DataType::Int16 => Some(i64::from(column.as_primitive::<Int16Type>().value(self.row))),
            DataType::Int32 => Some(i64::from(column.as_primitive::<Int32Type>().value(self.row))),
            DataType::Int64 => Some(column.as_primitive::<Int64Type>().value(self.row)),
            DataType::UInt32 => Some(i64::from(column.as_primitive::<UInt32Type>().value(self.row))),
            DataType::Binary => std::str::from_utf8(column.as_binary::<i32>().value(self.row)).ok()?.parse().ok(),
            _ => None,
        }
    }

    /// An object's number; 0, which no object has, where there is none.
    pub(crate) fn oid(self, index: usize) -> u32 {
        self.int(index).and_then(|oid| u32::try_from(oid).ok()).unwrap_or(0)
    }

    pub(crate) fn maybe(self, index: usize) -> Option<bool> {
        let column = self.column(index)?;
        (column.data_type() == &DataType::Boolean).then(|| column.as_boolean().value(self.row))
    }

    pub(crate) fn flag(self, index: usize) -> bool {
        self.maybe(index).unwrap_or(false)
    }

    /// Any value as the server prints it.
    pub(crate) fn printed(self, index: usize) -> Option<String> {
        match self.maybe(index) {
            Some(value) => Some(if value { "t" } else { "f" }.to_owned()),
            None => self.string(index),
        }
    }

    /// The elements of an array, NULL ones left out.
    pub(crate) fn list(self, index: usize) -> Vec<String> {
        self.text(index).map(|text| elements(&text)).unwrap_or_default()
    }

    /// Numbers of an `int2[]` or an `int2vector`.
    pub(crate) fn numbers(self, index: usize) -> Vec<i16> {
        let Some(text) = self.text(index) else { return Vec::new() };
        text.split(|c: char| !(c.is_ascii_digit() || c == '-')).filter_map(|number| number.parse().ok()).collect()
    }
}

/// The elements of a one-dimensional array as the server prints it.
fn elements(text: &str) -> Vec<String> {
    let Some(inner) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else { return Vec::new() };
    let mut found = Vec::new();
    let (mut element, mut quoted, mut inside) = (String::new(), false, false);
    let mut push = |element: &mut String, quoted: bool| {
        if quoted || !element.is_empty() && !element.eq_ignore_ascii_case("null") {
            found.push(std::mem::take(element));
        }
        element.clear();
    };
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                inside = !inside;
                quoted = true;
            }
            '\\' => element.extend(characters.next()),
            ',' if !inside => {
                push(&mut element, quoted);
                quoted = false;
            }
            other => element.push(other),
        }
    }
    push(&mut element, quoted);
    found
}

/// An array as the server reads it.
pub(crate) fn array<T: AsRef<str>>(elements: impl IntoIterator<Item = T>) -> String {
    array_with_nulls(elements.into_iter().map(Some))
}

/// An array as the server reads it, some of whose elements may be missing.
pub(crate) fn array_with_nulls<T: AsRef<str>>(elements: impl IntoIterator<Item = Option<T>>) -> String {
    let mut text = String::from("{");
    for element in elements {
        if text.len() > 1 {
            text.push(',');
        }
        let Some(element) = element else {
            text.push_str("NULL");
            continue;
        };
        text.push('"');
        for character in element.as_ref().chars() {
            if matches!(character, '"' | '\\') {
                text.push('\\');
            }
            text.push(character);
        }
        text.push('"');
    }
    text.push('}');
    text
}

/// An array of numbers as the server reads it.
pub(crate) fn oids(numbers: impl IntoIterator<Item = u32>) -> String {
    let numbers: Vec<String> = numbers.into_iter().map(|number| number.to_string()).collect();
    format!("{{{}}}", numbers.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_read_back_what_was_written_whatever_is_in_them() {
        for list in [
            vec![],
            vec!["a"],
            vec!["", "null", "NULL", "a,b", "{c}", "d\"e", "f\\g", " h ", "🚀"],
            vec!["one", "two three"],
        ] {
            assert_eq!(elements(&array(&list)), list);
        }
        assert_eq!(elements("{a,NULL,b}"), ["a", "b"], "an unquoted NULL is no element");
        assert_eq!(array_with_nulls([Some("a"), None, Some("NULL")]), "{\"a\",NULL,\"NULL\"}");
        assert_eq!(elements("{search_path=public,\"x=a b\"}"), ["search_path=public", "x=a b"]);
        for nonsense in ["", "{", "}", "a", "{\"", "{\\"] {
            elements(nonsense);
        }
        assert_eq!(oids([1, 22]), "{1,22}");
    }
}
