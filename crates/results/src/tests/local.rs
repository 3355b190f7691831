use driver::{Cast, CastTarget, Code, Comparison, Scalar, ValueClass};

use super::*;
use crate::{Column, Condition, Hit, Hits, Order, RowFilter, Search, Stop, View};

/// Reads `numeric`, `timestamp` (as digits of microseconds) and `json` by name.
pub(super) struct TestCast;

impl Cast for TestCast {
    fn class(&self, native_type: &str) -> ValueClass {
        match native_type {
            "numeric" | "money" => ValueClass::Number,
            "timestamp" => ValueClass::Temporal,
            "json" => ValueClass::Json,
            _ => ValueClass::Text,
        }
    }

    fn cast(&self, _: &str, _: &ValueContext, bytes: &[u8], target: CastTarget) -> Scalar {
        let text = String::from_utf8_lossy(bytes).replace('$', "");
        match target {
            CastTarget::Timestamp => text.parse().map_or(Scalar::Unrepresentable, Scalar::Timestamp),
            CastTarget::Decimal if text.parse::<f64>().is_ok() => Scalar::Decimal(text),
            CastTarget::Float => text.parse().map_or(Scalar::Unrepresentable, Scalar::Float),
            _ => Scalar::Unrepresentable,
        }
    }
}

pub(super) fn cast() -> Arc<dyn Cast> {
    Arc::new(TestCast)
}

fn column(index: usize) -> Column<'static> {
    Column { index, cast: &TestCast }
}

fn shown(view: &View) -> Vec<Option<String>> {
    let cell = |at| view.cell(at, 0, 0..u64::MAX).unwrap().bytes.map(|bytes| String::from_utf8(bytes).unwrap());
    (0..view.len()).map(cell).collect()
}

fn sorted(native: &str, values: &[Option<&str>], order: Order) -> Vec<Option<String>> {
    let hold = texts_of(&store(), native, values);
    shown(&hold.sort(None, &[(column(0), order)], &Stop::default()).unwrap())
}

fn owned(values: &[Option<&str>]) -> Vec<Option<String>> {
    values.iter().map(|value| value.map(str::to_owned)).collect()
}

#[test]
fn numbers_sort_as_numbers_and_texts_by_their_bytes_with_nulls_last() {
    let values = [Some("10"), None, Some("9.5"), Some("-2"), Some("NaN"), Some("1e3")];
    let up = [Some("-2"), Some("9.5"), Some("10"), Some("1e3"), Some("NaN"), None];
    assert_eq!(sorted("numeric", &values, Order::Ascending), owned(&up));
    let down = [Some("NaN"), Some("1e3"), Some("10"), Some("9.5"), Some("-2"), None];
    assert_eq!(sorted("numeric", &values, Order::Descending), owned(&down));
    let texts = [Some("-2"), Some("10"), Some("1e3"), Some("9.5"), Some("NaN"), None];
    assert_eq!(sorted("text", &values, Order::Ascending), owned(&texts));
    let money = [Some("$12"), Some("$9")];
    assert_eq!(sorted("money", &money, Order::Ascending), owned(&[Some("$9"), Some("$12")]));
    let times = [Some("100"), Some("infinity"), Some("20"), Some("-infinity"), Some("-5")];
    let in_time = [Some("-infinity"), Some("-5"), Some("20"), Some("100"), Some("infinity")];
    assert_eq!(sorted("timestamp", &times, Order::Ascending), owned(&in_time));
}

/// A complete hold of texts in two columns and a row number.
fn pairs_of(rows: &[(Option<&str>, Option<&str>)]) -> Hold {
    let column = |pick: usize| {
        let cell = |row: &(Option<&str>, Option<&str>)| {
            if pick == 0 { row.0 } else { row.1 }.map(|text| text.as_bytes().to_vec())
        };
        rows.iter().map(cell).collect::<Vec<_>>()
    };
    let batch = driver::fake::binary_batch(&[("a", "text", column(0)), ("b", "numeric", column(1))]);
    let (mut writer, hold) = store().hold(batch.schema(), ValueContext::default()).unwrap();
    writer.append(&batch).unwrap();
    writer.finish(HoldState::Complete);
    hold
}

#[test]
fn several_columns_sort_one_after_the_other_each_its_own_way() {
    // A text that begins another one, zeros within texts, and NULL in either column.
    let rows = [
        (Some("ab"), Some("1")),
        (Some("a"), Some("10")),
        (Some("a"), Some("9.5")),
        (None, Some("-3")),
        (Some("a\0"), Some("2")),
        (Some("a"), None),
        (None, None),
        (Some(""), Some("7")),
    ];
    let hold = pairs_of(&rows);
    let sorted = |a: Order, b: Order| {
        let by = [(column(0), a), (column(1), b)];
        hold.sort(None, &by, &Stop::default()).unwrap().rows().to_vec()
    };
    let (up, down) = (Order::Ascending, Order::Descending);
    assert_eq!(sorted(up, up), [7, 2, 1, 5, 4, 0, 3, 6]);
    assert_eq!(sorted(up, down), [7, 1, 2, 5, 4, 0, 3, 6]);
    assert_eq!(sorted(down, up), [0, 4, 2, 1, 5, 7, 3, 6]);
    assert_eq!(sorted(down, down), [0, 4, 1, 2, 5, 7, 3, 6]);
}

#[test]
fn a_sort_by_several_columns_agrees_with_the_plain_way() {
    let hold = hold_of(&store(), 3000);
    let rows: Vec<Row> = (0..3000).map(row).collect();
    // NULL is greater than all, whichever way.
    fn by<T: Ord>(left: Option<T>, right: Option<T>, order: Order) -> std::cmp::Ordering {
        match (left, right) {
            (Some(left), Some(right)) if order == Order::Descending => right.cmp(&left),
            (Some(left), Some(right)) => left.cmp(&right),
            (left, right) => left.is_none().cmp(&right.is_none()),
        }
    }
    for flag in [Order::Ascending, Order::Descending] {
        for text in [Order::Ascending, Order::Descending] {
            for id in [Order::Ascending, Order::Descending] {
                let keys = [(column(1), flag), (column(2), text), (column(0), id)];
                let sorted = hold.sort(None, &keys, &Stop::default()).unwrap();
                let mut plain: Vec<u32> = (0..3000).collect();
                plain.sort_by(|left, right| {
                    let (left, right) = (&rows[*left as usize], &rows[*right as usize]);
                    by(left.1, right.1, flag)
                        .then_with(|| by(left.2.as_ref(), right.2.as_ref(), text))
                        .then_with(|| by(left.0, right.0, id))
                });
                assert_eq!(sorted.rows(), plain, "{flag:?} {text:?} {id:?}");
            }
        }
    }
}

#[test]
fn a_sort_keeps_the_order_of_equal_rows_and_says_of_how_many_it_speaks() {
    let hold = hold_of(&store(), 20_000);
    let view = hold.sort(None, &[(column(1), Order::Descending)], &Stop::default()).unwrap();
    assert_eq!((view.len(), view.of, view.complete), (20_000, 20_000, true));
    let key = |row: u64| row_flag(row).map_or(2, |flag| u8::from(!flag));
    let rows: Vec<u64> = (0..view.len()).map(|at| view.row(at).unwrap()).collect();
    assert!(rows.windows(2).all(|pair| (key(pair[0]), pair[0]) < (key(pair[1]), pair[1])));
    let (mut writer, partial) = store().hold(schema(), ValueContext::default()).unwrap();
    writer.append(&batch(0..10)).unwrap();
    assert!(!partial.sort(None, &[(column(0), Order::Ascending)], &Stop::default()).unwrap().complete);
}

fn row_flag(number: u64) -> Option<bool> {
    row(number).1
}

#[test]
fn integers_sort_across_signs_and_mixed_columns_by_class() {
    let hold = hold_of(&store(), 5000);
    let view = hold.sort(None, &[(column(3), Order::Ascending)], &Stop::default()).unwrap();
    let classes: Vec<u8> = (0..view.len()).map(|at| row(view.row(at).unwrap()).4).collect();
    let rank = |class: &u8| match class {
        3 | 4 => 0,
        1 | 5 => 1,
        2 => 2,
        _ => 3,
    };
    assert!(classes.iter().map(rank).is_sorted());
    let batch = driver::fake::integer_batch([3, i64::MIN, -1, i64::MAX, 0]);
    let (mut writer, hold) = store().hold(batch.schema(), ValueContext::default()).unwrap();
    writer.append(&batch).unwrap();
    let view = hold.sort(None, &[(column(0), Order::Ascending)], &Stop::default()).unwrap();
    assert_eq!(view.rows(), [1, 2, 4, 0, 3]);
}

fn filtered(native: &str, values: &[Option<&str>], comparison: Comparison, with: &[&str]) -> Vec<u32> {
    let hold = texts_of(&store(), native, values);
    let values = with.iter().map(|value| (*value).to_owned()).collect();
    let filter = RowFilter { conditions: vec![Condition { column: 0, comparison, values }], ..RowFilter::default() };
    hold.filter(None, &filter, &TestCast, &Stop::default()).unwrap().rows().to_vec()
}

#[test]
fn conditions_compare_as_the_column_does() {
    let values = [Some("10"), Some("9"), None, Some("9.0"), Some("")];
    assert_eq!(filtered("numeric", &values, Comparison::Equal, &["9"]), [1, 3]);
    assert_eq!(filtered("text", &values, Comparison::Equal, &["9"]), [1]);
    assert_eq!(filtered("numeric", &values, Comparison::Greater, &["9.5"]), [0, 4]);
    assert_eq!(filtered("numeric", &values, Comparison::In, &["10", "9"]), [0, 1, 3]);
    assert_eq!(filtered("text", &values, Comparison::NotEqual, &["9"]), [0, 2, 3, 4]);
    assert_eq!(filtered("text", &values, Comparison::IsNull, &[]), [2]);
    assert_eq!(filtered("text", &values, Comparison::IsNotNull, &[]), [0, 1, 3, 4]);
    assert_eq!(filtered("text", &values, Comparison::StartsWith, &["9"]), [1, 3]);
    assert_eq!(filtered("text", &values, Comparison::Like, &["%.%"]), [3]);
    assert_eq!(filtered("text", &[Some("Größe"), Some("x")], Comparison::Contains, &["GRÖ"]), [0]);
    assert_eq!(filtered("text", &values, Comparison::NotContains, &["9"]), [0, 2, 4]);
    assert_eq!(filtered("text", &values, Comparison::EndsWith, &[".0"]), [3]);
    assert_eq!(filtered("text", &[Some("GRÖSSE"), Some("x")], Comparison::EndsWith, &["össe"]), [0]);
    assert_eq!(filtered("numeric", &values, Comparison::NotIn, &["10", "9"]), [2, 4]);
    assert_eq!(filtered("numeric", &values, Comparison::Between, &["9", "9.99"]), [1, 3]);
    assert_eq!(filtered("text", &values, Comparison::IsEmpty, &[]), [4]);
    assert_eq!(filtered("text", &values, Comparison::IsNotEmpty, &[]), [0, 1, 3]);
}

#[test]
fn a_text_is_looked_for_in_the_columns_on_show() {
    let rows = [(Some("abc"), Some("1")), (Some("x"), Some("2")), (None, Some("3")), (Some("XABCX"), None)];
    let hold = pairs_of(&rows);
    let kept = |columns: Option<Vec<usize>>, text: &str| {
        let filter = RowFilter { contains: Some(text.into()), columns, ..RowFilter::default() };
        hold.filter(None, &filter, &TestCast, &Stop::default()).map(|view| view.rows().to_vec())
    };
    assert_eq!(kept(None, "abc").unwrap(), [0, 3]);
    assert_eq!(kept(None, "3").unwrap(), [2]);
    assert_eq!(kept(Some(vec![0]), "3").unwrap(), [0_u32; 0]);
    assert_eq!(kept(Some(vec![7]), "3").unwrap_err().code, Code::NotFound);
}

#[test]
fn a_filter_over_a_sorted_view_keeps_its_order() {
    let hold = hold_of(&store(), 8000);
    let stop = Stop::default();
    let sorted = hold.sort(None, &[(column(2), Order::Descending)], &stop).unwrap();
    let condition = Condition { column: 0, comparison: Comparison::Less, values: vec!["100".into()] };
    let filter = RowFilter { conditions: vec![condition], ..RowFilter::default() };
    let view = hold.filter(Some(&sorted), &filter, &TestCast, &stop).unwrap();
    let expected: Vec<u32> =
        sorted.rows().iter().copied().filter(|at| row(u64::from(*at)).0.is_some_and(|id| id < 100)).collect();
    assert_eq!(view.rows(), expected);
    let again = hold.sort(Some(&view), &[(column(0), Order::Ascending)], &stop).unwrap();
    assert!(again.rows().is_sorted() && again.len() == view.len());
}

#[test]
fn a_filter_with_a_value_the_column_cannot_hold_is_refused() {
    let hold = hold_of(&store(), 10);
    for (column, values) in [(0, vec!["twelve".to_owned()]), (1, vec!["maybe".into()]), (0, vec![])] {
        let condition = Condition { column, comparison: Comparison::Equal, values };
        let filter = RowFilter { conditions: vec![condition], ..RowFilter::default() };
        let error = hold.filter(None, &filter, &TestCast, &Stop::default()).unwrap_err();
        assert_eq!(error.code, Code::InvalidStatement);
    }
}

#[test]
fn a_search_goes_from_hit_to_hit_in_both_directions() {
    let values: Vec<Option<&str>> =
        (0..10_000).map(|n| if n % 4000 == 7 { Some("Needle") } else { Some("hay") }).collect();
    let hold = texts_of(&store(), "text", &values);
    let find = |over: Option<&View>, from, backward| {
        let search = Search { text: "needle".into(), columns: None, from, past: None, backward };
        hold.search(over, &search, &Stop::default()).unwrap().map(|hit: Hit| hit.row)
    };
    assert_eq!([find(None, 0, false), find(None, 8, false), find(None, 8008, false)], [Some(7), Some(4007), None]);
    assert_eq!([find(None, 9999, true), find(None, 8006, true), find(None, 6, true)], [Some(8007), Some(4007), None]);
    let reversed = View::new(&hold, (0..10_000).rev().collect(), 10_000, true);
    assert_eq!(find(Some(&reversed), 0, false), Some(9999 - 8007));
}

#[test]
fn a_search_goes_from_cell_to_cell_in_the_columns_on_show_and_counts_them() {
    let cells = |texts: [&str; 3]| texts.iter().map(|text| Some(text.as_bytes().to_vec())).collect::<Vec<_>>();
    let batch = driver::fake::binary_batch(&[
        ("a", "text", cells(["x", "needle", "x"])),
        ("b", "text", cells(["Needle", "needle", "x"])),
        ("c", "text", cells(["x", "NEEDLES", "needle"])),
    ]);
    let (mut writer, hold) = store().hold(batch.schema(), ValueContext::default()).unwrap();
    writer.append(&batch).unwrap();
    writer.finish(HoldState::Complete);
    let stop = Stop::default();
    let columns = Some(vec![2, 0, 1]);
    let walk = |backward: bool| {
        let (mut found, mut from, mut past) = (Vec::new(), if backward { 2 } else { 0 }, None);
        let text = "needle".to_owned();
        loop {
            let search = Search { text: text.clone(), columns: columns.clone(), from, past, backward };
            let Some(hit) = hold.search(None, &search, &stop).unwrap() else { return found };
            found.push((hit.row, hit.column));
            (from, past) = (hit.row, Some(hit.column));
        }
    };
    let forth = [(0, 1), (1, 2), (1, 0), (1, 1), (2, 2)];
    assert_eq!(walk(false), forth);
    let back: Vec<(u64, usize)> = forth.iter().rev().copied().collect();
    assert_eq!(walk(true), back);
    let asked = Some(Hit { row: 1, column: 0 });
    let hits = hold.count_hits(None, "needle", columns.as_ref(), asked, 100, &stop).unwrap();
    assert_eq!(hits, Hits { cells: 5, all: true, nth: Some(3) });
    let some = hold.count_hits(None, "needle", None, None, 2, &stop).unwrap();
    assert_eq!((some.cells, some.all), (2, false));
}

#[test]
fn work_that_is_stopped_ends_as_cancelled() {
    let hold = hold_of(&store(), 1000);
    let stop = Stop::default();
    stop.stop();
    let error = hold.sort(None, &[(column(0), Order::Ascending)], &stop).unwrap_err();
    assert_eq!(error.code, Code::Cancelled);
}

#[test]
fn sorting_too_much_is_refused() {
    let store = store();
    let schema = Arc::new(Schema::new(vec![arrow::field("v", DataType::Int64, "bigint")]));
    let (mut writer, hold) = store.hold(schema.clone(), ValueContext::default()).unwrap();
    let column_of = |_| Int64Array::from_iter_values(0..1_000_000);
    for part in 0..6 {
        writer.append(&RecordBatch::try_new(schema.clone(), vec![Arc::new(column_of(part))]).unwrap()).unwrap();
    }
    let error = hold.sort(None, &[(column(0), Order::Ascending)], &Stop::default()).unwrap_err();
    assert_eq!(error.code, Code::Exhausted);
}
