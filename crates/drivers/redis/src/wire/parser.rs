//! Bytes into the pieces of replies, whatever way the network cuts them.

use bytes::{Buf, Bytes, BytesMut};

use super::{BULK_BYTES, DEPTH, LINE_BYTES, Violation};

/// What holds elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregate {
    /// Elements in order.
    Array,
    /// Names and values in turn; its length counts both.
    Map,
    /// Different elements.
    Set,
    /// What the server says without being asked.
    Push,
}

/// One piece of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// `+OK`.
    Status(Bytes),
    /// `-ERR …`, short or long.
    Error(Bytes),
    /// `:1`.
    Integer(i64),
    /// `,1.5`: the digits as sent.
    Double(Bytes),
    /// `#t`.
    Boolean(bool),
    /// `(123…`: the digits as sent.
    BigNumber(Bytes),
    /// `_`, `$-1` or `*-1`.
    Null,
    /// `$3`: bytes.
    Bulk(Bytes),
    /// `=7`: a text for a person, without the mark of its format.
    Verbatim(Bytes),
    /// So many elements follow; none of them may.
    Open(Aggregate, u64),
}

/// A piece and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The piece.
    pub item: Item,
    /// How many aggregates it stands in.
    pub depth: usize,
    /// Whether the reply it belongs to ends with it.
    pub ends: bool,
    /// Whether it belongs to a push.
    pub push: bool,
}

/// An aggregate whose elements are coming.
#[derive(Debug, Clone, Copy)]
struct Open {
    left: u64,
    attribute: bool,
}

/// Reads replies. After a [`Violation`] nothing that follows can be believed.
#[derive(Debug, Default)]
pub struct Parser {
    open: Vec<Open>,
    push: bool,
    /// The beginning of a status that is too long to be kept: its end is awaited.
    cut: Option<Bytes>,
}

/// What stands at the end of a status that was cut.
const CUT: &[u8] = b" \xe2\x80\xa6 cut here";

/// A line, or that there is none yet.
fn line(input: &BytesMut) -> Result<Option<usize>, Violation> {
    let within = input.get(..input.len().min(LINE_BYTES)).unwrap_or(input);
    match within.windows(2).position(|pair| pair == b"\r\n") {
        Some(end) => Ok(Some(end)),
        None if input.len() >= LINE_BYTES => Err(Violation::TooLong(LINE_BYTES)),
        None => Ok(None),
    }
}

fn number(digits: &[u8]) -> Result<i64, Violation> {
    std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok()).ok_or(Violation::Malformed)
}

impl Parser {
    /// The next piece, taken from the front of what has arrived; `None` where more must arrive first.
    ///
    /// # Errors
    /// A [`Violation`], after which the connection is of no use.
    pub fn next(&mut self, input: &mut BytesMut) -> Result<Option<Token>, Violation> {
        loop {
            let taken = match self.status(input) {
                Some(status) => Some((status, false)),
                None if self.cut.is_some() => None,
                None => take(input)?,
            };
            let Some((item, attribute)) = taken else { return Ok(None) };
            if let Some(token) = self.place(item, attribute)? {
                return Ok(Some(token));
            }
        }
    }

    /// A status that is longer than lines may be: MONITOR tells commands so, with values of any length. Its beginning is kept.
    fn status(&mut self, input: &mut BytesMut) -> Option<Item> {
        if self.cut.is_none() {
            let long = input.first() == Some(&b'+') && input.len() >= LINE_BYTES;
            if !long || matches!(line(input), Ok(Some(_))) {
                return None;
            }
            input.advance(1);
            // Its end may lie just behind.
            self.cut = Some(input.split_to(LINE_BYTES - 2).freeze());
        }
        match input.windows(2).position(|pair| pair == b"\r\n") {
            Some(end) => {
                input.advance(end + 2);
                let begun = self.cut.take()?;
                Some(Item::Status([begun.as_ref(), CUT].concat().into()))
            }
            None => {
                // The first half of the end may have come.
                input.advance(input.len().saturating_sub(1));
                None
            }
        }
    }

    /// Whether no reply is begun.
    pub fn is_between(&self) -> bool {
        self.open.is_empty() && self.cut.is_none()
    }

    /// Where the piece stands; nothing for one of an attribute, which says something about a reply and is no part of it.
    fn place(&mut self, item: Item, attribute: bool) -> Result<Option<Token>, Violation> {
        let hidden = attribute || self.open.iter().any(|open| open.attribute);
        let depth = self.open.len();
        if depth == 0 {
            self.push = matches!(item, Item::Open(Aggregate::Push, _));
        }
        let push = self.push;
        match &item {
            Item::Open(_, 0) if attribute => return Ok(None),
            Item::Open(_, left) if *left > 0 => {
                if depth >= DEPTH {
                    return Err(Violation::TooDeep(DEPTH));
                }
                self.open.push(Open { left: *left, attribute });
            }
            _ => self.count(),
        }
        let token = Token { item, depth, ends: self.open.is_empty(), push };
        Ok((!hidden).then_some(token))
    }

    /// One element more is whole, and with it perhaps what holds it.
    fn count(&mut self) {
        while let Some(open) = self.open.last_mut() {
            open.left -= 1;
            if open.left > 0 {
                return;
            }
            // An attribute is no element of what it stands in.
            if self.open.pop().is_some_and(|open| open.attribute) {
                return;
            }
        }
    }
}

/// One piece off the front, and whether it opens an attribute.
fn take(input: &mut BytesMut) -> Result<Option<(Item, bool)>, Violation> {
    let Some(&kind) = input.first() else { return Ok(None) };
    if !b"+-:,#(_$!=*%~>|".contains(&kind) {
        return Err(Violation::UnknownType(kind));
    }
    let Some(end) = line(input)? else { return Ok(None) };
    let head = input.get(1..end).unwrap_or_default();
    match kind {
        b'$' | b'!' | b'=' => {
            let length = number(head)?;
            if length == -1 && kind == b'$' {
                input.advance(end + 2);
                return Ok(Some((Item::Null, false)));
            }
            let length = usize::try_from(length).map_err(|_| Violation::Malformed)?;
            if length > BULK_BYTES {
                return Err(Violation::TooLong(BULK_BYTES));
            }
            let whole = end + 2 + length + 2;
            if input.len() < whole {
                return Ok(None);
            }
            if input.get(whole - 2..whole) != Some(b"\r\n") {
                return Err(Violation::Malformed);
            }
            input.advance(end + 2);
            let mut bytes = input.split_to(length).freeze();
            input.advance(2);
            let item = match kind {
                b'$' => Item::Bulk(bytes),
                b'!' => Item::Error(bytes),
                _ => {
                    // Three letters of the format and a colon.
                    if bytes.get(3) != Some(&b':') {
                        return Err(Violation::Malformed);
                    }
                    Item::Verbatim(bytes.split_off(4))
                }
            };
            Ok(Some((item, false)))
        }
        b'*' | b'%' | b'~' | b'>' | b'|' => {
            let length = number(head)?;
            input.advance(end + 2);
            if length == -1 && kind == b'*' {
                return Ok(Some((Item::Null, false)));
            }
            let length = u64::try_from(length).map_err(|_| Violation::Malformed)?;
            let twice = || length.checked_mul(2).ok_or(Violation::Malformed);
            Ok(Some(match kind {
                b'*' => (Item::Open(Aggregate::Array, length), false),
                b'~' => (Item::Open(Aggregate::Set, length), false),
                b'>' => (Item::Open(Aggregate::Push, length), false),
                b'%' => (Item::Open(Aggregate::Map, twice()?), false),
                _ => (Item::Open(Aggregate::Map, twice()?), true),
            }))
        }
        _ => {
            let mut text = input.split_to(end + 2).freeze();
            text.advance(1);
            text.truncate(end - 1);
            Ok(Some((simple(kind, text)?, false)))
        }
    }
}

fn simple(kind: u8, text: Bytes) -> Result<Item, Violation> {
    Ok(match kind {
        b'+' => Item::Status(text),
        b'-' => Item::Error(text),
        b':' => Item::Integer(number(&text)?),
        b',' => Item::Double(text),
        b'(' => Item::BigNumber(text),
        b'#' => match text.as_ref() {
            b"t" => Item::Boolean(true),
            b"f" => Item::Boolean(false),
            _ => return Err(Violation::Malformed),
        },
        _ if text.is_empty() => Item::Null,
        _ => return Err(Violation::Malformed),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn tokens(text: &[u8], step: usize) -> Result<Vec<Token>, Violation> {
        let (mut parser, mut input, mut found) = (Parser::default(), BytesMut::new(), Vec::new());
        for piece in text.chunks(step) {
            input.extend_from_slice(piece);
            while let Some(token) = parser.next(&mut input)? {
                found.push(token);
            }
        }
        assert!(input.is_empty() && parser.is_between(), "{input:?} is left");
        Ok(found)
    }

    fn bulk(text: &'static str) -> Item {
        Item::Bulk(Bytes::from_static(text.as_bytes()))
    }

    const ALL: &[u8] = b"+OK\r\n-ERR no\r\n:-7\r\n,1.5\r\n#t\r\n(12345678901234567890\r\n_\r\n$-1\r\n*-1\r\n$4\r\na\r\nb\r\n\
        =7\r\ntxt:abc\r\n!6\r\nERR no\r\n*2\r\n$1\r\na\r\n*0\r\n%1\r\n+k\r\n~1\r\n:1\r\n>2\r\n+message\r\n:1\r\n$0\r\n\r\n";

    #[test]
    fn every_type_is_read_whatever_way_the_bytes_are_cut() {
        let whole = tokens(ALL, ALL.len()).unwrap();
        for step in 1..ALL.len() {
            assert_eq!(tokens(ALL, step).unwrap(), whole, "cut every {step} bytes");
        }
        let ends: Vec<_> = whole.iter().filter(|token| token.ends).map(|token| token.depth).collect();
        assert_eq!(ends.len(), 16);
        assert_eq!(whole.get(9).unwrap().item, bulk("a\r\nb"));
        assert_eq!(whole.get(10).unwrap().item, Item::Verbatim(Bytes::from_static(b"abc")));
        // The empty array ends the one it is the last element of.
        let nested = whole.get(14).unwrap();
        assert_eq!((&nested.item, nested.depth, nested.ends), (&Item::Open(Aggregate::Array, 0), 1, true));
        assert_eq!(whole.iter().filter(|token| token.push).count(), 3);
    }

    #[test]
    fn attributes_are_no_part_of_the_reply() {
        let found =
            tokens(b"*2\r\n|1\r\n+ttl\r\n*1\r\n:9\r\n$1\r\na\r\n|0\r\n:2\r\n|1\r\n+a\r\n+b\r\n:3\r\n", 3).unwrap();
        let items: Vec<_> = found.iter().map(|token| (token.item.clone(), token.depth, token.ends)).collect();
        assert_eq!(
            items,
            [
                (Item::Open(Aggregate::Array, 2), 0, false),
                (bulk("a"), 1, false),
                (Item::Integer(2), 1, true),
                (Item::Integer(3), 0, true)
            ]
        );
    }

    #[test]
    fn a_status_of_any_length_keeps_its_beginning() {
        for length in [LINE_BYTES - 3, LINE_BYTES - 2, LINE_BYTES - 1, LINE_BYTES, LINE_BYTES + 1, 3 * LINE_BYTES] {
            for step in [100_003, LINE_BYTES, usize::MAX] {
                let wire = [b"+", vec![b'x'; length].as_slice(), b"\r\n+\r\n:7\r\n"].concat();
                let found: Vec<Item> =
                    tokens(&wire, step.min(wire.len())).unwrap().into_iter().map(|token| token.item).collect();
                let [Item::Status(long), Item::Status(empty), Item::Integer(7)] = found.as_slice() else {
                    panic!("{length} by {step}: {} pieces", found.len());
                };
                let whole = long.len() == length && !long.ends_with(CUT);
                let cut = long.len() == LINE_BYTES - 2 + CUT.len() && long.ends_with(CUT);
                assert!(empty.is_empty() && if length > LINE_BYTES { cut } else { whole || cut }, "{length} by {step}");
            }
        }
    }

    #[test]
    fn nonsense_is_a_violation_and_never_a_panic_or_an_allocation() {
        for (text, wanted) in [
            (&b"HTTP/1.1 400 Bad Request\r\n"[..], Violation::UnknownType(b'H')),
            (b":x\r\n", Violation::Malformed),
            (b"$-2\r\n", Violation::Malformed),
            (b"$536870913\r\n", Violation::TooLong(BULK_BYTES)),
            (b"$1\r\nabc\r\n", Violation::Malformed),
            (b"*-2\r\n", Violation::Malformed),
            (b"%9223372036854775807\r\n:1\r\n", Violation::OutOfTurn),
            (b"%18446744073709551615\r\n", Violation::Malformed),
            (b"#x\r\n", Violation::Malformed),
            (b"_x\r\n", Violation::Malformed),
            (b"=2\r\nab\r\n", Violation::Malformed),
        ] {
            let (mut parser, mut input) = (Parser::default(), BytesMut::from(text));
            let found = loop {
                match parser.next(&mut input) {
                    Ok(Some(_)) => {}
                    // A count that cannot be met is waited for: nothing was allocated for it.
                    Ok(None) => break Violation::OutOfTurn,
                    Err(violation) => break violation,
                }
            };
            assert_eq!(found, wanted, "{}", String::from_utf8_lossy(text));
        }
        let deep = "*1\r\n".repeat(DEPTH + 1);
        assert_eq!(tokens(deep.as_bytes(), 64), Err(Violation::TooDeep(DEPTH)));
        assert_eq!(tokens(&vec![b':'; LINE_BYTES + 1], 4096), Err(Violation::TooLong(LINE_BYTES)));
    }

    #[test]
    fn random_bytes_never_panic() {
        let mut seed = 0x2545_f491_4f6c_dd1d_u64;
        let mut random = move || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        let alphabet = b"+-:,#(_$!=*%~>|0123456789\r\n\r\nabt-";
        for _ in 0..20_000 {
            let length = random() as usize % 60;
            let text: Vec<u8> = (0..length).map(|_| alphabet[random() as usize % alphabet.len()]).collect();
            let (mut parser, mut input) = (Parser::default(), BytesMut::from(&text[..]));
            while let Ok(Some(_)) = parser.next(&mut input) {}
        }
    }
}
