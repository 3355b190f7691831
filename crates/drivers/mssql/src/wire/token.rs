//! What a server says besides columns and rows.

use super::{
    Violation,
    reader::{Reader, Unread, text},
};

/// The bytes that begin tokens.
pub(crate) mod code {
    pub(crate) const OFFSET: u8 = 0x78;
    pub(crate) const RETURN_STATUS: u8 = 0x79;
    pub(crate) const COLUMNS: u8 = 0x81;
    pub(crate) const TABLE_NAMES: u8 = 0xa4;
    pub(crate) const COLUMN_INFO: u8 = 0xa5;
    pub(crate) const ORDER: u8 = 0xa9;
    pub(crate) const ERROR: u8 = 0xaa;
    pub(crate) const INFO: u8 = 0xab;
    pub(crate) const RETURN_VALUE: u8 = 0xac;
    pub(crate) const LOGIN_ACK: u8 = 0xad;
    pub(crate) const FEATURES: u8 = 0xae;
    pub(crate) const ROW: u8 = 0xd1;
    pub(crate) const ROW_WITH_NULLS: u8 = 0xd2;
    pub(crate) const CHANGE: u8 = 0xe3;
    pub(crate) const SESSION_STATE: u8 = 0xe4;
    pub(crate) const SSPI: u8 = 0xed;
    pub(crate) const FEDERATED: u8 = 0xee;
    pub(crate) const DONE: u8 = 0xfd;
    pub(crate) const DONE_PROCEDURE: u8 = 0xfe;
    pub(crate) const DONE_IN_PROCEDURE: u8 = 0xff;
}

/// An error or a message of the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Its number; 50000 where a text of its own was raised.
    pub number: i32,
    /// Its state.
    pub state: u8,
    /// How bad: up to 10 it is a message, from 20 on the connection ends.
    pub class: u8,
    /// The message.
    pub message: String,
    /// The server that says it.
    pub server: String,
    /// The procedure it happened in; empty in what was sent itself.
    pub procedure: String,
    /// The line in that procedure, or in what was sent, from 1.
    pub line: i32,
}

impl Report {
    pub(crate) fn read(bytes: &[u8]) -> Result<Report, Violation> {
        let mut reader = Reader::new(bytes);
        let mut read = || {
            Ok::<_, Unread>(Report {
                number: reader.i32()?,
                state: reader.u8()?,
                class: reader.u8()?,
                message: reader.long_text()?,
                server: reader.short_text()?,
                procedure: reader.short_text()?,
                line: reader.i32()?,
            })
        };
        read().map_err(|_| Violation::Malformed)
    }

    /// Whether the server ends the connection after it.
    pub fn is_fatal(&self) -> bool {
        self.class >= 20
    }
}

/// The end of one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    status: u16,
    /// The kind of statement, by a number of the server's own.
    pub command: u16,
    count: u64,
    /// Within a procedure, or the end of one.
    pub in_procedure: bool,
}

impl Done {
    pub(crate) fn read(reader: &mut Reader<'_>, in_procedure: bool) -> Result<Done, Unread> {
        Ok(Done { status: reader.u16()?, command: reader.u16()?, count: reader.u64()?, in_procedure })
    }

    /// More follows.
    pub fn more(&self) -> bool {
        self.status & 1 != 0
    }

    /// The rows it read or changed, where it counts them.
    pub fn count(&self) -> Option<u64> {
        (self.status & 0x10 != 0).then_some(self.count)
    }

    /// The statement failed.
    pub fn is_error(&self) -> bool {
        self.status & 0x102 != 0
    }

    /// It acknowledges an attention.
    pub fn is_attention(&self) -> bool {
        self.status & 0x20 != 0
    }

    /// Whether the statement was one that gives rows, whose count says how many.
    pub fn is_select(&self) -> bool {
        self.command == 0xc1
    }
}

/// A change of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The current database.
    Database(String),
    /// The language of messages and dates.
    Language(String),
    /// The size of packets.
    PacketSize(usize),
    /// A transaction has begun, by the number the server gave it.
    Begun(u64),
    /// It has ended.
    Ended,
    /// The login is to go elsewhere.
    Routed {
        /// To this host.
        host: String,
        /// And port.
        port: u16,
    },
    /// One that does not matter here.
    Other,
}

impl Change {
    pub(crate) fn read(bytes: &[u8]) -> Result<Change, Violation> {
        let mut reader = Reader::new(bytes);
        let mut read = || {
            Ok::<_, Unread>(match reader.u8()? {
                1 => Change::Database(reader.short_text()?),
                2 => Change::Language(reader.short_text()?),
                4 => Change::PacketSize(reader.short_text()?.parse().map_err(|_| Violation::Malformed)?),
                8 => {
                    let length = reader.u8()?;
                    let number = reader.bytes(length.into())?;
                    Change::Begun(<[u8; 8]>::try_from(number).map_or(0, u64::from_le_bytes))
                }
                9 | 10 | 12 | 17 => Change::Ended,
                20 => {
                    reader.u16()?;
                    let (protocol, port, units) = (reader.u8()?, reader.u16()?, reader.u16()?);
                    if protocol != 0 {
                        return Err(Violation::Malformed.into());
                    }
                    Change::Routed { host: text(reader.bytes(usize::from(units) * 2)?), port }
                }
                _ => Change::Other,
            })
        };
        read().map_err(|_| Violation::Malformed)
    }
}

/// What a server says of itself when it lets somebody in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Welcome {
    pub product: String,
    /// Major, minor and build number.
    pub version: [u32; 3],
}

impl Welcome {
    pub(crate) fn read(bytes: &[u8]) -> Result<Welcome, Violation> {
        let mut reader = Reader::new(bytes);
        let mut read = || {
            reader.u8()?;
            reader.u32()?;
            let product = reader.short_text()?;
            let version = reader.bytes(4)?;
            let at = |index: usize| version.get(index).copied().map_or(0, u32::from);
            Ok::<_, Unread>(Welcome {
                product: product.trim_end_matches('\0').to_owned(),
                version: [at(0), at(1), at(2) << 8 | at(3)],
            })
        };
        read().map_err(|_| Violation::Malformed)
    }
}
