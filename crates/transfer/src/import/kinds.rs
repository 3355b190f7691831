//! What all values of a column are.

use driver::ColumnKind;

/// Values that a column's could still all be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Candidates {
    boolean: bool,
    integer: bool,
    big: bool,
    decimal: bool,
    float: bool,
    date: bool,
    time: bool,
    timestamp: bool,
    timestamptz: bool,
    uuid: bool,
    json: bool,
}

const ANY: Candidates = Candidates {
    boolean: true,
    integer: true,
    big: true,
    decimal: true,
    float: true,
    date: true,
    time: true,
    timestamp: true,
    timestamptz: true,
    uuid: true,
    json: true,
};

/// What is known of a column once all of its values were seen.
#[derive(Clone, Debug)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// Rows in which it is NULL.
    pub nulls: u64,
    /// Rows in which it is an empty text.
    pub empty: u64,
    /// Rows in which it is anything else.
    pub filled: u64,
    /// Characters of its longest value.
    pub longest: usize,
    /// The line of the value that made it text after others that were something else, and the value's beginning.
    pub odd: Option<(u64, String)>,
    candidates: Candidates,
    /// Digits before and behind the point, at most.
    whole: u32,
    scale: u32,
}

impl ColumnProfile {
    /// A column of which nothing was seen but so many rows without it.
    pub(super) fn new(nulls: u64) -> Self {
        ColumnProfile {
            name: String::new(),
            nulls,
            empty: 0,
            filled: 0,
            longest: 0,
            odd: None,
            candidates: ANY,
            whole: 0,
            scale: 0,
        }
    }

    /// The same, of which only is to be told whether its values are true and false.
    pub(super) fn of_booleans(nulls: u64) -> Self {
        ColumnProfile { candidates: Candidates { boolean: true, ..NONE }, ..ColumnProfile::new(nulls) }
    }

    pub(super) fn see(&mut self, value: Option<&str>, line: u64) {
        let Some(text) = value else {
            self.nulls += 1;
            return;
        };
        if text.is_empty() {
            self.empty += 1;
        } else {
            self.filled += 1;
        }
        // Bytes are never fewer: most values need no counting.
        if text.len() > self.longest {
            self.longest = self.longest.max(text.chars().count());
        }
        let before = self.candidates;
        if before == NONE {
            return;
        }
        self.narrow(text);
        // A column that is text from its first value on has nothing odd.
        if self.candidates == NONE && self.filled + self.empty > 1 {
            self.odd = Some((line, text.chars().take(60).collect()));
        }
    }

    fn narrow(&mut self, text: &str) {
        let found = &mut self.candidates;
        // What is not possible any more is not looked at again: this is done for every value of a file.
        if found.integer || found.big || found.decimal || found.float {
            let number = number(text);
            let whole = number.filter(|number| number.scale == 0 && !number.exponent && !number.minus_zero);
            // Nine digits fit without a trial.
            let short = whole.is_some_and(|number| number.whole <= 9);
            found.integer = found.integer && whole.is_some() && (short || text.parse::<i32>().is_ok());
            found.big = found.big && whole.is_some() && (short || text.parse::<i64>().is_ok());
            found.decimal = found.decimal && number.is_some_and(|number| !number.exponent && !number.minus_zero);
            found.float = found.float
                && number.is_some_and(|number| {
                    let small = !number.exponent && number.whole <= 300;
                    number.significant <= 17 && (small || text.parse::<f64>().is_ok_and(f64::is_finite))
                });
            if let Some(number) = number {
                self.whole = self.whole.max(number.whole);
                self.scale = self.scale.max(number.scale);
            }
        }
        found.boolean = found.boolean && ["true", "false", "t", "f"].iter().any(|word| text.eq_ignore_ascii_case(word));
        found.date = found.date && is_date(text);
        found.time = found.time && is_time(text);
        if found.timestamp || found.timestamptz {
            let (moment, offset) = moment(text);
            found.timestamp &= moment && !offset;
            found.timestamptz &= moment && offset;
        }
        found.uuid = found.uuid && is_uuid(text);
        found.json =
            found.json && text.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    }

    /// What all of its values are; text where they have nothing else in common, or where there are none.
    pub fn kind(&self) -> ColumnKind {
        let found = &self.candidates;
        match self.filled {
            0 => ColumnKind::Text,
            _ if found.boolean => ColumnKind::Boolean,
            _ if found.integer => ColumnKind::Integer,
            _ if found.big => ColumnKind::BigInteger,
            _ if found.decimal => {
                ColumnKind::Decimal { precision: (self.whole + self.scale).max(1), scale: self.scale }
            }
            _ if found.float => ColumnKind::Float,
            _ if found.date => ColumnKind::Date,
            _ if found.timestamp => ColumnKind::Timestamp,
            _ if found.timestamptz => ColumnKind::TimestampTz,
            _ if found.time => ColumnKind::Time,
            _ if found.uuid => ColumnKind::Uuid,
            _ if found.json => ColumnKind::Json,
            _ => ColumnKind::Text,
        }
    }
}

const NONE: Candidates = Candidates {
    boolean: false,
    integer: false,
    big: false,
    decimal: false,
    float: false,
    date: false,
    time: false,
    timestamp: false,
    timestamptz: false,
    uuid: false,
    json: false,
};

#[derive(Clone, Copy)]
struct Number {
    /// Digits before the point.
    whole: u32,
    /// Digits behind it.
    scale: u32,
    /// Digits that count.
    significant: usize,
    exponent: bool,
    minus_zero: bool,
}

/// A number as databases write it: no plus, no leading zeros, digits on both sides of a point.
fn number(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (mantissa, ""),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || whole.len() > 1 && whole.starts_with('0') {
        return None;
    }
    if let Some(exponent) = exponent {
        let bare = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if bare.is_empty() || !digits(bare) {
            return None;
        }
    }
    let leading = whole.bytes().chain(fraction.bytes()).take_while(|byte| *byte == b'0').count();
    let significant = whole.len() + fraction.len() - leading;
    Some(Number {
        whole: u32::try_from(whole.len()).unwrap_or(u32::MAX),
        scale: u32::try_from(fraction.len()).unwrap_or(u32::MAX),
        significant,
        exponent: exponent.is_some(),
        minus_zero: significant == 0 && text.starts_with('-'),
    })
}

/// The digits at these places as a number.
fn digits(text: &str, from: usize, to: usize) -> Option<u32> {
    let part = text.get(from..to)?;
    part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
}

/// `YYYY-MM-DD`, a day there is.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return false;
    }
    let (Some(year), Some(month), Some(day)) = (digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    year > 0 && (1..=last).contains(&day)
}

/// `HH:MM[:SS[.ffffff]]`, as many as six digits of a second's parts.
fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let part = |from: usize, most: u32| digits(text, from, from + 2).is_some_and(|found| found <= most);
    if bytes.get(2) != Some(&b':') || !part(0, 23) || !part(3, 59) {
        return false;
    }
    match bytes.len() {
        5 => true,
        8 => bytes.get(5) == Some(&b':') && part(6, 59),
        10..=15 => {
            let rest = text.get(9..).unwrap_or_default();
            bytes.get(5) == Some(&b':')
                && part(6, 59)
                && bytes.get(8) == Some(&b'.')
                && rest.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

/// Whether it is a date and a time, and whether an offset follows.
fn moment(text: &str) -> (bool, bool) {
    let (Some(date), Some(between)) = (text.get(..10), text.as_bytes().get(10)) else { return (false, false) };
    if !matches!(between, b' ' | b'T') || !is_date(date) {
        return (false, false);
    }
    let rest = text.get(11..).unwrap_or_default();
    let Some(at) = rest.find(['Z', '+', '-']) else { return (is_time(rest), false) };
    let (time, offset) = rest.split_at(at);
    let offset = match offset.as_bytes() {
        [b'Z'] => true,
        [b'+' | b'-', _, _] => digits(offset, 1, 3).is_some_and(|hours| hours <= 15),
        [b'+' | b'-', _, _, b':', _, _] => {
            digits(offset, 1, 3).is_some_and(|hours| hours <= 15) && digits(offset, 4, 6).is_some_and(|m| m <= 59)
        }
        _ => false,
    };
    (offset && is_time(time), offset)
}

/// As databases print them: groups of 8, 4, 4, 4 and 12 digits, in small letters.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(values: &[Option<&str>]) -> ColumnKind {
        let mut column = ColumnProfile::new(0);
        for (line, value) in (2..).zip(values) {
            column.see(*value, line);
        }
        column.kind()
    }

    #[test]
    fn a_column_is_what_all_of_its_values_are() {
        let of = |values: &[&str]| kind(&values.iter().copied().map(Some).collect::<Vec<_>>());
        for (values, wanted) in [
            (&["1", "-2147483648"][..], ColumnKind::Integer),
            (&["1", "2147483648"], ColumnKind::BigInteger),
            (&["1", "9223372036854775808"], ColumnKind::Decimal { precision: 19, scale: 0 }),
            (&["1", "12.50", "-0.125"], ColumnKind::Decimal { precision: 5, scale: 3 }),
            (&["1.5", "1e5"], ColumnKind::Float),
            (&["1.5", "1e999"], ColumnKind::Text),
            (&["0.1234567890123456789e0"], ColumnKind::Text),
            (&["007"], ColumnKind::Text),
            (&["+1"], ColumnKind::Text),
            (&["-0"], ColumnKind::Float),
            (&["1", " 2"], ColumnKind::Text),
            (&["1", ""], ColumnKind::Text),
            (&["1,5"], ColumnKind::Text),
            (&["true", "F"], ColumnKind::Boolean),
            (&["true", "1"], ColumnKind::Text),
            (&["2024-02-29", "0001-01-01"], ColumnKind::Date),
            (&["2023-02-29"], ColumnKind::Text),
            (&["11/21/2026"], ColumnKind::Text),
            (&["2026-11-21 10:00", "2026-11-21T10:00:00.123456"], ColumnKind::Timestamp),
            (&["2026-11-21 10:00:00.1234567"], ColumnKind::Text),
            (&["2026-11-21T10:00:00Z", "2026-11-21 10:00:00+05:30"], ColumnKind::TimestampTz),
            (&["2026-11-21T10:00:00Z", "2026-11-21T10:00:00"], ColumnKind::Text),
            (&["23:59", "00:00:00.5"], ColumnKind::Time),
            (&["24:00"], ColumnKind::Text),
            (&["0b0e3a4c-9f6e-4d5c-8a39-0f2c5d7e9a11"], ColumnKind::Uuid),
            (&["{\"a\": 1}", "[]"], ColumnKind::Json),
            (&["{\"a\": 1}", "{bad"], ColumnKind::Text),
            (&[""], ColumnKind::Text),
        ] {
            assert_eq!(of(values), wanted, "{values:?}");
        }
        assert_eq!(kind(&[None, Some("5"), None]), ColumnKind::Integer, "one empty cell says nothing of the rest");
        assert_eq!(kind(&[None, None]), ColumnKind::Text);
    }

    #[test]
    fn what_made_a_column_text_is_known_by_its_line() {
        let mut column = ColumnProfile::new(0);
        for (line, value) in (2..).zip(["1", "2", "n/a", "4"]) {
            column.see(Some(value), line);
        }
        assert_eq!(column.odd, Some((4, "n/a".to_owned())));
        assert_eq!((column.longest, column.filled), (3, 4));
    }
}
