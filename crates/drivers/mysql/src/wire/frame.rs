//! Packets and the values inside of them, read without trust.

use bytes::{BufMut, BytesMut};

use super::Violation;

/// Bytes before a packet's payload: length and sequence number.
pub(crate) const HEADER_BYTES: usize = 4;
/// A payload of this length goes on in the next packet.
pub(crate) const FULL_PAYLOAD: usize = 0xff_ffff;

/// A packet's header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    pub payload_bytes: usize,
    pub sequence: u8,
}

impl Header {
    /// The header at the start of `input`, `None` when it is not there in full.
    #[inline]
    pub(crate) fn peek(input: &[u8]) -> Option<Header> {
        let (&[a, b, c, sequence], _) = input.split_first_chunk::<HEADER_BYTES>()?;
        let payload_bytes = u32::from_le_bytes([a, b, c, 0]) as usize;
        Some(Header { payload_bytes, sequence })
    }
}

/// Appends a message, cut into packets, and gives the next sequence number.
pub(crate) fn put(output: &mut BytesMut, sequence: u8, payload: &[u8]) -> u8 {
    put_parts(output, sequence, &[payload])
}

/// As [`put`] for a payload of several parts.
pub(crate) fn put_parts(output: &mut BytesMut, mut sequence: u8, parts: &[&[u8]]) -> u8 {
    let mut left: usize = parts.iter().map(|part| part.len()).sum();
    output.reserve(left + HEADER_BYTES * (left / FULL_PAYLOAD + 1));
    let mut bytes = parts.iter().flat_map(|part| part.chunks(FULL_PAYLOAD)).filter(|chunk| !chunk.is_empty());
    let mut rest: &[u8] = &[];
    loop {
        let length = left.min(FULL_PAYLOAD);
        // Never more than three bytes: the minimum is taken above.
        output.put_uint_le(length as u64, 3);
        output.put_u8(sequence);
        sequence = sequence.wrapping_add(1);
        let mut room = length;
        while room > 0 {
            if rest.is_empty() {
                rest = bytes.next().unwrap_or_default();
            }
            let (now, later) = rest.split_at(rest.len().min(room));
            output.put_slice(now);
            room -= now.len();
            rest = later;
        }
        left -= length;
        if length < FULL_PAYLOAD {
            return sequence;
        }
    }
}

/// Appends a length-encoded integer.
pub(crate) fn put_length(output: &mut Vec<u8>, value: u64) {
    match value {
        0..=0xfa => output.push(value as u8),
        0xfb..=0xffff => {
            output.push(0xfc);
            output.put_uint_le(value, 2);
        }
        0x1_0000..=0xff_ffff => {
            output.push(0xfd);
            output.put_uint_le(value, 3);
        }
        _ => {
            output.push(0xfe);
            output.put_u64_le(value);
        }
    }
}

/// Appends a length-encoded string.
pub(crate) fn put_bytes(output: &mut Vec<u8>, bytes: &[u8]) {
    put_length(output, bytes.len() as u64);
    output.extend_from_slice(bytes);
}

/// Reads a payload; running out of it is a violation, not a panic.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    #[inline]
    pub(crate) fn new(payload: &'a [u8]) -> Self {
        Reader { rest: payload }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    #[inline]
    fn chunk<const N: usize>(&mut self) -> Result<[u8; N], Violation> {
        let (chunk, rest) = self.rest.split_first_chunk::<N>().ok_or(Violation::Malformed)?;
        self.rest = rest;
        Ok(*chunk)
    }

    #[inline]
    pub(crate) fn u8(&mut self) -> Result<u8, Violation> {
        let [byte] = self.chunk()?;
        Ok(byte)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Violation> {
        Ok(u16::from_le_bytes(self.chunk()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Violation> {
        Ok(u32::from_le_bytes(self.chunk()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Violation> {
        Ok(u64::from_le_bytes(self.chunk()?))
    }

    #[inline]
    pub(crate) fn bytes(&mut self, count: usize) -> Result<&'a [u8], Violation> {
        let (bytes, rest) = self.rest.split_at_checked(count).ok_or(Violation::Malformed)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// Up to the next NUL, which is consumed.
    pub(crate) fn cstr(&mut self) -> Result<&'a [u8], Violation> {
        let end = self.rest.iter().position(|&byte| byte == 0).ok_or(Violation::Malformed)?;
        let text = self.bytes(end)?;
        self.u8()?;
        Ok(text)
    }

    /// A length-encoded integer.
    #[inline]
    pub(crate) fn length(&mut self) -> Result<u64, Violation> {
        match self.u8()? {
            0xfc => Ok(u64::from(self.u16()?)),
            0xfd => {
                let [a, b, c] = self.chunk()?;
                Ok(u64::from(u32::from_le_bytes([a, b, c, 0])))
            }
            0xfe => self.u64(),
            0xfb | 0xff => Err(Violation::Malformed),
            small => Ok(u64::from(small)),
        }
    }

    /// A length-encoded string.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<&'a [u8], Violation> {
        let length = usize::try_from(self.length()?).map_err(|_| Violation::Malformed)?;
        self.bytes(length)
    }

    /// A cell of a text row: a length-encoded string or NULL.
    #[inline]
    pub(crate) fn cell(&mut self) -> Result<Option<&'a [u8]>, Violation> {
        match self.rest {
            [0xfb, rest @ ..] => {
                self.rest = rest;
                Ok(None)
            }
            _ => self.string().map(Some),
        }
    }

    pub(crate) fn rest(self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn end(self) -> Result<(), Violation> {
        if self.rest.is_empty() { Ok(()) } else { Err(Violation::Malformed) }
    }
}

pub(crate) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn long_payloads_are_cut_where_the_protocol_says() {
        for length in [0, 1, FULL_PAYLOAD - 1, FULL_PAYLOAD, FULL_PAYLOAD + 1, 2 * FULL_PAYLOAD] {
            let payload: Vec<u8> = (0..length).map(|at| at as u8).collect();
            let mut output = BytesMut::new();
            let (head, tail) = payload.split_at(length / 3);
            let next = put_parts(&mut output, 255, &[head, tail]);
            let (mut at, mut found, mut sequence) = (0, Vec::new(), 255u8);
            loop {
                let header = Header::peek(&output[at..]).unwrap();
                assert_eq!(header.sequence, sequence);
                sequence = sequence.wrapping_add(1);
                found.extend_from_slice(&output[at + HEADER_BYTES..at + HEADER_BYTES + header.payload_bytes]);
                at += HEADER_BYTES + header.payload_bytes;
                if header.payload_bytes < FULL_PAYLOAD {
                    break;
                }
            }
            assert_eq!((at, sequence), (output.len(), next));
            assert!(found == payload, "{length}");
        }
    }

    #[test]
    fn lengths_read_back_and_nonsense_is_refused() {
        for value in [0, 250, 251, 255, 0xffff, 0x1_0000, 0xff_ffff, 0x100_0000, u64::MAX] {
            let mut bytes = Vec::new();
            put_length(&mut bytes, value);
            assert_eq!(Reader::new(&bytes).length().unwrap(), value);
            bytes.pop();
            assert!(Reader::new(&bytes).length().is_err(), "{value}");
        }
        assert!(Reader::new(&[5, b'x']).string().is_err());
        assert!(Reader::new(&[0xff]).length().is_err());
        assert_eq!(Reader::new(&[0xfb]).cell().unwrap(), None);
        assert_eq!(Reader::new(&[0]).cell().unwrap(), Some(&b""[..]));
        assert!(Reader::new(b"abc").cstr().is_err());
    }
}
