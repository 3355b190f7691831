//! What a column is good for in a chart, by a look at its first rows.

use std::collections::HashSet;

use driver::{Error, ValueClass};
use serde::Serialize;

use super::{
    super::{Column, Stop, Subject, sort::ascending},
    axis::{AxisKind, Spot},
};
use crate::{Hold, View, gather::each_row};

/// Rows that are looked at.
const ROWS: u64 = 10_000;
/// Different values that are told apart.
const DISTINCT: usize = 1_000;
/// Bytes of a value that tell it from another.
const TOLD: usize = 64;

/// What the first rows of a column say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outline {
    /// What its values are on an axis.
    pub kind: AxisKind,
    /// Rows that were looked at.
    pub of: u64,
    /// NULLs among them.
    pub nulls: u64,
    /// Different values; at least this many where it is 1,000.
    pub distinct: u64,
    /// Whether no value was seen twice.
    pub unique: bool,
}

impl Hold {
    /// Looks at the first 10,000 rows of a column.
    ///
    /// # Errors
    /// `NotFound` for a column that is not there, `Corrupt`, `Cancelled`.
    pub fn outline(&self, over: Option<&View>, column: Column<'_>, stop: &Stop) -> Result<Outline, Error> {
        let subject = Subject::of(self, column)?;
        let only = over.map(ascending);
        let (mut of, mut nulls, mut others) = (0u64, 0u64, 0u64);
        let (mut numbers, mut moments, mut clocks) = (0u64, 0u64, 0u64);
        let mut seen: HashSet<Box<[u8]>> = HashSet::new();
        let mut unique = true;
        let reads_times = matches!(subject.class, ValueClass::Temporal | ValueClass::Text | ValueClass::Other);
        each_row(self, 0..self.rows(), only.as_deref(), stop, |batch, _, rows| {
            let cells = subject.cells(batch)?;
            for local in rows {
                if of >= ROWS {
                    return Ok(false);
                }
                of += 1;
                let cell = cells.get(local);
                match subject.number(cell) {
                    Spot::Null => {
                        nulls += 1;
                        continue;
                    }
                    Spot::Number(_) | Spot::Infinite if subject.class != ValueClass::Temporal => numbers += 1,
                    _ if reads_times => match subject.moment(cell) {
                        (Spot::Moment(_), true) => clocks += 1,
                        (Spot::Moment(_), false) => moments += 1,
                        (Spot::Infinite, _) if subject.class == ValueClass::Temporal => moments += 1,
                        _ => others += 1,
                    },
                    _ => others += 1,
                }
                let mut digits = itoa::Buffer::new();
                let text = cell.text(&mut digits).unwrap_or_default();
                if seen.len() < DISTINCT {
                    unique &= seen.insert(text.get(..TOLD).unwrap_or(text).into());
                }
            }
            Ok(true)
        })?;
        let values = of - nulls;
        // A column that is declared for one kind keeps it though some of its values are of another; any other needs all.
        let most =
            |count: u64, declared: bool| count > 0 && if declared { count * 2 > values } else { count == values };
        let kind = match subject.class {
            ValueClass::Boolean => AxisKind::Category,
            class if numbers > 0 && most(numbers, class == ValueClass::Number) => AxisKind::Number,
            class if most(moments, class == ValueClass::Temporal) => AxisKind::Time,
            class if most(clocks, class == ValueClass::Temporal) => AxisKind::Clock,
            ValueClass::Number if values == 0 => AxisKind::Number,
            ValueClass::Temporal if values == 0 => AxisKind::Time,
            _ => AxisKind::Category,
        };
        Ok(Outline { kind, of, nulls, distinct: seen.len() as u64, unique: unique && others + numbers + moments > 0 })
    }
}
