//! A reply put together, for questions of our own whose answers are short.

use super::{Aggregate, Item, Said, Token};

/// A whole reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nil.
    Null,
    /// A number.
    Integer(i64),
    /// Bytes, a status, a float's digits: whatever prints as it is.
    Text(Vec<u8>),
    /// True or false.
    Boolean(bool),
    /// The server refused.
    Error(Said),
    /// Elements; a map's names and values in turn.
    List(Vec<Value>),
}

impl Value {
    /// The bytes of a text.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Value::Text(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The bytes of a text, taken out.
    pub fn into_bytes(self) -> Option<Vec<u8>> {
        match self {
            Value::Text(bytes) => Some(bytes),
            Value::Integer(number) => Some(number.to_string().into_bytes()),
            _ => None,
        }
    }

    /// As text, whatever bytes it has; a number's digits.
    pub fn text(&self) -> Option<String> {
        match self {
            Value::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            Value::Integer(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// As a number, also where it came as digits.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Value::Integer(number) => Some(*number),
            Value::Text(bytes) => std::str::from_utf8(bytes).ok()?.parse().ok(),
            _ => None,
        }
    }

    /// As a number that is not negative.
    pub fn count(&self) -> Option<u64> {
        self.integer().and_then(|number| u64::try_from(number).ok())
    }

    /// The elements; none where it is no list.
    pub fn list(&self) -> &[Value] {
        match self {
            Value::List(list) => list,
            _ => &[],
        }
    }

    /// The elements, taken out.
    pub fn into_list(self) -> Vec<Value> {
        match self {
            Value::List(list) => list,
            _ => Vec::new(),
        }
    }

    /// The value behind a name, in a map or in names and values in turn.
    pub fn at(&self, name: &str) -> Option<&Value> {
        let mut list = self.list().iter();
        while let (Some(key), Some(value)) = (list.next(), list.next()) {
            if key.bytes().is_some_and(|key| key.eq_ignore_ascii_case(name.as_bytes())) {
                return Some(value);
            }
        }
        None
    }

    /// What the server refused with.
    pub fn error(&self) -> Option<&Said> {
        match self {
            Value::Error(said) => Some(said),
            _ => None,
        }
    }
}

/// Puts one reply together.
#[derive(Debug, Default)]
pub(crate) struct Assembly {
    open: Vec<(u64, Vec<Value>)>,
}

impl Assembly {
    /// Takes a piece; the reply, once it is whole.
    pub(crate) fn take(&mut self, token: Token) -> Option<Value> {
        let mut value = match token.item {
            Item::Status(bytes)
            | Item::Bulk(bytes)
            | Item::Verbatim(bytes)
            | Item::Double(bytes)
            | Item::BigNumber(bytes) => Value::Text(bytes.to_vec()),
            Item::Error(bytes) => Value::Error(Said::read(&bytes)),
            Item::Integer(number) => Value::Integer(number),
            Item::Boolean(answer) => Value::Boolean(answer),
            Item::Null => Value::Null,
            Item::Open(Aggregate::Array | Aggregate::Map | Aggregate::Set | Aggregate::Push, 0) => {
                Value::List(Vec::new())
            }
            Item::Open(_, length) => {
                self.open.push((length, Vec::new()));
                return None;
            }
        };
        while let Some((left, list)) = self.open.last_mut() {
            list.push(value);
            *left -= 1;
            if *left > 0 {
                return None;
            }
            value = Value::List(self.open.pop().map(|(_, list)| list).unwrap_or_default());
        }
        Some(value)
    }
}
