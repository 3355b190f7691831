//! BSON as bytes: read without copying, written piece by piece. Total on any input; damage is a value ([`Damage`]), not a panic.
//!
//! Nothing is interpreted that nobody asked for: strings may be no UTF-8, names may be there twice, and a document that is
//! passed on is passed on byte for byte. The format: <https://bsonspec.org/spec.html>.

mod date;
mod decimal;
mod number;
mod read;
mod write;

pub use date::{from_text as date_from_text, to_text as date_to_text};
pub use decimal::{from_text as decimal_from_text, to_text as decimal_to_text};
pub use number::double_to_text;
pub use read::{Damage, Element, Elements, Value, elements, get, get_path, value_length};
pub use write::{Writer, document};

/// Longest document a server stores.
pub const DOCUMENT_BYTES: usize = 16 << 20;

/// The first byte of an element: the type of its value.
pub mod kind {
    /// A 64-bit float.
    pub const DOUBLE: u8 = 0x01;
    /// A text, UTF-8 unless damaged.
    pub const STRING: u8 = 0x02;
    /// A document inside.
    pub const DOCUMENT: u8 = 0x03;
    /// A document whose names are places.
    pub const ARRAY: u8 = 0x04;
    /// Bytes with a subtype.
    pub const BINARY: u8 = 0x05;
    /// Deprecated: a value that is none.
    pub const UNDEFINED: u8 = 0x06;
    /// Twelve bytes.
    pub const OBJECT_ID: u8 = 0x07;
    /// True or false.
    pub const BOOL: u8 = 0x08;
    /// Milliseconds since the Unix epoch.
    pub const DATE: u8 = 0x09;
    /// Null.
    pub const NULL: u8 = 0x0a;
    /// A pattern and its flags.
    pub const REGEX: u8 = 0x0b;
    /// Deprecated: a namespace and an id.
    pub const DB_POINTER: u8 = 0x0c;
    /// A JavaScript text.
    pub const CODE: u8 = 0x0d;
    /// Deprecated: a text that is a symbol.
    pub const SYMBOL: u8 = 0x0e;
    /// Deprecated: a JavaScript text with variables.
    pub const CODE_WITH_SCOPE: u8 = 0x0f;
    /// A 32-bit integer.
    pub const INT32: u8 = 0x10;
    /// Seconds and a counter.
    pub const TIMESTAMP: u8 = 0x11;
    /// A 64-bit integer.
    pub const INT64: u8 = 0x12;
    /// A 128-bit decimal float.
    pub const DECIMAL: u8 = 0x13;
    /// Greater than all else.
    pub const MAX_KEY: u8 = 0x7f;
    /// Less than all else.
    pub const MIN_KEY: u8 = 0xff;
}

/// What the server calls a type (`$type`).
pub fn type_name(kind: u8) -> &'static str {
    match kind {
        kind::DOUBLE => "double",
        kind::STRING => "string",
        kind::DOCUMENT => "object",
        kind::ARRAY => "array",
        kind::BINARY => "binData",
        kind::UNDEFINED => "undefined",
        kind::OBJECT_ID => "objectId",
        kind::BOOL => "bool",
        kind::DATE => "date",
        kind::NULL => "null",
        kind::REGEX => "regex",
        kind::DB_POINTER => "dbPointer",
        kind::CODE => "javascript",
        kind::SYMBOL => "symbol",
        kind::CODE_WITH_SCOPE => "javascriptWithScope",
        kind::INT32 => "int",
        kind::TIMESTAMP => "timestamp",
        kind::INT64 => "long",
        kind::DECIMAL => "decimal",
        kind::MIN_KEY => "minKey",
        kind::MAX_KEY => "maxKey",
        _ => "unknown",
    }
}

/// The type of this name, also of [`driver::documents::DOCUMENT`].
pub fn kind_of(type_name: &str) -> Option<u8> {
    if type_name == driver::documents::DOCUMENT {
        return Some(kind::DOCUMENT);
    }
    (1..=kind::DECIMAL).chain([kind::MAX_KEY, kind::MIN_KEY]).find(|kind| self::type_name(*kind) == type_name)
}
