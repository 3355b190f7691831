//! Values of a message, read without trust.

use super::Violation;

/// Why a value could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    /// The rest has not arrived yet.
    Incomplete,
    /// It makes no sense.
    Bad(Violation),
}

impl From<Violation> for Unread {
    fn from(violation: Violation) -> Self {
        Unread::Bad(violation)
    }
}

/// What is left of a message.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    whole: usize,
    rest: &'a [u8],
}

macro_rules! number {
    ($name:ident, $type:ty) => {
        pub(crate) fn $name(&mut self) -> Result<$type, Unread> {
            let (bytes, rest) = self.rest.split_first_chunk().ok_or(Unread::Incomplete)?;
            self.rest = rest;
            Ok(<$type>::from_le_bytes(*bytes))
        }
    };
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Reader { whole: bytes.len(), rest: bytes }
    }

    /// How many bytes were read.
    pub(crate) fn read(&self) -> usize {
        self.whole - self.rest.len()
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    number!(u8, u8);
    number!(u16, u16);
    number!(u32, u32);
    number!(i32, i32);
    number!(u64, u64);

    pub(crate) fn bytes(&mut self, length: usize) -> Result<&'a [u8], Unread> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(Unread::Incomplete)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// A text in UTF-16 of this many units; what is no character becomes the replacement character.
    fn units(&mut self, units: usize) -> Result<String, Unread> {
        Ok(text(self.bytes(units * 2)?))
    }

    /// A text with one byte for its length.
    pub(crate) fn short_text(&mut self) -> Result<String, Unread> {
        let units = self.u8()?;
        self.units(units.into())
    }

    /// A text with two bytes for its length.
    pub(crate) fn long_text(&mut self) -> Result<String, Unread> {
        let units = self.u16()?;
        self.units(units.into())
    }
}

/// A text in UTF-16.
pub(crate) fn text(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [low, high] => u16::from_le_bytes([*low, *high]),
        _ => 0,
    });
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
