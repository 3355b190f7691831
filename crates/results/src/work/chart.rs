//! What a chart of held rows shows: groups with an aggregate, or the rows' own points.
//!
//! Sums and extremes are exact decimal texts; only the place on the screen is a double. However many rows there are, a chart
//! has at most a few thousand marks, and it says what was left out of it.

mod axis;
mod groups;
mod moment;
mod number;
mod outline;
mod points;

use driver::{Cast, Code, Error};
use serde::Serialize;

use self::{
    axis::{Axis, Cut, Spot},
    number::{Number, Step},
};
use super::{Column, Stop, Subject, sort::ascending};
use crate::{Hold, View, gather::each_row};

pub use self::{axis::AxisKind, moment::TimeUnit, outline::Outline};

/// Most groups of a chart.
pub const CHART_GROUPS: u32 = 1_000;
/// Most series of a chart, the one for all others included.
pub const CHART_SERIES: usize = 12;
/// Most points of a chart that are not grouped.
pub const CHART_POINTS: usize = 4_000;
/// Most columns that are measured at once.
const MEASURES: usize = 12;
/// Buckets of an axis, where nobody says how many.
const BUCKETS: u32 = 30;
/// Units of a time axis, where nobody says which.
const UNITS: u32 = 60;

/// What is made of the values of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    /// How many rows.
    Rows,
    /// How many values that are not NULL.
    Values,
    /// Their sum.
    Sum,
    /// Their mean, rounded to six digits more than they have.
    Average,
    /// The least.
    Least,
    /// The greatest.
    Greatest,
}

/// One thing that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The column; [`Aggregate::Rows`] needs none.
    pub column: Option<usize>,
    /// What is made of its values.
    pub aggregate: Aggregate,
}

/// How the x values are put together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Bucket {
    /// As fits the values: nice steps, calendar units; texts each by itself.
    #[default]
    Auto,
    /// Every value by itself.
    Each,
    /// Numbers by a width, as decimal text.
    Width(String),
    /// Numbers in about this many steps of 1, 2 or 5.
    Count(u32),
    /// Times by a unit of the calendar.
    Unit(TimeUnit),
}

/// How groups stand beside each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupOrder {
    /// By the x value.
    #[default]
    Key,
    /// By the x value, the greatest first.
    KeyDescending,
    /// By what is measured first, the least first.
    Value,
    /// By what is measured first, the greatest first.
    ValueDescending,
    /// As they are met.
    Met,
}

/// What a chart is to show.
#[derive(Clone, Debug)]
pub struct ChartPlan {
    /// The column of the x axis.
    pub x: usize,
    /// The column whose values are series of their own.
    pub series: Option<usize>,
    /// What is measured.
    pub measures: Vec<Measure>,
    /// How the x values are put together.
    pub bucket: Bucket,
    /// How groups stand beside each other.
    pub order: GroupOrder,
    /// Most groups, at most [`CHART_GROUPS`].
    pub limit: u32,
    /// Whether the groups beyond that become one.
    pub others: bool,
}

/// A chart of the rows' own points.
#[derive(Clone, Debug)]
pub struct PointPlan {
    /// The column of the x axis.
    pub x: usize,
    /// The column whose values are series of their own.
    pub series: Option<usize>,
    /// The columns of the y axis.
    pub y: Vec<usize>,
    /// Whether points are joined by a line: then extremes are kept along x rather than one point for each place.
    pub line: bool,
}

/// What a group or a series is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// Values.
    Value,
    /// NULL.
    Null,
    /// All that have no place of their own.
    Other,
}

/// A place on the x axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What it is.
    pub kind: GroupKind,
    /// Its text; empty for NULL and the others.
    pub label: String,
    /// Where it begins: the number, or milliseconds since the epoch by the printed clock.
    pub from: Option<f64>,
    /// Where it ends; where it begins, for a single value.
    pub to: Option<f64>,
    /// Rows in it.
    pub rows: u64,
}

/// One mark.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Its group, where rows are grouped or x has no distances.
    pub group: Option<u32>,
    /// Its place on the x axis, where it has no group.
    pub x: Option<f64>,
    /// The x value's text, where it has no group.
    pub label: String,
    /// Its place on the y axis; `None` where there is no value or it is too great for a double.
    pub y: Option<f64>,
    /// The exact value; `None` where there is none.
    pub text: Option<String>,
    /// Rows it stands for.
    pub rows: u64,
}

/// Marks that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it is.
    pub kind: GroupKind,
    /// The series column's value; empty where there is no such column.
    pub label: String,
    /// Which measure it shows.
    pub measure: usize,
    /// Its marks.
    pub marks: Vec<Mark>,
}

/// Rows and values that are not in a chart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Rows without an x value that would need a place.
    pub x_null: u64,
    /// Rows whose x is NaN or infinite.
    pub x_infinite: u64,
    /// Rows whose x cannot be read as the axis needs it.
    pub x_unreadable: u64,
    /// Values that are NaN or infinite.
    pub y_infinite: u64,
    /// Values that are no number.
    pub y_unreadable: u64,
    /// Values that are NULL, where every row is a point.
    pub y_null: u64,
    /// Values too great for a double: their text is there, their place is not.
    pub y_too_great: u64,
    /// Rows of series that have no line of their own.
    pub series_rows: u64,
}

/// What a chart shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Of how many rows it speaks.
    pub of: u64,
    /// Whether those are the whole result.
    pub complete: bool,
    /// What the x axis is.
    pub axis: AxisKind,
    /// The calendar's unit, where x is put together by one.
    pub unit: Option<TimeUnit>,
    /// The buckets' width, where x is put together by one.
    pub width: Option<String>,
    /// The groups; none where the marks have places of their own.
    pub groups: Vec<Group>,
    /// The marks.
    pub series: Vec<Series>,
    /// Different x values that were met.
    pub found: u64,
    /// Whether all of them were told apart.
    pub found_exact: bool,
    /// Points there are, where fewer are shown, and how those were chosen.
    pub reduced: Option<(u64, &'static str)>,
    /// What is not in it.
    pub left_out: LeftOut,
}

impl Hold {
    /// Groups rows and measures them, of the whole hold or of a view.
    ///
    /// # Errors
    /// `NotFound` for a column that is not there; `InvalidStatement` for a measure without a column, too many measures and a
    /// bucket the column cannot have; `Corrupt`; `Cancelled`.
    pub fn chart(&self, over: Option<&View>, plan: &ChartPlan, cast: &dyn Cast, stop: &Stop) -> Result<Chart, Error> {
        let only = over.map(ascending);
        let rows = Rows { hold: self, over, only: only.as_deref(), stop };
        let axis = rows.axis(plan.x, &plan.bucket, cast)?;
        groups::chart(&rows, plan, axis, cast)
    }

    /// The rows' own points, of the whole hold or of a view.
    ///
    /// # Errors
    /// As [`Hold::chart`].
    pub fn points(&self, over: Option<&View>, plan: &PointPlan, cast: &dyn Cast, stop: &Stop) -> Result<Chart, Error> {
        let only = over.map(ascending);
        let rows = Rows { hold: self, over, only: only.as_deref(), stop };
        let axis = rows.axis(plan.x, &Bucket::Each, cast)?;
        points::chart(&rows, plan, &axis, cast)
    }
}

/// The rows a chart is of.
struct Rows<'a> {
    hold: &'a Hold,
    over: Option<&'a View>,
    only: Option<&'a [u32]>,
    stop: &'a Stop,
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidStatement, message)
}

fn measures_fit(count: usize) -> Result<(), Error> {
    match count {
        0 => Err(refused("A chart measures at least one thing.")),
        count if count > MEASURES => Err(refused(format!("A chart measures at most {MEASURES} columns at once."))),
        _ => Ok(()),
    }
}

impl Rows<'_> {
    fn subject<'b>(&self, index: usize, cast: &'b dyn Cast) -> Result<Subject<'b>, Error> {
        Subject::of(self.hold, Column { index, cast })
    }

    fn empty(&self, axis: &Axis<'_>) -> Chart {
        let (unit, width) = match axis.cut {
            Cut::Each => (None, None),
            Cut::Step(step) => (None, step.width().map(|width| width.to_string())),
            Cut::Unit(unit) => (Some(unit), None),
        };
        Chart {
            of: self.over.map_or_else(|| self.hold.rows(), View::len),
            complete: self.hold.is_complete() && self.over.is_none_or(|view| view.complete),
            axis: axis.kind,
            unit,
            width,
            groups: Vec::new(),
            series: Vec::new(),
            found: 0,
            found_exact: true,
            reduced: None,
            left_out: LeftOut::default(),
        }
    }

    /// An axis whose buckets fit the values.
    fn axis<'b>(&self, column: usize, bucket: &Bucket, cast: &'b dyn Cast) -> Result<Axis<'b>, Error> {
        let kind = self.hold.outline(self.over, Column { index: column, cast }, self.stop)?.kind;
        let mut axis = Axis { subject: self.subject(column, cast)?, kind, cut: Cut::Each };
        axis.cut = match (bucket, kind) {
            (Bucket::Each, _) | (Bucket::Auto, AxisKind::Category) => Cut::Each,
            (Bucket::Width(width), AxisKind::Number) => {
                Cut::Step(Step::read(width).ok_or_else(|| refused(format!("`{width}` is no width of a bucket.")))?)
            }
            (Bucket::Count(count), AxisKind::Number) => self.steps(&axis, (*count).clamp(1, CHART_GROUPS))?,
            (Bucket::Auto, AxisKind::Number) => self.steps(&axis, BUCKETS)?,
            (Bucket::Unit(unit), AxisKind::Time | AxisKind::Clock) => Cut::Unit(*unit),
            (Bucket::Count(count), AxisKind::Time | AxisKind::Clock) => self.units(&axis, (*count).max(1))?,
            (Bucket::Auto, AxisKind::Time | AxisKind::Clock) => self.units(&axis, UNITS)?,
            (Bucket::Width(_) | Bucket::Count(_), AxisKind::Category) => {
                return Err(refused("Only numbers have buckets of a width."));
            }
            (Bucket::Width(_), _) => return Err(refused("Times are put together by units of the calendar.")),
            (Bucket::Unit(_), _) => return Err(refused("Only times are put together by units of the calendar.")),
        };
        Ok(axis)
    }

    fn steps(&self, axis: &Axis<'_>, count: u32) -> Result<Cut, Error> {
        let mut span: Option<(Number, Number)> = None;
        let mut whole = true;
        self.each_spot(axis, |spot| {
            let Spot::Number(number) = spot else { return };
            whole &= number.is_whole();
            match &mut span {
                None => span = Some((number.clone(), number)),
                Some((least, _)) if number < *least => *least = number,
                Some((_, greatest)) if number > *greatest => *greatest = number,
                Some(_) => {}
            }
        })?;
        let ends = span.and_then(|(least, greatest)| Some((least.position()?, greatest.position()?)));
        Ok(Cut::Step(Step::nice(ends.map_or(0.0, |(least, greatest)| greatest - least), count, whole)))
    }

    fn units(&self, axis: &Axis<'_>, count: u32) -> Result<Cut, Error> {
        let mut span: Option<(i128, i128)> = None;
        self.each_spot(axis, |spot| {
            let Spot::Moment(micros) = spot else { return };
            let (least, greatest) = span.unwrap_or((micros, micros));
            span = Some((least.min(micros), greatest.max(micros)));
        })?;
        let range = span.map_or(0, |(least, greatest)| greatest - least);
        // A handful of moments in one second says nothing of a scale; a day does.
        let fitting = TimeUnit::fitting(range, count, axis.kind == AxisKind::Clock);
        Ok(Cut::Unit(if range == 0 && axis.kind == AxisKind::Time { TimeUnit::Day } else { fitting }))
    }

    fn each_spot(&self, axis: &Axis<'_>, mut look: impl FnMut(Spot)) -> Result<(), Error> {
        each_row(self.hold, 0..self.hold.rows(), self.only, self.stop, |batch, _, rows| {
            let cells = axis.subject.cells(batch)?;
            for local in rows {
                look(axis.spot(cells.get(local)));
            }
            Ok(true)
        })
    }
}
