//! HTML tables: for mails, documents and spreadsheets.

use std::ops::Range;

use driver::{ValueClass, arrow::CellClass};

use super::{
    RowFormat,
    layout::{Layout, hex},
};
use crate::{Cell, Cells};

/// One table; cells keep their white space, numbers stand to the right.
pub(super) struct Html {
    /// What stands for NULL; the cell is of the class `null` besides.
    pub(super) null: String,
    /// Said of the rows, as the table's caption.
    pub(super) note: Option<String>,
}

const HEAD: &str = "<meta charset=\"utf-8\">\n\
    <style>td{white-space:pre-wrap}td.number{text-align:right}td.null{color:gray}</style>\n<table>\n";

fn push_html(text: &[u8], out: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(text);
    for character in text.chars() {
        match character {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            // A reader makes a plain one a line feed.
            '\r' => out.extend_from_slice(b"&#13;"),
            // There is no way to write a NUL.
            '\0' => out.extend_from_slice("\u{fffd}".as_bytes()),
            character => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

impl RowFormat for Html {
    fn begin(&mut self, layout: &Layout, out: &mut Vec<u8>) {
        out.extend_from_slice(HEAD.as_bytes());
        if let Some(note) = &self.note {
            out.extend_from_slice(b"<caption>");
            push_html(note.as_bytes(), out);
            out.extend_from_slice(b"</caption>\n");
        }
        out.extend_from_slice(b"<thead>\n<tr>");
        for column in &layout.columns {
            out.extend_from_slice(b"<th>");
            push_html(column.name.as_bytes(), out);
            out.extend_from_slice(b"</th>");
        }
        out.extend_from_slice(b"</tr>\n</thead>\n<tbody>\n");
    }

    fn rows(&mut self, layout: &Layout, cells: &[Cells<'_>], rows: Range<usize>, out: &mut Vec<u8>) {
        for row in rows {
            out.extend_from_slice(b"<tr>");
            for (column, of) in cells.iter().zip(&layout.columns) {
                let open: &[u8] = if of.class == ValueClass::Number { b"<td class=\"number\">" } else { b"<td>" };
                match column.get(row) {
                    Cell::Bytes(bytes, Some(CellClass::Bytes)) => {
                        out.extend_from_slice(open);
                        push_html(&hex(bytes), out);
                    }
                    cell => layout.with_text(cell, |text| match text {
                        Some(text) => {
                            out.extend_from_slice(open);
                            push_html(text, out);
                        }
                        None => {
                            out.extend_from_slice(b"<td class=\"null\">");
                            push_html(self.null.as_bytes(), out);
                        }
                    }),
                }
                out.extend_from_slice(b"</td>");
            }
            out.extend_from_slice(b"</tr>\n");
        }
    }

    fn end(&mut self, _layout: &Layout, out: &mut Vec<u8>) {
        out.extend_from_slice(b"</tbody>\n</table>\n");
    }
}
