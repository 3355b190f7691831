//! The types of columns and parameters, as the protocol describes them.

use super::{
    Violation,
    collation::{self, Codepage},
    reader::{Reader, Unread},
};

/// The bytes that name types.
pub(crate) mod code {
    pub(crate) const NULL: u8 = 0x1f;
    pub(crate) const INT1: u8 = 0x30;
    pub(crate) const BIT: u8 = 0x32;
    pub(crate) const INT2: u8 = 0x34;
    pub(crate) const INT4: u8 = 0x38;
    pub(crate) const DATETIME4: u8 = 0x3a;
    pub(crate) const FLOAT4: u8 = 0x3b;
    pub(crate) const MONEY: u8 = 0x3c;
    pub(crate) const DATETIME: u8 = 0x3d;
    pub(crate) const FLOAT8: u8 = 0x3e;
    pub(crate) const MONEY4: u8 = 0x7a;
    pub(crate) const INT8: u8 = 0x7f;
    pub(crate) const GUID: u8 = 0x24;
    pub(crate) const INTN: u8 = 0x26;
    pub(crate) const DATEN: u8 = 0x28;
    pub(crate) const TIMEN: u8 = 0x29;
    pub(crate) const DATETIME2N: u8 = 0x2a;
    pub(crate) const DATETIMEOFFSETN: u8 = 0x2b;
    pub(crate) const DECIMAL: u8 = 0x37;
    pub(crate) const NUMERIC: u8 = 0x3f;
    pub(crate) const BITN: u8 = 0x68;
    pub(crate) const DECIMALN: u8 = 0x6a;
    pub(crate) const NUMERICN: u8 = 0x6c;
    pub(crate) const FLOATN: u8 = 0x6d;
    pub(crate) const MONEYN: u8 = 0x6e;
    pub(crate) const DATETIMEN: u8 = 0x6f;
    pub(crate) const OLD_VARBINARY: u8 = 0x25;
    pub(crate) const OLD_VARCHAR: u8 = 0x27;
    pub(crate) const OLD_BINARY: u8 = 0x2d;
    pub(crate) const OLD_CHAR: u8 = 0x2f;
    pub(crate) const VARBINARY: u8 = 0xa5;
    pub(crate) const VARCHAR: u8 = 0xa7;
    pub(crate) const BINARY: u8 = 0xad;
    pub(crate) const CHAR: u8 = 0xaf;
    pub(crate) const NVARCHAR: u8 = 0xe7;
    pub(crate) const NCHAR: u8 = 0xef;
    pub(crate) const UDT: u8 = 0xf0;
    pub(crate) const XML: u8 = 0xf1;
    pub(crate) const JSON: u8 = 0xf4;
    pub(crate) const TEXT: u8 = 0x23;
    pub(crate) const IMAGE: u8 = 0x22;
    pub(crate) const NTEXT: u8 = 0x63;
    pub(crate) const VARIANT: u8 = 0x62;
}

/// What the bytes of a cell mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Meaning {
    Nothing,
    Integer,
    Bit,
    Float,
    Decimal { scale: u8 },
    Money,
    DateTime,
    Date,
    Time { digits: u8 },
    DateTime2 { digits: u8 },
    DateTimeOffset { digits: u8 },
    Guid,
    Text(Codepage),
    Wide,
    Bytes,
    Variant,
}

/// How the bytes of a cell stand in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Always this many.
    Fixed(usize),
    /// After one byte with their number; none is NULL.
    Byte,
    /// After two bytes with their number; 65535 is NULL.
    Short,
    /// In pieces, of any length in all.
    Pieces,
    /// After a pointer and a time stamp, with four bytes for their number.
    Pointer,
    /// After four bytes with their number; none is NULL.
    Long,
}

/// How a column's values are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeKind {
    /// `tinyint`, `smallint`.
    Int16,
    /// `int`.
    Int32,
    /// `bigint`.
    Int64,
    /// `bit`.
    Boolean,
    /// Everything else: bytes, or the text the server's own tools print.
    Bytes,
    /// `sql_variant`: as [`TypeKind::Bytes`], and of which kind each is.
    Variant,
}

/// A type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Type {
    pub code: u8,
    /// The most bytes of a value, where the protocol says it.
    pub length: u32,
    pub precision: u8,
    pub scale: u8,
    pub framing: Framing,
    pub meaning: Meaning,
    /// `database.schema.name` of a type in another language, as far as told.
    pub name: Option<String>,
}

/// The length that means "any".
const MAX: u16 = 0xffff;

impl Type {
    /// Reads a type as it stands in the description of a column.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Type, Unread> {
        use Framing::{Byte, Fixed, Long, Pieces, Pointer, Short};
        let code = reader.u8()?;
        let mut this =
            Type { code, length: 0, precision: 0, scale: 0, framing: Byte, meaning: Meaning::Bytes, name: None };
        let fixed = |length, meaning| (Fixed(length), meaning);
        let (framing, meaning) = match code {
            code::NULL => fixed(0, Meaning::Nothing),
            code::INT1 => fixed(1, Meaning::Integer),
            code::INT2 => fixed(2, Meaning::Integer),
            code::INT4 => fixed(4, Meaning::Integer),
            code::INT8 => fixed(8, Meaning::Integer),
            code::BIT => fixed(1, Meaning::Bit),
            code::FLOAT4 => fixed(4, Meaning::Float),
            code::FLOAT8 => fixed(8, Meaning::Float),
            code::MONEY4 => fixed(4, Meaning::Money),
            code::MONEY => fixed(8, Meaning::Money),
            code::DATETIME4 => fixed(4, Meaning::DateTime),
            code::DATETIME => fixed(8, Meaning::DateTime),
            code::DATEN => (Byte, Meaning::Date),
            code::GUID | code::INTN | code::BITN | code::FLOATN | code::MONEYN | code::DATETIMEN => {
                this.length = reader.u8()?.into();
                let meaning = match code {
                    code::GUID => Meaning::Guid,
                    code::INTN => Meaning::Integer,
                    code::BITN => Meaning::Bit,
                    code::FLOATN => Meaning::Float,
                    code::MONEYN => Meaning::Money,
                    _ => Meaning::DateTime,
                };
                (Byte, meaning)
            }
            code::TIMEN | code::DATETIME2N | code::DATETIMEOFFSETN => {
                this.scale = reader.u8()?;
                if this.scale > 7 {
                    return Err(Violation::Malformed.into());
                }
                let digits = this.scale;
                let meaning = match code {
                    code::TIMEN => Meaning::Time { digits },
                    code::DATETIME2N => Meaning::DateTime2 { digits },
                    _ => Meaning::DateTimeOffset { digits },
                };
                (Byte, meaning)
            }
            code::DECIMAL | code::NUMERIC | code::DECIMALN | code::NUMERICN => {
                this.length = reader.u8()?.into();
                this.precision = reader.u8()?;
                this.scale = reader.u8()?;
                (Byte, Meaning::Decimal { scale: this.scale })
            }
            code::OLD_VARBINARY | code::OLD_BINARY => {
                this.length = reader.u8()?.into();
                (Byte, Meaning::Bytes)
            }
            code::OLD_VARCHAR | code::OLD_CHAR => {
                this.length = reader.u8()?.into();
                (Byte, Meaning::Text(collation::read(reader)?))
            }
            code::VARBINARY | code::BINARY | code::VARCHAR | code::CHAR | code::NVARCHAR | code::NCHAR => {
                let length = reader.u16()?;
                this.length = length.into();
                let meaning = match code {
                    code::VARBINARY | code::BINARY => Meaning::Bytes,
                    code::VARCHAR | code::CHAR => Meaning::Text(collation::read(reader)?),
                    _ => {
                        collation::read(reader)?;
                        Meaning::Wide
                    }
                };
                (if length == MAX { Pieces } else { Short }, meaning)
            }
            code::XML => {
                if reader.u8()? != 0 {
                    reader.short_text()?;
                    reader.short_text()?;
                    reader.long_text()?;
                }
                (Pieces, Meaning::Wide)
            }
            code::JSON => (Pieces, Meaning::Text(Codepage::Utf8)),
            code::UDT => {
                reader.u16()?;
                let (_, schema, name) = (reader.short_text()?, reader.short_text()?, reader.short_text()?);
                reader.long_text()?;
                this.name = Some(if schema.is_empty() || schema == "sys" { name } else { format!("{schema}.{name}") });
                (Pieces, Meaning::Bytes)
            }
            code::TEXT | code::NTEXT | code::IMAGE => {
                this.length = reader.u32()?;
                let meaning = match code {
                    code::IMAGE => Meaning::Bytes,
                    code::TEXT => Meaning::Text(collation::read(reader)?),
                    _ => {
                        collation::read(reader)?;
                        Meaning::Wide
                    }
                };
                (Pointer, meaning)
            }
            code::VARIANT => {
                this.length = reader.u32()?;
                (Long, Meaning::Variant)
            }
            unknown => return Err(Violation::UnknownType(unknown).into()),
        };
        if let Fixed(length) = framing {
            this.length = u32::try_from(length).unwrap_or(0);
        }
        (this.framing, this.meaning) = (framing, meaning);
        Ok(this)
    }

    /// How its values are held.
    pub(crate) fn kind(&self) -> TypeKind {
        match (self.meaning, self.length) {
            (Meaning::Integer, 1 | 2) => TypeKind::Int16,
            (Meaning::Integer, 4) => TypeKind::Int32,
            (Meaning::Integer, _) => TypeKind::Int64,
            (Meaning::Bit, _) => TypeKind::Boolean,
            (Meaning::Variant, _) => TypeKind::Variant,
            _ => TypeKind::Bytes,
        }
    }

    /// Its name, as the server's DDL spells it.
    pub(crate) fn spelled(&self) -> String {
        let sized = |name: &str, divisor: u32| match self.framing {
            Framing::Pieces => format!("{name}(max)"),
            _ => format!("{name}({})", self.length / divisor),
        };
        let word = match self.code {
            code::NULL => "null",
            code::INT1 => "tinyint",
            code::INT2 => "smallint",
            code::INT4 => "int",
            code::INT8 => "bigint",
            code::BIT | code::BITN => "bit",
            code::FLOAT4 => "real",
            code::FLOAT8 => "float",
            code::MONEY4 => "smallmoney",
            code::MONEY => "money",
            code::DATETIME4 => "smalldatetime",
            code::DATETIME => "datetime",
            code::DATEN => "date",
            code::GUID => "uniqueidentifier",
            code::INTN => match self.length {
                1 => "tinyint",
                2 => "smallint",
                4 => "int",
                _ => "bigint",
            },
            code::FLOATN if self.length == 4 => "real",
            code::FLOATN => "float",
            code::MONEYN if self.length == 4 => "smallmoney",
            code::MONEYN => "money",
            code::DATETIMEN if self.length == 4 => "smalldatetime",
            code::DATETIMEN => "datetime",
            code::TIMEN => return format!("time({})", self.scale),
            code::DATETIME2N => return format!("datetime2({})", self.scale),
            code::DATETIMEOFFSETN => return format!("datetimeoffset({})", self.scale),
            code::DECIMAL | code::DECIMALN => return format!("decimal({},{})", self.precision, self.scale),
            code::NUMERIC | code::NUMERICN => return format!("numeric({},{})", self.precision, self.scale),
            code::OLD_VARBINARY | code::VARBINARY => return sized("varbinary", 1),
            code::OLD_BINARY | code::BINARY => return sized("binary", 1),
            code::OLD_VARCHAR | code::VARCHAR => return sized("varchar", 1),
            code::OLD_CHAR | code::CHAR => return sized("char", 1),
            code::NVARCHAR => return sized("nvarchar", 2),
            code::NCHAR => return sized("nchar", 2),
            code::XML => "xml",
            code::JSON => "json",
            code::TEXT => "text",
            code::NTEXT => "ntext",
            code::IMAGE => "image",
            code::VARIANT => "sql_variant",
            code::UDT => return self.name.clone().unwrap_or_else(|| "udt".to_owned()),
            other => return format!("type {other}"),
        };
        word.to_owned()
    }
}
