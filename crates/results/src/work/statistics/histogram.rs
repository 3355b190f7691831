//! Histograms: at most twenty buckets of one width, whose edges are short.

use serde::Serialize;

use super::{
    moment::{self, Detail},
    quantity::float_text,
};
use crate::work::decimal;

/// Most buckets.
const BUCKETS: i128 = 20;
const SECOND: i128 = 1_000_000;
const MINUTE: i128 = 60 * SECOND;
const HOUR: i128 = 60 * MINUTE;
const DAY: i128 = 24 * HOUR;

/// Values from one edge to below the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bucket {
    /// The edge it begins at, in digits or as a date and time.
    pub from: String,
    /// The edge it ends before.
    pub to: String,
    /// Values in it.
    pub count: u64,
}

/// 1, 2, 5, 10, 20 …
fn widths() -> impl Iterator<Item = i128> {
    (0..37).filter_map(decimal::power).flat_map(|power| [power, 2 * power, 5 * power])
}

fn filled(
    values: impl Iterator<Item = i128>,
    first: i128,
    last: i128,
    edge: impl Fn(i128) -> String,
) -> Option<Vec<Bucket>> {
    let mut counts = vec![0u64; usize::try_from(last - first + 1).ok()?];
    for place in values {
        if let Some(count) = usize::try_from(place - first).ok().and_then(|at| counts.get_mut(at)) {
            *count += 1;
        }
    }
    let buckets = (first..).zip(counts);
    Some(buckets.map(|(at, count)| Bucket { from: edge(at), to: edge(at + 1), count }).collect())
}

/// Exact numbers with so many digits behind the point.
pub(super) fn of_numbers(values: &[i128], scale: u32) -> Option<Vec<Bucket>> {
    let (least, greatest) = (*values.iter().min()?, *values.iter().max()?);
    let fits = |width: &i128| greatest.div_euclid(*width) - least.div_euclid(*width) < BUCKETS;
    let width = widths().find(fits)?;
    let (first, last) = (least.div_euclid(width), greatest.div_euclid(width));
    let places = values.iter().map(|value| value.div_euclid(width));
    filled(places, first, last, |at| decimal::text(at.saturating_mul(width), scale))
}

/// Numbers that are too large or too fine for that.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a bucket of floats is found as a float"
)]
pub(super) fn of_floats(values: &[f64]) -> Option<Vec<Bucket>> {
    let least = values.iter().copied().min_by(f64::total_cmp)?;
    let greatest = values.iter().copied().max_by(f64::total_cmp)?;
    // Halves first: the difference of two floats may be none.
    let reach = greatest / 2.0 - least / 2.0;
    if !reach.is_finite() || reach <= 0.0 {
        return None;
    }
    let begin = (reach.log10().floor() as i32).saturating_sub(2).max(-300);
    let steps = (begin..begin + 8).flat_map(|power| [1, 2, 5].map(|digit| (digit, power)));
    let size = |(digit, power): (i32, i32)| f64::from(digit) * 10f64.powi(power);
    let place = |value: f64, width: f64| (value / width).floor();
    let step = steps.into_iter().find(|step| {
        let width = size(*step);
        width.is_finite() && place(greatest, width) - place(least, width) < BUCKETS as f64
    })?;
    let width = size(step);
    let (first, last) = (place(least, width), place(greatest, width));
    if first.abs() > 1e15 || last.abs() > 1e15 {
        return None;
    }
    let edge = |at: i128| {
        let digits = format!("{}e{}", at.saturating_mul(i128::from(step.0)), step.1);
        digits.parse::<f64>().map_or(digits, float_text)
    };
    filled(values.iter().map(|value| place(*value, width) as i128), first as i128, last as i128, edge)
}

/// How moments are put together.
#[derive(Clone, Copy)]
enum Step {
    Micros(i128),
    Months(i128),
}

impl Step {
    fn place(self, moment: i128) -> i128 {
        match self {
            Step::Micros(width) => moment.div_euclid(width),
            Step::Months(width) => moment::month_of(moment).div_euclid(width),
        }
    }

    fn begins(self, place: i128) -> i128 {
        match self {
            Step::Micros(width) => place * width,
            Step::Months(width) => moment::month_begins(place * width),
        }
    }

    fn detail(self) -> Detail {
        match self {
            Step::Micros(width) if width < SECOND => Detail::Fraction,
            Step::Micros(width) if width < MINUTE => Detail::Second,
            Step::Micros(width) if width < DAY => Detail::Minute,
            _ => Detail::Day,
        }
    }

    fn all() -> impl Iterator<Item = Step> {
        let micros = widths().take_while(|width| *width < SECOND);
        let sixties = [1, 2, 5, 10, 15, 30];
        let clock = sixties.map(|many| many * SECOND).into_iter().chain(sixties.map(|many| many * MINUTE));
        let hours = [1, 2, 3, 6, 12].map(|many| many * HOUR).into_iter();
        let days = [1, 2, 5, 10].map(|many| many * DAY).into_iter();
        let years = widths().take(20).map(|many| Step::Months(12 * many));
        let months = [1, 2, 3, 6].map(Step::Months);
        micros.chain(clock).chain(hours).chain(days).map(Step::Micros).chain(months).chain(years)
    }
}

/// Moments: by parts of a day, days, months or years.
pub(super) fn of_moments(moments: &[i128]) -> Option<Vec<Bucket>> {
    let (least, greatest) = (*moments.iter().min()?, *moments.iter().max()?);
    let step = Step::all().find(|step| step.place(greatest) - step.place(least) < BUCKETS)?;
    let places = moments.iter().map(|moment| step.place(*moment));
    filled(places, step.place(least), step.place(greatest), |at| moment::text(step.begins(at), step.detail()))
}
