//! Quantities: numbers and moments that are ordered, reckoned exactly where 128 bits allow it.

use std::cmp::Ordering;

use crate::work::decimal;

/// Most quantities that are kept for quartiles, outliers and a histogram.
pub(super) const QUANTITIES: usize = 5_000_000;
/// Beyond this sums of a few would overflow.
const ROOM: i128 = i128::MAX / 64;

/// One value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Quantity {
    /// `value / 10^scale`.
    Exact(i128, u32),
    /// Too large or too fine to be reckoned with exactly.
    Float(f64),
    /// NaN, an infinity, or what is no number at all.
    NotFinite,
}

impl Quantity {
    /// Reads a number's digits; `None` where they are none.
    pub(super) fn of_digits(text: &[u8]) -> Option<Self> {
        if let Some((value, scale)) = decimal::exact(text) {
            return Some(if value.abs() <= ROOM { Quantity::Exact(value, scale) } else { float(value, scale) });
        }
        let value: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
        Some(if value.is_finite() { Quantity::Float(value) } else { Quantity::NotFinite })
    }
}

fn float(value: i128, scale: u32) -> Quantity {
    Quantity::Float(as_float(value, scale))
}

#[allow(clippy::cast_precision_loss, reason = "asked for as a float")]
fn as_float(value: i128, scale: u32) -> f64 {
    value as f64 / 10f64.powi(i32::try_from(scale).unwrap_or(i32::MAX))
}

/// The quantities of a column in the order of their rows.
#[derive(Debug)]
pub(super) struct Quantities {
    values: Values,
    /// Digits behind the point of the exact ones.
    pub(super) scale: u32,
    /// The hold's row of each.
    pub(super) rows: Vec<u32>,
    pub(super) count: u64,
    /// The exact sum, while there is one.
    sum: Option<(i128, u32)>,
    total: f64,
    /// There were too many to keep.
    pub(super) too_many: bool,
}

#[derive(Debug)]
pub(super) enum Values {
    Exact(Vec<i128>),
    Floats(Vec<f64>),
}

impl Default for Quantities {
    fn default() -> Self {
        Quantities {
            values: Values::Exact(Vec::new()),
            scale: 0,
            rows: Vec::new(),
            count: 0,
            sum: Some((0, 0)),
            total: 0.0,
            too_many: false,
        }
    }
}

impl Quantities {
    pub(super) fn values(&self) -> &Values {
        &self.values
    }

    /// Adds a value that is finite; `false` for one that is not.
    pub(super) fn push(&mut self, quantity: Quantity, row: u32) -> bool {
        let value = match quantity {
            Quantity::NotFinite => return false,
            Quantity::Exact(value, scale) => as_float(value, scale),
            Quantity::Float(value) => value,
        };
        self.count += 1;
        self.total += value;
        self.add(quantity);
        if self.rows.len() >= QUANTITIES {
            self.too_many = true;
            (self.rows, self.values) = (Vec::new(), Values::Exact(Vec::new()));
        }
        if self.too_many {
            return true;
        }
        self.rows.push(row);
        match (quantity, &mut self.values) {
            (Quantity::Exact(value, scale), Values::Exact(values)) => match rescaled(value, scale, self.scale) {
                Some(value) => values.push(value),
                None if self.refine(scale) => {
                    if let Values::Exact(values) = &mut self.values {
                        values.push(value);
                    }
                }
                None => self.push_float(as_float(value, scale)),
            },
            _ => self.push_float(value),
        }
        true
    }

    fn push_float(&mut self, value: f64) {
        if let Values::Exact(values) = &self.values {
            self.values = Values::Floats(values.iter().map(|value| as_float(*value, self.scale)).collect());
        }
        if let Values::Floats(values) = &mut self.values {
            values.push(value);
        }
    }

    /// Gives all of them more digits behind the point; `false` where one of them has no room for that.
    fn refine(&mut self, scale: u32) -> bool {
        let Values::Exact(values) = &mut self.values else { return false };
        let Some(factor) = scale.checked_sub(self.scale).and_then(decimal::power) else { return false };
        let most = ROOM / factor;
        if values.iter().any(|value| value.abs() > most) {
            return false;
        }
        values.iter_mut().for_each(|value| *value *= factor);
        self.scale = scale;
        true
    }

    fn add(&mut self, quantity: Quantity) {
        self.sum = match (quantity, self.sum) {
            (Quantity::Exact(value, scale), Some((sum, known))) => {
                let scale = scale.max(known);
                let value = quantity_at(value, quantity, scale);
                let sum = rescaled(sum, known, scale);
                value.zip(sum).and_then(|(value, sum)| Some((value.checked_add(sum)?, scale)))
            }
            _ => None,
        };
    }

    /// The exact sum in digits.
    pub(super) fn sum(&self) -> Option<String> {
        self.sum.map(|(sum, scale)| decimal::text(sum, scale))
    }

    /// The mean in digits, and whether it is exact.
    #[allow(clippy::cast_precision_loss, reason = "told to be approximate")]
    pub(super) fn mean(&self) -> Option<(String, bool)> {
        if self.count == 0 {
            return None;
        }
        let count = i128::from(self.count);
        if let Some((sum, scale)) = self.sum
            && let Some(finer) = sum.checked_mul(1_000_000)
        {
            let (whole, rest) = (finer / count, finer % count);
            let up = if rest.abs() * 2 >= count { rest.signum() } else { 0 };
            return Some((decimal::text(whole + up, scale + 6), rest == 0));
        }
        Some((float_text(self.total / self.count as f64), false))
    }
}

fn quantity_at(value: i128, quantity: Quantity, scale: u32) -> Option<i128> {
    match quantity {
        Quantity::Exact(_, own) => rescaled(value, own, scale),
        _ => None,
    }
}

/// The same value with more digits behind the point; `None` where it has too many already, or no room.
fn rescaled(value: i128, from: u32, to: u32) -> Option<i128> {
    let value = value.checked_mul(decimal::power(to.checked_sub(from)?)?)?;
    (value.abs() <= ROOM).then_some(value)
}

/// A float in digits; very large and very small ones with an exponent.
pub(super) fn float_text(value: f64) -> String {
    let size = value.abs();
    if value != 0.0 && !(1e-6..1e17).contains(&size) { format!("{value:e}") } else { value.to_string() }
}

/// What quartiles and fences need of a kind of value.
pub(super) trait Measured: Copy {
    fn order(&self, other: &Self) -> Ordering;
    /// Twice the fences of Tukey: a quartile and one and a half times the distance between the two.
    fn fences(lower: Self, upper: Self) -> (Self, Self);
    /// How far it is beyond such a fence, and whether above.
    fn beyond(self, fences: (Self, Self)) -> Option<(Self, bool)>;
}

impl Measured for i128 {
    fn order(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }

    fn fences(lower: i128, upper: i128) -> (i128, i128) {
        let reach = 3 * (upper - lower);
        (2 * lower - reach, 2 * upper + reach)
    }

    fn beyond(self, (low, high): (i128, i128)) -> Option<(i128, bool)> {
        let twice = 2 * self;
        if twice < low {
            return Some((low - twice, false));
        }
        (twice > high).then(|| (twice - high, true))
    }
}

impl Measured for f64 {
    fn order(&self, other: &Self) -> Ordering {
        self.total_cmp(other)
    }

    fn fences(lower: f64, upper: f64) -> (f64, f64) {
        let reach = 3.0 * (upper - lower);
        (2.0 * lower - reach, 2.0 * upper + reach)
    }

    fn beyond(self, (low, high): (f64, f64)) -> Option<(f64, bool)> {
        let twice = 2.0 * self;
        if twice < low {
            return Some((low - twice, false));
        }
        (twice > high).then_some((twice - high, true))
    }
}

/// The quartiles by nearest rank: each is one of the values, the one at the place `ceil(p * n)`.
pub(super) fn quartiles<T: Measured>(values: &[T]) -> Option<[T; 3]> {
    let mut ordered = values.to_vec();
    let mut at = |quarter: usize| {
        let place = (quarter * ordered.len()).div_ceil(4).checked_sub(1)?;
        Some(*ordered.select_nth_unstable_by(place, T::order).1)
    };
    if values.is_empty() { None } else { Some([at(1)?, at(2)?, at(3)?]) }
}

/// The values beyond the fences.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Beyond {
    pub(super) below: u64,
    pub(super) above: u64,
    /// Places of the farthest ones, the farthest first.
    pub(super) farthest: Vec<usize>,
}

/// Finds what is beyond the fences, and the `most` values that are farthest.
pub(super) fn beyond<T: Measured>(values: &[T], fences: (T, T), most: usize) -> Beyond {
    let mut found = Beyond::default();
    let mut farthest: Vec<(T, usize)> = Vec::with_capacity(most + 1);
    for (place, value) in values.iter().enumerate() {
        let Some((distance, above)) = value.beyond(fences) else { continue };
        *(if above { &mut found.above } else { &mut found.below }) += 1;
        if farthest.len() < most || farthest.last().is_some_and(|(least, _)| distance.order(least).is_gt()) {
            let at = farthest.partition_point(|(other, _)| other.order(&distance).is_ge());
            farthest.insert(at, (distance, place));
            farthest.truncate(most);
        }
    }
    found.farthest = farthest.into_iter().map(|(_, place)| place).collect();
    found
}
