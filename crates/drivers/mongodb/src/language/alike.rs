//! A text that somebody typed over a value, as a value of the same type.

use super::{
    lexer,
    literal::{self, Reader},
    node::{Literal, Node},
    read_value,
};
use crate::bson::{self, Value, kind};

/// The text as a value of this type; `None` where it can be none. A text stays a text: in quotes it is what stands between them,
/// without quotes it is taken as it is.
pub(crate) fn alike(kind: u8, raw: &[u8], text: &str) -> Option<Literal> {
    let trimmed = text.trim();
    match kind {
        kind::STRING => Some(Literal::Text(match quoted(trimmed) {
            Some(inner) => inner,
            None => text.to_owned(),
        })),
        kind::INT32 => digits(trimmed)?.parse().ok().map(literal::int32),
        kind::INT64 => digits(trimmed)?.parse().ok().map(literal::int64),
        kind::DOUBLE => match read_value(trimmed).ok().as_ref().and_then(Node::scalar)? {
            Value::Double(value) => Some(literal::double(value)),
            Value::Int32(value) => Some(literal::double(f64::from(value))),
            // One that no double holds exactly keeps its digits in another type.
            Value::Int64(value) => {
                Some(literal::double(value as f64)).filter(|_| value as f64 as i128 == i128::from(value))
            }
            _ => None,
        },
        kind::DECIMAL => literal::decimal(trimmed),
        kind::BOOL => match trimmed {
            "true" => Some(Literal::Scalar(kind::BOOL, vec![1])),
            "false" => Some(Literal::Scalar(kind::BOOL, vec![0])),
            _ => None,
        },
        kind::DATE => bson::date_from_text(unquoted(trimmed)).map(literal::date),
        kind::OBJECT_ID => literal::object_id(unquoted(trimmed)),
        kind::BINARY => match Value::read(kind, raw) {
            Ok(Value::Binary(subtype @ (3 | 4), _)) => {
                literal::uuid(unquoted(trimmed)).map(|bytes| literal::binary(subtype, &bytes))
            }
            _ => None,
        },
        kind::SYMBOL | kind::CODE => Some(literal::text_of(kind, &quoted(trimmed).unwrap_or_else(|| text.to_owned()))),
        _ => None,
    }
}

/// What stands between the quotes of a text that is one text in quotes.
fn quoted(text: &str) -> Option<String> {
    let tokens = lexer::tokens(text);
    let [token] = tokens.as_slice() else { return None };
    if token.kind != lexer::Kind::Text {
        return None;
    }
    Reader::new(text, &tokens).string().ok()
}

fn unquoted(text: &str) -> &str {
    let inner = |quote: char| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// A whole number's digits with its sign.
fn digits(text: &str) -> Option<&str> {
    let plain = text.strip_prefix(['-', '+']).unwrap_or(text);
    (!plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}
