//! Where a value stands: read as a number, a time or a text, and put into a bucket.

use driver::{CastTarget, Scalar, ValueClass, arrow::CellClass};
use serde::Serialize;

use super::{
    super::{Subject, decimal},
    moment::{self, TimeUnit},
    number::{Number, Read, Step},
};
use crate::{Cell, window::cut};

/// Bytes of a value that are shown.
const SHOWN: usize = 256;

/// What a column's values are on an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AxisKind {
    /// Texts: no distance between them.
    Category,
    /// Numbers.
    Number,
    /// Dates and times, by the printed clock.
    Time,
    /// Times of day.
    Clock,
}

/// How values are put together.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cut {
    Each,
    Step(Step),
    Unit(TimeUnit),
}

/// What a cell is on an axis.
#[derive(Clone, Debug)]
pub(super) enum Spot {
    Null,
    Infinite,
    Unreadable,
    Text,
    Number(Number),
    /// Microseconds since the epoch by the printed clock.
    Moment(i128),
}

impl Subject<'_> {
    /// A cell as a number.
    pub(super) fn number(&self, cell: Cell<'_>) -> Spot {
        let read = match cell {
            Cell::Null | Cell::Bytes(_, Some(CellClass::Null)) => return Spot::Null,
            Cell::Integer(value) => return Spot::Number(Number::whole(value.into())),
            Cell::Unsigned(value) => return Spot::Number(Number::whole(value.into())),
            Cell::Bytes(bytes, Some(CellClass::Integer | CellClass::Real)) => Number::read(bytes),
            Cell::Bytes(bytes, None) if self.class == ValueClass::Number => match Number::read(bytes) {
                // Money is no plain number, but can be read as one.
                Read::Unreadable => match self.cast.cast(&self.native, &self.context, bytes, CastTarget::Decimal) {
                    Scalar::Decimal(text) => Number::read(text.as_bytes()),
                    _ => Read::Unreadable,
                },
                read => read,
            },
            _ => Read::Unreadable,
        };
        match read {
            Read::Number(number) => Spot::Number(number),
            Read::Infinite => Spot::Infinite,
            Read::Unreadable => Spot::Unreadable,
        }
    }

    /// A cell as a time, and whether it is a time of day only.
    pub(super) fn moment(&self, cell: Cell<'_>) -> (Spot, bool) {
        let mut digits = itoa::Buffer::new();
        let Some(text) = cell.text(&mut digits).filter(|_| !matches!(cell, Cell::Bytes(_, Some(CellClass::Null))))
        else {
            return (Spot::Null, false);
        };
        if let Some((micros, clock)) = moment::read(text) {
            return (Spot::Moment(micros), clock);
        }
        if text.eq_ignore_ascii_case(b"infinity") || text.eq_ignore_ascii_case(b"-infinity") {
            return (Spot::Infinite, false);
        }
        // Any other kind's digits are no moments, whatever a cast makes of them.
        if self.class != ValueClass::Temporal {
            return (Spot::Unreadable, false);
        }
        match self.cast.cast(&self.native, &self.context, text, CastTarget::Timestamp) {
            Scalar::Timestamp(micros) => (Spot::Moment(micros.into()), false),
            _ => (Spot::Unreadable, false),
        }
    }

    /// A cell's text as it is shown, cut where it is long.
    pub(super) fn shown(&self, cell: Cell<'_>) -> String {
        if let Cell::Boolean(value) = cell {
            let (yes, no) = self.cast.forms().booleans;
            return if value { yes } else { no }.to_owned();
        }
        let mut digits = itoa::Buffer::new();
        String::from_utf8_lossy(cut(cell.text(&mut digits).unwrap_or_default(), SHOWN)).into_owned()
    }
}

/// One axis.
pub(super) struct Axis<'a> {
    pub(super) subject: Subject<'a>,
    pub(super) kind: AxisKind,
    pub(super) cut: Cut,
}

/// A bucket's name and bounds.
pub(super) struct Bounds {
    pub(super) label: String,
    pub(super) from: Option<f64>,
    pub(super) to: Option<f64>,
}

impl Axis<'_> {
    pub(super) fn spot(&self, cell: Cell<'_>) -> Spot {
        match self.kind {
            AxisKind::Category if matches!(cell, Cell::Null | Cell::Bytes(_, Some(CellClass::Null))) => Spot::Null,
            AxisKind::Category => Spot::Text,
            AxisKind::Number => self.subject.number(cell),
            AxisKind::Time => self.subject.moment(cell).0,
            AxisKind::Clock => match self.subject.moment(cell) {
                (Spot::Moment(micros), true) => Spot::Moment(micros),
                (Spot::Moment(_), false) => Spot::Unreadable,
                (spot, _) => spot,
            },
        }
    }

    /// Appends bytes that order as the buckets do; `false` for a place too far away to have a bucket.
    pub(super) fn push_key(&self, cell: Cell<'_>, spot: &Spot, key: &mut Vec<u8>) -> bool {
        match (spot, self.cut) {
            (Spot::Number(number), Cut::Step(step)) => match number.steps(&step) {
                Some(index) => push_index(index, key),
                None => return false,
            },
            (Spot::Number(number), _) => return decimal::push_key(number.to_string().as_bytes(), key),
            (Spot::Moment(micros), Cut::Unit(unit)) => push_index(moment::floor(*micros, unit), key),
            (Spot::Moment(micros), _) => push_index(*micros, key),
            _ => key.extend(cell.text(&mut itoa::Buffer::new()).unwrap_or_default()),
        }
        true
    }

    /// The bucket a cell's key names.
    pub(super) fn bounds(&self, cell: Cell<'_>, spot: &Spot) -> Bounds {
        match (spot, self.cut) {
            (Spot::Number(number), Cut::Step(step)) => self.step_bounds(&step, number.steps(&step).unwrap_or_default()),
            (Spot::Moment(micros), Cut::Unit(unit)) => self.unit_bounds(unit, moment::floor(*micros, unit)),
            (Spot::Number(number), _) => {
                let at = number.position();
                Bounds { label: self.subject.shown(cell), from: at, to: at }
            }
            (Spot::Moment(micros), _) => {
                let at = Some(moment::position(*micros));
                Bounds { label: self.subject.shown(cell), from: at, to: at }
            }
            _ => Bounds { label: self.subject.shown(cell), from: None, to: None },
        }
    }

    fn step_bounds(&self, step: &Step, index: i128) -> Bounds {
        let (from, to) = (step.edge(index), index.checked_add(1).and_then(|next| step.edge(next)));
        let text = |edge: &Option<Number>| edge.as_ref().map(Number::to_string).unwrap_or_default();
        Bounds {
            label: format!("{} to {}", text(&from), text(&to)),
            from: from.and_then(|edge| edge.position()),
            to: to.and_then(|edge| edge.position()),
        }
    }

    fn unit_bounds(&self, unit: TimeUnit, start: i128) -> Bounds {
        Bounds {
            label: moment::label(start, unit, self.kind == AxisKind::Clock),
            from: Some(moment::position(start)),
            to: Some(moment::position(moment::next(start, unit))),
        }
    }

    /// The key of the bucket after the one with this key.
    pub(super) fn after(&self, key: &[u8]) -> Option<Vec<u8>> {
        let at = read_index(key)?;
        let next = match self.cut {
            Cut::Each => return None,
            Cut::Step(_) => at.checked_add(1)?,
            Cut::Unit(unit) => moment::next(at, unit),
        };
        let mut key = Vec::new();
        push_index(next, &mut key);
        Some(key)
    }

    /// The bucket with this key, and the key of the one after it.
    pub(super) fn between(&self, key: &[u8]) -> Option<(Bounds, Vec<u8>)> {
        let at = read_index(key)?;
        let bounds = match self.cut {
            Cut::Each => return None,
            Cut::Step(step) => self.step_bounds(&step, at),
            Cut::Unit(unit) => self.unit_bounds(unit, at),
        };
        Some((bounds, self.after(key)?))
    }

    /// Where a spot is on the screen.
    pub(super) fn position(spot: &Spot) -> Option<f64> {
        match spot {
            Spot::Number(number) => number.position(),
            Spot::Moment(micros) => Some(moment::position(*micros)),
            _ => None,
        }
    }
}

fn push_index(index: i128, key: &mut Vec<u8>) {
    // The sign bit is turned so that the numbers order as unsigned bytes.
    key.extend((u128::from_be_bytes(index.to_be_bytes()) ^ (1 << 127)).to_be_bytes());
}

fn read_index(key: &[u8]) -> Option<i128> {
    let bytes: [u8; 16] = key.try_into().ok()?;
    Some(i128::from_be_bytes((u128::from_be_bytes(bytes) ^ (1 << 127)).to_be_bytes()))
}
