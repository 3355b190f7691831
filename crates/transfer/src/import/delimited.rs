//! Values with a delimiter between them, as RFC 4180 and everybody's exceptions to it have them: quotes only where a value begins
//! with one, a quote in quotes twice, line ends of any system, and within quotes anything.

use std::path::Path;

use super::{Mark, Problem, ReadError, Record, Visit};

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the start of a record.
    Record,
    /// At the start of a value.
    Value,
    /// In a value without quotes.
    Plain,
    /// Within quotes.
    Quoted,
    /// Behind a quote within quotes: it ends the value, or stands for itself with another.
    Quote,
    /// Behind a carriage return: a line feed belongs to it.
    Return,
}

/// Reads blocks of any size.
pub(super) struct Delimited {
    delimiter: u8,
    state: State,
    record: Record,
    /// Whether the value was in quotes.
    quoted: bool,
    line: u64,
    /// Where the open quotes began.
    opened: u64,
}

impl Delimited {
    pub(super) fn new(delimiter: u8) -> Self {
        Delimited { delimiter, state: State::Record, record: Record::default(), quoted: false, line: 1, opened: 1 }
    }

    fn end_value(&mut self) {
        self.record.end(if self.quoted { Mark::Quoted } else { Mark::Plain });
        self.quoted = false;
    }

    fn end_record(&mut self, each: &mut Visit<'_>) -> Result<(), ReadError> {
        self.end_value();
        self.state = State::Record;
        each(Ok(&self.record))
    }

    pub(super) fn feed(&mut self, block: &[u8], each: &mut Visit<'_>) -> Result<(), ReadError> {
        let mut rest = block;
        while let Some(byte) = rest.first().copied() {
            match self.state {
                State::Return => {
                    self.state = State::Record;
                    if byte == b'\n' {
                        rest = rest.get(1..).unwrap_or_default();
                    }
                }
                State::Record => {
                    self.record.clear(self.line);
                    self.state = State::Value;
                }
                State::Value if byte == b'"' => {
                    self.quoted = true;
                    self.opened = self.line;
                    self.state = State::Quoted;
                    rest = rest.get(1..).unwrap_or_default();
                }
                State::Value | State::Plain => {
                    let at = first_of([self.delimiter, b'\n', b'\r'], rest).unwrap_or(rest.len());
                    self.record.text.extend_from_slice(rest.get(..at).unwrap_or_default());
                    let end = rest.get(at).copied();
                    rest = rest.get(at + 1..).unwrap_or_default();
                    match end {
                        None => self.state = State::Plain,
                        Some(byte) if byte == self.delimiter => {
                            self.end_value();
                            self.state = State::Value;
                        }
                        Some(byte) => {
                            self.line += 1;
                            self.end_record(each)?;
                            if byte == b'\r' {
                                self.state = State::Return;
                            }
                        }
                    }
                }
                State::Quoted => {
                    let at = first_of([b'"'], rest).unwrap_or(rest.len());
                    let part = rest.get(..at).unwrap_or_default();
                    self.line += part.iter().filter(|byte| **byte == b'\n').count() as u64;
                    // A quote that stands for itself comes along at once: JSON has one every few bytes.
                    if rest.get(at + 1) == Some(&b'"') {
                        self.record.text.extend_from_slice(rest.get(..=at).unwrap_or_default());
                        rest = rest.get(at + 2..).unwrap_or_default();
                        continue;
                    }
                    self.record.text.extend_from_slice(part);
                    if at < rest.len() {
                        self.state = State::Quote;
                    }
                    rest = rest.get(at + 1..).unwrap_or_default();
                }
                State::Quote if byte == b'"' => {
                    self.record.text.push(b'"');
                    self.state = State::Quoted;
                    rest = rest.get(1..).unwrap_or_default();
                }
                // What stands behind the quotes belongs to the value, as it does for everybody else.
                State::Quote => self.state = State::Plain,
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self, each: &mut Visit<'_>) -> Result<(), ReadError> {
        match self.state {
            State::Record | State::Return => Ok(()),
            State::Quoted => {
                let reason = format!("A quote that opens in line {} is never closed.", self.opened);
                each(Err(Problem { line: self.record.line, reason }))
            }
            State::Value | State::Plain | State::Quote => self.end_record(each),
        }
    }
}

/// Every byte of a word is this one.
const fn word_of(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Where the first of these bytes stands. Values are short: a word at a time finds their ends sooner than a call of anything larger.
fn first_of<const N: usize>(wanted: [u8; N], bytes: &[u8]) -> Option<usize> {
    let patterns = wanted.map(word_of);
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let mut hits = 0;
        for pattern in patterns {
            // The lowest bit that is set stands for a byte that is 0; higher ones may be carried over from it.
            let zero = word ^ pattern;
            hits |= zero.wrapping_sub(word_of(1)) & !zero & word_of(0x80);
        }
        if hits != 0 {
            return Some(index * 8 + hits.trailing_zeros() as usize / 8);
        }
    }
    let at = rest.iter().position(|byte| wanted.contains(byte))?;
    Some(words.len() * 8 + at)
}

const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The delimiter that cuts the first records into the same number of values, of those the greatest; what the file's name says where
/// none does.
pub(super) fn detect(sample: &[u8], path: &Path) -> u8 {
    let is_tab = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("tsv") || end.eq_ignore_ascii_case("tab"));
    let usual = if is_tab { b'\t' } else { b',' };
    let score = |delimiter: u8| {
        let mut counts: Vec<usize> = Vec::new();
        let mut parser = Delimited::new(delimiter);
        let fed = parser.feed(sample, &mut |record| {
            if let Ok(record) = record
                && !record.is_blank()
            {
                counts.push(record.len());
            }
            if counts.len() < 500 { Ok(()) } else { Err(ReadError::Stopped) }
        });
        // The last record may be cut, and a file of one record ends without a line end.
        if counts.is_empty() && fed.is_ok() {
            drop(parser.finish(&mut |record| {
                counts.extend(record.ok().map(Record::len));
                Ok(())
            }));
        }
        let columns = counts.first().copied().unwrap_or(0);
        let same = counts.iter().filter(|count| **count == columns).count();
        if columns < 2 { 0.0 } else { same as f64 / counts.len() as f64 + columns.min(1000) as f64 / 1_000_000.0 }
    };
    let mut best = (usual, score(usual));
    for candidate in CANDIDATES {
        let found = score(candidate);
        if found > best.1 {
            best = (candidate, found);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_first_byte_is_found_wherever_it_stands_and_whatever_is_around() {
        for around in [b'x', b',' - 1, b',' + 1, 0, 0x80, 0xac, 0xff] {
            for length in 0..40 {
                let mut bytes = vec![around; length];
                assert_eq!(first_of([b',', b'\n', b'\r'], &bytes), None, "{around} {length}");
                for at in (0..length).rev() {
                    *bytes.get_mut(at).unwrap() = [b',', b'\r', b'\n'][at % 3];
                    assert_eq!(first_of([b',', b'\n', b'\r'], &bytes), Some(at), "{around} {length}");
                }
            }
        }
    }

    /// Lines, values, and whether they were in quotes.
    fn records(text: &str, size: usize) -> Vec<(u64, Vec<(String, bool)>)> {
        let mut records = Vec::new();
        let mut each = |record: Result<&Record, Problem>| {
            let Ok(record) = record else {
                records.push((0, Vec::new()));
                return Ok(());
            };
            let mut start = 0;
            let value = |(end, mark): &(usize, Mark)| {
                let bytes = record.text.get(start..*end).unwrap_or_default();
                start = *end;
                (String::from_utf8_lossy(bytes).into_owned(), *mark == Mark::Quoted)
            };
            records.push((record.line, record.ends.iter().map(value).collect()));
            Ok(())
        };
        let mut parser = Delimited::new(b',');
        for block in text.as_bytes().chunks(size) {
            parser.feed(block, &mut each).unwrap();
        }
        parser.finish(&mut each).unwrap();
        records
    }

    #[test]
    fn where_a_block_ends_changes_nothing() {
        let text = "a,\"b\"\"\"\"c\",\"\"\r\n\"two\n\nlines\"x\"y,,plain \"quote\" longer than a word\r\r\n\"\"\"\",\"\",z\n,\n\"open\"\",\n";
        let whole = records(text, text.len());
        assert_eq!(whole.len(), 6);
        assert_eq!(whole[0].1[1], ("b\"\"c".to_owned(), true));
        assert_eq!(
            whole[1],
            (
                2,
                vec![
                    ("two\n\nlinesx\"y".into(), true),
                    (String::new(), false),
                    ("plain \"quote\" longer than a word".into(), false)
                ]
            )
        );
        assert_eq!(whole[3].1[0], ("\"".to_owned(), true));
        for size in 1..text.len() {
            assert_eq!(records(text, size), whole, "{size}");
        }
    }
}
