//! CSV and TSV.

use std::ops::Range;

use super::{FormatOptions, RowFormat, layout::Layout};
use crate::Cells;

/// CSV as PostgreSQL's `COPY` writes it: NULL is nothing, empty text is `""`.
pub(super) struct Csv {
    header: bool,
    delimiter: u8,
    /// Whether every value is quoted, and not only those that must be.
    quote_all: bool,
    /// What stands for NULL, never in quotes.
    null: Vec<u8>,
    /// Bytes that make a value be quoted.
    special: [bool; 256],
}

impl Csv {
    pub(super) fn new(options: &FormatOptions<'_>) -> Self {
        let mut special = [false; 256];
        for byte in [options.delimiter, b'"', b'\n', b'\r'] {
            if let Some(special) = special.get_mut(usize::from(byte)) {
                *special = true;
            }
        }
        Csv {
            header: options.header,
            delimiter: options.delimiter,
            quote_all: options.quote_all,
            null: options.null_text.clone().unwrap_or_default().into_bytes(),
            special,
        }
    }

    fn push(&self, text: &[u8], alone: bool, out: &mut Vec<u8>) {
        // A lone `\.` would read as the end of the data, and what reads as NULL is none in quotes.
        let quoted = self.quote_all
            || text.is_empty()
            || text.iter().any(|byte| self.special.get(usize::from(*byte)).copied().unwrap_or_default())
            || (alone && text == b"\\.")
            || text == self.null;
        if quoted {
            push_quoted(text, out);
        } else {
            out.extend_from_slice(text);
        }
    }
}

fn push_quoted(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for (index, part) in text.split(|byte| *byte == b'"').enumerate() {
        if index > 0 {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(part);
    }
    out.push(b'"');
}

impl RowFormat for Csv {
    fn begin(&mut self, layout: &Layout, out: &mut Vec<u8>) {
        if self.header {
            let alone = layout.columns.len() == 1;
            for (index, column) in layout.columns.iter().enumerate() {
                if index > 0 {
                    out.push(self.delimiter);
                }
                self.push(column.name.as_bytes(), alone, out);
            }
            out.push(b'\n');
        }
    }

    fn rows(&mut self, layout: &Layout, cells: &[Cells<'_>], rows: Range<usize>, out: &mut Vec<u8>) {
        let alone = cells.len() == 1;
        for row in rows {
            for (index, column) in cells.iter().enumerate() {
                if index > 0 {
                    out.push(self.delimiter);
                }
                layout.with_text(column.get(row), |text| match text {
                    Some(text) => self.push(text, alone, out),
                    None => out.extend_from_slice(&self.null),
                });
            }
            out.push(b'\n');
        }
    }

    fn end(&mut self, _layout: &Layout, _out: &mut Vec<u8>) {}
}

/// Tabs between values; quoted as spreadsheets read the clipboard. NULL is nothing, unless something stands for it.
pub(super) struct Tsv {
    pub(super) header: bool,
    pub(super) null: String,
}

fn push_tsv(text: &[u8], out: &mut Vec<u8>) {
    if text.iter().any(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b'"')) {
        push_quoted(text, out);
    } else {
        out.extend_from_slice(text);
    }
}

impl RowFormat for Tsv {
    fn begin(&mut self, layout: &Layout, out: &mut Vec<u8>) {
        if self.header {
            for (index, column) in layout.columns.iter().enumerate() {
                if index > 0 {
                    out.push(b'\t');
                }
                push_tsv(column.name.as_bytes(), out);
            }
            out.push(b'\n');
        }
    }

    fn rows(&mut self, layout: &Layout, cells: &[Cells<'_>], rows: Range<usize>, out: &mut Vec<u8>) {
        for row in rows {
            for (index, column) in cells.iter().enumerate() {
                if index > 0 {
                    out.push(b'\t');
                }
                layout.with_text(column.get(row), |text| match text {
                    Some(text) => push_tsv(text, out),
                    None => out.extend_from_slice(self.null.as_bytes()),
                });
            }
            out.push(b'\n');
        }
    }

    fn end(&mut self, _layout: &Layout, _out: &mut Vec<u8>) {}
}
