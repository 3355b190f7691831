//! Nested elements as `redis-cli` prints them, written as they come.

use crate::wire::{Aggregate, Item};

/// An aggregate that is being printed.
#[derive(Debug)]
struct Level {
    kind: Aggregate,
    length: u64,
    index: u64,
    /// Digits of the greatest number.
    width: usize,
    /// Blanks before its lines.
    indent: usize,
}

/// Prints one aggregate.
#[derive(Debug, Default)]
pub(super) struct Printer {
    out: Vec<u8>,
    levels: Vec<Level>,
}

impl Printer {
    /// Takes the next piece; whether the whole is printed.
    pub(super) fn take(&mut self, item: &Item) -> bool {
        self.lead();
        let Item::Open(kind, length) = item else {
            scalar(&mut self.out, item);
            return self.ended();
        };
        if *length == 0 {
            self.out.extend_from_slice(match kind {
                Aggregate::Array => b"(empty array)",
                Aggregate::Map => b"(empty hash)",
                Aggregate::Set => b"(empty set)",
                Aggregate::Push => b"(empty push)",
            });
            return self.ended();
        }
        let greatest = if *kind == Aggregate::Map { length / 2 } else { *length };
        let indent = self.levels.last().map_or(0, |level| level.indent + level.width + 2);
        let width = greatest.to_string().len();
        self.levels.push(Level { kind: *kind, length: *length, index: 0, width, indent });
        false
    }

    /// What stands before an element: its number, on a line of its own unless it is the first.
    fn lead(&mut self) {
        let Some(level) = self.levels.last() else { return };
        if level.kind == Aggregate::Map && level.index % 2 == 1 {
            self.out.extend_from_slice(b" => ");
            return;
        }
        if level.index > 0 {
            self.out.push(b'\n');
            self.out.extend(std::iter::repeat_n(b' ', level.indent));
        }
        let sign = match level.kind {
            Aggregate::Array => ')',
            Aggregate::Map => '#',
            Aggregate::Set => '~',
            Aggregate::Push => '>',
        };
        let number = if level.kind == Aggregate::Map { level.index / 2 } else { level.index } + 1;
        self.out.extend_from_slice(format!("{number:>width$}{sign} ", width = level.width).as_bytes());
    }

    fn ended(&mut self) -> bool {
        while let Some(level) = self.levels.last_mut() {
            level.index += 1;
            if level.index < level.length {
                return false;
            }
            self.levels.pop();
        }
        true
    }

    pub(super) fn text(self) -> Vec<u8> {
        self.out
    }
}

fn scalar(out: &mut Vec<u8>, item: &Item) {
    let mut marked = |mark: &str, text: &[u8]| {
        out.extend_from_slice(mark.as_bytes());
        out.extend_from_slice(text);
    };
    match item {
        Item::Status(bytes) => marked("", bytes),
        Item::Error(bytes) => marked("(error) ", bytes),
        Item::Integer(number) => marked("(integer) ", number.to_string().as_bytes()),
        Item::Double(bytes) => marked("(double) ", bytes),
        Item::BigNumber(bytes) => marked("", bytes),
        Item::Boolean(answer) => marked(if *answer { "(true)" } else { "(false)" }, b""),
        Item::Null => marked("(nil)", b""),
        Item::Bulk(bytes) => quote(out, bytes),
        Item::Verbatim(bytes) => out.extend_from_slice(bytes),
        Item::Open(..) => {}
    }
}

/// A string in quotes, as `redis-cli` prints and reads it; text in UTF-8 stays readable.
pub(crate) fn quote(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '"' | '\\' => out.extend_from_slice(&[b'\\', letter as u8]),
                '\n' => out.extend_from_slice(b"\\n"),
                '\r' => out.extend_from_slice(b"\\r"),
                '\t' => out.extend_from_slice(b"\\t"),
                '\u{7}' => out.extend_from_slice(b"\\a"),
                '\u{8}' => out.extend_from_slice(b"\\b"),
                control if control.is_ascii_control() => {
                    out.extend_from_slice(format!("\\x{:02x}", control as u32).as_bytes())
                }
                other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        for byte in chunk.invalid() {
            out.extend_from_slice(format!("\\x{byte:02x}").as_bytes());
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_indented_and_numbered_as_redis_cli_does() {
        let bulk = |text: &'static str| Item::Bulk(bytes::Bytes::from_static(text.as_bytes()));
        let mut printer = Printer::default();
        let mut items = vec![Item::Open(Aggregate::Array, 10)];
        items.extend([
            Item::Open(Aggregate::Array, 2),
            bulk("a"),
            Item::Open(Aggregate::Map, 2),
            bulk("k"),
            Item::Null,
        ]);
        items.extend((0..9).map(Item::Integer));
        let ends: Vec<_> = items.iter().map(|item| printer.take(item)).collect();
        assert_eq!(ends.iter().filter(|end| **end).count(), 1);
        assert_eq!(ends.last(), Some(&true));
        let text = String::from_utf8_lossy(&printer.text()).into_owned();
        assert!(text.starts_with(" 1) 1) \"a\"\n    2) 1# \"k\" => (nil)\n 2) (integer) 0\n"), "{text}");
        assert!(text.ends_with("\n10) (integer) 8"), "{text}");
    }

    #[test]
    fn strings_are_quoted_so_that_they_can_be_typed_again() {
        let mut out = Vec::new();
        let bytes = "a\"\\\n\r\t\u{7}\u{8}\u{0}é".as_bytes();
        quote(&mut out, &[bytes, b"\xff"].concat());
        let line = String::from_utf8_lossy(&out).into_owned();
        assert_eq!(line, "\"a\\\"\\\\\\n\\r\\t\\a\\b\\x00é\\xff\"");
        let words = crate::language::words(&line).unwrap_or_default();
        assert_eq!(words.first().map(|word| word.bytes.clone()), Some([bytes, b"\xff"].concat()));
    }
}
