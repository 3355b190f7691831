//! The shell's literals: `ObjectId("…")`, `ISODate("…")` and their like, with and without `new`.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use driver::Span;

use super::{
    extended::db_pointer,
    literal::{
        Wrong, base64, binary, date, decimal, double, empty, hex, int32, int64, object_id, regex, text_of, timestamp,
        uuid,
    },
    node::{Field, Literal, Node},
};
use crate::bson::{self, Value, kind};

/// What a call gives; `None` where there is no such literal.
///
/// # Errors
/// Where its arguments are wrong.
pub(crate) fn call(name: &str, arguments: &[Node], span: Span) -> Result<Option<Literal>, Wrong> {
    let first = arguments.first();
    let text = first.and_then(Node::text);
    let none = arguments.is_empty();
    let number = |at: usize| arguments.get(at).and_then(Node::integer);
    let read = match name {
        "ObjectId" if none => Some(Literal::Scalar(kind::OBJECT_ID, new_object_id().to_vec())),
        "ObjectId" | "ObjectId.createFromHexString" => text.and_then(object_id),
        "ISODate" | "Date" if none => Some(date(now_ms())),
        "ISODate" => text.and_then(bson::date_from_text).map(date),
        "Date" => match (text, number(0)) {
            (Some(text), _) => bson::date_from_text(text).map(date),
            (None, Some(ms)) if arguments.len() == 1 => Some(date(ms)),
            _ => None,
        },
        "NumberLong" | "Long" | "Long.fromString" | "Long.fromNumber" if !none => whole(first).map(int64),
        "NumberInt" | "Int32" if !none => whole(first).and_then(|value| i32::try_from(value).ok()).map(int32),
        "NumberLong" | "Long" => Some(int64(0)),
        "NumberInt" | "Int32" => Some(int32(0)),
        "Double" => match first.and_then(Node::scalar) {
            Some(Value::Double(value)) => Some(double(value)),
            Some(Value::Int32(value)) => Some(double(f64::from(value))),
            Some(Value::Int64(value)) => Some(double(value as f64)),
            _ => text.and_then(|text| text.parse().ok()).map(double),
        },
        "NumberDecimal" | "Decimal128" | "Decimal128.fromString" => match first.and_then(Node::scalar) {
            Some(Value::Int32(value)) => decimal(&value.to_string()),
            Some(Value::Int64(value)) => decimal(&value.to_string()),
            Some(Value::Double(value)) => decimal(&bson::double_to_text(value)),
            _ => text.and_then(decimal),
        },
        "UUID" if none => new_uuid().map(|bytes| binary(4, &bytes)),
        "UUID" => text.and_then(uuid).map(|bytes| binary(4, &bytes)),
        "MD5" => text.and_then(hex).filter(|bytes| bytes.len() == 16).map(|bytes| binary(5, &bytes)),
        "BinData" => subtype(arguments.first()).zip(arguments.get(1).and_then(Node::text).and_then(base64)).map(both),
        "HexData" => subtype(arguments.first()).zip(arguments.get(1).and_then(Node::text).and_then(hex)).map(both),
        "Binary.createFromBase64" => {
            let payload = text.and_then(base64);
            let subtype = if arguments.len() > 1 { subtype(arguments.get(1)) } else { Some(0) };
            subtype.zip(payload).map(both)
        }
        "Binary.createFromHexString" => {
            let payload = text.and_then(hex);
            let subtype = if arguments.len() > 1 { subtype(arguments.get(1)) } else { Some(0) };
            subtype.zip(payload).map(both)
        }
        "Timestamp" if none => Some(Literal::Scalar(kind::TIMESTAMP, vec![0; 8])),
        "Timestamp" => match (first.and_then(Node::fields), number(0), number(1)) {
            (Some(fields), ..) => timestamp(fields),
            (None, Some(t), Some(i)) => u32::try_from(t)
                .ok()
                .zip(u32::try_from(i).ok())
                .map(|(t, i)| Literal::Scalar(kind::TIMESTAMP, [i.to_le_bytes(), t.to_le_bytes()].concat())),
            _ => None,
        },
        "MinKey" if none => Some(empty(kind::MIN_KEY)),
        "MaxKey" if none => Some(empty(kind::MAX_KEY)),
        "BSONSymbol" | "Symbol" => text.map(|text| text_of(kind::SYMBOL, text)),
        "Code" => match (text, arguments.get(1)) {
            (Some(text), None) => Some(text_of(kind::CODE, text)),
            (Some(text), Some(scope)) => {
                scope.fields().map(|scope| Literal::CodeWithScope(text.to_owned(), scope.to_vec()))
            }
            _ => None,
        },
        "RegExp" | "BSONRegExp" => {
            let flags = arguments.get(1).map_or(Some(""), Node::text);
            text.zip(flags).and_then(|(pattern, flags)| regex(pattern, flags))
        }
        "DBRef" => reference(arguments),
        "DBPointer" => text.zip(arguments.get(1)).and_then(|(name, id)| db_pointer(name, &id.value)),
        _ => return Ok(None),
    };
    match read {
        Some(value) => Ok(Some(value)),
        None => Err(Wrong::new(span, format!("The arguments of {name} are wrong: {}.", example(name)))),
    }
}

fn example(name: &str) -> &'static str {
    match name {
        "ObjectId" | "ObjectId.createFromHexString" => "it takes 24 hexadecimal digits in quotes",
        "ISODate" | "Date" => "it takes a date such as \"2024-02-29T12:15:30Z\", or Date milliseconds",
        "NumberLong" | "Long" | "Long.fromString" | "Long.fromNumber" => "it takes a whole number of 64 bits",
        "NumberInt" | "Int32" => "it takes a whole number of 32 bits",
        "NumberDecimal" | "Decimal128" | "Decimal128.fromString" => "it takes a number of at most 34 digits in quotes",
        "UUID" => "it takes 32 hexadecimal digits in quotes, with or without hyphens",
        "BinData" => "it takes a subtype from 0 to 255 and base64 in quotes",
        "HexData" | "MD5" => "it takes pairs of hexadecimal digits in quotes",
        "Timestamp" => "it takes { t: seconds, i: counter }",
        _ => "see the shell's documentation",
    }
}

fn both((subtype, bytes): (u8, Vec<u8>)) -> Literal {
    binary(subtype, &bytes)
}

fn subtype(node: Option<&Node>) -> Option<u8> {
    node.and_then(Node::integer).and_then(|number| u8::try_from(number).ok())
}

/// A whole number, or one in quotes.
fn whole(node: Option<&Node>) -> Option<i64> {
    let node = node?;
    match node.text() {
        Some(text) => text.trim().parse().ok(),
        None => node.integer(),
    }
}

fn reference(arguments: &[Node]) -> Option<Literal> {
    let name = |name: &str, node: &Node| Field { name: name.to_owned(), at: node.span, node: node.clone() };
    let (collection, id) = (arguments.first()?, arguments.get(1)?);
    collection.text()?;
    let mut fields = vec![name("$ref", collection), name("$id", id)];
    if let Some(database) = arguments.get(2) {
        database.text()?;
        fields.push(name("$db", database));
    }
    Some(Literal::Document(fields))
}

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or_default()
}

/// A fresh object id: seconds, five bytes of this process, a counter.
pub(crate) fn new_object_id() -> [u8; 12] {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    static PROCESS: std::sync::LazyLock<([u8; 5], u32)> = std::sync::LazyLock::new(|| {
        let mut bytes = [0; 9];
        // Without random numbers the clock must do: the counter still tells ids apart.
        if getrandom::fill(&mut bytes).is_err() {
            bytes[..8].copy_from_slice(&now_ms().to_le_bytes());
        }
        let [a, b, c, d, e, rest @ ..] = bytes;
        ([a, b, c, d, e], u32::from_le_bytes(rest))
    });
    let seconds = u32::try_from(now_ms() / 1000).unwrap_or_default().to_be_bytes();
    let (process, first) = *PROCESS;
    let counter = first.wrapping_add(COUNTER.fetch_add(1, Ordering::Relaxed)).to_be_bytes();
    let mut id = [0; 12];
    id[..4].copy_from_slice(&seconds);
    id[4..9].copy_from_slice(&process);
    id[9..].copy_from_slice(&counter[1..]);
    id
}

/// A fresh UUID of version 4.
pub(crate) fn new_uuid() -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Some(bytes)
}
