use serde::{Deserialize, Serialize};

/// The settings a result's texts depend on, stamped on every result set. Empty where the server has no such setting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueContext {
    /// How dates print.
    pub date_style: String,
    /// How intervals print.
    pub interval_style: String,
    /// The session's time zone.
    pub time_zone: String,
    /// The server's encoding; what arrives is UTF-8 unless it is `SQL_ASCII`.
    pub encoding: String,
    /// The default collation.
    pub collation: String,
    /// How money prints.
    pub lc_monetary: String,
    /// How bytes print.
    pub bytea_output: String,
}

/// What a value is to a person who looks at it: decides alignment, editor and viewer, never the stored form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueClass {
    /// Integer or decimal.
    Number,
    /// True or false.
    Boolean,
    /// Text.
    Text,
    /// JSON.
    Json,
    /// XML.
    Xml,
    /// Bytes.
    Bytes,
    /// Date, time, timestamp.
    Temporal,
    /// A span of time.
    Interval,
    /// A UUID.
    Uuid,
    /// An array.
    Array,
    /// Anything else; shown as its text.
    Other,
}

/// What to read a value as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CastTarget {
    /// Exact decimal digits.
    Decimal,
    /// A binary float.
    Float,
    /// Microseconds since the Unix epoch; a zone-less timestamp counts as UTC.
    Timestamp,
    /// A boolean.
    Boolean,
    /// Raw bytes.
    Bytes,
}

/// A value read as something.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// Canonical decimal digits (`-12.50`), any precision.
    Decimal(String),
    /// A float, NaN and infinities included.
    Float(f64),
    /// Microseconds since the Unix epoch.
    Timestamp(i64),
    /// A boolean.
    Boolean(bool),
    /// Raw bytes.
    Bytes(Vec<u8>),
    /// The value exists but the target cannot hold it exactly; counted and shown, never turned into NULL.
    Unrepresentable,
}

/// How a database's typed values are written, and what its bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forms {
    /// True and false as its own client prints them.
    pub booleans: (&'static str, &'static str),
    /// Cells of class [`ValueClass::Bytes`] are the bytes themselves and no text that stands for them.
    pub raw_bytes: bool,
}

/// How a database's literals are written where quotes around its text are not enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Literals {
    /// True and false.
    pub booleans: (&'static str, &'static str),
    /// What stands around the hexadecimal digits of bytes.
    pub bytes: (&'static str, &'static str),
    /// What stands around the hexadecimal digits of a text that cannot be written as one: bytes that are no characters.
    pub text: (&'static str, &'static str),
    /// Whether a NUL ends the statement, so that a text with one is written by its bytes.
    pub nul_ends: bool,
    /// Infinity and minus infinity, as the database prints them and as it reads them, where the two differ.
    pub infinities: &'static [(&'static str, &'static str)],
}

impl Default for Literals {
    fn default() -> Self {
        Literals {
            booleans: ("true", "false"),
            bytes: ("X'", "'"),
            text: ("CAST(X'", "' AS TEXT)"),
            nul_ends: false,
            infinities: &[],
        }
    }
}

/// How a database's values are interpreted: pure, found by driver id, needs no connection.
pub trait Cast: Send + Sync {
    /// What values of this native type are to a person.
    fn class(&self, native_type: &str) -> ValueClass;
    /// How values are written. Those of PostgreSQL, unless said otherwise.
    fn forms(&self) -> Forms {
        Forms { booleans: ("t", "f"), raw_bytes: false }
    }
    /// How its literals are written.
    fn literals(&self) -> Literals {
        Literals::default()
    }
    /// Reads one value.
    fn cast(&self, native_type: &str, context: &ValueContext, bytes: &[u8], target: CastTarget) -> Scalar;
}
