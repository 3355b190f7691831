//! Messages: a header of sixteen bytes, flags, and a document.

use bytes::{Buf, Bytes, BytesMut};

use super::{Error, MESSAGE_BYTES};
use crate::bson;

const HEADER: usize = 16;
const OP_REPLY: i32 = 1;
const OP_MSG: i32 = 2013;
/// The last four bytes are a checksum; the transport has its own, so it is left alone.
const CHECKSUM_PRESENT: u32 = 1;
/// More messages follow unasked, which nobody allowed.
const MORE_TO_COME: u32 = 1 << 1;
/// Flags that must be understood.
const REQUIRED: u32 = 0xffff;

/// A message with one document.
pub(super) fn write(request: i32, document: &[u8], into: &mut Vec<u8>) -> Result<(), Error> {
    let length = HEADER + 5 + document.len();
    if length > MESSAGE_BYTES {
        return Err(Error::TooLong);
    }
    let length = i32::try_from(length).map_err(|_| Error::TooLong)?;
    into.reserve(HEADER + 5 + document.len());
    for part in [length, request, 0, OP_MSG, 0] {
        into.extend_from_slice(&part.to_le_bytes());
    }
    into.push(0);
    into.extend_from_slice(document);
    Ok(())
}

fn number(bytes: &[u8], at: usize) -> i32 {
    let four = bytes.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok());
    i32::from_le_bytes(four.unwrap_or_default())
}

/// Takes the next message off, where it is there whole: what it answers, and its document.
pub(super) fn read(input: &mut BytesMut, first: bool) -> Result<Option<(i32, Bytes)>, Error> {
    if input.len() < HEADER {
        return Ok(None);
    }
    let nonsense = |what: &'static str| if first { Error::NotMongoDb } else { Error::Protocol(what) };
    let length = usize::try_from(number(input, 0)).map_err(|_| nonsense("a message has a negative length"))?;
    let (answers, code) = (number(input, 8), number(input, 12));
    if !(HEADER..=MESSAGE_BYTES).contains(&length) {
        return Err(nonsense("the length of a message is out of bounds"));
    }
    if code == OP_REPLY {
        return Err(Error::TooOld);
    }
    if code != OP_MSG {
        return Err(nonsense("a message is of an unknown kind"));
    }
    if input.len() < length {
        input.reserve(length - input.len());
        return Ok(None);
    }
    let mut message = input.split_to(length).freeze();
    message.advance(HEADER);
    let flags = number(&message, 0).cast_unsigned();
    if message.len() < 5 || flags & REQUIRED & !(CHECKSUM_PRESENT | MORE_TO_COME) != 0 {
        return Err(nonsense("a message has unknown flags"));
    }
    if flags & MORE_TO_COME != 0 {
        return Err(Error::Protocol("more messages follow than were asked for"));
    }
    message.advance(4);
    if flags & CHECKSUM_PRESENT != 0 {
        message.truncate(message.len().saturating_sub(4));
    }
    body(message).map(|document| Some((answers, document)))
}

/// The document among the sections.
fn body(mut sections: Bytes) -> Result<Bytes, Error> {
    while let Some(kind) = sections.first().copied() {
        sections.advance(1);
        let length = usize::try_from(number(&sections, 0)).unwrap_or_default();
        if length < 4 || length > sections.len() {
            return Err(Error::Protocol("a section is longer than its message"));
        }
        let section = sections.split_to(length);
        match kind {
            0 => {
                bson::elements(&section).map_err(|_| Error::Protocol("a reply is no document"))?;
                return Ok(section);
            }
            // A list of documents beside the body; no reply has one that we asked for.
            1 => {}
            _ => return Err(Error::Protocol("a section is of an unknown kind")),
        }
    }
    Err(Error::Protocol("a message has no body"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn message(document: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(7, document, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_message_reads_back_in_any_pieces() {
        let document = bson::document(|writer| _ = writer.int32("ok", 1));
        let mut whole = message(&document);
        whole[8] = 7;
        let twice = [whole.clone(), whole.clone()].concat();
        for cut in 0..twice.len() {
            let mut input = BytesMut::from(&twice[..cut]);
            let mut found = Vec::new();
            while let Some(one) = read(&mut input, true).unwrap() {
                found.push(one);
            }
            input.extend_from_slice(&twice[cut..]);
            while let Some(one) = read(&mut input, false).unwrap() {
                found.push(one);
            }
            assert_eq!(found, [(7, Bytes::from(document.clone())), (7, Bytes::from(document.clone()))]);
        }
    }

    #[test]
    fn a_checksum_is_left_alone() {
        let document = bson::document(|writer| _ = writer.int32("ok", 1));
        let mut bytes = [message(&document), vec![1, 2, 3, 4]].concat();
        bytes[0] += 4;
        bytes[16] = 1;
        assert_eq!(read(&mut BytesMut::from(&bytes[..]), true).unwrap().unwrap().1, document);
    }

    #[test]
    fn nonsense_is_refused_before_anything_is_allocated() {
        let good = message(&bson::document(|_| {}));
        let changed = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            read(&mut BytesMut::from(&bytes[..]), false).unwrap_err()
        };
        for (at, byte) in [(0, 3), (3, 0x7f), (3, 0xff), (12, 4), (16, 2), (16, 4), (20, 9), (21, 200)] {
            assert!(matches!(changed(at, byte), Error::Protocol(_)), "{at} {byte}");
        }
        assert!(matches!(
            read(&mut BytesMut::from(&b"HTTP/1.1 400 Bad Request\r\n"[..]), true),
            Err(Error::NotMongoDb)
        ));
        assert!(matches!(write(1, &vec![0; MESSAGE_BYTES], &mut Vec::new()), Err(Error::TooLong)));
    }

    #[test]
    fn random_bytes_never_panic() {
        let mut state = 88_172_645_463_325_252_u64;
        let good = message(&bson::document(|writer| _ = writer.string("errmsg", "x")));
        for _ in 0..50_000 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let mut bytes = good.clone();
            for shift in [0, 16, 32] {
                let at = (state >> shift) as usize % bytes.len();
                bytes[at] = (state >> (shift + 8)) as u8;
            }
            if let Ok(Some((_, body))) = read(&mut BytesMut::from(&bytes[..]), false) {
                super::super::Report::of(&body);
            }
        }
    }
}
