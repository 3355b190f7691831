//! The server's answers: how a result ends, and what its end says.

use std::collections::VecDeque;

use bytes::{Buf, BytesMut};

use super::{
    Event, Violation,
    builders::Builders,
    frame::{FULL_PAYLOAD, HEADER_BYTES, Header, Reader, lossy},
    startup::capability as can,
};

/// The status flags behind every answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Status(pub u16);

impl Status {
    /// A transaction is open.
    pub fn in_transaction(self) -> bool {
        self.0 & 1 != 0
    }

    /// Each statement is a transaction of its own.
    pub fn autocommit(self) -> bool {
        self.0 & 2 != 0
    }

    /// Another result follows.
    pub fn more(self) -> bool {
        self.0 & 8 != 0
    }

    /// A backslash in a string is an ordinary sign.
    pub fn no_backslash_escapes(self) -> bool {
        self.0 & 0x200 != 0
    }

    fn state_changed(self) -> bool {
        self.0 & 0x4000 != 0
    }
}

/// The end of one result, or of a statement without one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// Rows changed; `None` at the end of a result set.
    pub affected: Option<u64>,
    /// The first AUTO_INCREMENT value made, 0 if none.
    pub insert_id: u64,
    /// How many warnings there are.
    pub warnings: u16,
    /// What the server says about it (`Rows matched: 1  Changed: 1  Warnings: 0`).
    pub info: String,
    /// The session after it; [`Status::more`] says whether another result follows.
    pub status: Status,
}

/// Whether a message in the place of a row is the end of the rows.
pub(super) fn is_end(message: &[u8], capabilities: u64) -> bool {
    match message.first() {
        Some(0xff) => true,
        // A row that begins like this has a cell of 16 MiB and more.
        Some(0xfe) if capabilities & can::DEPRECATE_EOF != 0 => message.len() < FULL_PAYLOAD,
        Some(0xfe) => message.len() < 9,
        _ => false,
    }
}

/// Reads the rows that are here in full; whether a batch is.
pub(super) fn read_rows(input: &mut BytesMut, builders: &mut Builders, capabilities: u64) -> Result<bool, Violation> {
    let mut at = 0;
    let mut result = Ok(false);
    while let Some(rest) = input.get(at..)
        && let Some(header) = Header::peek(rest)
        && header.payload_bytes < FULL_PAYLOAD
        && let Some(payload) = rest.get(HEADER_BYTES..HEADER_BYTES + header.payload_bytes)
        && !is_end(payload, capabilities)
    {
        if let Err(violation) = builders.push(payload) {
            result = Err(violation);
            break;
        }
        at += HEADER_BYTES + header.payload_bytes;
        if builders.is_full() {
            result = Ok(true);
            break;
        }
    }
    input.advance(at);
    result
}

/// The status in an OK packet.
pub(crate) fn read_status(message: &[u8]) -> Result<Status, Violation> {
    read_ok(message, false, &mut VecDeque::new()).map(|done| done.status)
}

pub(super) fn read_ok(message: &[u8], track: bool, changes: &mut VecDeque<Event>) -> Result<Done, Violation> {
    let mut reader = Reader::new(message);
    reader.u8()?;
    let affected = Some(reader.length()?);
    let insert_id = reader.length()?;
    let status = Status(reader.u16()?);
    let warnings = reader.u16()?;
    let mut info = String::new();
    if !track {
        info = lossy(reader.rest());
    } else if !reader.is_empty() {
        info = lossy(reader.string()?);
        if status.state_changed() && !reader.is_empty() {
            read_changes(reader.string()?, changes)?;
        }
    }
    Ok(Done { affected, insert_id, warnings, info, status })
}

fn read_changes(bytes: &[u8], changes: &mut VecDeque<Event>) -> Result<(), Violation> {
    let mut reader = Reader::new(bytes);
    while !reader.is_empty() {
        let kind = reader.u8()?;
        let mut facts = Reader::new(reader.string()?);
        match kind {
            0 => {
                while !facts.is_empty() {
                    let name = lossy(facts.string()?);
                    let value = lossy(facts.string()?);
                    changes.push_back(Event::Parameter { name, value });
                }
            }
            1 => changes.push_back(Event::Database(lossy(facts.string()?))),
            // Kinds we do not follow.
            _ => {}
        }
    }
    Ok(())
}

pub(super) fn read_eof(message: &[u8]) -> Result<Done, Violation> {
    let mut reader = Reader::new(message);
    reader.u8()?;
    let warnings = reader.u16()?;
    Ok(Done { warnings, status: Status(reader.u16()?), ..Done::default() })
}
