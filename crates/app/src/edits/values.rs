//! Values on their way from a face to what is staged, and back to what is shown.

use std::{fs::File, io::Read, path::Path};

use arrow_schema::{DataType, Schema};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use driver::{Cast, CellValue, NewValue, ValueClass, arrow, arrow::CellClass};

use crate::api::{AppError, EditValue, ErrorCode, ShownValue};

/// Bytes of a cell that are shown.
const SHOWN: usize = 4 << 10;
/// Bytes of a file that may become a cell.
const MOST_OF_A_FILE: u64 = 64 << 20;

/// What the values of a column are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    integer: bool,
    boolean: bool,
    /// Bytes as they are, where other databases print them.
    raw: bool,
}

impl Form {
    /// The forms of a hold's first columns.
    pub(super) fn of(schema: &Schema, columns: usize, cast: &dyn Cast) -> Vec<Form> {
        let fields = schema.fields().iter().take(columns);
        let form = |field: &std::sync::Arc<arrow_schema::Field>| Form {
            integer: field.data_type().is_integer(),
            boolean: field.data_type() == &DataType::Boolean,
            raw: cast.forms().raw_bytes
                && field.data_type() == &DataType::Binary
                && cast.class(arrow::native_type(field)) == ValueClass::Bytes,
        };
        fields.map(form).collect()
    }

    /// Whether a cell holds just what it is to become: then there is nothing to do.
    pub(super) fn holds(self, held: &CellValue, new: &NewValue) -> bool {
        let Some(bytes) = held.bytes.as_deref() else {
            return match new {
                NewValue::Null => true,
                NewValue::Held(value) => value.bytes.is_none(),
                _ => false,
            };
        };
        let class = held.class();
        match new {
            NewValue::Null | NewValue::Default => false,
            NewValue::Held(value) => value == held,
            NewValue::Text(text) if self.integer => same_integer(bytes, text),
            NewValue::Text(text) if self.boolean => truth(text).is_some_and(|truth| truth == (bytes == b"true")),
            NewValue::Text(text) => class.is_none_or(|class| class == CellClass::Text) && bytes == text.as_bytes(),
            NewValue::Number(digits) => {
                class.is_none_or(|class| matches!(class, CellClass::Integer | CellClass::Real))
                    && bytes == digits.as_bytes()
            }
            NewValue::Bytes(new) => match class {
                Some(class) => matches!(class, CellClass::Bytes | CellClass::InvalidText) && bytes == new,
                None if self.raw => bytes == new,
                None => is_hex_of(bytes, new),
            },
        }
    }

    /// How a held value shows.
    pub(super) fn shown_held(self, value: &CellValue) -> ShownValue {
        let Some(bytes) = value.bytes.as_deref() else { return ShownValue::Null };
        let bytes_like = self.raw || matches!(value.class(), Some(CellClass::Bytes | CellClass::InvalidText));
        match std::str::from_utf8(bytes) {
            Ok(text) if !bytes_like => text_shown(text),
            _ => bytes_shown(bytes),
        }
    }

    /// How a staged value shows.
    pub(super) fn shown(self, value: &NewValue) -> ShownValue {
        match value {
            NewValue::Null => ShownValue::Null,
            NewValue::Default => ShownValue::Default,
            NewValue::Text(text) | NewValue::Number(text) => text_shown(text),
            NewValue::Bytes(bytes) => bytes_shown(bytes),
            NewValue::Held(value) => self.shown_held(value),
        }
    }

    /// A staged value as a face would give it.
    pub(super) fn given(self, value: &NewValue) -> EditValue {
        match value {
            NewValue::Null => EditValue::Null,
            NewValue::Default => EditValue::Default,
            NewValue::Text(text) => EditValue::Text { text: text.clone() },
            NewValue::Number(text) => EditValue::Number { text: text.clone() },
            NewValue::Bytes(bytes) => EditValue::Bytes { base64: STANDARD.encode(bytes) },
            NewValue::Held(value) => self.given_held(value),
        }
    }

    /// A held value as a face would give it.
    pub(super) fn given_held(self, value: &CellValue) -> EditValue {
        let Some(bytes) = value.bytes.as_deref() else { return EditValue::Null };
        let number = matches!(value.class(), Some(CellClass::Integer | CellClass::Real));
        let bytes_like = self.raw || matches!(value.class(), Some(CellClass::Bytes | CellClass::InvalidText));
        match std::str::from_utf8(bytes) {
            Ok(text) if number => EditValue::Number { text: text.to_owned() },
            Ok(text) if !bytes_like => EditValue::Text { text: text.to_owned() },
            _ => EditValue::Bytes { base64: STANDARD.encode(bytes) },
        }
    }
}

/// What a face gives as it is staged. Reads files: call it where blocking is allowed.
///
/// # Errors
/// `InvalidStatement` for bytes that are no base64; as the file system says; `Exhausted` for a file that is too large.
pub(super) fn staged(value: EditValue) -> Result<NewValue, AppError> {
    Ok(match value {
        EditValue::Null => NewValue::Null,
        EditValue::Default => NewValue::Default,
        EditValue::Text { text } => NewValue::Text(text),
        EditValue::Number { text } => NewValue::Number(text),
        EditValue::Bytes { base64 } => NewValue::Bytes(STANDARD.decode(base64).map_err(|_| {
            AppError::new(ErrorCode::InvalidStatement, "The bytes did not arrive whole: they are no base64.")
        })?),
        EditValue::File { path } => NewValue::Bytes(read(Path::new(&path))?),
    })
}

fn read(path: &Path) -> Result<Vec<u8>, AppError> {
    let failed = |error: std::io::Error| AppError::file(&error, path, "read");
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(MOST_OF_A_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MOST_OF_A_FILE {
        return Err(AppError::new(
            ErrorCode::Exhausted,
            format!("“{}” is larger than the {} MiB a cell takes.", path.display(), MOST_OF_A_FILE >> 20),
        ));
    }
    Ok(bytes)
}

fn text_shown(text: &str) -> ShownValue {
    if text.len() <= SHOWN {
        return ShownValue::Text { text: text.to_owned(), whole: None };
    }
    let end = (0..=SHOWN).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let shown = text.get(..end).unwrap_or_default().to_owned();
    ShownValue::Text { text: shown, whole: Some(text.len() as u64) }
}

fn bytes_shown(bytes: &[u8]) -> ShownValue {
    let shown = bytes.get(..SHOWN / 2).unwrap_or(bytes);
    ShownValue::Bytes { text: hex(shown), bytes: bytes.len() as u64 }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Whether a text is these bytes in hexadecimal digits behind `\x`.
fn is_hex_of(text: &[u8], bytes: &[u8]) -> bool {
    text.strip_prefix(b"\\x")
        .is_some_and(|digits| digits.len() == bytes.len() * 2 && digits.eq_ignore_ascii_case(hex(bytes).as_bytes()))
}

fn same_integer(held: &[u8], text: &str) -> bool {
    let held = std::str::from_utf8(held).ok();
    held == Some(text) || held.and_then(|held| held.parse::<i128>().ok()).is_some_and(|held| text.parse() == Ok(held))
}

/// What a text means to a boolean, as servers and faces write it.
fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "1" | "yes" | "on" => Some(true),
        "false" | "f" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn cell(text: &str) -> CellValue {
        CellValue { bytes: Some(text.as_bytes().to_vec()), class: None }
    }

    const NULL: CellValue = CellValue { bytes: None, class: None };

    #[test]
    fn null_default_and_the_empty_text_are_three_things() {
        let form = Form::default();
        let empty = NewValue::Text(String::new());
        assert!(form.holds(&NULL, &NewValue::Null) && form.holds(&cell(""), &empty));
        for (held, new) in [(&NULL, &empty), (&NULL, &NewValue::Default), (&cell(""), &NewValue::Null)] {
            assert!(!form.holds(held, new), "{held:?} {new:?}");
        }
        assert!(!form.holds(&cell(""), &NewValue::Default), "what a default is the server knows");
        assert_eq!(form.shown(&empty), ShownValue::Text { text: String::new(), whole: None });
        assert_eq!(
            (form.shown(&NewValue::Null), form.shown(&NewValue::Default)),
            (ShownValue::Null, ShownValue::Default)
        );
    }

    #[test]
    fn a_value_is_the_same_only_if_its_text_is() {
        let text = |text: &str| NewValue::Text(text.to_owned());
        assert!(!Form::default().holds(&cell("1.00"), &text("1.0")));
        assert!(!Form::default().holds(&cell("a"), &text("A")));
        let integer = Form { integer: true, ..Form::default() };
        assert!(integer.holds(&cell("7"), &text("007")) && !integer.holds(&cell("7"), &text("7.0")));
        let boolean = Form { boolean: true, ..Form::default() };
        assert!(boolean.holds(&cell("true"), &text("t")) && !boolean.holds(&cell("false"), &text("t")));
        let number = CellValue { bytes: Some(b"5".to_vec()), class: Some(CellClass::Integer as u8) };
        assert!(!Form::default().holds(&number, &text("5")), "a number and its digits differ where kinds do");
        assert!(Form::default().holds(&number, &NewValue::Number("5".to_owned())));
        assert!(Form::default().holds(&cell("\\x00fF"), &NewValue::Bytes(vec![0, 255])));
    }

    #[test]
    fn long_values_are_cut_between_characters_and_come_whole_when_asked_for() {
        let long = "é".repeat(3000);
        let ShownValue::Text { text, whole } = Form::default().shown(&NewValue::Text(long.clone())) else {
            unreachable!()
        };
        assert_eq!((text.len(), whole), (4096, Some(6000)));
        assert_eq!(Form::default().given(&NewValue::Text(long.clone())), EditValue::Text { text: long });
        let back = staged(EditValue::Bytes { base64: STANDARD.encode([0, 1, 255]) }).unwrap();
        assert_eq!(back, NewValue::Bytes(vec![0, 1, 255]));
        assert!(staged(EditValue::Bytes { base64: "?".to_owned() }).is_err());
    }
}
