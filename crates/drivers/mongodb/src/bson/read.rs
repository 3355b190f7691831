//! Reading elements where they stand.

use std::borrow::Cow;

use super::kind;

/// Bytes that are no BSON, and where that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("damaged at byte {at}: {what}")]
pub struct Damage {
    /// Bytes from the start of what was read.
    pub at: usize,
    /// What is wrong.
    pub what: &'static str,
}

fn damage<T>(at: usize, what: &'static str) -> Result<T, Damage> {
    Err(Damage { at, what })
}

/// One element: its name and the raw bytes of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// The type of the value, of [`kind`].
    pub kind: u8,
    /// The name, UTF-8 unless damaged.
    pub name: &'a [u8],
    /// The raw bytes of the value.
    pub raw: &'a [u8],
    /// Where the element begins in its document.
    pub start: usize,
}

impl<'a> Element<'a> {
    /// The name as text, lossy.
    pub fn name(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.name)
    }

    /// The value, interpreted.
    ///
    /// # Errors
    /// Where the bytes are no value of the type.
    pub fn value(&self) -> Result<Value<'a>, Damage> {
        Value::read(self.kind, self.raw)
    }

    /// Where the element ends in its document.
    pub fn end(&self) -> usize {
        self.start + 1 + self.name.len() + 1 + self.raw.len()
    }

    /// A number of any type as an integer, where it is one.
    pub fn integer(&self) -> Option<i64> {
        match self.value().ok()? {
            Value::Int32(value) => Some(i64::from(value)),
            Value::Int64(value) => Some(value),
            Value::Double(value) if value.fract() == 0.0 && value.abs() < 9e18 => Some(value as i64),
            Value::Bool(value) => Some(i64::from(value)),
            _ => None,
        }
    }

    /// A number or a truth as a truth; missing types are false.
    pub fn truth(&self) -> bool {
        match self.value() {
            Ok(Value::Bool(value)) => value,
            Ok(Value::Double(value)) => value != 0.0,
            Ok(Value::Int32(value)) => value != 0,
            Ok(Value::Int64(value)) => value != 0,
            _ => false,
        }
    }

    /// A string's text, lossy; `None` for other types.
    pub fn text(&self) -> Option<Cow<'a, str>> {
        match self.value() {
            Ok(Value::String(text)) => Some(String::from_utf8_lossy(text)),
            _ => None,
        }
    }

    /// The bytes of a document or array; `None` for other types.
    pub fn document(&self) -> Option<&'a [u8]> {
        matches!(self.kind, kind::DOCUMENT | kind::ARRAY).then_some(self.raw)
    }
}

/// The elements of a document in order. Ends after the first damage.
#[derive(Debug, Clone)]
pub struct Elements<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// The elements of a document or an array.
///
/// # Errors
/// Where the frame is damaged: the length does not fit the bytes, or the last byte is not zero.
pub fn elements(document: &[u8]) -> Result<Elements<'_>, Damage> {
    let length = length_at(document, 0)?;
    if length < 5 || length > document.len() {
        return damage(0, "the length does not fit");
    }
    let bytes = document.get(..length).unwrap_or_default();
    if bytes.last() != Some(&0) {
        return damage(length - 1, "the end is missing");
    }
    Ok(Elements { bytes, at: 4 })
}

impl<'a> Elements<'a> {
    /// Where the next element begins.
    pub fn position(&self) -> usize {
        self.at
    }

    fn read(&mut self) -> Result<Element<'a>, Damage> {
        let start = self.at;
        // Without the closing zero: nothing of an element may reach into it.
        let end = self.bytes.len() - 1;
        let kind = self.bytes.get(start).copied().unwrap_or_default();
        let rest = self.bytes.get(start + 1..end).unwrap_or_default();
        let Some(length) = rest.iter().position(|byte| *byte == 0) else {
            return damage(start, "a name does not end");
        };
        let (name, rest) = rest.split_at(length);
        let rest = rest.get(1..).unwrap_or_default();
        let value = value_length(kind, rest).map_err(|inner| Damage { at: start + 2 + length, what: inner.what })?;
        let raw = rest.get(..value).unwrap_or_default();
        self.at = start + 2 + length + value;
        Ok(Element { kind, name, raw, start })
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Result<Element<'a>, Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at + 1 >= self.bytes.len() {
            return None;
        }
        let read = self.read();
        if read.is_err() {
            self.at = self.bytes.len();
        }
        Some(read)
    }
}

/// How many bytes a value of this type takes at the start of `bytes`, all of them there.
///
/// # Errors
/// Where it does not fit, or the type is none.
pub fn value_length(kind: u8, bytes: &[u8]) -> Result<usize, Damage> {
    let length = match kind {
        kind::DOUBLE | kind::DATE | kind::TIMESTAMP | kind::INT64 => 8,
        kind::STRING | kind::CODE | kind::SYMBOL => string_length(bytes)?,
        kind::DOCUMENT | kind::ARRAY => match length_at(bytes, 0)? {
            length if length >= 5 => length,
            _ => return damage(0, "the length of a document does not fit"),
        },
        kind::BINARY => length_at(bytes, 0)?.saturating_add(5),
        kind::UNDEFINED | kind::NULL | kind::MIN_KEY | kind::MAX_KEY => 0,
        kind::OBJECT_ID => 12,
        kind::BOOL => 1,
        kind::REGEX => {
            let first = name_length(bytes)?;
            first + name_length(bytes.get(first..).unwrap_or_default())?
        }
        kind::DB_POINTER => string_length(bytes)?.saturating_add(12),
        kind::CODE_WITH_SCOPE => match length_at(bytes, 0)? {
            length if length >= 14 => length,
            _ => return damage(0, "the length of a code with scope does not fit"),
        },
        kind::INT32 => 4,
        kind::DECIMAL => 16,
        _ => return damage(0, "there is no such type"),
    };
    match length <= bytes.len() {
        true => Ok(length),
        false => damage(0, "a value is longer than its document"),
    }
}

fn length_at(bytes: &[u8], at: usize) -> Result<usize, Damage> {
    let Some(four) = bytes.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok()) else {
        return damage(at, "a length is missing");
    };
    usize::try_from(i32::from_le_bytes(four)).or_else(|_| damage(at, "a length is negative"))
}

fn string_length(bytes: &[u8]) -> Result<usize, Damage> {
    let length = length_at(bytes, 0)?;
    if length == 0 {
        return damage(0, "a string has no end");
    }
    let whole = length.saturating_add(4);
    match bytes.get(whole - 1) {
        Some(0) => Ok(whole),
        Some(_) => damage(whole - 1, "a string has no end"),
        None => damage(0, "a string is longer than its document"),
    }
}

fn name_length(bytes: &[u8]) -> Result<usize, Damage> {
    match bytes.iter().position(|byte| *byte == 0) {
        Some(length) => Ok(length + 1),
        None => damage(0, "a text does not end"),
    }
}

/// A value, interpreted as far as its type goes; texts as bytes, because they may be no UTF-8.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// A 64-bit float.
    Double(f64),
    /// A text.
    String(&'a [u8]),
    /// A document.
    Document(&'a [u8]),
    /// An array.
    Array(&'a [u8]),
    /// A subtype and bytes.
    Binary(u8, &'a [u8]),
    /// No value.
    Undefined,
    /// An object id.
    ObjectId([u8; 12]),
    /// A truth.
    Bool(bool),
    /// Milliseconds since the Unix epoch.
    Date(i64),
    /// Null.
    Null,
    /// A pattern and its flags.
    Regex(&'a [u8], &'a [u8]),
    /// A namespace and an id.
    DbPointer(&'a [u8], [u8; 12]),
    /// JavaScript.
    Code(&'a [u8]),
    /// A symbol.
    Symbol(&'a [u8]),
    /// JavaScript and a document of variables.
    CodeWithScope(&'a [u8], &'a [u8]),
    /// A 32-bit integer.
    Int32(i32),
    /// Seconds and a counter.
    Timestamp(u32, u32),
    /// A 64-bit integer.
    Int64(i64),
    /// A decimal, its sixteen bytes.
    Decimal([u8; 16]),
    /// Less than all else.
    MinKey,
    /// Greater than all else.
    MaxKey,
}

fn fixed<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], Damage> {
    match bytes.get(at..at + N).and_then(|part| <[u8; N]>::try_from(part).ok()) {
        Some(part) => Ok(part),
        None => damage(at, "a value is cut"),
    }
}

fn string(bytes: &[u8]) -> Result<(&[u8], &[u8]), Damage> {
    let length = string_length(bytes)?;
    Ok((bytes.get(4..length - 1).unwrap_or_default(), bytes.get(length..).unwrap_or_default()))
}

impl<'a> Value<'a> {
    /// Reads a value of this type, which takes all of the bytes.
    ///
    /// # Errors
    /// Where they are no such value.
    pub fn read(kind: u8, raw: &'a [u8]) -> Result<Self, Damage> {
        if value_length(kind, raw)? != raw.len() {
            return damage(0, "the value has another length");
        }
        Ok(match kind {
            kind::DOUBLE => Value::Double(f64::from_le_bytes(fixed(raw, 0)?)),
            kind::STRING => Value::String(string(raw)?.0),
            kind::DOCUMENT => Value::Document(raw),
            kind::ARRAY => Value::Array(raw),
            kind::BINARY => Value::Binary(fixed::<1>(raw, 4)?[0], raw.get(5..).unwrap_or_default()),
            kind::UNDEFINED => Value::Undefined,
            kind::OBJECT_ID => Value::ObjectId(fixed(raw, 0)?),
            kind::BOOL => Value::Bool(raw.first() != Some(&0)),
            kind::DATE => Value::Date(i64::from_le_bytes(fixed(raw, 0)?)),
            kind::NULL => Value::Null,
            kind::REGEX => {
                let first = name_length(raw)?;
                let flags = raw.get(first..raw.len() - 1).unwrap_or_default();
                Value::Regex(raw.get(..first - 1).unwrap_or_default(), flags)
            }
            kind::DB_POINTER => {
                let (name, rest) = string(raw)?;
                Value::DbPointer(name, fixed(rest, 0)?)
            }
            kind::CODE => Value::Code(string(raw)?.0),
            kind::SYMBOL => Value::Symbol(string(raw)?.0),
            kind::CODE_WITH_SCOPE => {
                let (code, scope) = string(raw.get(4..).unwrap_or_default())?;
                elements(scope)?;
                Value::CodeWithScope(code, scope)
            }
            kind::INT32 => Value::Int32(i32::from_le_bytes(fixed(raw, 0)?)),
            kind::TIMESTAMP => Value::Timestamp(u32::from_le_bytes(fixed(raw, 4)?), u32::from_le_bytes(fixed(raw, 0)?)),
            kind::INT64 => Value::Int64(i64::from_le_bytes(fixed(raw, 0)?)),
            kind::DECIMAL => Value::Decimal(fixed(raw, 0)?),
            kind::MIN_KEY => Value::MinKey,
            kind::MAX_KEY => Value::MaxKey,
            _ => return damage(0, "there is no such type"),
        })
    }
}

/// The first element of this name; `None` where there is none before the first damage.
pub fn get<'a>(document: &'a [u8], name: &str) -> Option<Element<'a>> {
    elements(document).ok()?.map_while(Result::ok).find(|element| element.name == name.as_bytes())
}

/// The element at the end of a path of names.
pub fn get_path<'a>(document: &'a [u8], path: &[&str]) -> Option<Element<'a>> {
    let (first, rest) = path.split_first()?;
    let element = get(document, first)?;
    match rest.is_empty() {
        true => Some(element),
        false => get_path(element.document()?, rest),
    }
}
