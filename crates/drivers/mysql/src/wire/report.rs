//! What a server says when something fails.

use super::{
    Violation,
    frame::{Reader, lossy},
};

/// An error of the server, as it sent it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Its number (1064).
    pub number: u16,
    /// Its SQLSTATE; empty before the sign-in.
    pub state: String,
    /// Its message, unchanged.
    pub message: String,
}

impl Report {
    /// Reads an error packet's payload, its mark included.
    pub(crate) fn read(payload: &[u8]) -> Result<Self, Violation> {
        let mut reader = Reader::new(payload);
        if reader.u8()? != 0xff {
            return Err(Violation::OutOfTurn);
        }
        let number = reader.u16()?;
        let mut state = String::new();
        let mut rest = reader.clone();
        if rest.u8() == Ok(b'#') {
            state = lossy(rest.bytes(5)?);
            reader = rest;
        }
        Ok(Report { number, state, message: lossy(reader.rest()) })
    }

    /// Whether the server hangs up after it: it shuts down, or somebody ended this connection.
    pub fn is_fatal(&self) -> bool {
        matches!(self.number, 1053 | 1152 | 1153 | 1184 | 1927 | 3169 | 4031)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn errors_are_read_with_and_without_their_state() {
        let report = Report::read(b"\xff\x28\x04#42000You have an error").unwrap();
        assert_eq!(
            (report.number, report.state.as_str(), report.message.as_str()),
            (1064, "42000", "You have an error")
        );
        let early = Report::read(b"\xff\x10\x04Too many connections").unwrap();
        assert_eq!((early.number, early.state.as_str(), early.message.as_str()), (1040, "", "Too many connections"));
        assert!(Report::read(b"\xff\x10").is_err());
        assert!(Report::read(b"\xff\x10\x04#12").is_err());
        assert!(Report::read(b"\x00").is_err());
    }
}
