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
                State::Value => self.state = State::Plain,
                State::Plain => {
                    let ends = |byte: &u8| *byte == self.delimiter || *byte == b'\n' || *byte == b'\r';
                    let at = rest.iter().position(ends).unwrap_or(rest.len());
                    self.record.text.extend_from_slice(rest.get(..at).unwrap_or_default());
                    let end = rest.get(at).copied();
                    rest = rest.get(at + 1..).unwrap_or_default();
                    match end {
                        None => {}
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
                    let at = rest.iter().position(|byte| *byte == b'"').unwrap_or(rest.len());
                    let part = rest.get(..at).unwrap_or_default();
                    self.record.text.extend_from_slice(part);
                    self.line += part.iter().filter(|byte| **byte == b'\n').count() as u64;
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
