//! Markdown tables.

use std::ops::Range;

use driver::{ValueClass, arrow::CellClass};

use super::{
    RowFormat,
    layout::{Layout, hex},
};
use crate::{Cell, Cells};

/// A Markdown table; numbers stand to the right.
pub(super) struct Markdown {
    /// What stands for NULL.
    pub(super) null: String,
    /// Said of the rows, as a comment.
    pub(super) note: Option<String>,
}

fn push_markdown(text: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        match byte {
            b'|' | b'\\' | b'`' | b'*' | b'_' | b'<' | b'[' => out.extend([b'\\', *byte]),
            b'\n' => out.extend_from_slice(b"<br>"),
            b'\r' => {}
            _ => out.push(*byte),
        }
    }
}

impl RowFormat for Markdown {
    fn begin(&mut self, layout: &Layout, out: &mut Vec<u8>) {
        if let Some(note) = &self.note {
            // Two dashes would end the comment.
            out.extend_from_slice(format!("<!-- {} -->\n\n", note.replace("--", "- -")).as_bytes());
        }
        for column in &layout.columns {
            out.extend_from_slice(b"| ");
            push_markdown(column.name.as_bytes(), out);
            out.push(b' ');
        }
        out.extend_from_slice(b"|\n");
        for column in &layout.columns {
            let rule: &[u8] = if column.class == ValueClass::Number { b"| ---: " } else { b"| --- " };
            out.extend_from_slice(rule);
        }
        out.extend_from_slice(b"|\n");
    }

    fn rows(&mut self, layout: &Layout, cells: &[Cells<'_>], rows: Range<usize>, out: &mut Vec<u8>) {
        for row in rows {
            for column in cells {
                out.extend_from_slice(b"| ");
                match column.get(row) {
                    Cell::Bytes(bytes, Some(CellClass::Bytes)) => push_markdown(&hex(bytes), out),
                    cell => layout.with_text(cell, |text| match text {
                        Some(text) => push_markdown(text, out),
                        None => push_markdown(self.null.as_bytes(), out),
                    }),
                }
                out.push(b' ');
            }
            out.extend_from_slice(b"|\n");
        }
    }

    fn end(&mut self, _layout: &Layout, _out: &mut Vec<u8>) {}
}
