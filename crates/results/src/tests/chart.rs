use super::{local::cast, *};
use crate::{
    Column, Stop,
    chart::{
        Aggregate, AxisKind, Bucket, Chart, ChartPlan, Group, GroupKind, GroupOrder, Measure, PointPlan, TimeUnit,
    },
};

type Texts<'a> = &'a [&'a [Option<&'a str>]];

/// A complete hold of columns `(name, type)` and rows.
fn hold(columns: &[(&str, &str)], rows: Texts<'_>) -> Hold {
    let cells = |at: usize| rows.iter().map(|row| row[at].map(|text| text.as_bytes().to_vec())).collect();
    let columns: Vec<_> = columns.iter().enumerate().map(|(at, (name, native))| (*name, *native, cells(at))).collect();
    let batch = driver::fake::binary_batch(&columns);
    let (mut writer, hold) = store().hold(batch.schema(), ValueContext::default()).unwrap();
    writer.append(&batch).unwrap();
    writer.finish(HoldState::Complete);
    hold
}

fn plan(aggregate: Aggregate, column: Option<usize>) -> ChartPlan {
    ChartPlan {
        x: 0,
        series: None,
        measures: vec![Measure { column, aggregate }],
        bucket: Bucket::Auto,
        order: GroupOrder::Key,
        limit: 1000,
        others: true,
    }
}

fn charted(hold: &Hold, plan: &ChartPlan) -> Chart {
    hold.chart(None, plan, &*cast(), &Stop::default()).unwrap()
}

fn name(group: &Group) -> String {
    match group.kind {
        GroupKind::Value => group.label.clone(),
        GroupKind::Null => "NULL".to_owned(),
        GroupKind::Other => "OTHER".to_owned(),
    }
}

/// Group and exact value of the first series.
fn marks(chart: &Chart) -> Vec<(String, String)> {
    series(chart, 0)
}

fn series(chart: &Chart, at: usize) -> Vec<(String, String)> {
    let mark = |mark: &crate::chart::Mark| {
        let group = mark.group.map_or_else(|| mark.label.clone(), |group| name(&chart.groups[group as usize]));
        (group, mark.text.clone().unwrap_or_else(|| "-".to_owned()))
    };
    chart.series[at].marks.iter().map(mark).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(left, right)| ((*left).to_owned(), (*right).to_owned())).collect()
}

const SALES: [(&str, &str); 2] = [("place", "text"), ("amount", "numeric")];

#[test]
fn texts_are_groups_with_exact_sums_and_null_is_one_of_its_own() {
    let rows: Texts<'_> = &[
        &[Some("b"), Some("0.10")],
        &[Some("a"), Some("0.2")],
        &[Some("b"), Some("0.2")],
        &[None, Some("5")],
        &[Some(""), None],
        &[Some("a"), Some("NaN")],
        &[Some("a"), Some("Infinity")],
    ];
    let hold = hold(&SALES, rows);
    let chart = charted(&hold, &plan(Aggregate::Sum, Some(1)));
    assert_eq!(chart.axis, AxisKind::Category);
    assert_eq!(marks(&chart), pairs(&[("", "-"), ("a", "0.2"), ("b", "0.30"), ("NULL", "5")]));
    assert_eq!((chart.found, chart.found_exact, chart.left_out.y_infinite), (3, true, 2));
    assert_eq!((chart.of, chart.complete), (7, true));
    let rows: Vec<u64> = chart.groups.iter().map(|group| group.rows).collect();
    assert_eq!(rows, [1, 3, 2, 1]);
    let of = |aggregate| marks(&charted(&hold, &plan(aggregate, Some(1))));
    assert_eq!(of(Aggregate::Rows), pairs(&[("", "1"), ("a", "3"), ("b", "2"), ("NULL", "1")]));
    assert_eq!(of(Aggregate::Values), pairs(&[("", "0"), ("a", "3"), ("b", "2"), ("NULL", "1")]));
    assert_eq!(of(Aggregate::Average), pairs(&[("", "-"), ("a", "0.2"), ("b", "0.15"), ("NULL", "5")]));
    assert_eq!(of(Aggregate::Least), pairs(&[("", "-"), ("a", "0.2"), ("b", "0.10"), ("NULL", "5")]));
    assert_eq!(of(Aggregate::Greatest), pairs(&[("", "-"), ("a", "0.2"), ("b", "0.2"), ("NULL", "5")]));
}

#[test]
fn numbers_of_a_thousand_digits_are_added_up_exactly() {
    let nines = "9".repeat(1000);
    let hold = hold(&SALES, &[&[Some("a"), Some(&nines)], &[Some("a"), Some("1")]]);
    let chart = charted(&hold, &plan(Aggregate::Sum, Some(1)));
    assert_eq!(marks(&chart), vec![("a".to_owned(), format!("1{}", "0".repeat(1000)))]);
    assert_eq!(chart.series[0].marks[0].y, None);
    assert_eq!(chart.left_out.y_too_great, 1);
}

#[test]
fn the_greatest_groups_stay_ties_by_name_and_the_rest_is_one() {
    let rows: Texts<'_> = &[
        &[Some("d"), Some("1")],
        &[Some("c"), Some("5")],
        &[Some("b"), Some("5")],
        &[Some("a"), Some("2")],
        &[None, Some("9")],
    ];
    let hold = hold(&SALES, rows);
    let mut plan = plan(Aggregate::Sum, Some(1));
    plan.order = GroupOrder::ValueDescending;
    plan.limit = 2;
    let chart = charted(&hold, &plan);
    assert_eq!(marks(&chart), pairs(&[("b", "5"), ("c", "5"), ("NULL", "9"), ("OTHER", "3")]));
    assert_eq!(chart.found, 4);
    plan.others = false;
    assert_eq!(marks(&charted(&hold, &plan)), pairs(&[("b", "5"), ("c", "5"), ("NULL", "9")]));
    plan.order = GroupOrder::Value;
    assert_eq!(marks(&charted(&hold, &plan)), pairs(&[("d", "1"), ("a", "2"), ("NULL", "9")]));
    plan.order = GroupOrder::KeyDescending;
    assert_eq!(marks(&charted(&hold, &plan)), pairs(&[("c", "5"), ("b", "5"), ("NULL", "9")]));
    plan.order = GroupOrder::Met;
    assert_eq!(marks(&charted(&hold, &plan)), pairs(&[("d", "1"), ("c", "5"), ("NULL", "9")]));
}

#[test]
fn more_groups_than_can_be_told_apart_are_said_and_counted() {
    let store = store();
    let ids: Vec<String> = (0..100_500).map(|number| format!("g{number:06}")).collect();
    let values: Vec<Option<&str>> = ids.iter().map(|id| Some(id.as_str())).collect();
    let hold = texts_of(&store, "text", &values);
    let chart = charted(&hold, &plan(Aggregate::Rows, None));
    assert_eq!((chart.found, chart.found_exact, chart.groups.len()), (100_000, false, 1001));
    assert_eq!(marks(&chart).last(), Some(&("OTHER".to_owned(), "99500".to_owned())));
}

#[test]
fn numbers_have_buckets_of_a_width_with_exact_edges_and_gaps_are_empty() {
    let values = [Some("0.3"), Some("0.25"), Some("-0.05"), Some("NaN"), None, Some("0.29999")];
    let hold = texts_of(&store(), "numeric", &values);
    let mut plan = plan(Aggregate::Rows, None);
    plan.bucket = Bucket::Width("0.1".to_owned());
    let chart = charted(&hold, &plan);
    let wanted =
        [("-0.1 to 0.0", "1"), ("0.0 to 0.1", "0"), ("0.1 to 0.2", "0"), ("0.2 to 0.3", "2"), ("0.3 to 0.4", "1")];
    let mut wanted = pairs(&wanted);
    wanted.extend(pairs(&[("NULL", "1")]));
    assert_eq!(marks(&chart), wanted);
    assert_eq!((chart.groups[0].from, chart.groups[0].to), (Some(-0.1), Some(0.0)));
    assert_eq!((chart.left_out.x_infinite, chart.width.as_deref()), (1, Some("0.1")));
    plan.bucket = Bucket::Count(3);
    let chart = charted(&hold, &plan);
    assert_eq!(chart.width.as_deref(), Some("0.2"));
    assert_eq!(marks(&chart), pairs(&[("-0.2 to 0.0", "1"), ("0.0 to 0.2", "0"), ("0.2 to 0.4", "3"), ("NULL", "1")]));
    plan.bucket = Bucket::Each;
    let each = marks(&charted(&hold, &plan));
    assert_eq!(each, pairs(&[("-0.05", "1"), ("0.25", "1"), ("0.29999", "1"), ("0.3", "1"), ("NULL", "1")]));
    for wrong in [Bucket::Width("0".to_owned()), Bucket::Unit(TimeUnit::Day)] {
        plan.bucket = wrong;
        let refused = hold.chart(None, &plan, &*cast(), &Stop::default());
        assert_eq!(refused.unwrap_err().code, driver::Code::InvalidStatement);
    }
}

#[test]
fn times_have_the_units_of_the_calendar_as_they_are_printed() {
    let times: Vec<Option<&str>> = vec![
        Some("2026-10-25 02:30:00+02"),
        Some("2026-10-25 02:30:00+01"),
        Some("2026-10-25 23:59:59+01"),
        Some("2026-10-27 00:00:00+01"),
        Some("infinity"),
        Some("0000-00-00"),
        None,
    ];
    let hold = texts_of(&store(), "timestamp", &times);
    let mut plan = plan(Aggregate::Rows, None);
    plan.bucket = Bucket::Unit(TimeUnit::Day);
    let chart = charted(&hold, &plan);
    assert_eq!(chart.axis, AxisKind::Time);
    assert_eq!(marks(&chart), pairs(&[("2026-10-25", "3"), ("2026-10-26", "0"), ("2026-10-27", "1"), ("NULL", "1")]));
    assert_eq!((chart.left_out.x_infinite, chart.left_out.x_unreadable), (1, 1));
    let old = texts_of(&store(), "timestamp", &[Some("0044-03-15 BC"), Some("0001-12-31 BC"), Some("0001-01-01")]);
    plan.bucket = Bucket::Unit(TimeUnit::Year);
    plan.limit = 100;
    let chart = charted(&old, &plan);
    assert_eq!(chart.groups.len(), 45);
    assert_eq!(name(&chart.groups[0]), "0044 BC");
    assert_eq!(name(&chart.groups[43]), "0001 BC");
    assert_eq!(name(&chart.groups[44]), "0001");
    // Too many years to stand side by side: those without rows are left out.
    plan.limit = 10;
    assert_eq!(marks(&charted(&old, &plan)), pairs(&[("0044 BC", "1"), ("0001 BC", "1"), ("0001", "1")]));
}

#[test]
fn series_are_apart_and_the_rarest_are_one() {
    let names: Vec<String> = (0..20).map(|at| format!("s{at:02}")).collect();
    let mut rows: Vec<Vec<Option<&str>>> = Vec::new();
    for (at, name) in names.iter().enumerate() {
        for _ in 0..=at {
            rows.push(vec![Some(if at % 2 == 0 { "even" } else { "odd" }), Some("1.5"), Some(name)]);
        }
    }
    rows.push(vec![Some("even"), Some("100"), None]);
    let rows: Vec<&[Option<&str>]> = rows.iter().map(Vec::as_slice).collect();
    let hold = hold(&[("x", "text"), ("y", "numeric"), ("s", "text")], &rows);
    let mut plan = plan(Aggregate::Sum, Some(1));
    plan.series = Some(2);
    let chart = charted(&hold, &plan);
    let labels: Vec<(GroupKind, &str)> = chart.series.iter().map(|line| (line.kind, line.label.as_str())).collect();
    assert_eq!(labels.len(), 12);
    assert_eq!((labels[0], labels[9]), ((GroupKind::Value, "s10"), (GroupKind::Value, "s19")));
    assert_eq!((labels[10].0, labels[11].0), (GroupKind::Null, GroupKind::Other));
    assert_eq!(series(&chart, 9), pairs(&[("even", "-"), ("odd", "30.0")]));
    assert_eq!(series(&chart, 10), pairs(&[("even", "100"), ("odd", "-")]));
    // s00, s02 … s08 have 1 + 3 + 5 + 7 + 9 rows; s01 … s09 have 2 + 4 + 6 + 8 + 10.
    assert_eq!(series(&chart, 11), pairs(&[("even", "37.5"), ("odd", "45.0")]));
}

#[test]
fn points_are_the_rows_own_until_there_are_too_many() {
    let rows: Texts<'_> = &[
        &[Some("3"), Some("1")],
        &[Some("1"), None],
        &[Some("2"), Some("7.50")],
        &[None, Some("1")],
        &[Some("NaN"), None],
    ];
    let small = hold(&[("x", "numeric"), ("y", "numeric")], rows);
    let mut plan = PointPlan { x: 0, series: None, y: vec![1], line: true };
    let points = |hold: &Hold, plan: &PointPlan| hold.points(None, plan, &*cast(), &Stop::default()).unwrap();
    let chart = points(&small, &plan);
    assert_eq!(marks(&chart), pairs(&[("1", "-"), ("2", "7.50"), ("3", "1")]));
    assert_eq!((chart.left_out.x_null, chart.left_out.x_infinite, chart.reduced), (1, 1, None));
    plan.line = false;
    let chart = points(&small, &plan);
    assert_eq!(marks(&chart), pairs(&[("3", "1"), ("2", "7.50")]));
    assert_eq!(chart.left_out.y_null, 1);

    let texts: Vec<(String, String)> = (0..50_000u32)
        .map(|at| (at.to_string(), if at == 31_415 { "-1000".to_owned() } else { (at % 97).to_string() }))
        .collect();
    let rows: Vec<[Option<&str>; 2]> = texts.iter().map(|(x, y)| [Some(x.as_str()), Some(y.as_str())]).collect();
    let rows: Vec<&[Option<&str>]> = rows.iter().map(<[_; 2]>::as_slice).collect();
    let large = hold(&[("x", "numeric"), ("y", "numeric")], &rows);
    for line in [true, false] {
        plan.line = line;
        let chart = points(&large, &plan);
        assert_eq!(chart.reduced.unwrap().0, 50_000);
        let shown = marks(&chart);
        assert!((400..=4_000).contains(&shown.len()), "{}", shown.len());
        assert!(shown.contains(&("31415".to_owned(), "-1000".to_owned())), "the outlier stays");
        let stands_for: u64 = chart.series[0].marks.iter().map(|mark| mark.rows).sum();
        assert!(line || stands_for == 50_000);
    }
}

#[test]
fn the_look_at_a_column_says_what_it_is_good_for() {
    let look = |native: &str, values: &[Option<&str>]| {
        let hold = texts_of(&store(), native, values);
        hold.outline(None, Column { index: 0, cast: &*cast() }, &Stop::default()).unwrap()
    };
    let outline = look("numeric", &[Some("1"), Some("2"), None, Some("2")]);
    assert_eq!((outline.kind, outline.distinct, outline.unique, outline.nulls), (AxisKind::Number, 2, false, 1));
    assert_eq!(look("text", &[Some("1"), Some("2")]).kind, AxisKind::Category);
    assert_eq!(look("text", &[Some("2024-01-31"), Some("2024-02-01 10:00")]).kind, AxisKind::Time);
    assert_eq!(look("text", &[Some("2024-01-31"), Some("soon")]).kind, AxisKind::Category);
    assert_eq!(look("timestamp", &[Some("10:00:00"), Some("23:59:59")]).kind, AxisKind::Clock);
    assert_eq!(look("timestamp", &[None]).kind, AxisKind::Time);
    assert_eq!(look("text", &[]).kind, AxisKind::Category);
    assert!(look("text", &[Some("a"), Some("b")]).unique);
}

#[test]
fn no_rows_and_only_nulls_are_charts_too() {
    let empty = texts_of(&store(), "numeric", &[]);
    let chart = charted(&empty, &plan(Aggregate::Rows, None));
    assert_eq!((chart.groups.len(), chart.of), (0, 0));
    let nulls = texts_of(&store(), "numeric", &[None, None]);
    let chart = charted(&nulls, &plan(Aggregate::Sum, Some(0)));
    assert_eq!(marks(&chart), pairs(&[("NULL", "-")]));
    let points = PointPlan { x: 0, series: None, y: vec![0], line: false };
    let chart = nulls.points(None, &points, &*cast(), &Stop::default()).unwrap();
    assert_eq!((chart.left_out.x_null, chart.series[0].marks.len()), (2, 0));
}

#[test]
fn a_chart_can_be_stopped_and_refuses_what_is_not_there() {
    let hold = hold_of(&store(), 20_000);
    let stop = Stop::default();
    stop.stop();
    let code = |result: Result<Chart, driver::Error>| result.unwrap_err().code;
    let mut plan = plan(Aggregate::Rows, None);
    assert_eq!(code(hold.chart(None, &plan, &*cast(), &stop)), driver::Code::Cancelled);
    plan.x = 99;
    assert_eq!(code(hold.chart(None, &plan, &*cast(), &Stop::default())), driver::Code::NotFound);
    plan.x = 0;
    plan.measures = vec![Measure { column: None, aggregate: Aggregate::Sum }];
    assert_eq!(code(hold.chart(None, &plan, &*cast(), &Stop::default())), driver::Code::InvalidStatement);
}

#[test]
fn whole_numbers_and_booleans_of_the_holds_own_kinds_are_charted() {
    let hold = hold_of(&store(), 1_000);
    let mut plan = plan(Aggregate::Greatest, Some(0));
    plan.x = 1;
    let chart = charted(&hold, &plan);
    let greatest = |flag: Option<bool>| (0..1_000).filter(|at| row(*at).1 == flag).filter_map(|at| row(at).0).max();
    let wanted = [("f", Some(false)), ("t", Some(true)), ("NULL", None)];
    let wanted: Vec<_> =
        wanted.iter().map(|(name, flag)| ((*name).to_owned(), greatest(*flag).unwrap().to_string())).collect();
    assert_eq!(marks(&chart), wanted);
    plan.x = 0;
    plan.bucket = Bucket::Count(10);
    assert_eq!(charted(&hold, &plan).width.as_deref(), Some("100"));
}
