//! Positions in a text: bytes on our side, UTF-16 code units on the side of editors.

use crate::api::TextRange;

/// A mark is kept every so many bytes, so that a position is found without reading the text from its start.
const STEP: usize = 4096;

/// Converts positions in one text. Making it reads the text once; every question after that is short.
#[derive(Debug)]
pub struct Positions<'a> {
    text: &'a str,
    /// At each mark: the byte (a character's first) and the units before it. The first is (0, 0).
    marks: Vec<(usize, usize)>,
}

impl<'a> Positions<'a> {
    /// Reads the text.
    pub fn new(text: &'a str) -> Self {
        let mut marks = Vec::with_capacity(text.len() / STEP + 1);
        let (mut next, mut units) = (0, 0);
        for (byte, character) in text.char_indices() {
            if byte >= next {
                marks.push((byte, units));
                next = byte + STEP;
            }
            units += character.len_utf16();
        }
        Positions { text, marks }
    }

    /// The units before a byte. Inside a character it is that character's first unit; past the end, the length.
    pub fn unit(&self, byte: usize) -> usize {
        let after = self.marks.partition_point(|(at, _)| *at <= byte);
        let Some((mut at, mut units)) = after.checked_sub(1).and_then(|index| self.marks.get(index)).copied() else {
            return 0;
        };
        for character in self.text.get(at..).unwrap_or("").chars() {
            at += character.len_utf8();
            if at > byte {
                break;
            }
            units += character.len_utf16();
        }
        units
    }

    /// The byte at a unit. Inside a surrogate pair it is that character's first byte; past the end, the length.
    pub fn byte(&self, unit: usize) -> usize {
        let after = self.marks.partition_point(|(_, units)| *units <= unit);
        let Some((mut at, mut units)) = after.checked_sub(1).and_then(|index| self.marks.get(index)).copied() else {
            return 0;
        };
        for character in self.text.get(at..).unwrap_or("").chars() {
            units += character.len_utf16();
            if units > unit {
                break;
            }
            at += character.len_utf8();
        }
        at
    }

    /// A byte range as a face counts it.
    pub fn range(&self, start: usize, end: usize) -> TextRange {
        let count = |byte| u32::try_from(self.unit(byte)).unwrap_or(u32::MAX);
        TextRange { from: count(start), to: count(end.max(start)) }
    }
}

#[cfg(test)]
mod tests {
    use super::Positions;

    #[test]
    fn every_position_of_a_mixed_text_converts_both_ways() {
        let text = "a\u{e9}\u{20ac}\u{1f680}\r\n\u{5d0} ".repeat(2000);
        let positions = Positions::new(&text);
        let mut unit = 0;
        for (byte, character) in text.char_indices() {
            assert_eq!(positions.unit(byte), unit);
            assert_eq!(positions.byte(unit), byte);
            if character.len_utf16() == 2 {
                assert_eq!(positions.byte(unit + 1), byte, "inside a pair is its start");
                assert_eq!(positions.unit(byte + 2), unit, "inside a character is its start");
            }
            unit += character.len_utf16();
        }
        assert_eq!(positions.unit(text.len()), unit);
        assert_eq!(positions.byte(unit), text.len());
        assert_eq!(positions.unit(usize::MAX), unit);
        assert_eq!(positions.byte(usize::MAX), text.len());
        assert_eq!(Positions::new("").range(3, 9).to, 0);
    }
}
