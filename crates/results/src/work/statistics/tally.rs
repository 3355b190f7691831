//! What is counted of one column while its rows go by.

use std::{
    cmp::Ordering,
    collections::HashMap,
    hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState},
};

use arrow_array::RecordBatch;
use driver::{CastTarget, Error, Scalar, ValueClass, arrow::CellClass};

use super::{
    Outlier, Outliers, Quartiles, Scale, Statistics, TopValue, histogram,
    moment::{self, Detail},
    quantity::{self, Beyond, Measured, Quantities, Quantity, Values},
};
use crate::{
    Cell, Hold, View,
    cells::is_raw,
    window::cut,
    work::{Subject, decimal},
};

/// Different values that are told apart.
const DISTINCT: usize = 3_500_000;
/// Bytes of a value that is shown.
const SHOWN: usize = 256;
/// Frequent values that are named.
const TOP: usize = 10;
/// Outliers that are named.
const FARTHEST: usize = 10;
/// So few different values need no histogram: the frequent ones are all of them.
const FEW: u64 = 10;
/// Fewer values have no outliers.
const ENOUGH: usize = 4;

/// Takes a hash for what it is.
#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = self.0.rotate_left(32) ^ hash;
    }
}

/// How often a value was seen, and the hold's row it was seen in first.
#[derive(Clone, Copy)]
struct Seen {
    count: u32,
    first: u32,
}

pub(super) struct Tally<'a> {
    subject: Subject<'a>,
    /// The cells are bytes as they are.
    raw: bool,
    /// Values by 128 bits of hash: two different ones share them less often than memory fails.
    seen: HashMap<(u64, u64), Seen, BuildHasherDefault<AsIs>>,
    hashes: (RandomState, RandomState),
    exact: bool,
    least: Option<(Vec<u8>, Shown)>,
    greatest: Option<(Vec<u8>, Shown)>,
    quantities: Quantities,
    nulls: u64,
    empty: u64,
    longest: u64,
    rows: u64,
    unrepresentable: u64,
    key: Vec<u8>,
}

/// A value as it is shown, and whether that is all of it.
#[derive(Clone)]
struct Shown(String, bool);

fn shown(raw: bool, class: Option<CellClass>, bytes: &[u8]) -> Shown {
    if raw || matches!(class, Some(CellClass::Bytes | CellClass::InvalidText)) {
        let part = bytes.get(..SHOWN / 2).unwrap_or(bytes);
        let digits: String = part.iter().map(|byte| format!("{byte:02X}")).collect();
        return Shown(format!("0x{digits}"), false);
    }
    let part = cut(bytes, SHOWN);
    match std::str::from_utf8(part) {
        Ok(text) => Shown(text.to_owned(), part.len() == bytes.len()),
        Err(_) => Shown(String::from_utf8_lossy(part).into_owned(), false),
    }
}

impl<'a> Tally<'a> {
    pub(super) fn new(hold: &Hold, subject: Subject<'a>) -> Self {
        Tally {
            raw: is_raw(subject.cast, hold.schema().field(subject.index)),
            subject,
            seen: HashMap::default(),
            hashes: (RandomState::new(), RandomState::new()),
            exact: true,
            least: None,
            greatest: None,
            quantities: Quantities::default(),
            nulls: 0,
            empty: 0,
            longest: 0,
            rows: 0,
            unrepresentable: 0,
            key: Vec::new(),
        }
    }

    /// Counts some rows of a batch, whose first row is the hold's `first`.
    pub(super) fn add(&mut self, batch: &RecordBatch, first: u64, rows: &[usize]) -> Result<(), Error> {
        let cells = self.subject.cells(batch)?;
        for local in rows {
            self.rows += 1;
            self.key.clear();
            let cell = cells.get(*local);
            let mut digits = itoa::Buffer::new();
            match cell.text(&mut digits).filter(|_| self.subject.push_key(cell, &mut self.key)) {
                None => self.nulls += 1,
                Some(text) => {
                    let row = u32::try_from(first + *local as u64).unwrap_or(u32::MAX);
                    self.value(cell, text, row);
                }
            }
        }
        Ok(())
    }

    fn value(&mut self, cell: Cell<'_>, text: &[u8], row: u32) {
        self.empty += u64::from(text.is_empty());
        self.longest = self.longest.max(text.len() as u64);
        let class = match cell {
            Cell::Bytes(_, class) => class,
            _ => None,
        };
        let as_shown = || shown(self.raw, class, text);
        keep(&mut self.least, &self.key, Ordering::Less, as_shown);
        keep(&mut self.greatest, &self.key, Ordering::Greater, as_shown);
        let hash = (self.hashes.0.hash_one(&self.key), self.hashes.1.hash_one(&self.key));
        let room = self.seen.len() < DISTINCT;
        match self.seen.get_mut(&hash) {
            Some(seen) => seen.count = seen.count.saturating_add(1),
            None if room => {
                self.seen.insert(hash, Seen { count: 1, first: row });
            }
            None => self.exact = false,
        }
        if let Some(quantity) = self.quantity(cell, text)
            && !self.quantities.push(quantity, row)
        {
            self.unrepresentable += 1;
        }
    }

    /// The number or moment of a cell; `None` where its column has none.
    fn quantity(&self, cell: Cell<'_>, text: &[u8]) -> Option<Quantity> {
        let subject = &self.subject;
        let cast = |target| subject.cast.cast(&subject.native, &subject.context, text, target);
        match cell {
            Cell::Integer(value) => Some(Quantity::Exact(value.into(), 0)),
            Cell::Unsigned(value) => Some(Quantity::Exact(value.into(), 0)),
            Cell::Bytes(_, Some(CellClass::Integer | CellClass::Real)) if subject.class != ValueClass::Temporal => {
                Some(Quantity::of_digits(text).unwrap_or(Quantity::NotFinite))
            }
            Cell::Bytes(_, None) if subject.class == ValueClass::Number => {
                Some(Quantity::of_digits(text).unwrap_or_else(|| match cast(CastTarget::Decimal) {
                    Scalar::Decimal(digits) => Quantity::of_digits(digits.as_bytes()).unwrap_or(Quantity::NotFinite),
                    _ => Quantity::NotFinite,
                }))
            }
            Cell::Bytes(..) if subject.class == ValueClass::Temporal => match cast(CastTarget::Timestamp) {
                Scalar::Timestamp(micros) => Some(Quantity::Exact(micros.into(), 0)),
                _ => Some(Quantity::NotFinite),
            },
            _ => None,
        }
    }

    pub(super) fn finish(
        mut self,
        hold: &Hold,
        over: Option<&View>,
        mut facts: Statistics,
    ) -> Result<Statistics, Error> {
        (facts.nulls, facts.empty, facts.longest) = (self.nulls, self.empty, self.longest);
        facts.distinct = self.seen.len() as u64 + u64::from(!self.exact);
        facts.distinct_exact = self.exact;
        facts.unique = self.exact && self.nulls == 0 && self.rows > 0 && facts.distinct == self.rows;
        facts.least = self.least.take().map(|(_, shown)| shown.0);
        facts.greatest = self.greatest.take().map(|(_, shown)| shown.0);
        facts.top = self.top(hold)?;
        // Nothing below needs them, and they are most of the memory.
        self.seen = HashMap::default();
        self.spread(hold, over, &mut facts)?;
        Ok(facts)
    }

    fn top(&self, hold: &Hold) -> Result<Vec<TopValue>, Error> {
        let mut top: Vec<Seen> = Vec::with_capacity(TOP + 1);
        let before =
            |one: &Seen, other: &Seen| other.count.cmp(&one.count).then_with(|| one.first.cmp(&other.first)).is_lt();
        for seen in self.seen.values() {
            if top.len() < TOP || top.last().is_some_and(|last| before(seen, last)) {
                let at = top.partition_point(|other| before(other, seen));
                top.insert(at, *seen);
                top.truncate(TOP);
            }
        }
        let named = |seen: Seen| {
            let Shown(text, whole) = self.text(hold, seen.first)?;
            Ok(TopValue { text, count: seen.count.into(), whole })
        };
        top.into_iter().map(named).collect()
    }

    fn text(&self, hold: &Hold, row: u32) -> Result<Shown, Error> {
        // One more byte than is shown tells whether that is all.
        let cell = hold.cell(row.into(), self.subject.index, 0..SHOWN as u64 + 1)?;
        Ok(shown(self.raw, cell.class, &cell.bytes.unwrap_or_default()))
    }

    fn spread(&self, hold: &Hold, over: Option<&View>, facts: &mut Statistics) -> Result<(), Error> {
        let quantities = &self.quantities;
        if quantities.count == 0 {
            // Times of day and texts in a free column: none of them is meant as a quantity.
            facts.unrepresentable = if self.subject.class == ValueClass::Number { self.unrepresentable } else { 0 };
            return Ok(());
        }
        let moments = self.subject.class == ValueClass::Temporal;
        (facts.numbers, facts.unrepresentable) = (quantities.count, self.unrepresentable);
        facts.too_many = quantities.too_many;
        let zoned = moments && [&facts.least, &facts.greatest].into_iter().flatten().any(|text| moment::is_zoned(text));
        facts.scale = match (moments, zoned) {
            (false, _) => Scale::Numbers,
            (true, false) => Scale::Moments,
            (true, true) => Scale::ZonedMoments,
        };
        if !moments {
            facts.sum = quantities.sum();
            (facts.mean, facts.mean_exact) =
                quantities.mean().map_or((None, false), |(text, exact)| (Some(text), exact));
        }
        let few = facts.distinct_exact && facts.distinct <= FEW;
        match quantities.values() {
            Values::Exact(values) => {
                if !few {
                    let numbers = || histogram::of_numbers(values, quantities.scale);
                    facts.histogram = if moments { histogram::of_moments(values) } else { numbers() };
                }
                let fence = |twice: i128| match moments {
                    true => moment::text(twice.div_euclid(2), Detail::of(twice.div_euclid(2))),
                    false => decimal::text(twice * 5, quantities.scale + 1),
                };
                self.fenced(values, fence, hold, over, facts)
            }
            Values::Floats(values) => {
                if !few {
                    facts.histogram = histogram::of_floats(values);
                }
                self.fenced(values, |twice: f64| quantity::float_text(twice / 2.0), hold, over, facts)
            }
        }
    }

    fn fenced<T: Measured>(
        &self,
        values: &[T],
        fence: impl Fn(T) -> String,
        hold: &Hold,
        over: Option<&View>,
        facts: &mut Statistics,
    ) -> Result<(), Error> {
        let Some([lower, median, upper]) = quantity::quartiles(values) else { return Ok(()) };
        let row_at = |place: usize| self.quantities.rows.get(place).copied().unwrap_or(0);
        let named = |wanted: T| {
            let place = values.iter().position(|value| value.order(&wanted).is_eq()).unwrap_or(0);
            Ok::<_, Error>(self.text(hold, row_at(place))?.0)
        };
        facts.quartiles = Some(Quartiles { lower: named(lower)?, median: named(median)?, upper: named(upper)? });
        if values.len() < ENOUGH || lower.order(&upper).is_eq() {
            return Ok(());
        }
        let fences = T::fences(lower, upper);
        let Beyond { below, above, farthest } = quantity::beyond(values, fences, FARTHEST);
        let mut named = Vec::with_capacity(farthest.len());
        for place in farthest {
            let row = row_at(place);
            let shown_at = match over {
                None => u64::from(row),
                Some(view) => view.rows().iter().position(|other| *other == row).unwrap_or(0) as u64,
            };
            named.push(Outlier { row: shown_at, text: self.text(hold, row)?.0 });
        }
        facts.outliers = Some(Outliers { low: fence(fences.0), high: fence(fences.1), below, above, farthest: named });
        Ok(())
    }
}

/// Replaces the extreme when the new key is beyond it.
fn keep(extreme: &mut Option<(Vec<u8>, Shown)>, key: &[u8], beyond: Ordering, shown: impl Fn() -> Shown) {
    match extreme {
        None => *extreme = Some((key.to_vec(), shown())),
        Some((known, text)) if key.cmp(known.as_slice()) == beyond => {
            known.clear();
            known.extend_from_slice(key);
            *text = shown();
        }
        Some(_) => {}
    }
}
