//! A first chart, by what the columns hold.

use results::{
    Column, Stop,
    chart::{AxisKind, Outline},
};

use super::axis_of;
use crate::{api::*, holds::Held};

/// Different texts a bar chart is readable with.
const FEW: u64 = 50;
/// Different texts that are series of their own.
const SERIES: u64 = 8;
/// Different times that need not be put together.
const TIMES: u64 = 100;
/// Groups of a first bar chart.
const GROUPS: u32 = 30;
/// Columns that are looked at.
const LOOKED_AT: usize = 200;

/// One column as a chart sees it.
struct Seen {
    at: u32,
    name: String,
    outline: Outline,
    /// It tells rows apart rather than measuring them.
    names_rows: bool,
    /// A text one can read.
    label: bool,
}

/// Whether a name is one of a key.
fn is_key(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    matches!(lower.as_str(), "id" | "uuid" | "guid" | "rowid" | "oid" | "ctid")
        || lower.ends_with("_id")
        || lower.ends_with("_no")
        || name.ends_with("Id")
        || name.ends_with("ID") && name.len() > 2
}

/// Whether a number counts units of the calendar: it belongs to the x axis.
fn is_period(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let last = lower.rsplit('_').next().unwrap_or_default();
    matches!(last, "year" | "quarter" | "month" | "week" | "day" | "dow" | "hour" | "minute")
}

pub(super) fn suggest(held: &Held, stop: &Stop) -> Result<ChartSuggestion, AppError> {
    let fields = held.hold.schema().fields();
    let mut columns = Vec::new();
    for (at, field) in fields.iter().take(held.visible).enumerate() {
        let native = driver::arrow::native_type(field);
        let class = held.driver.cast().class(native);
        if at >= LOOKED_AT {
            break;
        }
        let outline = held.hold.outline(held.view(), Column { index: at, cast: held.driver.cast() }, stop)?;
        let readable = !matches!(
            class,
            driver::ValueClass::Json | driver::ValueClass::Xml | driver::ValueClass::Bytes | driver::ValueClass::Array
        );
        let keyed = held.keys.get().is_some_and(|keys| keys.iter().any(|(key, _)| *key == at));
        columns.push(Seen {
            at: u32::try_from(at).unwrap_or(u32::MAX),
            name: field.name().clone(),
            label: outline.kind == AxisKind::Category && readable && outline.distinct > 0,
            names_rows: is_key(field.name()) || keyed || class == driver::ValueClass::Uuid,
            outline,
        });
    }
    if columns.is_empty() {
        return Err(AppError::new(ErrorCode::Unsupported, "A result without columns has no chart."));
    }
    let mut axes: Vec<ChartAxis> = columns.iter().map(|seen| axis_of(seen.outline.kind)).collect();
    axes.resize(held.visible, ChartAxis::Category);
    let (spec, why) = choose(&columns);
    Ok(ChartSuggestion { spec, axes, why })
}

fn measure(seen: &Seen, aggregate: ChartAggregate) -> ChartMeasure {
    ChartMeasure { column: Some(seen.at), aggregate }
}

const ROWS: ChartMeasure = ChartMeasure { column: None, aggregate: ChartAggregate::Rows };

fn choose(columns: &[Seen]) -> (ChartSpec, String) {
    let numbers: Vec<&Seen> = columns
        .iter()
        .filter(|seen| seen.outline.kind == AxisKind::Number && !seen.names_rows && !is_period(&seen.name))
        .collect();
    let label = |most: u64| {
        let mut labels: Vec<&Seen> =
            columns.iter().filter(|seen| seen.label && !seen.names_rows && seen.outline.distinct <= most).collect();
        labels.sort_by_key(|seen| (seen.outline.distinct < 2, seen.outline.unique));
        labels.into_iter().next()
    };
    let time = columns.iter().find(|seen| matches!(seen.outline.kind, AxisKind::Time | AxisKind::Clock));
    let period = columns.iter().find(|seen| seen.outline.kind == AxisKind::Number && is_period(&seen.name));
    let spec = |kind, x: &Seen, measures| ChartSpec {
        kind,
        x: x.at,
        series: None,
        measures,
        bucket: ChartBucket::Auto,
        order: ChartOrder::Key,
        limit: 1_000,
        others: true,
    };
    if let Some(time) = time {
        let Some(first) = numbers.first() else {
            return (
                spec(ChartKind::Bar, time, vec![ROWS]),
                format!("{} are times: rows are counted along them.", time.name),
            );
        };
        if time.outline.unique {
            let measures = numbers.iter().take(3).map(|seen| measure(seen, ChartAggregate::None)).collect();
            return (
                spec(ChartKind::Line, time, measures),
                format!("{} are times, each of one row: {} as a line.", time.name, first.name),
            );
        }
        let few = time.outline.distinct <= TIMES;
        let by = label(SERIES).filter(|seen| seen.outline.distinct > 1);
        let line = ChartSpec {
            series: by.map(|seen| seen.at),
            bucket: if few { ChartBucket::Each } else { ChartBucket::Auto },
            ..spec(ChartKind::Line, time, vec![measure(first, ChartAggregate::Sum)])
        };
        return (line, format!("{} are times: {} added up along them.", time.name, first.name));
    }
    if let (Some(period), Some(first)) = (period, numbers.first()) {
        let by = label(SERIES).filter(|seen| seen.outline.distinct > 1);
        let bar = ChartSpec {
            series: by.map(|seen| seen.at),
            bucket: ChartBucket::Each,
            ..spec(ChartKind::Bar, period, vec![measure(first, ChartAggregate::Sum)])
        };
        return (bar, format!("{} counts units of time: {} added up in each.", period.name, first.name));
    }
    if let (Some(label), Some(first)) = (label(FEW), numbers.first()) {
        let bar = ChartSpec {
            order: ChartOrder::ValueDescending,
            limit: GROUPS,
            ..spec(ChartKind::Bar, label, vec![measure(first, ChartAggregate::Sum)])
        };
        return (bar, format!("{} has few values: {} added up for each.", label.name, first.name));
    }
    match numbers.as_slice() {
        [x, y, ..] => (
            spec(ChartKind::Scatter, x, vec![measure(y, ChartAggregate::None)]),
            format!("{} and {} are numbers: one point for each row.", x.name, y.name),
        ),
        [only] => (
            spec(ChartKind::Histogram, only, vec![ROWS]),
            format!("{} is the only number: how often its values are.", only.name),
        ),
        [] => {
            let x = label(u64::MAX).or_else(|| columns.first());
            let counts = |x: &Seen| ChartSpec {
                order: ChartOrder::ValueDescending,
                limit: GROUPS,
                bucket: if x.outline.kind == AxisKind::Number { ChartBucket::Auto } else { ChartBucket::Each },
                ..spec(ChartKind::Bar, x, vec![ROWS])
            };
            match x {
                Some(x) => (counts(x), format!("There is nothing to add up: rows are counted by {}.", x.name)),
                // There is always a first column: the caller has refused rows without.
                None => (
                    ChartSpec {
                        kind: ChartKind::Bar,
                        x: 0,
                        series: None,
                        measures: vec![ROWS],
                        bucket: ChartBucket::Auto,
                        order: ChartOrder::Key,
                        limit: GROUPS,
                        others: true,
                    },
                    "Rows are counted.".to_owned(),
                ),
            }
        }
    }
}
