//! Charts of held rows: a first suggestion, what a chart shows, and its picture as a file.

mod server;
mod suggest;
#[cfg(test)]
mod tests;
mod words;

use std::{
    collections::HashMap,
    io::Write as _,
    path::Path,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use results::{
    Stop,
    chart::{Aggregate, AxisKind, Bucket, Chart, ChartPlan, GroupKind, GroupOrder, Measure, PointPlan, TimeUnit},
};

use crate::{
    App,
    api::*,
    connections::lock,
    holds::{Held, blocking},
};

/// Charts in progress, by the rows they are of.
#[derive(Default)]
pub(crate) struct Charts {
    running: Mutex<HashMap<String, Stop>>,
}

impl Charts {
    /// Stops what is drawn of these rows and notes what comes instead.
    fn begin(&self, hold_id: &str) -> Stop {
        let stop = Stop::default();
        if let Some(older) = lock(&self.running).insert(hold_id.to_owned(), stop.clone()) {
            older.stop();
        }
        stop
    }

    fn stop(&self, hold_id: &str) {
        if let Some(running) = lock(&self.running).remove(hold_id) {
            running.stop();
        }
    }
}

impl App {
    /// A first chart for held rows, by what their columns hold.
    ///
    /// # Errors
    /// `NotFound` for released rows; `Unsupported` for rows without columns; `Cancelled` by a newer one; `Corrupt`.
    pub async fn chart_suggest(&self, hold_id: &str) -> Result<ChartSuggestion, AppError> {
        let held = self.live.holds.get(hold_id)?;
        let stop = self.charts.begin(hold_id);
        blocking(move || suggest::suggest(&held, &stop)).await
    }

    /// What a chart of held rows shows. A newer one of the same rows stops it.
    ///
    /// # Errors
    /// `NotFound` for released rows and columns that are not there; `InvalidStatement` for a chart that cannot be; `Cancelled`
    /// by a newer one or [`App::stop_chart`]; `Corrupt` for a damaged disk.
    pub async fn chart_of(&self, hold_id: &str, spec: ChartSpec) -> Result<ChartSeries, AppError> {
        let held = self.live.holds.get(hold_id)?;
        let stop = self.charts.begin(hold_id);
        blocking(move || draw(&held, &spec, &stop)).await
    }

    /// Stops what is drawn of held rows.
    ///
    /// # Errors
    /// None: what has ended needs no stopping.
    pub async fn stop_chart(&self, hold_id: &str) -> Result<(), AppError> {
        self.charts.stop(hold_id);
        Ok(())
    }

    /// Writes a drawn chart to a file, which takes its place once it is whole.
    ///
    /// # Errors
    /// `InvalidStatement` for what is no such picture; `NotFound` for a missing folder; `Forbidden` for a file that may not be
    /// written; `Exhausted` for a full disk.
    pub async fn save_chart(&self, path: &str, picture: ChartPicture) -> Result<(), AppError> {
        let path = std::path::absolute(path).map_err(|error| AppError::file(&error, path.as_ref(), "found"))?;
        blocking(move || {
            let bytes = bytes_of(picture)?;
            write(&path, &bytes).map_err(|error| AppError::file(&error, &path, "written"))
        })
        .await
    }
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut target = transfer::Target::create(path)?;
    target.write_all(bytes)?;
    target.finish()
}

fn bytes_of(picture: ChartPicture) -> Result<Vec<u8>, AppError> {
    let refused = || AppError::new(ErrorCode::InvalidStatement, "This is no picture of a chart.");
    match picture {
        ChartPicture::Svg { text } if text.trim_start().starts_with('<') => Ok(text.into_bytes()),
        ChartPicture::Svg { .. } => Err(refused()),
        ChartPicture::Png { base64 } => {
            STANDARD.decode(base64).ok().filter(|bytes| bytes.starts_with(b"\x89PNG")).ok_or_else(refused)
        }
    }
}

/// Columns are named by the places a person sees; hidden ones are none of them.
fn place(held: &Held, column: u32) -> Result<usize, AppError> {
    let place = column as usize;
    if place < held.visible {
        return Ok(place);
    }
    Err(AppError::new(ErrorCode::NotFound, format!("The result has no column {}.", u64::from(column) + 1)))
}

fn draw(held: &Arc<Held>, spec: &ChartSpec, stop: &Stop) -> Result<ChartSeries, AppError> {
    let partial = held.partial();
    let cast = held.driver.cast();
    let x = place(held, spec.x)?;
    let series = spec.series.map(|column| place(held, column)).transpose()?;
    let raw = spec.measures.iter().filter(|measure| measure.aggregate == ChartAggregate::None).count();
    let chart = if raw > 0 {
        if raw < spec.measures.len() {
            return Err(AppError::new(
                ErrorCode::InvalidStatement,
                "Either every row is a point of its own, or all columns are put together.",
            ));
        }
        let y = spec.measures.iter().map(|measure| match measure.column {
            Some(column) => place(held, column),
            None => Err(AppError::new(ErrorCode::InvalidStatement, "A measure lacks its column.")),
        });
        let line = matches!(spec.kind, ChartKind::Line | ChartKind::Area);
        let plan = PointPlan { x, series, y: y.collect::<Result<_, _>>()?, line };
        held.hold.points(held.view(), &plan, cast, stop)?
    } else {
        let measure = |measure: &ChartMeasure| {
            let column = measure.column.map(|column| place(held, column)).transpose()?;
            Ok::<_, AppError>(Measure { column, aggregate: aggregate(measure.aggregate) })
        };
        let plan = ChartPlan {
            x,
            series,
            measures: spec.measures.iter().map(measure).collect::<Result<_, _>>()?,
            bucket: bucket(&spec.bucket),
            order: order(spec.order),
            limit: spec.limit,
            others: spec.others,
        };
        held.hold.chart(held.view(), &plan, cast, stop)?
    };
    Ok(told(held, spec, chart, partial))
}

fn told(held: &Held, spec: &ChartSpec, chart: Chart, partial: Option<String>) -> ChartSeries {
    let words = words::Words { held, spec, chart: &chart };
    let (title, x_title, y_title, notes) = (words.title(), words.x(), words.y(), words.notes());
    let labels: Vec<String> = chart.series.iter().map(|series| words.series(series)).collect();
    let Chart { of, axis, unit, width, groups, series, .. } = chart;
    let group = |group: results::chart::Group| ChartGroup {
        kind: kind(group.kind),
        label: group.label,
        from: group.from,
        to: group.to,
        rows: group.rows,
    };
    let mark = |mark: results::chart::Mark| ChartMark {
        group: mark.group,
        x: mark.x,
        label: mark.label,
        y: mark.y,
        text: mark.text,
        rows: mark.rows,
    };
    let line = |(series, label): (results::chart::Series, String)| ChartLine {
        kind: kind(series.kind),
        label,
        measure: u32::try_from(series.measure).unwrap_or(u32::MAX),
        marks: series.marks.into_iter().map(mark).collect(),
    };
    ChartSeries {
        hold_id: held.id.clone(),
        title,
        x_title,
        y_title,
        rows: of,
        partial,
        axis: axis_of(axis),
        unit: unit.map(unit_shown),
        width,
        groups: groups.into_iter().map(group).collect(),
        series: series.into_iter().zip(labels).map(line).collect(),
        notes,
    }
}

fn kind(kind: GroupKind) -> ChartGroupKind {
    match kind {
        GroupKind::Value => ChartGroupKind::Value,
        GroupKind::Null => ChartGroupKind::Null,
        GroupKind::Other => ChartGroupKind::Other,
    }
}

fn axis_of(axis: AxisKind) -> ChartAxis {
    match axis {
        AxisKind::Category => ChartAxis::Category,
        AxisKind::Number => ChartAxis::Number,
        AxisKind::Time => ChartAxis::Time,
        AxisKind::Clock => ChartAxis::Clock,
    }
}

fn aggregate(aggregate: ChartAggregate) -> Aggregate {
    match aggregate {
        ChartAggregate::None | ChartAggregate::Rows => Aggregate::Rows,
        ChartAggregate::Values => Aggregate::Values,
        ChartAggregate::Sum => Aggregate::Sum,
        ChartAggregate::Average => Aggregate::Average,
        ChartAggregate::Least => Aggregate::Least,
        ChartAggregate::Greatest => Aggregate::Greatest,
    }
}

fn bucket(bucket: &ChartBucket) -> Bucket {
    match bucket {
        ChartBucket::Auto => Bucket::Auto,
        ChartBucket::Each => Bucket::Each,
        ChartBucket::Width { width } => Bucket::Width(width.clone()),
        ChartBucket::Count { count } => Bucket::Count(*count),
        ChartBucket::Unit { unit } => Bucket::Unit(match unit {
            ChartUnit::Second => TimeUnit::Second,
            ChartUnit::Minute => TimeUnit::Minute,
            ChartUnit::Hour => TimeUnit::Hour,
            ChartUnit::Day => TimeUnit::Day,
            ChartUnit::Week => TimeUnit::Week,
            ChartUnit::Month => TimeUnit::Month,
            ChartUnit::Quarter => TimeUnit::Quarter,
            ChartUnit::Year => TimeUnit::Year,
        }),
    }
}

fn unit_shown(unit: TimeUnit) -> ChartUnit {
    match unit {
        TimeUnit::Second => ChartUnit::Second,
        TimeUnit::Minute => ChartUnit::Minute,
        TimeUnit::Hour => ChartUnit::Hour,
        TimeUnit::Day => ChartUnit::Day,
        TimeUnit::Week => ChartUnit::Week,
        TimeUnit::Month => ChartUnit::Month,
        TimeUnit::Quarter => ChartUnit::Quarter,
        TimeUnit::Year => ChartUnit::Year,
    }
}

fn order(order: ChartOrder) -> GroupOrder {
    match order {
        ChartOrder::Key => GroupOrder::Key,
        ChartOrder::KeyDescending => GroupOrder::KeyDescending,
        ChartOrder::Value => GroupOrder::Value,
        ChartOrder::ValueDescending => GroupOrder::ValueDescending,
        ChartOrder::Met => GroupOrder::Met,
    }
}
