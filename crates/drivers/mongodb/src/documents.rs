//! Documents: their raw bytes as text and back, changed in place, paged through and saved.

mod collections;
mod patch;
mod print;
mod rules;
mod sample;

use std::borrow::Cow;

use driver::{
    Code, DocumentForm, Error, Span,
    arrow::CellClass,
    documents::{DocumentField, Patch, TextStyle},
};

pub(crate) use collections::{Collections, estimate, quoted, read_sample};
pub(crate) use print::{hex, print};
pub(crate) use sample::fields as sampled_fields;

use crate::{
    bson::{self, Damage, Value, kind},
    language::{Node, Wrong, read_value},
};

/// How BSON is read and written as text.
///
/// Text is read leniently whatever it is: JSON, Extended JSON 2 of both kinds, JavaScript's objects with the shell's literals,
/// comments and trailing commas. Numbers are as in mongosh (a whole one that fits is an int32, any other a double), but one with a
/// point or an exponent is a double also where it is whole, and a whole one that no double holds exactly is an int64.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BsonForm;

/// Bytes that are no document.
pub(crate) fn corrupt(damage: Damage) -> Error {
    Error::new(Code::Corrupt, format!("The document is {damage}.")).with_source(damage)
}

impl DocumentForm for BsonForm {
    fn text(&self, native_type: &str, raw: &[u8], style: TextStyle, indent: bool) -> String {
        match bson::kind_of(native_type) {
            Some(kind) => print::print(kind, raw, style, indent),
            None => format!("/* {} bytes of an unknown type */", raw.len()),
        }
    }

    fn cell<'a>(&self, native_type: &str, raw: &'a [u8]) -> (Cow<'a, [u8]>, CellClass) {
        let value = bson::kind_of(native_type).and_then(|kind| Value::read(kind, raw).ok());
        let owned = |text: String, class| (Cow::Owned(text.into_bytes()), class);
        match value {
            Some(Value::String(text) | Value::Symbol(text) | Value::Code(text)) => {
                let class = if std::str::from_utf8(text).is_ok() { CellClass::Text } else { CellClass::InvalidText };
                (Cow::Borrowed(text), class)
            }
            Some(Value::Int32(value)) => owned(value.to_string(), CellClass::Integer),
            Some(Value::Int64(value)) => owned(value.to_string(), CellClass::Integer),
            Some(Value::Double(value)) => owned(bson::double_to_text(value), CellClass::Real),
            Some(Value::Decimal(value)) => owned(bson::decimal_to_text(value), CellClass::Real),
            Some(Value::Bool(value)) => owned(value.to_string(), CellClass::Text),
            Some(Value::ObjectId(id)) => owned(hex(&id), CellClass::Text),
            Some(Value::Date(ms)) => owned(bson::date_to_text(ms).unwrap_or_else(|| ms.to_string()), CellClass::Text),
            Some(Value::Binary(_, bytes)) => (Cow::Borrowed(bytes), CellClass::Bytes),
            Some(Value::Null) => (Cow::Borrowed(&[]), CellClass::Null),
            Some(Value::Document(_) | Value::Array(_)) => {
                owned(self.text(native_type, raw, TextStyle::Relaxed, false), CellClass::Text)
            }
            Some(_) => owned(self.text(native_type, raw, TextStyle::Shell, false), CellClass::Text),
            None => (Cow::Borrowed(raw), CellClass::Bytes),
        }
    }

    fn fields<'a>(&self, native_type: &str, raw: &'a [u8]) -> Result<Vec<DocumentField<'a>>, Error> {
        let kind = bson::kind_of(native_type);
        if !matches!(kind, Some(kind::DOCUMENT | kind::ARRAY)) {
            return Err(Error::new(Code::Corrupt, format!("A value of type {native_type} has no fields.")));
        }
        let mut fields = Vec::new();
        for element in bson::elements(raw).map_err(corrupt)? {
            let element = element.map_err(corrupt)?;
            let name = match kind {
                Some(kind::ARRAY) => Cow::Owned(fields.len().to_string()),
                _ => element.name(),
            };
            let children = element
                .document()
                .map(|inner| bson::elements(inner).map_or(0, |elements| elements.filter(Result::is_ok).count()));
            fields.push(DocumentField { name, native_type: bson::type_name(element.kind), raw: element.raw, children });
        }
        Ok(fields)
    }

    fn parse(&self, text: &str) -> Result<Vec<u8>, Error> {
        parse_document(text, "a document").map_err(Error::from)
    }

    fn patch(&self, raw: &[u8], patches: &[Patch]) -> Result<Vec<u8>, Error> {
        patch::apply(raw, patches)
    }
}

/// The bytes of a document that somebody wrote.
pub(crate) fn parse_document(text: &str, what: &str) -> Result<Vec<u8>, Wrong> {
    let node = read_value(text)?;
    node.document().ok_or_else(|| no_document(&node, what))
}

/// What is said of a value where a document is wanted.
pub(crate) fn no_document(node: &Node, what: &str) -> Wrong {
    Wrong::new(Span { start: node.span.start, end: node.span.end }, format!("This is not {what}: {{ … }} is expected."))
}

#[cfg(test)]
mod tests;
