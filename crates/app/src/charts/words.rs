//! What a chart says of itself.

use results::chart::{AxisKind, Chart, GroupKind, Series, TimeUnit};

use crate::{
    api::{ChartAggregate, ChartKind, ChartMeasure, ChartOrder, ChartSpec},
    explorer::grouped,
    holds::Held,
};

pub(super) struct Words<'a> {
    pub(super) held: &'a Held,
    pub(super) spec: &'a ChartSpec,
    pub(super) chart: &'a Chart,
}

fn counted(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{} {many}", grouped(count)) }
}

impl Words<'_> {
    fn column(&self, column: u32) -> String {
        self.held.hold.schema().fields().get(column as usize).map(|field| field.name().clone()).unwrap_or_default()
    }

    fn measure(&self, measure: &ChartMeasure) -> String {
        let name = measure.column.map(|column| self.column(column)).unwrap_or_default();
        match measure.aggregate {
            ChartAggregate::None => name,
            ChartAggregate::Rows => "rows".to_owned(),
            ChartAggregate::Values => format!("values of {name}"),
            ChartAggregate::Sum => format!("sum of {name}"),
            ChartAggregate::Average => format!("average of {name}"),
            ChartAggregate::Least => format!("least {name}"),
            ChartAggregate::Greatest => format!("greatest {name}"),
        }
    }

    pub(super) fn y(&self) -> String {
        self.spec.measures.iter().map(|measure| self.measure(measure)).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn x(&self) -> String {
        let name = self.column(self.spec.x);
        match (self.chart.unit, &self.chart.width) {
            (Some(unit), _) => format!("{name} by {}", unit.name()),
            (None, Some(width)) => format!("{name} in steps of {width}"),
            (None, None) => name,
        }
    }

    pub(super) fn title(&self) -> String {
        let (y, x) = (self.y(), self.x());
        let text = if self.spec.kind == ChartKind::Histogram {
            format!("how often {x}")
        } else {
            let by = self.spec.series.map(|column| format!(" and {}", self.column(column))).unwrap_or_default();
            let between = if self.spec.kind == ChartKind::Scatter { "against" } else { "by" };
            format!("{y} {between} {x}{by}")
        };
        let mut signs = text.chars();
        match signs.next() {
            // A column keeps its own name.
            Some(first) if self.raw() => std::iter::once(first).chain(signs).collect(),
            Some(first) => first.to_uppercase().chain(signs).collect(),
            None => text,
        }
    }

    fn raw(&self) -> bool {
        self.spec.measures.iter().any(|measure| measure.aggregate == ChartAggregate::None)
    }

    /// What the legend calls a series.
    pub(super) fn series(&self, series: &Series) -> String {
        let measure =
            || self.spec.measures.get(series.measure).map(|measure| self.measure(measure)).unwrap_or_default();
        if self.spec.series.is_none() {
            return measure();
        }
        let value = match series.kind {
            GroupKind::Value if series.label.is_empty() => "(empty text)".to_owned(),
            GroupKind::Value => series.label.clone(),
            GroupKind::Null => "NULL".to_owned(),
            GroupKind::Other => "all others".to_owned(),
        };
        if self.spec.measures.len() > 1 { format!("{value} · {}", measure()) } else { value }
    }

    /// What was left out, what was put together and how.
    pub(super) fn notes(&self) -> Vec<String> {
        let chart = self.chart;
        let left_out = chart.left_out;
        let mut notes = Vec::new();
        let shown = chart.groups.iter().filter(|group| group.kind == GroupKind::Value).count() as u64;
        if self.raw() {
            if !chart.groups.is_empty() && shown < chart.of {
                let shown = chart.groups.len() as u64;
                notes.push(format!("The first {} of {} rows.", grouped(shown), grouped(chart.of)));
            }
        } else if shown < chart.found {
            let order = match (self.spec.order, chart.axis) {
                (ChartOrder::Met, _) => "First",
                (ChartOrder::Value, _) => "Least",
                (ChartOrder::ValueDescending, _) | (_, AxisKind::Category) => "Top",
                _ => "First",
            };
            let exact = if chart.found_exact { "" } else { "at least " };
            notes.push(format!("{order} {} of {exact}{} groups.", grouped(shown), grouped(chart.found)));
        }
        if !chart.found_exact {
            notes.push(
                "Only the first 100,000 different values were told apart; what came later is among the others."
                    .to_owned(),
            );
        }
        if let Some((points, how)) = chart.reduced {
            notes.push(format!("Of {} points are shown: {how}.", grouped(points)));
        }
        let x = self.column(self.spec.x);
        let mut left = |count: u64, words: &str| {
            if count > 0 {
                notes.push(format!("Left out: {} {words}.", counted(count, "row", "rows")));
            }
        };
        left(left_out.x_null, &format!("without a value of {x}"));
        left(left_out.x_infinite, &format!("whose {x} is NaN or infinite"));
        left(left_out.x_unreadable, &format!("whose {x} has no place on the axis"));
        left(left_out.series_rows, "of series beyond the 12 most frequent");
        let mut values = |count: u64, words: &str| {
            if count > 0 {
                notes.push(format!("Left out: {} {words}.", counted(count, "value", "values")));
            }
        };
        values(left_out.y_null, "that are NULL");
        values(left_out.y_infinite, "that are NaN or infinite");
        values(left_out.y_unreadable, "that are no numbers");
        values(left_out.y_too_great, "too great to be drawn");
        let zone = &self.held.hold.context().time_zone;
        let clock = self.native(self.spec.x);
        if matches!(chart.axis, AxisKind::Time | AxisKind::Clock) && !zone.is_empty() && zoned(&clock) {
            let unit = match chart.unit {
                Some(TimeUnit::Second | TimeUnit::Minute | TimeUnit::Hour) => ", a repeated hour counts once",
                _ => "",
            };
            notes.push(format!("Times as they are printed, in {zone}{unit}."));
        }
        if self.spec.measures.iter().any(|measure| measure.aggregate == ChartAggregate::Average) {
            notes.push("Averages are rounded to six digits more than the values have.".to_owned());
        }
        notes
    }

    fn native(&self, column: u32) -> String {
        let schema = self.held.hold.schema();
        schema
            .fields()
            .get(column as usize)
            .map(|field| driver::arrow::native_type(field).to_owned())
            .unwrap_or_default()
    }
}

/// Whether the text of a type depends on the session's time zone: a type says so in its name.
fn zoned(native: &str) -> bool {
    let lower = native.to_ascii_lowercase();
    lower.contains("with time zone")
        || lower.contains("timestamptz")
        || lower.starts_with("timestamp") && !lower.contains("without")
}
