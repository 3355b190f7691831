//! The columns of a result.

use super::{
    reader::{Reader, Unread},
    types::{Framing, Type, TypeKind},
};

/// Bits of [`Column::flags`].
pub mod flag {
    /// It may be NULL.
    pub const NULLABLE: u16 = 0x01;
    /// The server numbers it.
    pub const IDENTITY: u16 = 0x10;
    /// The server computes it.
    pub const COMPUTED: u16 = 0x20;
}

/// Columns of no result.
const NO_METADATA: u16 = 0xffff;
/// The user type that `timestamp` alias `rowversion` has.
const ROWVERSION: u32 = 0x50;

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name; empty for an expression without one.
    pub name: String,
    /// See [`flag`].
    pub flags: u16,
    pub(crate) of: Type,
    user_type: u32,
}

impl Column {
    /// Its type, as the server's DDL spells it.
    pub fn native_type(&self) -> String {
        if self.user_type == ROWVERSION { "rowversion".to_owned() } else { self.of.spelled() }
    }

    /// The protocol's number of its type.
    pub fn type_code(&self) -> u8 {
        self.of.code
    }

    /// How its values are held.
    pub fn kind(&self) -> TypeKind {
        self.of.kind()
    }
}

/// Reads the columns; `None` where there are none to be told.
pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Option<Vec<Column>>, Unread> {
    let count = reader.u16()?;
    if count == NO_METADATA {
        return Ok(None);
    }
    let mut columns = Vec::new();
    for _ in 0..count {
        columns.push(one(reader)?);
    }
    Ok(Some(columns))
}

fn one(reader: &mut Reader<'_>) -> Result<Column, Unread> {
    let user_type = reader.u32()?;
    let flags = reader.u16()?;
    let of = Type::read(reader)?;
    if of.framing == Framing::Pointer {
        // The table's name, in parts.
        for _ in 0..reader.u8()? {
            reader.long_text()?;
        }
    }
    Ok(Column { name: reader.short_text()?, flags, of, user_type })
}

/// A value that a procedure gives back: where it stands does not matter here, only that it is passed over whole.
pub(crate) fn skip_return_value(reader: &mut Reader<'_>) -> Result<(), Unread> {
    reader.u16()?;
    reader.short_text()?;
    reader.u8()?;
    reader.u32()?;
    reader.u16()?;
    let of = Type::read(reader)?;
    let mut scan = super::row::CellScan::default();
    let end = scan.end(&of, reader.rest(), 0)?;
    reader.bytes(end)?;
    Ok(())
}
