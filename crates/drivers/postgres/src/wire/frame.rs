//! Message headers and bodies, read without trust.

use super::{MESSAGE_BYTES, Violation};

/// Bytes before a message's body: type and length.
pub(crate) const HEADER_BYTES: usize = 5;

/// A message's header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    pub tag: u8,
    /// The whole message, header included, in bytes.
    pub total_bytes: usize,
}

impl Header {
    /// The header at the start of `input`, `None` when it is not there in full.
    #[inline]
    pub(crate) fn peek(input: &[u8]) -> Result<Option<Header>, Violation> {
        let Some((&[tag, a, b, c, d], _)) = input.split_first_chunk::<HEADER_BYTES>() else { return Ok(None) };
        let length = i32::from_be_bytes([a, b, c, d]);
        match usize::try_from(length) {
            // The length counts itself but not the type.
            Ok(length @ 4..=MESSAGE_BYTES) => Ok(Some(Header { tag, total_bytes: length + 1 })),
            _ => Err(Violation::Length { tag, length: i64::from(length) }),
        }
    }
}

/// Reads a message's body; running out of it is a violation, not a panic.
pub(crate) struct Reader<'a> {
    tag: u8,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    #[inline]
    pub(crate) fn new(tag: u8, body: &'a [u8]) -> Self {
        Reader { tag, rest: body }
    }

    fn malformed(&self) -> Violation {
        Violation::Malformed(self.tag)
    }

    #[inline]
    fn chunk<const N: usize>(&mut self) -> Result<[u8; N], Violation> {
        let (chunk, rest) = self.rest.split_first_chunk::<N>().ok_or_else(|| self.malformed())?;
        self.rest = rest;
        Ok(*chunk)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Violation> {
        let [byte] = self.chunk()?;
        Ok(byte)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Violation> {
        Ok(u16::from_be_bytes(self.chunk()?))
    }

    pub(crate) fn i16(&mut self) -> Result<i16, Violation> {
        Ok(i16::from_be_bytes(self.chunk()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Violation> {
        Ok(u32::from_be_bytes(self.chunk()?))
    }

    #[inline]
    pub(crate) fn i32(&mut self) -> Result<i32, Violation> {
        Ok(i32::from_be_bytes(self.chunk()?))
    }

    #[inline]
    pub(crate) fn bytes(&mut self, count: usize) -> Result<&'a [u8], Violation> {
        let (bytes, rest) = self.rest.split_at_checked(count).ok_or_else(|| self.malformed())?;
        self.rest = rest;
        Ok(bytes)
    }

    /// Up to the next NUL, which is consumed.
    pub(crate) fn cstr(&mut self) -> Result<&'a [u8], Violation> {
        let end = self.rest.iter().position(|&byte| byte == 0).ok_or_else(|| self.malformed())?;
        let text = self.bytes(end)?;
        self.u8()?;
        Ok(text)
    }

    pub(crate) fn rest(self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn end(self) -> Result<(), Violation> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.malformed()) }
    }
}

pub(crate) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
