use serde::{Deserialize, Serialize};
use specta::Type;

use super::Count;

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// Bars from zero.
    Bar,
    /// Points joined by lines.
    Line,
    /// Lines with the area down to zero filled.
    Area,
    /// Points.
    Scatter,
    /// Slices of a whole.
    Pie,
    /// Bars of how many values are in each bucket of numbers.
    Histogram,
}

/// What is made of the values of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ChartAggregate {
    /// Nothing: every row is a point of its own.
    None,
    /// How many rows.
    Rows,
    /// How many values that are not NULL.
    Values,
    /// Their exact sum.
    Sum,
    /// Their mean, rounded to six digits more than they have.
    Average,
    /// The least.
    Least,
    /// The greatest.
    Greatest,
}

/// One thing a chart measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChartMeasure {
    /// The column's place in the result; counting rows needs none.
    pub column: Option<u32>,
    /// What is made of its values.
    pub aggregate: ChartAggregate,
}

/// A unit of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum ChartUnit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// How the values of the x axis are put together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum ChartBucket {
    /// As fits the values.
    Auto,
    /// Every value by itself.
    Each,
    /// Numbers by a width.
    Width {
        /// As decimal text.
        width: String,
    },
    /// Numbers in about so many nice steps.
    Count {
        /// How many.
        count: u32,
    },
    /// Times by a unit of the calendar, by the clock as it is printed.
    Unit {
        /// Which.
        unit: ChartUnit,
    },
}

/// How groups stand beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ChartOrder {
    /// By the x value.
    Key,
    /// By the x value, the greatest first.
    KeyDescending,
    /// By what is measured first, the least first.
    Value,
    /// By what is measured first, the greatest first.
    ValueDescending,
    /// As the rows come.
    Met,
}

/// What a chart of held rows is to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChartSpec {
    /// How it is drawn.
    pub kind: ChartKind,
    /// The column of the x axis, by its place in the result.
    pub x: u32,
    /// The column whose values are series of their own.
    pub series: Option<u32>,
    /// What is measured. Either all of them are points of their own or none.
    pub measures: Vec<ChartMeasure>,
    /// How x values are put together.
    pub bucket: ChartBucket,
    /// How groups stand beside each other.
    pub order: ChartOrder,
    /// Most groups, at most 1,000.
    pub limit: u32,
    /// Whether the texts beyond that become one group.
    pub others: bool,
}

/// What a column's values are on an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ChartAxis {
    /// Texts: no distance between them.
    Category,
    /// Numbers.
    Number,
    /// Dates and times, by the clock as it is printed.
    Time,
    /// Times of day.
    Clock,
}

/// A first chart for held rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChartSuggestion {
    /// What it shows.
    pub spec: ChartSpec,
    /// What each column of the result is on an axis.
    pub axes: Vec<ChartAxis>,
    /// Why this one, as a sentence.
    pub why: String,
}

/// What a group or a series is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ChartGroupKind {
    /// Values.
    Value,
    /// NULL.
    Null,
    /// All that have no place of their own.
    Other,
}

/// A place on the x axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ChartGroup {
    /// What it is.
    pub kind: ChartGroupKind,
    /// Its text, as the server printed it.
    pub label: String,
    /// Where it begins: a number, or milliseconds since the epoch by the printed clock. Only a place on the screen.
    pub from: Option<f64>,
    /// Where it ends.
    pub to: Option<f64>,
    /// Rows in it.
    #[specta(type = Count)]
    pub rows: u64,
}

/// One mark of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ChartMark {
    /// Its group; none where it has a place of its own.
    pub group: Option<u32>,
    /// Its place on the x axis where it has no group.
    pub x: Option<f64>,
    /// The x value's text where it has no group.
    pub label: String,
    /// Its place on the y axis; none where there is no value or none that a screen has room for.
    pub y: Option<f64>,
    /// The exact value.
    pub text: Option<String>,
    /// Rows it stands for.
    #[specta(type = Count)]
    pub rows: u64,
}

/// Marks that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ChartLine {
    /// What it is.
    pub kind: ChartGroupKind,
    /// What the legend calls it.
    pub label: String,
    /// Which measure it shows, from 0.
    pub measure: u32,
    /// Its marks.
    pub marks: Vec<ChartMark>,
}

/// What a chart of held rows shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ChartSeries {
    /// The rows.
    pub hold_id: String,
    /// What it shows, in words.
    pub title: String,
    /// What the x axis shows, in words.
    pub x_title: String,
    /// What the y axis shows, in words.
    pub y_title: String,
    /// Of how many rows it speaks.
    #[specta(type = Count)]
    pub rows: u64,
    /// What has to be said where those are not all: `first 100,000 rows, not all`.
    pub partial: Option<String>,
    /// What the x axis is.
    pub axis: ChartAxis,
    /// The unit its times are put together by.
    pub unit: Option<ChartUnit>,
    /// The width its numbers are put together by.
    pub width: Option<String>,
    /// The groups; none where the marks have places of their own.
    pub groups: Vec<ChartGroup>,
    /// The marks, a few thousand at most.
    pub series: Vec<ChartLine>,
    /// What else has to be said: what was left out, what was reduced and how, the time zone. Sentences.
    pub notes: Vec<String>,
}

/// A drawn chart, for a file.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "format")]
pub enum ChartPicture {
    /// A vector picture.
    Svg {
        /// Its text.
        text: String,
    },
    /// Pixels.
    Png {
        /// The file's bytes in Base64.
        base64: String,
    },
}
