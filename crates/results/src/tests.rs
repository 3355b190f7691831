//! What the crate promises, tried out.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod chart;
mod drive;
mod format;
mod hold;
mod local;
mod statistics;
mod window;

use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, BooleanArray, Int64Array, RecordBatch, UInt8Array};
use arrow_schema::{DataType, Schema, SchemaRef};
use driver::{ValueContext, arrow};

use crate::{Hold, HoldState, Limits, Store};

/// Pseudo-random numbers that are the same every time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

pub(crate) fn store() -> Store {
    Store::new(Limits::default()).unwrap()
}

/// `id` bigint, `flag` boolean, `text` text, `mixed` without a type and with classes.
pub(crate) fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        arrow::field("id", DataType::Int64, "bigint"),
        arrow::field("flag", DataType::Boolean, "boolean"),
        arrow::field("text", DataType::Binary, "text"),
        arrow::field("mixed", DataType::Binary, ""),
        arrow::class_field(3),
    ]))
}

/// What row `row` of [`batch`] holds: id, flag, text, mixed and its class.
pub(crate) type Row = (Option<i64>, Option<bool>, Option<Vec<u8>>, Option<Vec<u8>>, u8);

pub(crate) fn row(number: u64) -> Row {
    let mut dice = Dice::new(number + 1);
    let id = (dice.roll(10) > 0).then_some(i64::try_from(number).unwrap());
    let flag = (dice.roll(5) > 0).then(|| dice.roll(2) == 1);
    let length = if dice.roll(50) == 0 { 9000 } else { dice.roll(30) };
    let text = (dice.roll(8) > 0).then(|| {
        let letters = ['a', 'é', '日', '🚀', '"', ',', '\n', 'Z'];
        let text: String = (0..length).map(|_| letters[usize::try_from(dice.roll(8)).unwrap()]).collect();
        text.into_bytes()
    });
    let class = u8::try_from(dice.roll(6)).unwrap();
    let mixed = match class {
        0 => None,
        3 => Some(dice.roll(1000).to_string().into_bytes()),
        4 => Some(b"0.30000000000000004".to_vec()),
        1 => Some(b"text".to_vec()),
        _ => Some(vec![0xff, 0x00, 0xfe]),
    };
    (id, flag, text, mixed, class)
}

pub(crate) fn batch(rows: std::ops::Range<u64>) -> RecordBatch {
    let rows: Vec<Row> = rows.map(row).collect();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter(rows.iter().map(|row| row.0))),
        Arc::new(BooleanArray::from_iter(rows.iter().map(|row| row.1))),
        Arc::new(BinaryArray::from_iter(rows.iter().map(|row| row.2.as_deref()))),
        Arc::new(BinaryArray::from_iter(rows.iter().map(|row| row.3.as_deref()))),
        Arc::new(UInt8Array::from_iter_values(rows.iter().map(|row| row.4))),
    ];
    RecordBatch::try_new(schema(), columns).unwrap()
}

/// A complete hold of that many rows.
pub(crate) fn hold_of(store: &Store, rows: u64) -> Hold {
    let (mut writer, hold) = store.hold(schema(), ValueContext::default()).unwrap();
    for first in (0..rows).step_by(5000) {
        writer.append(&batch(first..rows.min(first + 5000))).unwrap();
    }
    writer.finish(HoldState::Complete);
    hold
}

/// A complete hold of one text column.
pub(crate) fn texts_of(store: &Store, native: &str, values: &[Option<&str>]) -> Hold {
    let cells = values.iter().map(|value| value.map(|text| text.as_bytes().to_vec())).collect();
    let batch = driver::fake::binary_batch(&[("v", native, cells)]);
    let (mut writer, hold) = store.hold(batch.schema(), ValueContext::default()).unwrap();
    writer.append(&batch).unwrap();
    writer.finish(HoldState::Complete);
    hold
}
