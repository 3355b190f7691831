//! Markdown tables and INSERT statements.

use std::ops::Range;

use driver::{Code, Error, ValueClass, arrow::CellClass};

use super::{
    InsertTarget, RowFormat,
    layout::{Layout, hex, is_json_number, push_hex},
};
use crate::{Cell, Cells};

/// A Markdown table; numbers stand to the right.
pub(super) struct Markdown;

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
                        None => out.extend_from_slice(b"NULL"),
                    }),
                }
                out.push(b' ');
            }
            out.extend_from_slice(b"|\n");
        }
    }

    fn end(&mut self, _layout: &Layout, _out: &mut Vec<u8>) {}
}

/// One INSERT statement per row.
pub(super) struct Insert {
    head: Vec<u8>,
    booleans: (&'static str, &'static str),
    backslash_escapes: bool,
}

impl Insert {
    pub(super) fn new(layout: &Layout, target: Option<&InsertTarget>) -> Result<Self, Error> {
        let fits = |target: &&InsertTarget| !target.table.is_empty() && target.columns.len() == layout.columns.len();
        let Some(target) = target.filter(fits) else {
            return Err(Error::new(
                Code::InvalidStatement,
                "INSERT statements need a table and a name for every column written.",
            ));
        };
        let head = format!("INSERT INTO {} ({}) VALUES (", target.table, target.columns.join(", "));
        Ok(Insert { head: head.into_bytes(), booleans: target.booleans, backslash_escapes: target.backslash_escapes })
    }

    fn push(&self, class: ValueClass, cell: Cell<'_>, out: &mut Vec<u8>) {
        match cell {
            Cell::Null | Cell::Bytes(_, Some(CellClass::Null)) => out.extend_from_slice(b"NULL"),
            Cell::Integer(value) => out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
            Cell::Unsigned(value) => out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
            Cell::Boolean(value) => {
                out.extend_from_slice(if value { self.booleans.0 } else { self.booleans.1 }.as_bytes());
            }
            Cell::Bytes(bytes, Some(CellClass::Bytes | CellClass::InvalidText)) => {
                out.extend_from_slice(b"X'");
                push_hex(bytes, out);
                out.push(b'\'');
            }
            Cell::Bytes(bytes, kind) => {
                let number = match kind {
                    None => class == ValueClass::Number,
                    Some(kind) => matches!(kind, CellClass::Integer | CellClass::Real),
                };
                if number && is_json_number(bytes) {
                    out.extend_from_slice(bytes);
                } else {
                    out.push(b'\'');
                    let doubled = |byte: u8| byte == b'\'' || byte == b'\\' && self.backslash_escapes;
                    let mut rest = bytes;
                    while let Some(at) = rest.iter().position(|byte| doubled(*byte)) {
                        let (part, behind) = rest.split_at(at + 1);
                        out.extend_from_slice(part);
                        out.extend(part.last());
                        rest = behind;
                    }
                    out.extend_from_slice(rest);
                    out.push(b'\'');
                }
            }
        }
    }
}

impl RowFormat for Insert {
    fn begin(&mut self, _layout: &Layout, _out: &mut Vec<u8>) {}

    fn rows(&mut self, layout: &Layout, cells: &[Cells<'_>], rows: Range<usize>, out: &mut Vec<u8>) {
        for row in rows {
            out.extend_from_slice(&self.head);
            for (index, (column, of)) in cells.iter().zip(&layout.columns).enumerate() {
                if index > 0 {
                    out.extend_from_slice(b", ");
                }
                self.push(of.class, column.get(row), out);
            }
            out.extend_from_slice(b");\n");
        }
    }

    fn end(&mut self, _layout: &Layout, _out: &mut Vec<u8>) {}
}
