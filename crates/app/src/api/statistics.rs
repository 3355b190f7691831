use serde::{Deserialize, Serialize};
use specta::Type;

use super::Count;

/// What a column's quantities are; see [`results::Scale`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum QuantityScale {
    /// The column has none.
    None,
    /// Numbers.
    Numbers,
    /// Moments.
    Moments,
    /// Moments whose texts name a zone: edges and fences are in UTC.
    ZonedMoments,
}

/// A frequent value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FrequentValue {
    /// Its text, or the beginning of it; bytes in hexadecimal.
    pub text: String,
    /// How often it was seen.
    #[specta(type = Count)]
    pub count: u64,
    /// The text is the whole value as it is: rows can be found by it.
    pub whole: bool,
}

/// The values a quarter, half and three quarters of the way up, by nearest rank: each is one of the values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ColumnQuartiles {
    /// A quarter of the values are not greater.
    pub lower: String,
    /// Half of them are not greater.
    pub median: String,
    /// Three quarters of them are not greater.
    pub upper: String,
}

/// Values from one edge to below the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct HistogramBucket {
    /// The edge it begins at.
    pub from: String,
    /// The edge it ends before.
    pub to: String,
    /// Values in it.
    #[specta(type = Count)]
    pub count: u64,
}

/// A value far from the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OutlierValue {
    /// Its row among the held rows, from 0.
    #[specta(type = Count)]
    pub row: u64,
    /// Its text.
    pub text: String,
}

/// Values beyond Tukey's fences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ColumnOutliers {
    /// The lower fence.
    pub low: String,
    /// The upper fence.
    pub high: String,
    /// Values below the lower one.
    #[specta(type = Count)]
    pub below: u64,
    /// Values above the upper one.
    #[specta(type = Count)]
    pub above: u64,
    /// The farthest of them, the farthest first.
    pub farthest: Vec<OutlierValue>,
}

/// What a column looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ColumnStatistics {
    /// Rows they speak of.
    #[specta(type = Count)]
    pub rows: u64,
    /// What is said where those are not all: `first 100,000 rows, not all`.
    pub partial: Option<String>,
    /// The server looked at every row, by its own equality and order; the held rows were not asked.
    pub on_server: bool,
    /// How long it took.
    #[specta(type = Count)]
    pub elapsed_ms: u64,
    /// NULLs.
    #[specta(type = Count)]
    pub nulls: u64,
    /// Empty texts; not known from the server.
    #[specta(type = Option<Count>)]
    pub empty: Option<u64>,
    /// Different values; at least so many where `distinct_exact` is false.
    #[specta(type = Count)]
    pub distinct: u64,
    /// Whether `distinct` and `top` are exact.
    pub distinct_exact: bool,
    /// Every row has a value, and no two have the same: a candidate for a key.
    pub unique: bool,
    /// The least value.
    pub least: Option<String>,
    /// The greatest value.
    pub greatest: Option<String>,
    /// The exact sum of numbers.
    pub sum: Option<String>,
    /// The mean of numbers.
    pub mean: Option<String>,
    /// Whether the mean is exact.
    pub mean_exact: bool,
    /// What its quantities are.
    pub scale: QuantityScale,
    /// Values of a column of numbers or moments that are none that is finite (NaN, infinities); not counted in the mean.
    #[specta(type = Count)]
    pub not_finite: u64,
    /// There were too many quantities for quartiles, outliers and a histogram.
    pub too_many: bool,
    /// Bytes of the longest text; not known from the server.
    #[specta(type = Option<Count>)]
    pub longest: Option<u64>,
    /// The most frequent values.
    pub top: Vec<FrequentValue>,
    /// Quartiles of numbers or moments.
    pub quartiles: Option<ColumnQuartiles>,
    /// How numbers or moments are spread; none where the frequent values are all there are.
    pub histogram: Option<Vec<HistogramBucket>>,
    /// Values far from the others; none where the quartiles are one value or there are fewer than four values.
    pub outliers: Option<ColumnOutliers>,
}

/// Pairs of columns that tell rows apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeyPairs {
    /// The pairs, by place among the columns.
    pub pairs: Vec<(u32, u32)>,
    /// Why not all were tried, where that is so.
    pub bound: Option<String>,
}
