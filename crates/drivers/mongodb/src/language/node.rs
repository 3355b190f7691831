//! Values as they were written, with their places in the text.

use driver::Span;

use crate::bson::{Value, Writer, kind};

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub value: Literal,
    pub span: Span,
}

/// A named value of a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    pub name: String,
    /// Where the name stands.
    pub at: Span,
    pub node: Node,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    /// Anything that is neither a text nor holds other values: its type and raw bytes.
    Scalar(u8, Vec<u8>),
    Text(String),
    Document(Vec<Field>),
    Array(Vec<Node>),
    CodeWithScope(String, Vec<Field>),
}

/// Room for one more level: values may be nested deeper than a thread's stack holds.
pub(crate) fn deep<T>(work: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(64 << 10, 1 << 20, work)
}

impl Node {
    /// The fields of a document.
    pub(crate) fn fields(&self) -> Option<&[Field]> {
        match &self.value {
            Literal::Document(fields) => Some(fields),
            _ => None,
        }
    }

    /// The values of an array.
    pub(crate) fn items(&self) -> Option<&[Node]> {
        match &self.value {
            Literal::Array(items) => Some(items),
            _ => None,
        }
    }

    /// A text.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Literal::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A scalar, interpreted.
    pub(crate) fn scalar(&self) -> Option<Value<'_>> {
        match &self.value {
            Literal::Scalar(kind, raw) => Value::read(*kind, raw).ok(),
            _ => None,
        }
    }

    /// A whole number.
    pub(crate) fn integer(&self) -> Option<i64> {
        match self.scalar()? {
            Value::Int32(value) => Some(i64::from(value)),
            Value::Int64(value) => Some(value),
            Value::Double(value) if value.fract() == 0.0 && value.abs() < 9e18 => Some(value as i64),
            _ => None,
        }
    }

    /// A truth, as JavaScript takes one.
    pub(crate) fn truth(&self) -> bool {
        match (&self.value, self.scalar()) {
            (Literal::Text(text), _) => !text.is_empty(),
            (_, Some(Value::Bool(value))) => value,
            (_, Some(Value::Null | Value::Undefined | Value::Int32(0) | Value::Int64(0))) => false,
            (_, Some(Value::Double(value))) => value != 0.0 && !value.is_nan(),
            _ => true,
        }
    }

    /// The value of this name in a document.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        find(self.fields()?, name)
    }

    /// Whether it is nothing: `undefined` or `null`.
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self.scalar(), Some(Value::Null | Value::Undefined))
    }

    /// A document's bytes.
    pub(crate) fn document(&self) -> Option<Vec<u8>> {
        self.fields().map(document)
    }
}

/// The value of this name.
pub(crate) fn find<'a>(fields: &'a [Field], name: &str) -> Option<&'a Node> {
    fields.iter().find(|field| field.name == name).map(|field| &field.node)
}

/// The bytes of a document.
pub(crate) fn document(fields: &[Field]) -> Vec<u8> {
    let mut writer = Writer::new();
    fill(&mut writer, fields);
    writer.finish()
}

/// Writes fields into what is open.
pub(crate) fn fill(writer: &mut Writer, fields: &[Field]) {
    for field in fields {
        put(writer, &field.name, &field.node);
    }
}

/// Writes a value under a name.
pub(crate) fn put(writer: &mut Writer, name: &str, node: &Node) {
    match &node.value {
        Literal::Scalar(kind, raw) => {
            writer.raw(*kind, name.as_bytes(), raw);
        }
        Literal::Text(text) => {
            writer.string(name, text);
        }
        Literal::Document(fields) => deep(|| {
            writer.open(kind::DOCUMENT, name.as_bytes());
            fill(writer, fields);
            writer.close();
        }),
        Literal::Array(items) => deep(|| {
            writer.open(kind::ARRAY, name.as_bytes());
            for (place, item) in items.iter().enumerate() {
                put(writer, &place.to_string(), item);
            }
            writer.close();
        }),
        Literal::CodeWithScope(code, scope) => deep(|| {
            writer.raw(kind::CODE_WITH_SCOPE, name.as_bytes(), &[0; 4]);
            let start = writer.position() - 4;
            writer.text(code.as_bytes());
            writer.begin();
            fill(writer, scope);
            writer.close();
            writer.fill(start);
        }),
    }
}
