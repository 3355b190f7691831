//! What columns of held rows look like.

mod histogram;
mod moment;
mod pairs;
mod quantity;
mod tally;

use driver::{Cast, Error};
use serde::Serialize;

use super::{Column, Stop, Subject, sort::ascending};
use crate::{Hold, View, gather::each_row};

pub use histogram::Bucket;
use tally::Tally;

/// A frequent value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TopValue {
    /// Its text, at most 256 bytes of it; bytes in hexadecimal.
    pub text: String,
    /// How often it was seen.
    pub count: u64,
    /// The text is the whole value as it is, so that rows can be found by it.
    pub whole: bool,
}

/// The values a quarter, half and three quarters of the way from the least to the greatest. Each is one of the values, found
/// by nearest rank: the one at the place `ceil(p * n)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quartiles {
    /// A quarter of the values are not greater.
    pub lower: String,
    /// Half of the values are not greater.
    pub median: String,
    /// Three quarters of the values are not greater.
    pub upper: String,
}

/// A value that lies far from the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outlier {
    /// Its row, of the view where there is one.
    pub row: u64,
    /// Its text.
    pub text: String,
}

/// Values beyond Tukey's fences: more than one and a half times the distance of the quartiles below the lower or above the
/// upper one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outliers {
    /// The lower fence.
    pub low: String,
    /// The upper fence.
    pub high: String,
    /// Values below the lower one.
    pub below: u64,
    /// Values above the upper one.
    pub above: u64,
    /// The farthest of them, the farthest first.
    pub farthest: Vec<Outlier>,
}

/// What a column's quantities are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// The column has none.
    #[default]
    None,
    /// Numbers.
    Numbers,
    /// Moments that do not name a zone.
    Moments,
    /// Moments whose texts name a zone: edges and fences are in UTC.
    ZonedMoments,
}

/// Facts about one column.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Statistics {
    /// Of how many rows it speaks.
    pub of: u64,
    /// Whether those are the whole result.
    pub complete: bool,
    /// NULLs among them.
    pub nulls: u64,
    /// Empty texts among them.
    pub empty: u64,
    /// Different values; at least this many when `distinct_exact` is false.
    pub distinct: u64,
    /// Whether `distinct` and `top` are exact.
    pub distinct_exact: bool,
    /// Every row has a value, and no two have the same.
    pub unique: bool,
    /// The least value's text.
    pub least: Option<String>,
    /// The greatest value's text.
    pub greatest: Option<String>,
    /// The exact sum of numbers, in digits; `None` where there is none or it overflows 128 bits.
    pub sum: Option<String>,
    /// The mean of numbers, in digits.
    pub mean: Option<String>,
    /// Whether the mean is exact.
    pub mean_exact: bool,
    /// What its quantities are.
    pub scale: Scale,
    /// Numbers or moments that counted.
    pub numbers: u64,
    /// Values of a column of numbers or moments that are none that is finite; not NULL and not counted.
    pub unrepresentable: u64,
    /// Whether there were too many quantities for quartiles, outliers and a histogram.
    pub too_many: bool,
    /// Bytes of the longest text.
    pub longest: u64,
    /// The most frequent values; the one seen first before others as frequent.
    pub top: Vec<TopValue>,
    /// The quartiles of numbers or moments.
    pub quartiles: Option<Quartiles>,
    /// How numbers or moments are spread; `None` where there are so few different ones that `top` says all.
    pub histogram: Option<Vec<Bucket>>,
    /// What lies far from the rest; `None` where the quartiles are the same value, or there are fewer than four values.
    pub outliers: Option<Outliers>,
}

impl Hold {
    /// Looks at every value of a column, of the whole hold or of a view.
    ///
    /// # Errors
    /// `NotFound` for a column that is not there, `Corrupt`, `Cancelled`.
    pub fn statistics(&self, over: Option<&View>, column: Column<'_>, stop: &Stop) -> Result<Statistics, Error> {
        let mut found = self.statistics_of(over, &[column.index], column.cast, stop)?;
        Ok(found.pop().unwrap_or_default())
    }

    /// Looks at every value of some columns in one pass. A column takes up to 75 bytes of memory for each row while it lasts, and
    /// no more than for five million rows.
    ///
    /// # Errors
    /// As [`Hold::statistics`].
    pub fn statistics_of(
        &self,
        over: Option<&View>,
        columns: &[usize],
        cast: &dyn Cast,
        stop: &Stop,
    ) -> Result<Vec<Statistics>, Error> {
        let complete = self.is_complete() && over.is_none_or(|view| view.complete);
        let end = self.rows();
        let of = over.map_or(end, View::len);
        let column = |index: &usize| Ok(Tally::new(self, Subject::of(self, Column { index: *index, cast })?));
        let mut tallies: Vec<Tally<'_>> = columns.iter().map(column).collect::<Result<_, Error>>()?;
        let only = over.map(ascending);
        each_row(self, 0..end, only.as_deref(), stop, |batch, first, rows| {
            let rows: Vec<usize> = rows.collect();
            for tally in &mut tallies {
                tally.add(batch, first, &rows)?;
            }
            Ok(true)
        })?;
        let finish = |tally: Tally<'_>| {
            stop.check()?;
            tally.finish(self, over, Statistics { of, complete, ..Statistics::default() })
        };
        tallies.into_iter().map(finish).collect()
    }
}
