//! JSON and newline-delimited JSON. Numbers are the server's exact digits.

use std::ops::Range;

use driver::{ValueClass, arrow::CellClass};
use serde::de::IgnoredAny;

use super::{
    RowFormat,
    layout::{Layout, is_json_number, push_hex},
};
use crate::{Cell, Cells};

pub(super) struct Json {
    lines: bool,
    /// Objects by name; arrays where names repeat.
    named: bool,
    /// Each column's name as a JSON string with its colon.
    names: Vec<Vec<u8>>,
    first: bool,
    /// The texts of one column, each of which is JSON, and nothing around them.
    bare: bool,
}

impl Json {
    pub(super) fn array(layout: &Layout, bare: bool) -> Self {
        let name = |name: &str| {
            let mut out = Vec::new();
            push_string(name.as_bytes(), &mut out);
            out.push(b':');
            out
        };
        let names = layout.columns.iter().map(|column| name(&column.name)).collect();
        Json { lines: false, named: !layout.repeats_names(), names, first: true, bare }
    }

    pub(super) fn lines(layout: &Layout, bare: bool) -> Self {
        Json { lines: true, ..Json::array(layout, bare) }
    }

    fn push_value(&self, class: ValueClass, cell: Cell<'_>, out: &mut Vec<u8>) {
        match cell {
            Cell::Null | Cell::Bytes(_, Some(CellClass::Null)) => out.extend_from_slice(b"null"),
            Cell::Integer(value) => out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
            Cell::Unsigned(value) => out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
            Cell::Boolean(true) => out.extend_from_slice(b"true"),
            Cell::Boolean(false) => out.extend_from_slice(b"false"),
            Cell::Bytes(bytes, Some(CellClass::Bytes)) => {
                out.extend_from_slice(b"\"\\\\x");
                push_hex(bytes, out);
                out.push(b'"');
            }
            Cell::Bytes(bytes, class_of_cell) => {
                let number = match class_of_cell {
                    None => class == ValueClass::Number,
                    Some(kind) => matches!(kind, CellClass::Integer | CellClass::Real),
                };
                if number && is_json_number(bytes) {
                    out.extend_from_slice(bytes);
                } else if class == ValueClass::Json && serde_json::from_slice::<IgnoredAny>(bytes).is_ok() {
                    self.push_document(bytes, out);
                } else {
                    push_string(bytes, out);
                }
            }
        }
    }

    /// A JSON text as it is; on one line where lines are the separator (a line break in it can only be white space).
    fn push_document(&self, bytes: &[u8], out: &mut Vec<u8>) {
        match self.lines {
            true => out.extend(bytes.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte })),
            false => out.extend_from_slice(bytes),
        }
    }
}

/// A JSON string. Bytes that are not UTF-8 become replacement characters: JSON has no other way.
pub(super) fn push_string(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    match std::str::from_utf8(bytes) {
        Ok(_) => push_escaped(bytes, out),
        Err(_) => push_escaped(String::from_utf8_lossy(bytes).as_bytes(), out),
    }
    out.push(b'"');
}

fn push_escaped(bytes: &[u8], out: &mut Vec<u8>) {
    let mut plain = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0x08 => b"\\b",
            0x0c => b"\\f",
            0x00..0x20 => b"\\u00",
            _ => continue,
        };
        out.extend_from_slice(bytes.get(plain..at).unwrap_or_default());
        out.extend_from_slice(escape);
        if escape.len() == 4 {
            push_hex(&[*byte], out);
        }
        plain = at + 1;
    }
    out.extend_from_slice(bytes.get(plain..).unwrap_or_default());
}

impl RowFormat for Json {
    fn begin(&mut self, layout: &Layout, out: &mut Vec<u8>) {
        if self.lines {
            return;
        }
        if self.named {
            out.push(b'[');
            return;
        }
        out.extend_from_slice(b"{\"columns\":[");
        for (index, column) in layout.columns.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            push_string(column.name.as_bytes(), out);
        }
        out.extend_from_slice(b"],\"rows\":[");
    }

    fn rows(&mut self, layout: &Layout, cells: &[Cells<'_>], rows: Range<usize>, out: &mut Vec<u8>) {
        for row in rows {
            if !self.lines {
                out.extend_from_slice(if self.first { b"\n" } else { b",\n" });
            }
            self.first = false;
            if self.bare {
                match cells.first().map_or(Cell::Null, |column| column.get(row)) {
                    Cell::Bytes(bytes, _) => self.push_document(bytes, out),
                    other => self.push_value(ValueClass::Json, other, out),
                }
                if self.lines {
                    out.push(b'\n');
                }
                continue;
            }
            out.push(if self.named { b'{' } else { b'[' });
            for (index, (column, of)) in cells.iter().zip(&layout.columns).enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                if self.named
                    && let Some(name) = self.names.get(index)
                {
                    out.extend_from_slice(name);
                }
                self.push_value(of.class, column.get(row), out);
            }
            out.push(if self.named { b'}' } else { b']' });
            if self.lines {
                out.push(b'\n');
            }
        }
    }

    fn end(&mut self, _layout: &Layout, out: &mut Vec<u8>) {
        match (self.lines, self.named) {
            (true, _) => {}
            (false, true) => out.extend_from_slice(if self.first { b"]\n" } else { b"\n]\n" }),
            (false, false) => out.extend_from_slice(if self.first { b"]}\n" } else { b"\n]}\n" }),
        }
    }
}
