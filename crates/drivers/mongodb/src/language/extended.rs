//! Extended JSON 2: documents that stand for values (`source/extended-json/extended-json.md` of mongodb/specifications), with the
//! older spellings of `$binary`, `$date` and `$uuid` that tools still write.

use driver::Span;

use super::{
    literal::{
        Wrong, base64, binary, date, decimal, double, empty, int32, int64, object_id, regex, text_of, timestamp, uuid,
    },
    node::{Field, Literal, Node, find},
};
use crate::bson::{self, kind};

/// The value that a document stands for; `None` where it is a document like any other.
///
/// # Errors
/// Where it begins like such a document and is none.
pub(crate) fn read(fields: &[Field], span: Span) -> Result<Option<Literal>, Wrong> {
    let Some(first) = fields.first() else { return Ok(None) };
    let (name, node) = (first.name.as_str(), &first.node);
    let alone = fields.len() == 1;
    let text = node.text();
    let read = match name {
        "$oid" if alone => text.and_then(object_id),
        "$symbol" if alone => text.map(|text| text_of(kind::SYMBOL, text)),
        "$numberInt" if alone => text.and_then(|text| text.parse().ok()).map(int32),
        "$numberLong" if alone => text.and_then(|text| text.parse().ok()).map(int64),
        "$numberDouble" if alone => text.and_then(float).map(double),
        "$numberDecimal" if alone => text.and_then(decimal),
        "$uuid" if alone => text.and_then(uuid).map(|bytes| binary(4, &bytes)),
        "$date" if alone => moment(node).map(date),
        "$timestamp" if alone => node.fields().filter(|fields| fields.len() == 2).and_then(timestamp),
        "$minKey" if alone => (node.integer() == Some(1)).then(|| empty(kind::MIN_KEY)),
        "$maxKey" if alone => (node.integer() == Some(1)).then(|| empty(kind::MAX_KEY)),
        "$undefined" if alone => node.truth().then(|| empty(kind::UNDEFINED)),
        "$binary" if alone => node.fields().and_then(|fields| {
            let (payload, subtype) = (find(fields, "base64")?.text()?, find(fields, "subType")?.text()?);
            (fields.len() == 2).then(|| Some(binary(byte(subtype)?, &base64(payload)?))).flatten()
        }),
        "$binary" | "$type" if fields.len() == 2 && find(fields, "$binary").is_some() => {
            let payload = find(fields, "$binary").and_then(Node::text).and_then(base64);
            let subtype = find(fields, "$type").and_then(|node| match node.integer() {
                Some(number) => u8::try_from(number).ok(),
                None => node.text().and_then(byte),
            });
            payload.zip(subtype).map(|(payload, subtype)| binary(subtype, &payload))
        }
        "$regularExpression" if alone => node.fields().and_then(|fields| {
            let (pattern, options) = (find(fields, "pattern")?.text()?, find(fields, "options")?.text()?);
            regex(pattern, options)
        }),
        "$code" if alone => text.map(|text| text_of(kind::CODE, text)),
        "$code" if fields.len() == 2 && find(fields, "$scope").is_some() => {
            let scope = find(fields, "$scope").and_then(Node::fields);
            text.zip(scope).map(|(text, scope)| Literal::CodeWithScope(text.to_owned(), scope.to_vec()))
        }
        "$dbPointer" if alone => node.fields().and_then(pointer),
        _ => return Ok(None),
    };
    match read {
        Some(value) => Ok(Some(value)),
        None => Err(Wrong::new(span, format!("This is no value of Extended JSON for {name}."))),
    }
}

fn pointer(fields: &[Field]) -> Option<Literal> {
    let (name, id) = (find(fields, "$ref")?.text()?, &find(fields, "$id")?.value);
    db_pointer(name, id)
}

/// A namespace and an object id.
pub(crate) fn db_pointer(name: &str, id: &Literal) -> Option<Literal> {
    let Literal::Scalar(kind::OBJECT_ID, id) = id else { return None };
    let Literal::Scalar(_, text) = text_of(kind::SYMBOL, name) else { return None };
    Some(Literal::Scalar(kind::DB_POINTER, [text.as_slice(), id].concat()))
}

/// A subtype of one or two hexadecimal digits.
fn byte(text: &str) -> Option<u8> {
    (text.len() <= 2).then(|| u8::from_str_radix(text, 16).ok()).flatten()
}

fn float(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        text if text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) => text.parse().ok(),
        _ => None,
    }
}

/// ISO 8601, or milliseconds.
fn moment(node: &Node) -> Option<i64> {
    match node.text() {
        Some(text) => bson::date_from_text(text),
        None => node.integer(),
    }
}
