//! Columns of a result set, as the server describes them.

use arrow_schema::DataType;

use super::{
    Violation,
    frame::{Reader, lossy},
};

/// The protocol's numbers of types.
pub mod kind_code {
    #![allow(missing_docs, reason = "the protocol's own names")]
    pub const DECIMAL: u8 = 0;
    pub const TINY: u8 = 1;
    pub const SHORT: u8 = 2;
    pub const LONG: u8 = 3;
    pub const FLOAT: u8 = 4;
    pub const DOUBLE: u8 = 5;
    pub const NULL: u8 = 6;
    pub const TIMESTAMP: u8 = 7;
    pub const LONGLONG: u8 = 8;
    pub const INT24: u8 = 9;
    pub const DATE: u8 = 10;
    pub const TIME: u8 = 11;
    pub const DATETIME: u8 = 12;
    pub const YEAR: u8 = 13;
    pub const NEWDATE: u8 = 14;
    pub const VARCHAR: u8 = 15;
    pub const BIT: u8 = 16;
    pub const VECTOR: u8 = 242;
    pub const JSON: u8 = 245;
    pub const NEWDECIMAL: u8 = 246;
    pub const ENUM: u8 = 247;
    pub const SET: u8 = 248;
    pub const TINY_BLOB: u8 = 249;
    pub const MEDIUM_BLOB: u8 = 250;
    pub const LONG_BLOB: u8 = 251;
    pub const BLOB: u8 = 252;
    pub const VAR_STRING: u8 = 253;
    pub const STRING: u8 = 254;
    pub const GEOMETRY: u8 = 255;
}

/// Flags of [`Column::flags`].
pub mod flag {
    /// May not be NULL.
    pub const NOT_NULL: u16 = 1;
    /// An integer without a sign.
    pub const UNSIGNED: u16 = 32;
    /// Printed with leading zeros.
    pub const ZEROFILL: u16 = 64;
    /// An ENUM, whatever its type number says.
    pub const ENUM: u16 = 256;
    /// A SET, whatever its type number says.
    pub const SET: u16 = 2048;
}

/// A column of a result set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Column {
    /// The database of its table; empty for an expression.
    pub schema: String,
    /// Its table, before any alias; empty for an expression.
    pub table: String,
    /// Its name in that table; empty for an expression.
    pub origin: String,
    /// Its name in the result.
    pub name: String,
    /// Its collation's number; 63 for bytes.
    pub collation: u16,
    /// Its greatest width: bytes of a string, signs of a number.
    pub length: u32,
    /// Its type's number, see [`kind_code`].
    pub kind: u8,
    /// See [`flag`].
    pub flags: u16,
    /// Digits behind the point; 31 and more where it is not fixed.
    pub decimals: u8,
    /// The type's own name where its number does not tell it (`uuid`, `point`; MariaDB).
    pub type_name: Option<String>,
    /// The format of a text where its type does not tell it (`json`; MariaDB).
    pub format: Option<String>,
}

impl Column {
    /// Reads a column definition. `extended` where the server sends type names (MariaDB).
    pub(crate) fn read(payload: &[u8], extended: bool) -> Result<Self, Violation> {
        let mut reader = Reader::new(payload);
        let _catalog = reader.string()?;
        let schema = lossy(reader.string()?);
        let _alias = reader.string()?;
        let table = lossy(reader.string()?);
        let name = lossy(reader.string()?);
        let origin = lossy(reader.string()?);
        let (mut type_name, mut format) = (None, None);
        if extended {
            let mut facts = Reader::new(reader.string()?);
            while !facts.is_empty() {
                match (facts.u8()?, lossy(facts.string()?)) {
                    (0, text) => type_name = Some(text),
                    (1, text) => format = Some(text),
                    _ => {}
                }
            }
        }
        let mut fixed = Reader::new(reader.string()?);
        let collation = fixed.u16()?;
        let length = fixed.u32()?;
        let kind = fixed.u8()?;
        let flags = fixed.u16()?;
        let decimals = fixed.u8()?;
        Ok(Column { schema, table, origin, name, collation, length, kind, flags, decimals, type_name, format })
    }

    /// Whether a flag is set.
    pub fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    /// Whether its values are bytes that are no text.
    pub fn is_binary(&self) -> bool {
        self.collation == 63
    }
}

/// How a column's cells are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// TINYINT, signed or not, and SMALLINT.
    Int16,
    /// SMALLINT UNSIGNED
    UInt16,
    /// INT and MEDIUMINT.
    Int32,
    /// INT and MEDIUMINT UNSIGNED.
    UInt32,
    /// BIGINT
    Int64,
    /// BIGINT UNSIGNED
    UInt64,
    /// Anything else: the server's own bytes.
    Bytes,
}

impl Kind {
    /// How this column's cells are held. A number with leading zeros is a text: the zeros are part of what the server prints.
    pub fn of(column: &Column) -> Kind {
        use kind_code::{INT24, LONG, LONGLONG, SHORT, TINY};
        if column.has(flag::ZEROFILL) {
            return Kind::Bytes;
        }
        match (column.kind, column.has(flag::UNSIGNED)) {
            (TINY, _) | (SHORT, false) => Kind::Int16,
            (SHORT, true) => Kind::UInt16,
            (LONG | INT24, false) => Kind::Int32,
            (LONG | INT24, true) => Kind::UInt32,
            (LONGLONG, false) => Kind::Int64,
            (LONGLONG, true) => Kind::UInt64,
            _ => Kind::Bytes,
        }
    }

    /// The Arrow type of such a column.
    pub fn data_type(self) -> DataType {
        match self {
            Kind::Int16 => DataType::Int16,
            Kind::UInt16 => DataType::UInt16,
            Kind::Int32 => DataType::Int32,
            Kind::UInt32 => DataType::UInt32,
            Kind::Int64 => DataType::Int64,
            Kind::UInt64 => DataType::UInt64,
            Kind::Bytes => DataType::Binary,
        }
    }
}
