//! An aligned table for terminals.

use std::ops::Range;

use driver::{ValueClass, arrow::CellClass};
use unicode_width::UnicodeWidthStr;

use super::{
    RowFormat,
    layout::{Layout, hex},
};
use crate::{Cell, Cells};

/// Rows that decide the widths.
const SAMPLE: usize = 500;
/// Bytes of them that are kept at most.
const SAMPLE_BYTES: usize = 1 << 20;
/// A sampled cell widens its column at most to this; a longer one stands out whole.
const WIDEST: usize = 60;

/// Keeps the first rows to measure them, then streams.
#[derive(Default)]
pub(super) struct Table {
    widths: Option<Vec<usize>>,
    sample: Vec<Vec<(String, bool)>>,
    sample_bytes: usize,
    rows: u64,
}

/// What a terminal may print: controls are shown as escapes, so that no cell moves the cursor or runs a sequence.
pub(super) fn printable(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let harmless = |c: char| {
        !c.is_control() && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if text.chars().all(harmless) {
        return text.into_owned();
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if harmless(c) => shown.push(c),
            c => shown.extend(c.escape_unicode()),
        }
    }
    shown
}

fn shown(layout: &Layout, class: ValueClass, cell: Cell<'_>) -> (String, bool) {
    match cell {
        Cell::Null | Cell::Bytes(_, Some(CellClass::Null)) => ("NULL".to_owned(), false),
        Cell::Bytes(bytes, Some(CellClass::Bytes)) => (printable(&hex(bytes)), false),
        Cell::Bytes(bytes, Some(CellClass::Integer | CellClass::Real)) => (printable(bytes), true),
        Cell::Bytes(bytes, Some(_)) => (printable(bytes), false),
        cell => layout.with_text(cell, |text| (printable(text.unwrap_or_default()), class == ValueClass::Number)),
    }
}

fn push_cell(text: &str, width: usize, right: bool, last: bool, out: &mut Vec<u8>) {
    let space = width.saturating_sub(text.width());
    let pad = |out: &mut Vec<u8>, count: usize| out.resize(out.len() + count, b' ');
    if right {
        pad(out, space);
    }
    out.extend_from_slice(text.as_bytes());
    if !right && !last {
        pad(out, space);
    }
}

fn push_row(cells: &[(String, bool)], widths: &[usize], out: &mut Vec<u8>) {
    for (index, ((text, right), width)) in cells.iter().zip(widths).enumerate() {
        out.extend_from_slice(if index == 0 { b" " } else { b" | " });
        push_cell(text, *width, *right, index + 1 == cells.len(), out);
    }
    out.push(b'\n');
}

impl Table {
    /// Measures, then writes the head and what was kept.
    fn settle(&mut self, layout: &Layout, out: &mut Vec<u8>) -> Vec<usize> {
        let names: Vec<_> = layout.columns.iter().map(|column| (printable(column.name.as_bytes()), false)).collect();
        let mut widths: Vec<usize> = names.iter().map(|(name, _)| name.width()).collect();
        for row in &self.sample {
            for (width, (text, _)) in widths.iter_mut().zip(row) {
                *width = (*width).max(text.width().min(WIDEST));
            }
        }
        push_row(&names, &widths, out);
        for (index, width) in widths.iter().enumerate() {
            if index > 0 {
                out.push(b'+');
            }
            out.resize(out.len() + width + 2, b'-');
        }
        out.push(b'\n');
        for row in self.sample.drain(..) {
            push_row(&row, &widths, out);
        }
        self.widths = Some(widths.clone());
        widths
    }
}

impl RowFormat for Table {
    fn begin(&mut self, _layout: &Layout, _out: &mut Vec<u8>) {}

    fn rows(&mut self, layout: &Layout, cells: &[Cells<'_>], rows: Range<usize>, out: &mut Vec<u8>) {
        for row in rows {
            self.rows += 1;
            let texts: Vec<_> = cells
                .iter()
                .zip(&layout.columns)
                .map(|(column, of)| shown(layout, of.class, column.get(row)))
                .collect();
            if let Some(widths) = &self.widths {
                push_row(&texts, widths, out);
                continue;
            }
            self.sample_bytes += texts.iter().map(|(text, _)| text.len()).sum::<usize>();
            self.sample.push(texts);
            if self.sample.len() >= SAMPLE || self.sample_bytes >= SAMPLE_BYTES {
                self.settle(layout, out);
            }
        }
    }

    fn end(&mut self, layout: &Layout, out: &mut Vec<u8>) {
        if self.widths.is_none() {
            self.settle(layout, out);
        }
        let rows = self.rows;
        out.extend_from_slice(format!("({rows} row{})\n", if rows == 1 { "" } else { "s" }).as_bytes());
    }
}
