//! What a column of held rows looks like.

use std::collections::HashMap;

use driver::{CastTarget, Error, Scalar, ValueClass, arrow::CellClass};
use serde::Serialize;

use super::{Column, Stop, Subject, sort::ascending};
use crate::{Cell, Hold, View, gather::each_row, window::cut};

/// A frequent value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TopValue {
    /// Its text, at most 256 bytes of it.
    pub text: String,
    /// How often it was seen.
    pub count: u64,
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
    /// The least value's text.
    pub least: Option<String>,
    /// The greatest value's text.
    pub greatest: Option<String>,
    /// The exact sum of whole numbers, as digits; `None` where there is none or it overflows 128 bits.
    pub sum: Option<String>,
    /// The mean of numbers, as a float: approximate.
    pub mean: Option<f64>,
    /// Numbers that counted.
    pub numbers: u64,
    /// Values of a number column that are no finite number; not NULL and not counted.
    pub unrepresentable: u64,
    /// Bytes of the longest text.
    pub longest: u64,
    /// The most frequent values.
    pub top: Vec<TopValue>,
}

/// Different values that are told apart.
const DISTINCT: usize = 100_000;
/// Bytes of those values.
const DISTINCT_BYTES: usize = 64 << 20;
/// Bytes of a value that is shown.
const SHOWN: usize = 256;

struct Tally {
    counts: HashMap<Box<[u8]>, u64>,
    bytes: usize,
    exact: bool,
    least: Option<(Vec<u8>, Vec<u8>)>,
    greatest: Option<(Vec<u8>, Vec<u8>)>,
    sum: Option<i128>,
    total: f64,
}

impl Hold {
    /// Looks at every value of a column, of the whole hold or of a view.
    ///
    /// # Errors
    /// `NotFound` for a column that is not there, `Corrupt`, `Cancelled`.
    pub fn statistics(&self, over: Option<&View>, column: Column<'_>, stop: &Stop) -> Result<Statistics, Error> {
        let complete = self.is_complete() && over.is_none_or(|view| view.complete);
        let end = self.rows();
        let subject = Subject::of(self, column)?;
        let mut facts = Statistics { of: over.map_or(end, View::len), complete, ..Statistics::default() };
        let mut tally = Tally {
            counts: HashMap::new(),
            bytes: 0,
            exact: true,
            least: None,
            greatest: None,
            sum: Some(0),
            total: 0.0,
        };
        let only = over.map(ascending);
        let mut key = Vec::new();
        each_row(self, 0..end, only.as_deref(), stop, |batch, _, rows| {
            let cells = subject.cells(batch)?;
            for local in rows {
                let cell = cells.get(local);
                key.clear();
                let mut digits = itoa::Buffer::new();
                match cell.text(&mut digits).filter(|_| subject.push_key(cell, &mut key)) {
                    None => facts.nulls += 1,
                    Some(text) => tally.add(&subject, cell, text, &key, &mut facts),
                }
            }
            Ok(true)
        })?;
        tally.finish(&mut facts);
        Ok(facts)
    }
}

/// Replaces the extreme when the new key is beyond it.
fn keep(extreme: &mut Option<(Vec<u8>, Vec<u8>)>, key: &[u8], text: &[u8], beyond: std::cmp::Ordering) {
    if extreme.as_ref().is_none_or(|(known, _)| key.cmp(known.as_slice()) == beyond) {
        *extreme = Some((key.to_vec(), cut(text, SHOWN).to_vec()));
    }
}

impl Tally {
    fn add(&mut self, subject: &Subject<'_>, cell: Cell<'_>, text: &[u8], key: &[u8], facts: &mut Statistics) {
        facts.empty += u64::from(text.is_empty());
        facts.longest = facts.longest.max(text.len() as u64);
        keep(&mut self.least, key, text, std::cmp::Ordering::Less);
        keep(&mut self.greatest, key, text, std::cmp::Ordering::Greater);
        let room = self.counts.len() < DISTINCT && self.bytes + text.len() <= DISTINCT_BYTES;
        match self.counts.get_mut(text) {
            Some(count) => *count += 1,
            None if room => {
                self.bytes += text.len();
                self.counts.insert(text.into(), 1);
            }
            None => self.exact = false,
        }
        self.number(subject, cell, text, facts);
    }

    #[allow(clippy::cast_precision_loss, reason = "the mean is a float")]
    fn number(&mut self, subject: &Subject<'_>, cell: Cell<'_>, text: &[u8], facts: &mut Statistics) {
        let whole = match cell {
            Cell::Integer(value) => Some(i128::from(value)),
            Cell::Unsigned(value) => Some(i128::from(value)),
            Cell::Bytes(_, Some(CellClass::Integer)) => {
                std::str::from_utf8(text).ok().and_then(|text| text.parse().ok())
            }
            _ => None,
        };
        let float = match (whole, cell) {
            (Some(value), _) => Some(value as f64),
            (None, Cell::Bytes(_, Some(CellClass::Real))) => {
                std::str::from_utf8(text).ok().and_then(|text| text.parse().ok())
            }
            (None, Cell::Bytes(bytes, None)) if subject.class == ValueClass::Number => {
                match subject.cast.cast(&subject.native, &subject.context, bytes, CastTarget::Float) {
                    Scalar::Float(value) => Some(value),
                    _ => Some(f64::NAN),
                }
            }
            _ => None,
        };
        match float {
            None => {}
            Some(value) if value.is_finite() => {
                facts.numbers += 1;
                self.total += value;
                self.sum = match whole {
                    Some(whole) => self.sum.and_then(|sum| sum.checked_add(whole)),
                    None => None,
                };
            }
            Some(_) => facts.unrepresentable += 1,
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "the mean is a float")]
    fn finish(self, facts: &mut Statistics) {
        let shown = |bytes: &[u8]| String::from_utf8_lossy(cut(bytes, SHOWN)).into_owned();
        facts.distinct = self.counts.len() as u64 + u64::from(!self.exact);
        facts.distinct_exact = self.exact;
        facts.least = self.least.map(|(_, text)| shown(&text));
        facts.greatest = self.greatest.map(|(_, text)| shown(&text));
        if facts.numbers > 0 {
            facts.sum = self.sum.map(|sum| sum.to_string());
            facts.mean = Some(self.total / facts.numbers as f64);
        }
        let mut counts: Vec<_> = self.counts.into_iter().collect();
        counts.sort_unstable_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        counts.truncate(10);
        facts.top = counts.into_iter().map(|(text, count)| TopValue { text: shown(&text), count }).collect();
    }
}
