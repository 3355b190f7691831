//! Packets: eight bytes of header, then a part of a message.

use bytes::{BufMut, BytesMut};

/// Bytes before a packet's content.
pub(crate) const HEADER_BYTES: usize = 8;
/// The size of packets until the server has agreed to another.
pub(crate) const FIRST_SIZE: usize = 4096;
/// The size we ask for.
pub(crate) const WANTED_SIZE: usize = 32_767;

/// The last packet of its message.
const END_OF_MESSAGE: u8 = 1;

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Type {
    Batch = 1,
    Rpc = 3,
    Response = 4,
    Attention = 6,
    Login = 16,
    Prelogin = 18,
}

/// A packet's header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    pub kind: u8,
    pub last: bool,
    pub content: usize,
}

impl Header {
    /// The header at the start of `input`; `None` where it is not there in full. A length shorter than the header's own is
    /// told as no content at all, by the error.
    pub(crate) fn peek(input: &[u8]) -> Option<Result<Header, super::Violation>> {
        let (&[kind, status, high, low, _, _, _, _], _) = input.split_first_chunk::<HEADER_BYTES>()?;
        let length = usize::from(u16::from_be_bytes([high, low]));
        let content = length.checked_sub(HEADER_BYTES).ok_or(super::Violation::Malformed);
        Some(content.map(|content| Header { kind, last: status & END_OF_MESSAGE != 0, content }))
    }
}

fn put_header(output: &mut BytesMut, kind: Type, last: bool, content: usize, number: u8) {
    output.put_u8(kind as u8);
    output.put_u8(if last { END_OF_MESSAGE } else { 0 });
    // Contents are cut to the packet size, which fits.
    output.put_u16(u16::try_from(content + HEADER_BYTES).unwrap_or(u16::MAX));
    output.put_u16(0);
    output.put_u8(number);
    output.put_u8(0);
}

/// Appends a message, cut into packets of this size.
pub(crate) fn put(output: &mut BytesMut, kind: Type, size: usize, content: &[u8]) {
    let most = size.clamp(512, usize::from(u16::MAX)) - HEADER_BYTES;
    let count = content.len().div_ceil(most).max(1);
    output.reserve(content.len() + count * HEADER_BYTES);
    for number in 0..count {
        let from = number * most;
        let part = content.get(from..content.len().min(from + most)).unwrap_or_default();
        // Numbers run in a circle from 1.
        put_header(output, kind, number + 1 == count, part.len(), (number + 1).to_le_bytes()[0]);
        output.put_slice(part);
    }
}

/// How TDS 7 carries a TLS handshake: in packets of the prelogin.
#[derive(Debug)]
pub(crate) struct Handshake;

impl route::Envelope for Handshake {
    fn header_bytes(&self) -> usize {
        HEADER_BYTES
    }

    fn most(&self) -> usize {
        FIRST_SIZE - HEADER_BYTES
    }

    fn header(&self, content: usize) -> Vec<u8> {
        let mut header = BytesMut::new();
        put_header(&mut header, Type::Prelogin, true, content, 1);
        header.to_vec()
    }

    fn content(&self, header: &[u8]) -> Option<usize> {
        let header = Header::peek(header)?.ok()?;
        let known = [Type::Prelogin as u8, Type::Response as u8].contains(&header.kind);
        known.then_some(header.content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_cut_into_packets_and_the_last_one_says_so() {
        let mut output = BytesMut::new();
        put(&mut output, Type::Batch, 512, &[7; 600]);
        assert_eq!(&output[..8], [1, 0, 2, 0, 0, 0, 1, 0]);
        assert_eq!(&output[512..520], [1, 1, 0, 104, 0, 0, 2, 0]);
        assert_eq!(output.len(), 600 + 16);
        let mut empty = BytesMut::new();
        put(&mut empty, Type::Attention, 4096, &[]);
        assert_eq!(&empty[..], [6, 1, 0, 8, 0, 0, 1, 0]);
    }

    #[test]
    fn a_header_that_is_too_short_for_itself_is_no_header() {
        assert!(Header::peek(&[4, 1, 0, 7, 0, 0, 0, 0]).is_some_and(|header| header.is_err()));
        assert!(Header::peek(&[4, 1, 0]).is_none());
    }
}
