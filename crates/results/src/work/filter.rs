//! Filtering held rows.

use arrow_schema::DataType;
use driver::{Cast, Code, Comparison, Error};

use super::{Column, Stop, Subject, VIEW_ROWS, sort::ascending, too_much};
use crate::{Cell, Cells, Hold, View, cells::no_column, gather::each_row};

/// One condition on one column.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The column's index in the hold.
    pub column: usize,
    /// How it is compared: as numbers or times where the column holds such, as bytes elsewhere.
    pub comparison: Comparison,
    /// With what: one value, several for `In`, none for NULL tests.
    pub values: Vec<String>,
}

/// Which rows to keep: all of the conditions must hold.
#[derive(Clone, Debug, Default)]
pub struct RowFilter {
    /// Conditions on single columns.
    pub conditions: Vec<Condition>,
    /// Some visible cell of the row contains this, without regard to case.
    pub contains: Option<String>,
    /// In which columns `contains` looks; `None` is all that are visible.
    pub columns: Option<Vec<usize>>,
}

/// A text to look for, without regard to case.
pub(super) struct Needle {
    lower: String,
    ascii: bool,
}

impl Needle {
    pub(super) fn new(text: &str) -> Self {
        Needle { lower: text.to_lowercase(), ascii: text.is_ascii() }
    }

    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        let needle = self.lower.as_bytes();
        let Some(first) = needle.first() else { return true };
        // ASCII folds byte by byte; a few letters beyond it fold into ASCII (the Kelvin sign), which asks for the long way.
        if self.ascii && text.is_ascii() {
            return text.windows(needle.len()).any(|part| {
                part.first().is_some_and(|byte| byte.to_ascii_lowercase() == *first)
                    && part.eq_ignore_ascii_case(needle)
            });
        }
        String::from_utf8_lossy(text).to_lowercase().contains(&self.lower)
    }

    fn ends(&self, text: &[u8]) -> bool {
        if self.ascii && text.is_ascii() {
            let start = text.len().checked_sub(self.lower.len());
            return start
                .and_then(|start| text.get(start..))
                .is_some_and(|tail| tail.eq_ignore_ascii_case(self.lower.as_bytes()));
        }
        String::from_utf8_lossy(text).to_lowercase().ends_with(&self.lower)
    }

    fn starts(&self, text: &[u8]) -> bool {
        if self.ascii && text.is_ascii() {
            return text.get(..self.lower.len()).is_some_and(|head| head.eq_ignore_ascii_case(self.lower.as_bytes()));
        }
        String::from_utf8_lossy(text).to_lowercase().starts_with(&self.lower)
    }
}

/// `%` is any text, `_` one character, `\` makes the next one plain.
fn like(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        let step = match pattern.get(p) {
            Some('%') => {
                back = Some((p + 1, t));
                p += 1;
                continue;
            }
            Some('_') => Some(1),
            Some('\\') if pattern.get(p + 1).is_some() && pattern.get(p + 1) == text.get(t) => Some(2),
            Some('\\') => None,
            Some(plain) if Some(plain) == text.get(t) => Some(1),
            _ => None,
        };
        match (step, back) {
            (Some(step), _) => {
                p += step;
                t += 1;
            }
            // The last `%` takes one character more.
            (None, Some((after, from))) => {
                back = Some((after, from + 1));
                p = after;
                t = from + 1;
            }
            (None, None) => return false,
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|rest| *rest == '%')
}

enum Test {
    Keys(Comparison, Vec<Vec<u8>>),
    /// Contains it. NULL contains nothing.
    Text(Needle, At),
    /// Does not contain it; NULL does not either.
    NoText(Needle),
    Like(Vec<char>),
    Null(bool),
    /// A text of no length, or of some. NULL is neither.
    Empty(bool),
}

/// Where in a text another one stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Anywhere,
    Start,
    End,
}

struct Check<'a> {
    subject: Subject<'a>,
    test: Test,
}

impl<'a> Check<'a> {
    fn new(hold: &Hold, condition: &Condition, cast: &'a dyn Cast) -> Result<Self, Error> {
        let subject = Subject::of(hold, Column { index: condition.column, cast })?;
        let missing = || Error::new(Code::InvalidStatement, "A filter lacks the value to compare with.");
        let one = || condition.values.first().ok_or_else(missing);
        let test = match condition.comparison {
            Comparison::IsNull => Test::Null(true),
            Comparison::IsNotNull => Test::Null(false),
            Comparison::IsEmpty => Test::Empty(true),
            Comparison::IsNotEmpty => Test::Empty(false),
            Comparison::Contains => Test::Text(Needle::new(one()?), At::Anywhere),
            Comparison::NotContains => Test::NoText(Needle::new(one()?)),
            Comparison::StartsWith => Test::Text(Needle::new(one()?), At::Start),
            Comparison::EndsWith => Test::Text(Needle::new(one()?), At::End),
            Comparison::Like => Test::Like(one()?.chars().collect()),
            comparison => {
                if !matches!(comparison, Comparison::In | Comparison::NotIn) {
                    one()?;
                }
                if comparison == Comparison::Between && condition.values.len() != 2 {
                    return Err(missing());
                }
                let data_type = hold.schema().field(condition.column).data_type();
                let key = |value: &String| value_key(&subject, value, data_type);
                Test::Keys(comparison, condition.values.iter().map(key).collect::<Result<_, _>>()?)
            }
        };
        Ok(Check { subject, test })
    }

    fn holds(&self, cell: Cell<'_>, key: &mut Vec<u8>) -> bool {
        match &self.test {
            Test::Null(wanted) => (cell == Cell::Null) == *wanted,
            Test::Empty(wanted) => cell.text(&mut itoa::Buffer::new()).is_some_and(|text| text.is_empty() == *wanted),
            Test::Text(needle, at) => cell.text(&mut itoa::Buffer::new()).is_some_and(|text| match at {
                At::Anywhere => needle.is_in(text),
                At::Start => needle.starts(text),
                At::End => needle.ends(text),
            }),
            Test::NoText(needle) => cell.text(&mut itoa::Buffer::new()).is_none_or(|text| !needle.is_in(text)),
            Test::Like(pattern) => cell.text(&mut itoa::Buffer::new()).is_some_and(|text| {
                let text: Vec<char> = String::from_utf8_lossy(text).chars().collect();
                like(pattern, &text)
            }),
            Test::Keys(comparison, values) => {
                key.clear();
                if !self.subject.push_key(cell, key) {
                    return matches!(comparison, Comparison::NotEqual | Comparison::NotIn);
                }
                let first = values.first();
                let is = |accept: fn(std::cmp::Ordering) -> bool| first.is_some_and(|value| accept((*key).cmp(value)));
                match comparison {
                    Comparison::Equal => is(|order| order.is_eq()),
                    Comparison::NotEqual => is(|order| order.is_ne()),
                    Comparison::Less => is(|order| order.is_lt()),
                    Comparison::LessOrEqual => is(|order| order.is_le()),
                    Comparison::Greater => is(|order| order.is_gt()),
                    Comparison::GreaterOrEqual => is(|order| order.is_ge()),
                    Comparison::In => values.iter().any(|value| value == key),
                    Comparison::NotIn => values.iter().all(|value| value != key),
                    Comparison::Between => {
                        is(|order| order.is_ge()) && values.get(1).is_some_and(|last| (*key).cmp(last).is_le())
                    }
                    // These have tests of their own.
                    Comparison::Contains
                    | Comparison::NotContains
                    | Comparison::StartsWith
                    | Comparison::EndsWith
                    | Comparison::Like
                    | Comparison::IsEmpty
                    | Comparison::IsNotEmpty
                    | Comparison::IsNull
                    | Comparison::IsNotNull => false,
                }
            }
        }
    }
}

/// The key of a value a person typed, comparable with the column's own.
fn value_key(subject: &Subject<'_>, value: &str, data_type: &DataType) -> Result<Vec<u8>, Error> {
    let mut key = Vec::new();
    let trimmed = value.trim();
    if data_type.is_integer() {
        let cell = match (trimmed.parse::<i64>(), trimmed.parse::<u64>()) {
            (Ok(value), _) => Cell::Integer(value),
            (_, Ok(value)) => Cell::Unsigned(value),
            _ => return Err(Error::new(Code::InvalidStatement, format!("`{value}` is not a whole number."))),
        };
        subject.push_key(cell, &mut key);
        return Ok(key);
    }
    if data_type == &DataType::Boolean {
        let cell = match trimmed.to_ascii_lowercase().as_str() {
            "true" | "t" | "1" => Cell::Boolean(true),
            "false" | "f" | "0" => Cell::Boolean(false),
            _ => return Err(Error::new(Code::InvalidStatement, format!("`{value}` is neither true nor false."))),
        };
        subject.push_key(cell, &mut key);
        return Ok(key);
    }
    let class = subject.is_mixed().then(|| {
        let number = super::decimal::push_key(trimmed.as_bytes(), &mut Vec::new());
        if number { driver::arrow::CellClass::Real } else { driver::arrow::CellClass::Text }
    });
    subject.push_key(Cell::Bytes(value.as_bytes(), class), &mut key);
    Ok(key)
}

impl Subject<'_> {
    fn is_mixed(&self) -> bool {
        self.class_index.is_some()
    }
}

impl Hold {
    /// Keeps the rows that pass. `over` filters the rows of a view, whose order is kept. At most [`VIEW_ROWS`] rows.
    ///
    /// # Errors
    /// `Exhausted` beyond that, `NotFound` for a column that is not there, `InvalidStatement` for a value that cannot
    /// be one of its column, `Corrupt`, `Cancelled`.
    pub fn filter(&self, over: Option<&View>, filter: &RowFilter, cast: &dyn Cast, stop: &Stop) -> Result<View, Error> {
        let complete = self.is_complete();
        let of = self.rows();
        let checks = filter
            .conditions
            .iter()
            .map(|condition| Check::new(self, condition, cast))
            .collect::<Result<Vec<_>, _>>()?;
        let needle = filter.contains.as_deref().filter(|text| !text.is_empty()).map(Needle::new);
        let visible = self.visible_columns();
        let looked_in = filter.columns.clone().unwrap_or_else(|| (0..visible).collect());
        if let Some(index) = looked_in.iter().find(|index| **index >= visible) {
            return Err(no_column(*index));
        }
        let only = over.map(ascending);
        let (mut kept, mut key) = (Vec::new(), Vec::new());
        each_row(self, 0..of, only.as_deref(), stop, |batch, first, rows| {
            let columns = checks.iter().map(|check| check.subject.cells(batch)).collect::<Result<Vec<_>, _>>()?;
            let all = match needle {
                Some(_) => looked_in.iter().map(|index| Cells::of(batch, *index)).collect::<Result<Vec<_>, _>>()?,
                None => Vec::new(),
            };
            for local in rows {
                let passes = checks.iter().zip(&columns).all(|(check, cells)| check.holds(cells.get(local), &mut key))
                    && needle.as_ref().is_none_or(|needle| {
                        all.iter().any(|cells| {
                            cells.get(local).text(&mut itoa::Buffer::new()).is_some_and(|text| needle.is_in(text))
                        })
                    });
                if passes {
                    kept.push(u32::try_from(first + local as u64).map_err(|_| too_much("Too many rows.".to_owned()))?);
                }
            }
            if kept.len() > VIEW_ROWS {
                return Err(too_much(format!("A filter here can keep at most {VIEW_ROWS} rows.")));
            }
            Ok(true)
        })?;
        if let Some(view) = over
            && !view.rows().is_sorted()
        {
            kept = view.rows().iter().copied().filter(|row| kept.binary_search(row).is_ok()).collect();
        }
        Ok(View::new(self, kept, of, complete && over.is_none_or(|view| view.complete)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Needle, like};

    #[test]
    fn like_follows_the_standard() {
        let matches =
            |pattern: &str, text: &str| like(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>());
        for (pattern, text) in
            [("%", ""), ("a%c", "abbc"), ("_", "é"), ("%b_d%", "aabcde"), (r"10\%", "10%"), ("%%x", "x")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("", "a"), ("a%c", "abd"), ("_", ""), (r"10\%", "100"), ("a_", "a")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_needle_is_found_without_regard_to_case() {
        for (needle, text) in [("HELLO", "say hello"), ("straße", "STRASSE straße"), ("Ж", "ж"), ("", "x"), ("k", "K")]
        {
            assert!(Needle::new(needle).is_in(text.as_bytes()), "{needle} {text}");
        }
        assert!(!Needle::new("abc").is_in(b"ab"));
        assert!(Needle::new("b").is_in(b"\xff\xfeB"));
    }
}
