//! INSERT and UPDATE statements and IN lists, in literals the database reads as the values they came from.

use std::{collections::HashSet, ops::Range};

use driver::{Code, Error, Literals, ValueClass, arrow::CellClass};

use super::{
    RowFormat, SqlTarget,
    layout::{Layout, is_json_number, push_hex},
};
use crate::{Cell, Cells};

/// Values whose repetitions are told; of a longer list every one is written.
const DISTINCT: usize = 100_000;

/// Writes literals of one dialect.
struct Literal {
    forms: Literals,
    backslash_escapes: bool,
}

impl Literal {
    fn of(target: &SqlTarget) -> Self {
        Literal { forms: target.literals, backslash_escapes: target.backslash_escapes }
    }

    fn push_digits((before, behind): (&str, &str), bytes: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(before.as_bytes());
        push_hex(bytes, out);
        out.extend_from_slice(behind.as_bytes());
    }

    fn push(&self, class: ValueClass, cell: Cell<'_>, out: &mut Vec<u8>) {
        match cell {
            Cell::Null | Cell::Bytes(_, Some(CellClass::Null)) => out.extend_from_slice(b"NULL"),
            Cell::Integer(value) => out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
            Cell::Unsigned(value) => out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
            Cell::Boolean(value) => {
                let (yes, no) = self.forms.booleans;
                out.extend_from_slice(if value { yes } else { no }.as_bytes());
            }
            Cell::Bytes(bytes, Some(CellClass::Bytes)) => Self::push_digits(self.forms.bytes, bytes, out),
            Cell::Bytes(bytes, Some(CellClass::InvalidText)) => Self::push_digits(self.forms.text, bytes, out),
            Cell::Bytes(bytes, kind) => {
                let number = match kind {
                    None => class == ValueClass::Number,
                    Some(kind) => matches!(kind, CellClass::Integer | CellClass::Real),
                };
                let infinity = self.forms.infinities.iter().find(|(text, _)| number && text.as_bytes() == bytes);
                if let Some((_, literal)) = infinity {
                    out.extend_from_slice(literal.as_bytes());
                } else if number && is_json_number(bytes) && !(kind.is_none() && is_minus_zero(bytes)) {
                    out.extend_from_slice(bytes);
                } else if self.forms.nul_ends && bytes.contains(&0) {
                    Self::push_digits(self.forms.text, bytes, out);
                } else {
                    self.push_text(bytes, out);
                }
            }
        }
    }

    fn push_text(&self, bytes: &[u8], out: &mut Vec<u8>) {
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

/// A literal of digits is a decimal for most databases, which has no minus zero: a float's keeps its sign in quotes.
fn is_minus_zero(number: &[u8]) -> bool {
    number.first() == Some(&b'-') && !number.iter().any(|byte| matches!(byte, b'1'..=b'9'))
}

fn push_note(note: Option<&str>, out: &mut Vec<u8>) {
    if let Some(note) = note {
        // A line break would end the comment.
        out.extend_from_slice(format!("-- {}\n", note.replace(['\n', '\r'], " ")).as_bytes());
    }
}

fn wrong(message: &str) -> Error {
    Error::new(Code::InvalidStatement, message)
}

/// One INSERT statement per row.
pub(super) struct Insert {
    head: Vec<u8>,
    literal: Literal,
    note: Option<String>,
}

impl Insert {
    pub(super) fn new(layout: &Layout, target: Option<&SqlTarget>, note: Option<String>) -> Result<Self, Error> {
        let fits = |target: &&SqlTarget| !target.table.is_empty() && target.columns.len() == layout.columns.len();
        let target = target
            .filter(fits)
            .ok_or_else(|| wrong("INSERT statements need a table and a name for every column written."))?;
        let head = format!("INSERT INTO {} ({}) VALUES (", target.table, target.columns.join(", "));
        Ok(Insert { head: head.into_bytes(), literal: Literal::of(target), note })
    }
}

impl RowFormat for Insert {
    fn begin(&mut self, _layout: &Layout, out: &mut Vec<u8>) {
        push_note(self.note.as_deref(), out);
    }

    fn rows(&mut self, layout: &Layout, cells: &[Cells<'_>], rows: Range<usize>, out: &mut Vec<u8>) {
        for row in rows {
            out.extend_from_slice(&self.head);
            for (index, (column, of)) in cells.iter().zip(&layout.columns).enumerate() {
                if index > 0 {
                    out.extend_from_slice(b", ");
                }
                self.literal.push(of.class, column.get(row), out);
            }
            out.extend_from_slice(b");\n");
        }
    }

    fn end(&mut self, _layout: &Layout, _out: &mut Vec<u8>) {}
}

/// One UPDATE statement per row, found by its key. The layout's columns are those that are set, then those of the key.
pub(super) struct Update {
    head: Vec<u8>,
    set: Vec<String>,
    keys: Vec<String>,
    literal: Literal,
    note: Option<String>,
}

impl Update {
    pub(super) fn new(layout: &Layout, target: Option<&SqlTarget>, note: Option<String>) -> Result<Self, Error> {
        let target = target
            .filter(|target| !target.table.is_empty() && !target.keys.is_empty())
            .ok_or_else(|| wrong("UPDATE statements need a table whose key is among the columns."))?;
        let keys: Vec<String> = target.keys.iter().map(|(_, name)| name.clone()).collect();
        if target.columns.is_empty() {
            return Err(wrong("Only columns of the key are chosen: there is nothing to set."));
        }
        if target.columns.len() + keys.len() != layout.columns.len() {
            return Err(wrong("UPDATE statements need a name for every column written."));
        }
        Ok(Update {
            head: format!("UPDATE {} SET ", target.table).into_bytes(),
            set: target.columns.clone(),
            keys,
            literal: Literal::of(target),
            note,
        })
    }
}

impl RowFormat for Update {
    fn begin(&mut self, _layout: &Layout, out: &mut Vec<u8>) {
        push_note(self.note.as_deref(), out);
    }

    fn rows(&mut self, layout: &Layout, cells: &[Cells<'_>], rows: Range<usize>, out: &mut Vec<u8>) {
        for row in rows {
            out.extend_from_slice(&self.head);
            let names = self.set.iter().chain(&self.keys);
            for (index, ((name, column), of)) in names.zip(cells).zip(&layout.columns).enumerate() {
                let key = index >= self.set.len();
                out.extend_from_slice(match (index, key) {
                    (0, _) => b"",
                    (_, false) => b", ",
                    (_, true) if index == self.set.len() => b" WHERE ",
                    (_, true) => b" AND ",
                });
                out.extend_from_slice(name.as_bytes());
                let cell = column.get(row);
                if key && matches!(cell, Cell::Null | Cell::Bytes(_, Some(CellClass::Null))) {
                    out.extend_from_slice(b" IS NULL");
                } else {
                    out.extend_from_slice(b" = ");
                    self.literal.push(of.class, cell, out);
                }
            }
            out.extend_from_slice(b";\n");
        }
    }

    fn end(&mut self, _layout: &Layout, _out: &mut Vec<u8>) {}
}

/// The values of one column between parentheses, as they stand behind IN: each once, without NULL, which IN never finds.
pub(super) struct InList {
    literal: Literal,
    seen: HashSet<Vec<u8>>,
    first: bool,
    nulls: u64,
}

impl InList {
    pub(super) fn new(layout: &Layout, target: Option<&SqlTarget>) -> Result<Self, Error> {
        let target = target.ok_or_else(|| wrong("An IN list needs to know how literals are written."))?;
        if layout.columns.len() != 1 {
            return Err(wrong("An IN list holds the values of one column.").with_hint("Choose cells of one column."));
        }
        Ok(InList { literal: Literal::of(target), seen: HashSet::new(), first: true, nulls: 0 })
    }
}

impl RowFormat for InList {
    fn begin(&mut self, _layout: &Layout, out: &mut Vec<u8>) {
        out.push(b'(');
    }

    fn rows(&mut self, layout: &Layout, cells: &[Cells<'_>], rows: Range<usize>, out: &mut Vec<u8>) {
        let (Some(column), Some(of)) = (cells.first(), layout.columns.first()) else { return };
        for row in rows {
            let cell = column.get(row);
            if matches!(cell, Cell::Null | Cell::Bytes(_, Some(CellClass::Null))) {
                self.nulls += 1;
                continue;
            }
            let mut literal = Vec::new();
            self.literal.push(of.class, cell, &mut literal);
            if self.seen.contains(&literal) {
                continue;
            }
            if !self.first {
                out.extend_from_slice(b", ");
            }
            self.first = false;
            out.extend_from_slice(&literal);
            if self.seen.len() < DISTINCT {
                self.seen.insert(literal);
            }
        }
    }

    fn end(&mut self, _layout: &Layout, out: &mut Vec<u8>) {
        // No list is empty: what is in (NULL) is nothing, everywhere.
        out.extend_from_slice(if self.first { b"NULL)" } else { b")" });
    }

    fn left_out(&self) -> u64 {
        self.nulls
    }
}
