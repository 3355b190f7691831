use driver::{Cast, CastTarget, Code, Scalar, ValueClass};

use super::{local::TestCast, *};
use crate::{Bucket, Column, Order, Outlier, Quartiles, Scale, Statistics, Stop, TopValue, View};

/// Reads `timestamp` as ISO days, with a zone or without, besides what [`TestCast`] reads.
struct Days;

impl Cast for Days {
    fn class(&self, _: &str) -> ValueClass {
        ValueClass::Temporal
    }

    fn cast(&self, _: &str, _: &ValueContext, bytes: &[u8], _: CastTarget) -> Scalar {
        let text = String::from_utf8_lossy(bytes);
        let micros = text.strip_prefix('d').and_then(|days| days.parse::<i64>().ok());
        micros.map_or(Scalar::Unrepresentable, |days| Scalar::Timestamp(days * 86_400_000_000))
    }
}

fn seen(hold: &Hold, over: Option<&View>, index: usize) -> Statistics {
    hold.statistics(over, Column { index, cast: &TestCast }, &Stop::default()).unwrap()
}

fn numbers(values: &[&str]) -> Statistics {
    let values: Vec<Option<&str>> = values.iter().map(|value| Some(*value)).collect();
    seen(&texts_of(&store(), "numeric", &values), None, 0)
}

fn counts(histogram: &[Bucket]) -> Vec<(&str, &str, u64)> {
    histogram.iter().map(|bucket| (bucket.from.as_str(), bucket.to.as_str(), bucket.count)).collect()
}

#[test]
fn statistics_say_what_a_column_looks_like() {
    let hold = texts_of(&store(), "numeric", &[Some("2"), Some("10"), None, Some("2"), Some("NaN"), Some("")]);
    let facts = seen(&hold, None, 0);
    assert_eq!((facts.of, facts.complete, facts.nulls, facts.empty), (6, true, 1, 1));
    assert_eq!((facts.numbers, facts.unrepresentable), (3, 2));
    assert_eq!((facts.mean.as_deref(), facts.mean_exact), (Some("4.666667"), false));
    assert_eq!((facts.distinct, facts.distinct_exact, facts.unique), (4, true, false));
    assert_eq!(facts.least.as_deref(), Some("2"));
    assert_eq!(facts.top[0], TopValue { text: "2".into(), count: 2, whole: true });
    let integers = seen(&hold_of(&store(), 1000), None, 0);
    let sum: i64 = (0..1000).filter_map(|n| row(n).0).sum();
    assert_eq!(integers.sum, Some(sum.to_string()));
}

#[test]
fn quartiles_are_values_of_the_column_and_outliers_lie_beyond_the_fences() {
    // 1..=8 and 100: by nearest rank the quartiles are 3, 5 and 7, so the fences are 3 - 6 and 7 + 6.
    let facts = numbers(&["8", "100", "1", "2", "3", "4", "5", "6", "7"]);
    let quartiles = Quartiles { lower: "3".into(), median: "5".into(), upper: "7".into() };
    assert_eq!(facts.quartiles, Some(quartiles));
    let outliers = facts.outliers.unwrap();
    assert_eq!((outliers.low.as_str(), outliers.high.as_str()), ("-3", "13"));
    assert_eq!((outliers.below, outliers.above), (0, 1));
    assert_eq!(outliers.farthest, [Outlier { row: 1, text: "100".into() }]);
    // A fence itself is within; 13.1 is not.
    assert_eq!(numbers(&["1", "2", "3", "4", "5", "6", "7", "8", "13"]).outliers.unwrap().above, 0);
    assert_eq!(numbers(&["1", "2", "3", "4", "5", "6", "7", "8", "13.1"]).outliers.unwrap().above, 1);
    assert_eq!(numbers(&["5", "5", "5", "5", "9"]).outliers, None, "the middle half is one value");
    assert_eq!(numbers(&["1", "2", "900"]).outliers, None, "there are too few");
    let quarter = numbers(&["0.1", "0.25", "0.5", "0.75"]);
    let outliers = quarter.outliers.unwrap();
    assert_eq!((outliers.low.as_str(), outliers.high.as_str()), ("-0.5", "1.1"));
}

#[test]
fn sums_means_and_fences_of_decimals_are_exact() {
    let facts = numbers(&["0.1", "0.2", "0.30", "1e3"]);
    assert_eq!(facts.sum.as_deref(), Some("1000.6"));
    assert_eq!((facts.mean.as_deref(), facts.mean_exact), (Some("250.15"), true));
    let large = numbers(&["9223372036854775807", "18446744073709551615", "-9223372036854775808"]);
    assert_eq!(large.sum.as_deref(), Some("18446744073709551614"));
    assert_eq!(large.quartiles.unwrap().median, "9223372036854775807");
    // Past 2^53 neighbours are the same float.
    let near = numbers(&["9007199254740993", "9007199254740992", "9007199254740994"]);
    assert_eq!(near.quartiles.unwrap().median, "9007199254740993");
}

#[test]
fn numbers_of_any_size_are_counted_and_only_what_is_not_finite_is_left_out() {
    let digits = "9".repeat(1000);
    let facts = numbers(&[&digits, "NaN", "Infinity", "-Infinity", "-0.0", "1e-300", "1e300", "0"]);
    assert_eq!((facts.numbers, facts.unrepresentable), (4, 4), "a thousand digits are no finite float");
    assert_eq!((facts.least.as_deref(), facts.greatest.as_deref()), (Some("-Infinity"), Some("NaN")));
    assert_eq!((facts.sum, facts.mean_exact), (None, false));
    assert_eq!(facts.distinct, 7, "-0.0 is 0");
    assert!(facts.quartiles.is_some());
    let floats: Vec<String> = (0..40).map(|n| format!("{n}.5e200")).collect();
    let floats: Vec<&str> = floats.iter().map(String::as_str).collect();
    let facts = numbers(&floats);
    let histogram = facts.histogram.unwrap();
    assert_eq!(histogram.iter().map(|bucket| bucket.count).sum::<u64>(), 40);
    assert!(histogram.len() <= 20 && histogram[0].from == "0" && histogram[1].from == "2e200", "{histogram:?}");
}

#[test]
fn histograms_have_few_buckets_with_short_exact_edges() {
    let values: Vec<String> = (0..100).map(|n| format!("{}.{:02}", n / 10, n % 10 * 10 + 5)).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let histogram = numbers(&values).histogram.unwrap();
    assert_eq!(histogram.len(), 20);
    assert_eq!(counts(&histogram)[..2], [("0", "0.5", 5), ("0.5", "1", 5)]);
    let around_zero: Vec<String> = (-30..30).map(|n| (n * 7).to_string()).collect();
    let around_zero: Vec<&str> = around_zero.iter().map(String::as_str).collect();
    let histogram = numbers(&around_zero).histogram.unwrap();
    assert_eq!(counts(&histogram)[0], ("-250", "-200", 2));
    assert_eq!(histogram.iter().map(|bucket| bucket.count).sum::<u64>(), 60);
    assert_eq!(numbers(&["1", "2", "3", "2"]).histogram, None, "the frequent values are all of them");
}

#[test]
fn histograms_of_moments_go_by_the_calendar_before_christ_too() {
    let of = |days: std::ops::Range<i64>, step: usize| {
        let values: Vec<String> = days.step_by(step).map(|day| format!("d{day}")).collect();
        let values: Vec<Option<&str>> = values.iter().map(|value| Some(value.as_str())).collect();
        let hold = texts_of(&store(), "timestamp", &values);
        hold.statistics(None, Column { index: 0, cast: &Days }, &Stop::default()).unwrap()
    };
    // The days of 2023 and 2024: by two months there are twelve buckets.
    let facts = of(19_358..20_089, 1);
    assert_eq!((facts.scale, facts.sum), (Scale::Moments, None));
    let histogram = facts.histogram.unwrap();
    assert_eq!(counts(&histogram)[..2], [("2023-01-01", "2023-03-01", 59), ("2023-03-01", "2023-05-01", 61)]);
    assert_eq!(histogram.len(), 12);
    let histogram = of(-800_000..0, 10_000).histogram.unwrap();
    assert!(histogram.len() <= 20 && histogram[0].from.ends_with(" BC"), "{histogram:?}");
    assert_eq!(histogram.iter().map(|bucket| bucket.count).sum::<u64>(), 80);
    // What is no finite moment is counted beside the others.
    let hold = texts_of(&store(), "timestamp", &[Some("d1"), Some("infinity"), Some("d2")]);
    let facts = hold.statistics(None, Column { index: 0, cast: &Days }, &Stop::default()).unwrap();
    assert_eq!((facts.numbers, facts.unrepresentable, facts.distinct), (2, 1, 3));
    let hold = texts_of(&store(), "time", &[Some("12:00"), Some("13:00")]);
    let facts = hold.statistics(None, Column { index: 0, cast: &Days }, &Stop::default()).unwrap();
    assert_eq!((facts.numbers, facts.unrepresentable, facts.scale), (0, 0, Scale::None), "times of day are no moments");
}

#[test]
fn a_column_without_values_has_no_facts_but_its_nulls() {
    let facts = seen(&texts_of(&store(), "numeric", &[None, None]), None, 0);
    assert_eq!((facts.of, facts.nulls, facts.distinct, facts.unique), (2, 2, 0, false));
    assert_eq!((facts.least, facts.mean, facts.quartiles, facts.top.len()), (None, None, None, 0));
    let nothing = seen(&texts_of(&store(), "numeric", &[]), None, 0);
    assert_eq!((nothing.of, nothing.unique, nothing.histogram), (0, false, None));
}

#[test]
fn a_candidate_for_a_key_has_a_value_in_every_row_and_none_twice() {
    assert!(numbers(&["1", "2", "3"]).unique);
    assert!(!numbers(&["1", "2", "2.0"]).unique, "2 and 2.0 are one number");
    assert!(!seen(&texts_of(&store(), "text", &[Some("a"), None]), None, 0).unique);
    let batch = driver::fake::integer_batch(0..300_000);
    let (mut writer, hold) = store().hold(batch.schema(), ValueContext::default()).unwrap();
    writer.append(&batch).unwrap();
    writer.finish(HoldState::Complete);
    let facts = seen(&hold, None, 0);
    assert_eq!((facts.distinct, facts.distinct_exact, facts.unique), (300_000, true, true));
}

fn two_columns(first: &[Option<&str>], second: &[Option<&str>]) -> Hold {
    let cells =
        |values: &[Option<&str>]| values.iter().map(|value| value.map(|text| text.as_bytes().to_vec())).collect();
    let batch = driver::fake::binary_batch(&[("a", "text", cells(first)), ("b", "text", cells(second))]);
    let (mut writer, hold) = store().hold(batch.schema(), ValueContext::default()).unwrap();
    writer.append(&batch).unwrap();
    writer.finish(HoldState::Complete);
    hold
}

#[test]
fn two_columns_that_only_together_tell_rows_apart_are_a_pair() {
    let pairs = |hold: &Hold| hold.key_pairs(None, &[0, 1], &TestCast, &Stop::default()).unwrap();
    let first = [Some("1"), Some("1"), Some("2")];
    assert_eq!(pairs(&two_columns(&first, &[Some("a"), Some("b"), Some("a")])), Some(vec![(0, 1)]));
    assert_eq!(pairs(&two_columns(&first, &[Some("a"), Some("a"), Some("a")])), Some(vec![]));
    assert_eq!(pairs(&two_columns(&first, &[Some("a"), None, Some("a")])), Some(vec![]), "NULL is no key");
    assert_eq!(pairs(&two_columns(&[], &[])), Some(vec![]));
}

#[test]
fn statistics_of_a_view_speak_of_its_rows_and_number_them_as_it_does() {
    let values = ["1", "2", "3", "4", "5", "6", "7", "8", "100"].map(Some);
    let hold = texts_of(&store(), "numeric", &values);
    let down = hold.sort(None, &[(Column { index: 0, cast: &TestCast }, Order::Descending)], &Stop::default()).unwrap();
    let facts = seen(&hold, Some(&down), 0);
    assert_eq!(facts.outliers.unwrap().farthest, [Outlier { row: 0, text: "100".into() }]);
    let some = View::new(&hold, vec![2, 0], 9, false);
    let facts = seen(&hold, Some(&some), 0);
    assert_eq!((facts.of, facts.complete, facts.sum.as_deref()), (2, false, Some("4")));
}

#[test]
fn several_columns_are_looked_at_in_one_pass_as_they_are_alone() {
    let hold = hold_of(&store(), 3000);
    let together = hold.statistics_of(None, &[0, 1, 2, 3], &TestCast, &Stop::default()).unwrap();
    let alone: Vec<Statistics> = (0..4).map(|index| seen(&hold, None, index)).collect();
    assert_eq!(together, alone);
    let stop = Stop::default();
    stop.stop();
    let error = hold.statistics_of(None, &[0], &TestCast, &stop).unwrap_err();
    assert_eq!(error.code, Code::Cancelled);
    assert_eq!(hold.statistics_of(None, &[9], &TestCast, &Stop::default()).unwrap_err().code, Code::NotFound);
}

#[test]
fn long_values_and_bytes_are_shown_in_part_and_say_so() {
    let long = "é".repeat(400);
    let facts = seen(&texts_of(&store(), "text", &[Some(&long)]), None, 0);
    assert_eq!((facts.top[0].text.as_str(), facts.top[0].whole), ("é".repeat(128).as_str(), false));
    assert_eq!(facts.longest, 800);
    let mixed = seen(&hold_of(&store(), 200), None, 3);
    assert!(mixed.top.iter().any(|top| top.text == "0xFF00FE" && !top.whole), "{:?}", mixed.top);
}
