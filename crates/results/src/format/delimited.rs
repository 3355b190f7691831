//! CSV and TSV.

use std::ops::Range;

use super::{RowFormat, layout::Layout};
use crate::Cells;

/// CSV as PostgreSQL's `COPY` writes it: NULL is nothing, empty text is `""`.
pub(super) struct Csv {
    pub(super) header: bool,
}

/// Bytes that make a CSV value be quoted.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    special[b',' as usize] = true;
    special[b'"' as usize] = true;
    special[b'\n' as usize] = true;
    special[b'\r' as usize] = true;
    special
};

fn push_csv(text: &[u8], alone: bool, out: &mut Vec<u8>) {
    // A lone `\.` would read as the end of the data.
    let quoted = text.is_empty() || text.iter().any(|byte| SPECIAL[*byte as usize]) || (alone && text == b"\\.");
    if quoted {
        push_quoted(text, out);
    } else {
        out.extend_from_slice(text);
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
                    out.push(b',');
                }
                push_csv(column.name.as_bytes(), alone, out);
            }
            out.push(b'\n');
        }
    }

    fn rows(&mut self, layout: &Layout, cells: &[Cells<'_>], rows: Range<usize>, out: &mut Vec<u8>) {
        let alone = cells.len() == 1;
        for row in rows {
            for (index, column) in cells.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                layout.with_text(column.get(row), |text| {
                    if let Some(text) = text {
                        push_csv(text, alone, out);
                    }
                });
            }
            out.push(b'\n');
        }
    }

    fn end(&mut self, _layout: &Layout, _out: &mut Vec<u8>) {}
}

/// Tabs between values; quoted as spreadsheets read the clipboard. NULL is nothing.
pub(super) struct Tsv {
    pub(super) header: bool,
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
                layout.with_text(column.get(row), |text| push_tsv(text.unwrap_or_default(), out));
            }
            out.push(b'\n');
        }
    }

    fn end(&mut self, _layout: &Layout, _out: &mut Vec<u8>) {}
}
