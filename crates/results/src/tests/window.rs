use std::io::Cursor;

use arrow_array::{Array, cast::AsArray, types::Int64Type, types::UInt8Type, types::UInt64Type};
use arrow_ipc::reader::StreamReader;
use driver::{Code, ValueContext, arrow::CellClass, fake::binary_batch};

use super::{format::RawCast, local::TestCast, *};
use crate::{CellText, MAX_WINDOW_ROWS, Order, Stop, View, work::Column};

pub(super) fn decode(bytes: Vec<u8>) -> RecordBatch {
    let mut batches: Vec<_> = StreamReader::try_new(Cursor::new(bytes), None).unwrap().map(Result::unwrap).collect();
    assert_eq!(batches.len(), 1);
    batches.pop().unwrap()
}

/// The longest beginning of at most `limit` bytes that splits no character.
fn cut(text: &[u8], limit: usize) -> &[u8] {
    let Ok(text) = std::str::from_utf8(text) else { return &text[..text.len().min(limit)] };
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text.as_bytes()[..end]
}

/// Every cell of a window is that of the row it stands for.
fn check(window: &RecordBatch, numbers: &[u64], limit: usize) {
    assert_eq!(window.num_rows(), numbers.len());
    for (at, number) in numbers.iter().enumerate() {
        let (id, flag, text, mixed, class) = row(*number);
        let column = |name: &str| window.column_by_name(name).unwrap();
        let ids = column("0").as_primitive::<Int64Type>();
        assert_eq!(ids.is_valid(at).then(|| ids.value(at)), id);
        let flags = column("1").as_boolean();
        assert_eq!(flags.is_valid(at).then(|| flags.value(at)), flag);
        for (name, whole) in [("2", &text), ("3", &mixed)] {
            let cells = column(name).as_binary::<i32>();
            let shown = cells.is_valid(at).then(|| cells.value(at));
            assert_eq!(shown, whole.as_deref().map(|text| cut(text, limit)), "row {number}");
            let full = window.column_by_name(&format!("{name}#long")).and_then(|lengths| {
                let lengths = lengths.as_primitive::<UInt64Type>();
                lengths.is_valid(at).then(|| lengths.value(at))
            });
            let long = whole.as_ref().filter(|text| text.len() > limit).map(|text| text.len() as u64);
            assert_eq!(full, long, "row {number}");
        }
        assert_eq!(column("3#class").as_primitive::<UInt8Type>().value(at), class);
    }
}

#[test]
fn a_window_is_the_rows_it_stands_for() {
    let store = store();
    for total in [40, 30_000] {
        let hold = hold_of(&store, total);
        let mut dice = Dice::new(total);
        for _ in 0..60 {
            let first = dice.roll(total + 20);
            let rows = dice.roll(300);
            let limit = usize::try_from(dice.roll(100) + 1).unwrap();
            let window =
                decode(hold.window(first, usize::try_from(rows).unwrap(), &[3, 0, 2, 1], limit, &TestCast).unwrap());
            let numbers: Vec<u64> = (first..(first + rows).min(total).max(first)).collect();
            check(&window, &numbers, limit);
        }
    }
}

#[test]
fn a_window_of_a_view_is_the_rows_it_stands_for() {
    let store = store();
    let hold = hold_of(&store, 30_000);
    let mut dice = Dice::new(3);
    let rows: Vec<u32> = (0..5000).map(|_| u32::try_from(dice.roll(30_000)).unwrap()).collect();
    let view = View::new(&hold, rows.clone(), 30_000, true);
    for _ in 0..20 {
        let first = dice.roll(5100);
        let window = decode(view.window(first, 100, &[0, 1, 2, 3], 4096, &TestCast).unwrap());
        let numbers: Vec<u64> =
            rows.iter().skip(usize::try_from(first).unwrap()).take(100).map(|row| u64::from(*row)).collect();
        check(&window, &numbers, 4096);
    }
    assert_eq!(view.cell(7, 0, 0..99).unwrap(), hold.cell(view.row(7).unwrap(), 0, 0..99).unwrap());
}

#[test]
fn a_window_keeps_native_types_and_names_columns_by_index() {
    let hold = hold_of(&store(), 10);
    let window = decode(hold.window(0, 10, &[2], 4096, &TestCast).unwrap());
    let schema = window.schema();
    assert_eq!(schema.field(0).name(), "2");
    assert_eq!(arrow::native_type(schema.field(0)), "text");
    let names = |columns: &[usize]| -> Vec<String> {
        let window = decode(hold.window(0, 10, columns, 4096, &TestCast).unwrap());
        window.schema().fields().iter().map(|field| field.name().clone()).collect()
    };
    assert_eq!(names(&[3, 0]), ["3", "0", "3#class"]);
}

#[test]
fn a_window_says_of_raw_bytes_that_they_are_no_text() {
    let rows = binary_batch(&[
        ("b", "blob", vec![Some(vec![0, 0xff]), Some(b"text".to_vec()), None]),
        ("t", "text", vec![Some(b"x".to_vec()), None, None]),
    ]);
    let store = store();
    let (mut writer, hold) = store.hold(rows.schema(), ValueContext::default()).unwrap();
    writer.append(&rows).unwrap();
    let window = decode(hold.window(0, 10, &[0, 1], 4096, &RawCast).unwrap());
    let names: Vec<String> = window.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, ["0", "1", "0#class"]);
    let classes = [CellClass::Bytes, CellClass::Bytes, CellClass::Null].map(|class| class as u8);
    assert_eq!(window.column(2).as_primitive::<UInt8Type>().values()[..], classes);
}

#[test]
fn a_window_past_the_end_is_empty_and_a_missing_column_is_not_found() {
    let hold = hold_of(&store(), 10);
    assert_eq!(decode(hold.window(10, 5, &[0, 2, 3], 4096, &TestCast).unwrap()).num_rows(), 0);
    assert_eq!(decode(hold.window(u64::MAX, 5, &[0], 4096, &TestCast).unwrap()).num_rows(), 0);
    assert_eq!(hold.window(0, 5, &[4], 4096, &TestCast).unwrap_err().code, Code::NotFound);
    assert_eq!(hold.cell(10, 0, 0..1).unwrap_err().code, Code::NotFound);
    assert_eq!(hold.cell(0, 4, 0..1).unwrap_err().code, Code::NotFound);
}

#[test]
fn a_cut_never_splits_a_character_and_says_how_long_the_cell_is() {
    let long = "é日🚀".repeat(1000);
    let hold = texts_of(&store(), "text", &[Some(&long), Some("short"), None]);
    for limit in 0..20 {
        let window = decode(hold.window(0, 3, &[0], limit, &TestCast).unwrap());
        let cell = window.column(0).as_binary::<i32>().value(0);
        assert!(std::str::from_utf8(cell).is_ok() && cell.len() <= limit && limit - cell.len() < 4);
        let lengths = window.column_by_name("0#long").unwrap().as_primitive::<UInt64Type>();
        assert_eq!((lengths.value(0), lengths.is_null(2)), (9000, true));
    }
    let part = hold.cell(0, 0, 2..5).unwrap();
    assert_eq!(part, CellText { bytes: Some("日".into()), total: 9000, class: None });
    assert_eq!(hold.cell(0, 0, 9000..9999).unwrap().bytes, Some(vec![]));
    assert_eq!(hold.cell(2, 0, 0..9).unwrap().bytes, None);
}

#[test]
fn bytes_that_are_no_text_are_cut_where_asked() {
    let bytes = vec![0x80; 100];
    assert_eq!(crate::window::cut(&bytes, 10).len(), 10);
    assert_eq!(crate::window::cut(b"abc", 0), b"");
}

#[test]
fn a_64_mb_cell_is_marked_and_read_in_parts() {
    let store = store();
    let big = driver::fake::binary_batch(&[("v", "bytes", vec![Some(vec![b'x'; 64 << 20]), Some(b"y".to_vec())])]);
    let (mut writer, hold) = store.hold(big.schema(), ValueContext::default()).unwrap();
    writer.append(&big).unwrap();
    let bytes = hold.window(0, 2, &[0], 4096, &TestCast).unwrap();
    assert!(bytes.len() < 10_000);
    let part = hold.cell(0, 0, 67_000_000..67_000_010).unwrap();
    assert_eq!((part.bytes, part.total), (Some(b"xxxxxxxxxx".to_vec()), 64 << 20));
}

#[test]
fn a_window_is_bounded_whatever_is_asked() {
    let cells: Vec<_> = (0..2000).map(|_| Some(vec![b'x'; 60_000])).collect();
    let wide = driver::fake::binary_batch(&[("v", "text", cells)]);
    let (mut writer, hold) = store().hold(wide.schema(), ValueContext::default()).unwrap();
    writer.append(&wide).unwrap();
    let bytes = hold.window(0, usize::MAX, &[0], usize::MAX, &TestCast).unwrap();
    assert!(bytes.len() < 70 << 20, "{}", bytes.len());
    assert!(decode(bytes).num_rows() > 500);
    let many = hold_of(&store(), 30_000);
    assert_eq!(decode(many.window(0, usize::MAX, &[0], 10, &TestCast).unwrap()).num_rows(), MAX_WINDOW_ROWS);
}

#[test]
fn a_sorted_view_pages_through_every_row_once() {
    let hold = hold_of(&store(), 12_000);
    let cast = super::local::cast();
    let view = hold.sort(None, &[(Column { index: 2, cast: &*cast }, Order::Ascending)], &Stop::default()).unwrap();
    let mut rows: Vec<u64> = (0..view.len()).map(|at| view.row(at).unwrap()).collect();
    rows.sort_unstable();
    assert_eq!(rows, (0..12_000).collect::<Vec<_>>());
    let total: usize = view.batches(0..view.len()).map(|batch| batch.unwrap().num_rows()).sum();
    assert_eq!(total, 12_000);
}
